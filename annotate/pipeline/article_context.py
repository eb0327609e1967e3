"""What is known of an article while its sources are resolved one by one, and what its names are short for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from annotate.derive import Span, name_key
from annotate.pipeline.entities import Entities, Entity, entity_class
from annotate.pipeline.forms import Form, Name, kindred, related
from annotate.pipeline.introduced import Introduced
from annotate.pipeline.lexicon import places
from annotate.pipeline.mentions import Mention
from annotate.pipeline.names import Names
from annotate.pipeline.resources import words
from annotate.pipeline.tokens import Tokens

_FORMS = 12  # longer names that one may be short for
_FEW = 4  # sources back to one called by kinship
_RECENT = 200  # sources among which the last one of a kind is sought
_CLOSE = 12  # tokens after a name in which a pronoun is likely its own
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
        self.introduced = Introduced(tokens)
        self.history: list[tuple[Mention, Entity]] = []
        self.quoted = set[int]()
        self.before_quotation: dict[int, int] = {}
        self._form_weights = form_weights
        for start, end in (tokens.covering(span) for span in quoted):
            self.quoted.update(range(start, end))
            self.before_quotation.update(dict.fromkeys(range(end, end + _BESIDE), start))

    def latest(self, mention: Mention) -> Entity | None:
        """Return the last source so far that was called by the noun of a phrase, or is described by it."""
        if mention.shape != "noun" or not mention.noun:
            return None
        recent = islice(reversed(self.history), _RECENT)
        return next(
            (entity for one, entity in recent if one.noun == mention.noun or mention.noun in entity.nouns), None
        )

    def forms_of(self, name: Name) -> list[tuple[str, list[str]]]:
        """Return the names that a mention of one may be short for, each with what speaks for it."""
        forms = self.names.forms
        relative = self._relative(name)
        reached = self._introduced(name, self._reached(name))
        if relative is not None and not self._contradicted(relative, name):
            return [(relative, [])]
        if len(reached) == 1:
            return [(forms[reached[0][0]].text, [])]
        pronoun = self._pronoun_after(name)
        if pronoun:
            reached = self._of_gender(reached, pronoun)
        nearest = sorted((form for form, relation in reached if relation != "same"),
                         key=lambda form: self._recency(form, name.start))  # fmt: skip
        answers: dict[str, list[str]] = {}
        for form, relation in reached[:_FORMS]:
            features = list(self._of_form(name, form, relation, reached))
            entity = self.entities.find(forms[form].text)
            if pronoun and entity is not None and entity.sex:
                features.append(f"pronoun agrees={entity.sex == pronoun}")
            if relative is not None:
                features.append(f"relative={forms[form].text == relative} {relation}")
            if relation != "same":
                features.append(f"{relation} rank={min(nearest.index(form), 3)} of {min(len(nearest), 4)}")
            answers.setdefault(forms[self._whole(form)].text, features)
        return list(answers.items())

    def _whole(self, form: int) -> int:
        """Return the longer name of the same person that a name of two words or more is part of, or the form itself."""
        forms = self.names.forms
        if forms[form].body or len(forms[form].key) < 2:
            return form
        longer = [
            other for other in forms[form].longer
            if not forms[other].body and related(forms[form], forms[other]) in {"end", "start"}
        ]  # fmt: skip
        return longer[0] if len(longer) == 1 else form

    def _pronoun_after(self, name: Name) -> str | None:
        """Return the gender of the first personal pronoun that follows a name closely."""
        lowers = self.tokens.lowers
        for word in lowers[name.end : name.end + _CLOSE]:
            if word in words("he") or word in words("she"):
                return "male" if word in words("he") else "female"
        return None

    def _of_gender(self, reached: list[tuple[int, str]], gender: str) -> list[tuple[int, str]]:
        """Leave out the forms of the other gender where one is of the gender that the pronoun after a name has."""
        sexes = [
            entity.sex if (entity := self.entities.find(self.names.forms[form].text)) else None for form, _ in reached
        ]
        longer = [sex for sex, (_, relation) in zip(sexes, reached, strict=True) if relation == "end"]
        if len(set(longer)) < 2 or gender not in longer:
            return reached
        return [item for item, sex in zip(reached, sexes, strict=True) if sex in {None, gender}]

    def _introduced(self, name: Name, reached: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Leave out whoever is first named after a surname that somebody named before it bears."""
        forms = self.names.forms
        if len(forms[name.form].key) > 1:
            return reached
        before = [form for form, relation in reached if relation == "end" and forms[form].first < name.start]
        return [item for item in reached if item[1] != "end" or item[0] in before] if before else reached

    def _contradicted(self, relative: str, name: Name) -> bool:
        """Whether the pronoun after a surname is not for the relative, but for whoever else bears it."""
        entity = self.entities.find(relative) if relative != name.text else None
        pronoun = self._pronoun_after(name)
        return entity is not None and bool(pronoun) and entity.sex not in {None, pronoun}

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
        if place is not None and place[1] == "country":
            # "the U.S.", where the article has "the United States" too
            return [(self._in_words(name.form) if form.letters else name.form, "same")]
        if place is not None and place[1] == "capital":
            country = (place[0], "country")
            reached.extend(
                (i, "capital") for i, other in enumerate(forms) if places().get(" ".join(other.key)) == country
            )
        return reached

    def _in_words(self, letters: int) -> int:
        """Return the form that names the country of some letters in full, or the letters' own where none does."""
        forms = self.names.forms
        keys = [" ".join(form.key) for form in forms]
        country, size = places().get(keys[letters]), len(forms[letters].text)
        return next((i for i, key in enumerate(keys) if len(key) > size and places().get(key) == country), letters)

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
            kinds = sorted({self._added(form, forms[other]) for other, _ in reached if other != at})
            yield f"same rather than {kinds}"
            fuller = any(kind in {"end", "acronym"} for _, kind in reached)
            yield f"same of {min(len(reached), 4)} size={size}"
            yield f"same fuller={fuller} size={size} {'body' if form.body else ''}"
            yield f"same place={place} titled={name.title is not None}"
            yield f"same capitals={form.text.isupper()}"
        else:
            yield f"{relation} added {self._added(form, target)} {'body' if form.body else ''}"
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

    def _added(self, short: Form, long: Form) -> str:
        """Tell what a longer name has more: a company's letters, a body's word, a place, "of" something, or others."""
        more = [word for word in long.text.split() if name_key(word) not in short.key]
        if any(word in words("company_suffix") for word in more):
            return "company"
        if any(word in words("organisation_word") for word in more):
            return "body"
        if any(name_key(word) in places() for word in more):
            return "of place" if "of" in more else "place"
        return "of" if "of" in more else "other"

    def full(self, name: Name) -> str:
        """Return the name that a mention of one is most likely short for."""
        return self.best(self.forms_of(name))

    def best(self, answers: list[tuple[str, list[str]]]) -> str:
        """Return the answer of `forms_of` that most speaks for."""
        if len(answers) == 1:
            return answers[0][0]
        return max(answers, key=lambda answer: sum(self._form_weights.get(f, 0.0) for f in answer[1]))[0]

    def _recency(self, form: int, at: int) -> int:
        places = [name.start for name in self.names.forms[form].mentions]
        earlier = [place for place in places if place < at]
        return at - earlier[-1] if earlier else 10**6 + places[0]
