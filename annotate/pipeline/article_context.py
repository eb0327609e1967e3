"""What is known of an article while its sources are resolved one by one, and what its names are short for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from annotate.derive import Span
from annotate.pipeline.entities import Entities, Entity, entity_class
from annotate.pipeline.forms import Name, kindred, related
from annotate.pipeline.lexicon import places
from annotate.pipeline.mentions import Mention
from annotate.pipeline.names import Names
from annotate.pipeline.resources import words
from annotate.pipeline.tokens import Tokens

_FORMS = 12  # longer names that one may be short for
_FEW = 4  # sources back to one called by kinship
_BESIDE = 4  # tokens between a quotation and a pronoun for its speaker


class ArticleContext:
    """An article's tokens, names and entities, and the sources resolved so far.

    history: these, in order. quoted: the tokens between quotation marks; before_quotation: for the tokens right after a
    quotation, where it begins.
    """

    def __init__(self, tokens: Tokens, *, quoted: Sequence[Span], form_weights: Mapping[str, float]) -> None:
        self.tokens = tokens
        self.names = Names(tokens)
        self.entities = Entities(tokens, self.names)
        self.history: list[tuple[Mention, Entity]] = []
        self.quoted = set[int]()
        self.before_quotation: dict[int, int] = {}
        self._form_weights = form_weights
        for start, end in (tokens.covering(span) for span in quoted):
            self.quoted.update(range(start, end))
            self.before_quotation.update(dict.fromkeys(range(end, end + _BESIDE), start))

    def forms_of(self, name: Name) -> list[tuple[str, list[str]]]:
        """Return the names that a mention of one may be short for, each with what speaks for it."""
        forms = self.names.forms
        relative = self._relative(name)
        if relative is not None:
            return [(relative, [])]
        reached = self._reached(name)
        if len(reached) == 1:
            return [(forms[reached[0][0]].text, [])]
        nearest = sorted((form for form, relation in reached if relation != "same"),
                         key=lambda form: self._recency(form, name.start))  # fmt: skip
        answers: dict[str, list[str]] = {}
        for form, relation in reached[:_FORMS]:
            features = list(self._of_form(name, form, relation, reached))
            if relation != "same":
                features.append(f"{relation} rank={min(nearest.index(form), 3)} of {min(len(nearest), 4)}")
            answers.setdefault(forms[form].text, features)
        return list(answers.items())

    def _relative(self, name: Name) -> str | None:
        """Return whose surname it is after "John Roe's son": the son's, in either spelling."""
        if len(self.names.forms[name.form].key) > 1 or not self.history:
            return None
        relative = self.history[-1][1]
        kin = [earlier for earlier, other in self.history[-_FEW:] if other is relative and earlier.noun in words("kin")]
        if not kin:
            return None
        if relative.name:
            return relative.name if kindred(relative.name, name.text) else None
        return name.text if any(kindred(owner.text, name.text) for owner in kin[-1].names) else None

    def _reached(self, name: Name) -> list[tuple[int, str]]:
        """Return the forms that a name may stand for, itself among them, and how each is reached."""
        forms = self.names.forms
        form = forms[name.form]
        reached = [(name.form, "same"), *((other, related(form, forms[other])) for other in form.longer)]
        if len(form.key) > 1 and not form.body:
            # One person's shorter and longer name: the longer one is the canonical one.
            whole = [item for item in reached if item[1] in {"end", "start"} and not forms[item[0]].body]
            reached = whole or reached
        if form.acronym is not None:
            spelled = forms[form.acronym]
            reached.append((form.acronym, "acronym"))
            reached.extend((other, "acronym+" + related(spelled, forms[other])) for other in spelled.longer)
        place = places().get(" ".join(form.key))
        if place is not None and place[1] == "capital":
            country = (place[0], "country")
            reached.extend(
                (i, "capital") for i, other in enumerate(forms) if places().get(" ".join(other.key)) == country
            )
        return reached

    def _of_form(self, name: Name, at: int, relation: str, reached: list[tuple[int, str]]) -> Iterator[str]:
        """Yield what speaks for a form: its length, its place, how often it is named, whether it spoke."""
        forms = self.names.forms
        form, target = forms[name.form], forms[at]
        size = min(len(form.key), 3)
        shape = f"{'body' if form.body else ''}>{'body' if target.body else ''}"
        place = " ".join(form.key) in places()
        most = max(len(forms[other].mentions) for other, _ in reached)
        yield f"{relation} size={size}"
        yield f"{relation} {shape}"
        yield f"{relation} size={size} {shape} added={min(len(target.key) - len(form.key), 2)}"
        yield f"{relation} most={len(target.mentions) == most}"
        yield f"{relation} titled={target.mentions[0].title is not None} size={size}"
        if relation == "same":
            fuller = any(kind in {"end", "acronym"} for _, kind in reached)
            yield f"same of {min(len(reached), 4)} size={size}"
            yield f"same fuller={fuller} size={size} {'body' if form.body else ''}"
            yield f"same place={place} titled={name.title is not None}"
            yield f"same capitals={form.text.isupper()}"
        else:
            yield f"{relation} earlier={target.first < name.start}"
            yield f"{relation} place={place}"
        root = self.entities.find(form.text)
        if root is not None and root.form == at:
            yield "fullest"
        entity = self.entities.find(target.text)
        if entity is not None:
            yield f"{entity_class(entity)} {shape}"
            if entity.spoke:
                yield "spoke"
                yield f"spoke {min(len(entity.spoke), 3)} {relation}"
            if self.history and self.history[-1][1] is entity:
                yield "last source"

    def full(self, name: Name) -> str:
        """Return the name that a mention of one is most likely short for."""
        answers = self.forms_of(name)
        if len(answers) == 1:
            return answers[0][0]
        return max(answers, key=lambda answer: sum(self._form_weights.get(f, 0.0) for f in answer[1]))[0]

    def _recency(self, form: int, at: int) -> int:
        places = [name.start for name in self.names.forms[form].mentions]
        earlier = [place for place in places if place < at]
        return at - earlier[-1] if earlier else 10**6 + places[0]
