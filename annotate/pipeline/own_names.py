"""A name in the source phrase itself: which of several it is, and whether the phrase as a whole is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.forms import Name, together
from annotate.pipeline.lexicon import places, roles
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, head_class
from annotate.pipeline.resources import words

_SPEAKING = frozenset({"head", "apposition", "after role", "after comma", "behind"})
_PERSONS = {"person": 2, "perhaps person": 1}
_CLAUSES = frozenset({"relcl", "acl", "advcl", "ccomp", "xcomp", "pcomp"})
_PLACING = frozenset({"of", "from", "in", "at"})
_STEPS = 2  # relations by which the place of a name is told for each kind of noun
_FARTHEST = 5  # relations that are followed
_OWN = 8  # names in one phrase
_RECENT = 200  # sources among which a body with its country is sought


_STRONG = _SPEAKING | {"owner"}


@dataclass(frozen=True, slots=True)
class _Own:
    """A name in a phrase: where it stands, the relations up to the phrase's head, how sure it is a person's (0 to 2).

    answers: the names that it may be short for, with what speaks for each; full: the best of them.
    """

    name: Name
    place: str
    path: list[str]
    person: int
    answers: list[tuple[str, list[str]]]
    full: str


class OwnNames:
    """Gives the options that a phrase itself names."""

    def __init__(self, article: ArticleContext) -> None:
        self._article = article

    def options(self, mention: Mention) -> Iterable[Option]:
        if self._owned_body(mention):
            text = self._article.tokens.string(mention.names[0].start, mention.end)
            yield Option(text, self._article.entities.find(text), True, [])
            return
        noun_class = head_class(mention)
        beside = [name for name in mention.names if self._belongs(mention, name)]
        chain = self._joined(mention, beside)
        joined = list(self._several(mention, noun_class, chain, beside))
        yield from joined
        inside = [self._read(mention, name) for name in mention.names[:_OWN]]
        for own in inside:
            if self._is_passed_over(mention, own, noun_class):
                continue
            rivals = sorted({other.place for other in inside if other is not own and other.place in _STRONG})
            shared = [
                *self._of_place(mention, own, noun_class),
                *self._of_name(mention, own),
                *_of_rivals(own, inside, rivals, noun_class),
            ]
            if joined:
                shared.append(f"own beside several {own.place == 'head'}")
                shared.append(f"own beside several plural={mention.plural} {own.name in chain}")
            made = self._body_made(mention, own.name)
            if made is not None:
                yield Option(made.name, made, True, [*shared, f"own made {noun_class} {own.place}", "own made"])
            for text, form in own.answers:
                entity = self._article.entities.find(text)
                features = [*shared, *(f"form {feature}" for feature in form)]
                if len(own.answers) > 1:
                    features.append(f"own {own.place} best={text == own.full}")
                if entity is not None:
                    features.append(f"own {own.place} {entity_class(entity)}")
                    features.append(f"own {noun_class} {own.place} {entity_class(entity)} rivals={bool(rivals)}")
                yield Option(text, entity, True, features)
        if mention.shape != "pronoun":
            yield from self._phrases(mention, noun_class)

    def _read(self, mention: Mention, name: Name) -> _Own:
        answers = self._article.forms_of(name)
        owned = self._owned_before(mention, name)
        if owned is not None:
            answers = [(owned, [])]
        full = self._article.best(answers)
        person = _personhood(name, self._article.entities.find(full))
        return _Own(name, self.stand(mention, name), self._path(mention, name), person, answers, full)

    def _owned_before(self, mention: Mention, name: Name) -> str | None:
        """Return the name with its country under which a body spoke before: "Sampleland's Foreign Ministry"."""
        if mention.shape != "name" or not name.body:
            return None
        recent = (entity.name or "" for _, entity in islice(reversed(self._article.history), _RECENT))
        return next((full for full in recent if full.endswith((f"'s {name.text}", f"’s {name.text}"))), None)

    def _is_passed_over(self, mention: Mention, own: _Own, noun_class: str) -> bool:
        """Whether a name in the phrase cannot be the speaker's."""
        if own.place == "brackets":
            return True  # an acronym, a party or a translation
        if own.place == "owner" and noun_class == "role" and own.person > 1:
            return True  # "Doe's lawyer"
        if own.place in _SPEAKING:
            return False
        known = places().get(" ".join(own.name.key))
        if known is not None and known[1] == "people" and self._article.tokens.tags[own.name.end - 1] == "JJ":
            return True  # "Samplian officials"
        if noun_class == "role" and self._article.tokens.tags[own.name.end - 1] == "NNPS" and len(own.name.key) == 1:
            return True  # "the father of one of the Sampleans"
        of_many = mention.plural and noun_class == "role" and own.person > 1
        return mention.shape == "noun" and ("relcl" in own.path or of_many)  # "the report that Doe praised"

    def _of_place(self, mention: Mention, own: _Own, noun_class: str) -> Iterable[str]:
        """Yield how a name stands in its phrase."""
        place = own.place
        yield f"own {noun_class} {place}"
        yield f"own {place} first={own.name is mention.names[0]} last={own.name is mention.names[:_OWN][-1]}"
        yield f"own {noun_class} path {' '.join(own.path[:_STEPS])}"
        yield f"own path {' '.join(own.path)}"
        clause = not _CLAUSES.isdisjoint(own.path)
        yield f"own {noun_class} {mention.determiner} {mention.plural} clause={clause}"
        yield f"own {noun_class} {mention.determiner} {place} person={own.person}"
        if mention.kind == "document" and mention.shape == "noun":
            yield f"own {mention.noun} {place}"

    def _of_name(self, mention: Mention, own: _Own) -> Iterable[str]:
        """Yield what kind of name it is."""
        tokens, name, place = self._article.tokens, own.name, own.place
        titled = "titled" if name.title is not None else ""
        yield f"own {head_class(mention)} {'body' if name.body else 'plain'} {titled}"
        yield f"own {place} words={min(len(name.key), 3)} {'body' if name.body else ''}"
        if tokens.lowers[name.start] in words("definite") or name.text.isupper():
            yield f"own capitals {place}"
        key = " ".join(name.key)
        known = places().get(key) or places().get(key.removesuffix("s"))
        if known is not None:
            yield f"own {place} {known[1]} {tokens.tags[name.end - 1]}"
        elif len(name.key) == 1:
            yield f"own {place} single {tokens.tags[name.end - 1]} {tokens.pos[name.end - 1]}"

    def _body_made(self, mention: Mention, name: Name) -> Entity | None:
        """Return the body that a name and the noun after it make in a phrase: "a report by Springfield police"."""
        end, made = self._article.entities.bodies.get(name.start, (0, None))
        apart = mention.head < name.start or end <= min(mention.head, mention.end)
        return made if made is not None and made.name and mention.shape == "noun" and apart else None

    def _path(self, mention: Mention, name: Name) -> list[str]:
        """Return the relations from a name up to the phrase's head, prepositions by their word."""
        tokens = self._article.tokens
        at = tokens.head_of(name.start, name.end)
        path: list[str] = []
        while at != mention.head and mention.start <= at < mention.end and len(path) < _FARTHEST:
            path.append(tokens.lowers[at] if tokens.deps[at] == "prep" else tokens.deps[at])
            if tokens.heads[at] == at:
                break
            at = tokens.heads[at]
        return path

    def stand(self, mention: Mention, name: Name) -> str:
        """Tell where in the phrase a name stands: at its head, beside it, after a preposition, as owner."""
        tokens = self._article.tokens
        if name.start <= mention.head < name.end:
            return "head"
        if name.title is not None:
            return "after role"
        after = tokens.lowers[name.end] if name.end < len(tokens) else ""
        if name.end < len(tokens) and tokens.tags[name.end] == "POS":
            return "owner"
        before = tokens.lowers[name.prefix - 1] if name.prefix > mention.start else ""
        if before in words("naming"):
            return "apposition"  # "a man called Doe"
        if before == ")" and self._article.names.role_nouns.opened(name.prefix - 1):
            return "after role"  # "the superintendent of police (SP) Jane Doe"
        head = tokens.head_of(name.start, name.end)
        if tokens.deps[head] == "appos" and tokens.heads[head] == mention.head:
            return "apposition"
        if before == "(":
            return "brackets"
        if before == ",":
            return "after comma"
        if tokens.deps[head] == "pobj" or before in {"of", "for", "from", "in", "at", "by", "with", "to", "on"}:
            word = before if before not in {"the", "a", "an"} else tokens.lowers[name.prefix - 2]
            return f"after {word}" if word in {"of", "for", "from", "in", "at", "by", "with", "to"} else "object"
        if name.end <= mention.head:
            role = after in roles() or tokens.heads[head] == mention.head
            return "before head" if role else "before"
        entry = roles().get(before)
        return "after role" if entry and entry["refers_to"] == "individual" else "behind"

    def _several(self, mention: Mention, noun_class: str, joined: list[Name], beside: list[Name]) -> Iterable[Option]:
        """Offer "Jane Doe and John Roe" as one name, each in full."""
        if len(joined) < 2:
            return
        full = [self._in_full(name) for name in joined]
        text = together(full)
        bodies = sum(name.body for name in joined)
        head = any(name.start <= mention.head < name.end for name in joined)
        yield Option(
            text,
            self._article.entities.find(text),
            True,
            [
                f"several {noun_class} head={head}",
                f"several first={joined[0] is mention.names[0]} bodies={min(bodies, 2)}",
                f"several described={self._described(joined, beside)}",
                f"several plural={mention.plural} {noun_class} head={head}",
                f"several of {min(len(joined), 4)} in all={len(joined) == len(mention.names) - len(beside)}",
                f"several starts={joined[0].prefix - mention.start <= 1} ends={mention.end - joined[-1].end <= 1}",
            ],
        )

    def _joined(self, mention: Mention, beside: list[Name]) -> list[Name]:
        """Return the names that "and" joins, side by side or each with what describes it between commas."""
        tokens = self._article.tokens
        inside = [name for name in mention.names[:_OWN] if name not in beside]
        joined = inside[:1]
        for name in inside[1:]:
            between = self._between(joined[-1], name, beside)
            if set(between) - {",", "and", "&", "the", ";"} or ("and" not in [*between, ","] and "," not in between):
                if len(joined) > 1:
                    break
                joined = [name]
            else:
                joined.append(name)
        last = self._between(joined[-2], joined[-1], beside) if len(joined) > 1 else []
        if {"and", "&"} & set(last):
            return joined
        by_head = {tokens.head_of(name.start, name.end): name for name in inside}
        chain = [head for head in by_head if head == mention.head or mention.shape == "name"][:1]
        for head in by_head:
            if tokens.deps[head] == "conj" and tokens.heads[head] in chain:
                chain.append(head)
        between = tokens.lowers[by_head[chain[0]].end : by_head[chain[-1]].prefix] if chain else []
        return [by_head[head] for head in chain] if "and" in between or ";" in between else []

    def _belongs(self, mention: Mention, name: Name) -> bool:
        """Whether a name only describes the one beside it: "House", "Sampleland" in "House Speaker Doe of Sampleland".

        Nor does "Samplers" in "the two Samplers, Doe and Roe" stand beside the others: it is what they are.
        """
        tokens = self._article.tokens
        if any(other.prefix == name.end for other in mention.names if other.title is not None):
            return True
        before = tokens.lowers[name.prefix - 1] if name.prefix > mention.start else ""
        if before in _PLACING | {"("} and name.prefix - 1 > mention.start and not name.body:
            return True
        described = tokens.lowers[name.end] == "," if name.end < mention.end else False
        return described and tokens.tags[name.end - 1] == "NNPS" and len(name.key) == 1

    def _between(self, one: Name, other: Name, beside: Sequence[Name]) -> list[str]:
        """Return the words between two names, without what stands in brackets and names that only describe one."""
        every = self._article.tokens.lowers
        left_out = {i for name in beside for i in range(name.prefix, name.end)}
        left_out |= {name.prefix - 1 for name in beside if every[name.prefix - 1] in _PLACING}
        lowers = [every[i] for i in range(one.end, other.prefix) if i not in left_out]
        if "(" in lowers and ")" in lowers:
            lowers = [*lowers[: lowers.index("(")], *lowers[lowers.index(")") + 1 :]]
        return lowers

    def _described(self, joined: list[Name], beside: Sequence[Name]) -> bool:
        """Whether other words stand between names that are joined."""
        pairs = pairwise(joined)
        return any(set(self._between(one, other, beside)) - {",", "and", "&", "the", ";"} for one, other in pairs)

    def _in_full(self, name: Name) -> str:
        """Return the name of one among several: a body's and a country's as it stands, letters spelled out."""
        forms = self._article.names.forms
        spelled = forms[name.form].acronym
        country = " ".join(name.key) in places()
        if name.text.isupper() and spelled is not None and not country:
            return forms[spelled].text
        return name.text if country or name.body or name.text.isupper() else self._article.full(name)

    def _phrases(self, mention: Mention, noun_class: str) -> Iterable[Option]:
        """Offer the phrase itself as the name of a body: "the Springfield fire department", "police"."""
        tokens = self._article.tokens
        word = tokens.lowers[mention.head]
        role = roles().get(word) or roles().get(tokens.lemmas[mention.head])
        if mention.shape == "noun" and (role is None or role["source_type"] not in {"organisation", "group"}):
            return
        start = mention.start
        while start < mention.head and (
            tokens.pos[start] in {"DET", "PRON"}
            or tokens.tags[start] == "CD"
            or tokens.lowers[start] in {"both", "all"}
        ):
            start += 1
        end = mention.head + 1
        stops = [mention.head + 1]
        linked_on = end < mention.end and tokens.pos[end] == "ADP"
        while (
            linked_on and end < mention.end and tokens.lowers[end] not in {",", "(", "–", "—", "which", "who", "that"}
        ):
            end += 1
        if end > stops[0]:
            stops.append(end)
        if mention.shape == "name" and len(stops) == 1 and start >= min(name.start for name in mention.names):
            return
        if mention.end - mention.start <= 2 and word in words("named_body") and self._fuller_body(word) is not None:
            return  # "police" alone are those whom the article names in full
        telling = word in words("state_power") or word in words("named_body")
        state = word if telling else "kind" if word in words("kind_noun") else "body"
        for number, stop in enumerate(stops):
            inside = [i for i in range(start, stop) if i != mention.head]
            capitals = sum(tokens.texts[i][:1].isupper() for i in inside)
            linked = tokens.lowers[mention.head + 1] if number and mention.head + 1 < len(tokens) else ""
            text = tokens.string(start, stop)
            entity = self._article.entities.find(text)
            shape = f"{state} {mention.shape}"
            features = [
                f"phrase {shape} {mention.determiner}",
                f"phrase {shape} words={min(stop - start, 4)} capitals={min(capitals, 2)}",
                f"phrase {state} plural={mention.plural} capitals={capitals > 0}",
                f"phrase {mention.shape} to={linked} of {len(stops)} capitals={capitals > 0}",
                f"phrase {noun_class} names={min(len(mention.names), 2)}",
            ]
            if entity is not None and entity.spoke:
                features.append("phrase spoke")
            if word in words("named_body"):
                # "police" alone: a fuller one may be named elsewhere, see the entities
                features.append(f"phrase police fuller={self._fuller_body(word) is not None} {stop - start == 1}")
            yield Option(text[:1].upper() + text[1:] if stop - start == 1 else text, entity, True, features)

    def _owned_body(self, mention: Mention) -> bool:
        """Whether the phrase is a country's body and nothing else: "Sampleland's Foreign Ministry"."""
        tags = self._article.tokens.tags
        if mention.shape != "name" or len(mention.names) != 2 or mention.end != mention.names[1].end:
            return False
        owner, body = mention.names
        return (
            body.body and " ".join(owner.key) in places() and body.start == owner.end + 1 and tags[owner.end] == "POS"
        )

    def _fuller_body(self, word: str) -> Entity | None:
        """Return the one entity whose name ends in a body's noun: "Springfield Police" for "police"."""
        found = [
            entity for entity in self._article.entities.all
            if entity.name and entity.name.lower().endswith(" " + word)
        ]  # fmt: skip
        return found[0] if found else None


def _of_rivals(own: _Own, inside: Sequence[_Own], rivals: Sequence[str], noun_class: str) -> Iterable[str]:
    """Yield how a name compares with the others of its phrase."""
    yield f"own {own.place} rivals={rivals}"
    rival = max((other.person for other in inside if other is not own), default=0)
    yield f"own person={own.person} rival={rival} speaks={own.place in _SPEAKING}"
    yield f"own {noun_class} person={own.person} rival={rival > 1} {own.place}"


def _personhood(name: Name, entity: Entity | None) -> int:
    """Tell how sure it is that a name is a person's, as far as titles, roles and given names tell: 0 to 2."""
    if name.title is not None:
        return 2
    return _PERSONS.get(entity_class(entity), 0) if entity is not None else 0
