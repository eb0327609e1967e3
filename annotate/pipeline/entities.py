"""The entities of an article that a source may refer to, with all that the article calls them.

An entity is a person, body, document or group, named or not: titles, roles and modifiers before a name and appositions
after it describe it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from annotate.derive import name_key
from annotate.pipeline.forms import Name, fullest, related, together
from annotate.pipeline.lexicon import genders, given_names, personal, places, roles, titles
from annotate.pipeline.names import Names
from annotate.pipeline.resources import words
from annotate.pipeline.role_nouns import RoleNouns
from annotate.pipeline.tokens import Tokens

_BEFORE = 10  # tokens of description read before a name
_AFTER = 12  # tokens of description read after it
_MODIFIERS = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "ADP", "PART"})
_JOINED = 4  # tokens between "and" and the name in "minister and party leader Jane Doe"
_OPENING = frozenset({"DET", "NOUN", "ADJ", "PRON", "PROPN", "ADV"})
_TOGETHER = 4  # persons named together
_COMMON = frozenset({"NN", "NNS", "JJ"})
_SURE = 4  # votes by which pronouns outweigh what titles and given names say
_RECENT = 50  # mentions among which the last subject is sought
_OPENS = 3  # tokens at the start of a sentence whose pronoun may still be for the last subject
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})


@dataclass(slots=True)
class Entity:
    """What a source may refer to; `name` is None for the unnamed.

    places: token indices of its mentions, in order; spoke: those at which it was a source; subjects: those at which
    it was a grammatical subject; nouns: role nouns that describe it; about: other content words that do; descriptions:
    the stretches these stand in; votes: pronouns for it, male and female; given: whether it begins with a given
    name; articles, located: mentions after an article, after a preposition of place; short: whether its last word also
    stands alone; outlet: whether it speaks as an outlet anywhere; documents: nouns for what it issued; stands: how each
    place stands in its clause; heads: the tokens on which its mentions hang; qualified: for its nouns, the words that
    say which holder of such a role it is.
    """

    name: str | None
    form: int | None = None
    person: bool | None = None
    body: bool = False
    gender: str | None = None
    plural: bool = False
    kind: str = ""
    places: list[int] = field(default_factory=list)
    spoke: list[int] = field(default_factory=list)
    subjects: set[int] = field(default_factory=set)
    nouns: set[str] = field(default_factory=set)
    about: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    given: bool = False
    articles: int = 0
    located: int = 0
    short: bool = False
    descriptions: list[str] = field(default_factory=list)
    votes: list[int] = field(default_factory=lambda: [0, 0])
    outlet: bool = False
    documents: set[str] = field(default_factory=set)
    stands: dict[int, str] = field(default_factory=dict)
    heads: set[int] = field(default_factory=set)
    qualified: dict[str, set[str]] = field(default_factory=dict)

    def before(self, at: int) -> int | None:
        """Return the place of the last mention before a token."""
        index = bisect_left(self.places, at)
        return self.places[index - 1] if index else None

    def after(self, at: int) -> int | None:
        """Return the place of the first mention from a token on."""
        index = bisect_left(self.places, at)
        return self.places[index] if index < len(self.places) else None

    def subject_before(self, at: int) -> int | None:
        """Return the place of the last mention before a token that was a subject."""
        index = bisect_left(self.places, at)
        recent = range(index - 1, max(index - _RECENT, 0) - 1, -1)
        return next((self.places[i] for i in recent if self.places[i] in self.subjects), None)

    def mentioned(self, at: int, tokens: Tokens, head: int) -> None:
        """Note a mention that begins at a token and hangs on another."""
        index = bisect_left(self.places, at)
        self.heads.add(head)
        self.stands[at] = stand_of(tokens, head)
        subject = tokens.deps[head] in _SUBJECTS or self.stands[at] == "topic"
        if index == len(self.places) or self.places[index] != at:
            self.places.insert(index, at)
        if subject:
            self.subjects.add(at)

    @property
    def sex(self) -> str | None:
        """Return the gender that titles, given names, roles or the pronouns after it suggest."""
        male, female = self.votes
        if self.gender and (male, female)[self.gender == "male"] < (male, female)[self.gender == "female"] + _SURE:
            return self.gender
        return None if male == female else "male" if male > female else "female"


class Entities:
    """The entities of an article: all its names, and the sources that were added as they were met.

    bodies: by the token at which they begin, those that a name and a noun make together, with the token after them.
    """

    def __init__(self, tokens: Tokens, names: Names) -> None:
        self.tokens = tokens
        self.names = names
        self.all: list[Entity] = []
        self.bodies: dict[int, tuple[int, Entity]] = {}
        self._by_name: dict[str, Entity] = {}
        roots = [fullest(names.forms, i) for i in range(len(names.forms))]
        for name in names.all:
            self._take(name, roots[name.form])
            self._take_body(name)
        self._take_several()
        for entity in self.all:
            if entity.gender is None and entity.name:
                first = name_key(entity.name).split()
                if len(first) > 2 and first[0] in words("family_name_first"):
                    first = first[1:]  # "Kim Doe-roe": the surname comes first
                known = [genders()[word] for word in first[:-1][:2] if genders().get(word)]
                known = known or [given_names()[word] for word in (first[:-1] or first)[:2] if given_names().get(word)]
                entity.gender = known[0] if known and not entity.body else None
            if entity.name and not entity.body:
                entity.given = name_key(entity.name).split()[:1] != [] and name_key(entity.name).split()[0] in genders()

    def named(self, name: str) -> Entity:
        """Return the entity of a canonical name, a new one when there is none."""
        key = name_key(name)
        entity = self._by_name.get(key)
        if entity is None:
            entity = self._by_name[key] = Entity(name)
            self.all.append(entity)
        return entity

    def find(self, name: str) -> Entity | None:
        return self._by_name.get(name_key(name))

    def speak_as_outlets(self, names: Iterable[str | None]) -> None:
        """Note those of some names under which outlets speak, which are nobody's."""
        for name in names:
            if name and (entity := self.find(name)) is not None:
                entity.outlet = True

    def unnamed(self) -> Entity:
        self.all.append(Entity(None))
        return self.all[-1]

    def _take(self, name: Name, root: int) -> None:
        tokens = self.tokens
        form = self.names.forms[root]
        entity = self.named(form.text)
        entity.form = root if entity.form is None else entity.form
        head = tokens.head_of(name.start, name.end)
        subject = tokens.deps[head] in _SUBJECTS
        entity.mentioned(name.start, tokens, head)
        entity.body = entity.body or name.body or any(word in words("militant_group") for word in name.text.split())
        before = tokens.lowers[name.prefix - 1] if name.prefix else ""
        entity.articles += before in {"the", "a", "an"} and name.title is None
        entity.located += before in words("place_preposition")
        own = self.names.forms[name.form]
        if own is not form and len(own.key) == 1 and related(own, form) == "end":
            entity.short = True
        if name.title:
            entity.titles.add(name.title)
            entity.person = True
        elif before in words("naming") and tokens.lowers[name.prefix - 2] in personal():
            entity.person = True  # "a man called Doe"
        nouns, about, stretches = description(tokens, name, head, self.names.role_nouns, entity.qualified)
        entity.descriptions += stretches
        entity.nouns |= nouns
        entity.about |= about
        for noun in nouns | ({name.title} if name.title else set()):
            entry = roles().get(noun)
            gender = entry["gender"] if entry else None
            entity.gender = entity.gender or gender
        if name.title:
            written = tokens.texts[name.start - 1] if name.start else ""
            entity.gender = entity.gender or (titles().get(written) or {}).get("gender")
        if subject and not self._of_several(name):
            self._vote(entity, name.end)

    def _of_several(self, name: Name) -> bool:
        """Whether a surname is that of two or more persons of the article."""
        forms = self.names.forms
        form = forms[name.form]
        return sum(related(form, forms[other]) == "end" for other in form.longer) > 1

    def _take_several(self) -> None:
        """Add the persons that "and" joins, whom "they" or "the two" may mean."""
        lowers, every = self.tokens.lowers, self.names.all
        for last in range(1, len(every)):
            first = last - 1
            if every[last].body or lowers[every[first].end : every[last].prefix] not in (["and"], [",", "and"]):
                continue
            while (
                first and last - first < _TOGETHER - 1 and lowers[every[first - 1].end : every[first].prefix] == [","]
            ):
                first -= 1
            joined = every[first : last + 1]
            full = [self.names.forms[fullest(self.names.forms, name.form)].text for name in joined]
            if not any(name.body or name_key(text) in places() for name, text in zip(joined, full, strict=True)):
                entity = self.named(together(full))
                entity.plural = True
                entity.mentioned(joined[0].start, self.tokens, self.tokens.head_of(joined[0].start, joined[0].end))

    def _take_body(self, name: Name) -> None:
        """Add the body that a name and a noun make together: "Springfield police", "the Springfield fire service"."""
        tokens, end = self.tokens, name.end
        while end < min(name.end + 3, len(tokens)) and tokens.texts[end].islower() and tokens.tags[end] in _COMMON:
            entry = roles().get(tokens.lowers[end])
            if entry is not None and entry["source_type"] == "organisation":
                if tokens.lowers[end] in words("kind_noun") and self._is_adjective(name):
                    return  # "the Samplish company"
                entity = self.named(tokens.string(name.start, end + 1))
                entity.body = True
                entity.mentioned(name.start, tokens, end)
                self.bodies[name.start] = end + 1, entity
                return
            end += 1

    def _is_adjective(self, name: Name) -> bool:
        """Whether a name before a noun only tells where what it stands for is: "Samplish", "U.K.", "West Samplean"."""
        tags = self.tokens.tags[name.end - 1]
        return tags.startswith("JJ") or " ".join(name.key) in places() or name.key[-1] in places()

    def _vote(self, entity: Entity, at: int) -> None:
        """Count the first third-person pronoun after a subject in its sentence, or by half at the next one's start."""
        tokens = self.tokens
        for i in range(at, min(at + 40, len(tokens))):
            later = tokens.sentences[i] - tokens.sentences[at - 1]
            if later > 1 or (later and tokens.sentences[i - _OPENS] != tokens.sentences[at - 1]):
                return
            word = tokens.lowers[i]
            if word in words("he") or word in words("she"):
                entity.votes[word in words("she")] += 1 if later else 2
                return


def stand_of(tokens: Tokens, head: int) -> str:
    """Tell how a mention stands in its clause: as the subject of the sentence or of a clause, an object, an owner."""
    dep = tokens.deps[head]
    above = tokens.heads[head]
    if dep == "pobj" and tokens.lowers[above] == "for":
        first = max(above - 1, 0)  # "As for Jane Doe, she said …"
        if tokens.sentences[max(first - 1, 0)] != tokens.sentences[above] or first == 0:
            return "topic"
    if dep in _SUBJECTS:
        return "subject" if tokens.deps[above] == "ROOT" else f"subject of {tokens.deps[above]}"
    return dep if dep in {"poss", "pobj", "dobj", "conj", "appos", "compound", "ROOT"} else "other"


def entity_class(entity: Entity) -> str:
    """Tell persons, bodies and documents apart, by what is known of an entity so far."""
    if entity.name is None:
        if entity.kind == "document":
            return "unnamed document"
        if entity.plural:
            return "unnamed group"
        return "unnamed body" if entity.kind == "organisation" else "somebody"
    if entity.kind == "document":
        return "document"
    if entity.kind == "outlet":
        return "outlet"
    if not entity.titles and not entity.person and (place := places().get(name_key(entity.name))):
        return "people" if place[1] == "people" else "place"
    if entity.person or entity.nouns or entity.titles:
        return "person" if not entity.body else "body"
    spoken = entity.name.split()
    if not words("place_word").isdisjoint((spoken[0], spoken[-1])):
        return "place"
    if entity.body or entity.name.isupper():
        return "body"
    if " and " in entity.name:
        return "several"
    if entity.given and " " in entity.name:
        return "person"
    if entity.articles * 2 >= len(entity.places):
        return "thing"
    return "perhaps person" if len(spoken) > 1 else "word"


def description(
    tokens: Tokens, name: Name, head: int, role_nouns: RoleNouns, qualified: dict[str, set[str]]
) -> tuple[set[str], set[str], list[str]]:
    """Return the role nouns and the other content words that describe a name where it stands, and their stretches."""
    spans = [(name.prefix, name.start)]
    spans += [
        span for span in (_described_before(tokens, name, head, role_nouns), _described_after(tokens, name)) if span
    ]
    nouns: set[str] = set()
    about: set[str] = set()
    for start, stop in spans:
        for i in range(start, stop):
            if tokens.pos[i] in {"NOUN", "PROPN", "ADJ"}:
                entry = role_nouns.at(i)
                owner = i + 1 < stop and tokens.tags[i + 1] == "POS"  # "the minister's lawyer" is the lawyer
                if entry is not None and entry["refers_to"] == "individual" and not owner:
                    nouns.add(entry["noun"])
                    qualified.setdefault(entry["noun"], set()).update(role_nouns.qualifiers(i, start, stop))
                about.add(tokens.lemmas[i])
    return nouns, about, [tokens.string(start, stop) for start, stop in spans if start < stop]


def _described_before(tokens: Tokens, name: Name, head: int, role_nouns: RoleNouns) -> tuple[int, int] | None:
    """Return the stretch before a name that describes it: "the mayor of Springfield, Jane Doe"."""
    lowers, pos, sentences = tokens.lowers, tokens.pos, tokens.sentences
    at = name.prefix
    if at > 0 and lowers[at - 1] == ")" and role_nouns.opened(at - 1):
        at -= 3  # "the superintendent of police (SP) Jane Doe"
    elif at > 0 and lowers[at - 1] == ",":
        if tokens.deps[head] != "appos":
            return None
        at -= 1
    else:
        nearest = at - 2 if at > 1 and lowers[at - 1] in {"the", "a", "an"} else at - 1
        if nearest >= 0 and pos[nearest] == "ADP" and name.title is None:
            return None  # "a spokesman for the Front" describes no Front
    start = at
    while start > 0 and at - start < _BEFORE and sentences[start - 1] == sentences[name.start]:
        word = lowers[start - 1]
        if pos[start - 1] not in _MODIFIERS and word not in {"-", "the", "and", "his", "her", "their"}:
            break
        if word == "and" and not (pos[start - 2] == "NOUN" and at - start < _JOINED):
            break
        start -= 1
    return start, at


def _described_after(tokens: Tokens, name: Name) -> tuple[int, int] | None:
    """Return the stretch after a name that describes it: "Jane Doe, 34, the mayor of Springfield", "is a teacher"."""
    lowers, pos, count = tokens.lowers, tokens.pos, len(tokens)
    sentence = tokens.sentences[name.end - 1]  # the parser may begin a sentence in the middle of a name
    end = name.end
    if end < count and lowers[end] == "(":
        end = next((i + 1 for i in range(end, min(end + 6, count)) if lowers[i] == ")"), end)
    if end + 1 < count and lowers[end] == "," and pos[end + 1] == "NUM":
        end += 2
    if end + 1 >= count or lowers[end] not in {",", "–", "—", "is", "was"} or tokens.sentences[end] != sentence:
        return None
    if pos[end + 1] not in _OPENING or tokens.tags[end + 1] in {"PRP", "WP", "WDT"}:
        return None
    stop = end + 1
    while stop < count and stop - end <= _AFTER and tokens.sentences[stop] == sentence:
        if lowers[stop] in {",", ";", "–", "—"} or (pos[stop] in {"VERB", "AUX"} and tokens.tags[stop] != "VBN"):
            break
        stop += 1
    if lowers[end] == "," and stop < count and tokens.tags[stop] in _FINITE:
        return None  # "…, the spokesman said": a subject, not an apposition
    return end + 1, stop
