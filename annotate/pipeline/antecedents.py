"""Entities of the article that a source phrase without a name of its own may refer to, and what speaks for each."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.forms import kindred
from annotate.pipeline.lexicon import body_nouns, country_of, personal, roles
from annotate.pipeline.line_up import LineUp
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, mention_class
from annotate.pipeline.resources import words

_NEAREST = 14  # entities before a mention that are weighed; antecedents further back are described by a noun
_LATER = 2  # sentences after a mention in which its name may come
_BINS = (0, 1, 2, 3, 5, 9)
_CLAUSES = 3  # that a mention's clause hangs on
_RECENT = 200  # sources among which the last one of a kind is sought
_NAMES = 4  # of a phrase
_REACH = 40  # tokens between a verb and its subject
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_PERSONS = frozenset({"person", "perhaps person", "somebody"})


class Antecedents:
    """Gives the entities that a phrase may refer to; who else was met before, tells how near each is."""

    def __init__(self, article: ArticleContext, line_up: LineUp) -> None:
        self._article = article
        self._line_up = line_up

    def _anchor(self, mention: Mention) -> int:
        """Return from where antecedents are sought: before the quotation that a pronoun follows, whose speaker it is.

        Those whom the quotation names are spoken of, and do not speak.
        """
        if mention.kind in {"he", "she"} and mention.start not in self._article.quoted:
            return self._article.before_quotation.get(mention.start, mention.start)
        return mention.start

    def options(self, mention: Mention) -> Iterable[Option]:
        """Yield the entities near the mention, and those further off that its words describe."""
        order: Counter[str] = Counter()
        who = mention_class(mention)
        last = self._article.history[-1] if self._article.history else None
        same = self._same_pronoun(mention)
        fitting, between = self._last_fitting(mention)
        opens = self._opens_quoted(mention)
        latest = self._article.latest(mention)
        near = self._near(mention)
        subjects = self._subject_ranks(mention, near)
        above = self._subjects_above(mention)
        at = self._anchor(mention)
        inside = mention.names[:_NAMES] if mention.shape == "noun" else []
        named = frozenset(text for name in inside for text in (self._article.full(name), name.text))
        for entity in near:
            features = list(self._weigh(_Pair(self._article, mention, entity, at, named), order))
            features.extend(self._line_up.features(mention, entity))
            if latest is not None:
                told = f"latest with noun={latest is entity} {mention.determiner} {entity.name is None}"
                features += [told, f"{told} unnamed={latest.name is None} {bool(mention.modifiers)}"]
            if last is not None and last[1] is entity:
                features.extend(self._last_source(mention, who, last[0], entity))
                features.append(f"{who} last source opens quoted={opens}")
            if fitting is not None:
                features.append(f"{who} last fitting={fitting is entity} {min(between, 2)}")
                if fitting is entity:
                    features.append(f"{who} last fitting opens quoted={opens} {min(between, 1)}")
            if same is not None:
                gap = self._article.tokens.sentences[mention.start] - self._article.tokens.sentences[same[0].start]
                features.append(f"{who} same pronoun={same[1] is entity} {min(gap, 3)}")
            over = [level for level, head in above if head in entity.heads]
            if above:
                features.append(f"{who} subject above={min(over) if over else None}")
                if over:
                    verb = self._article.tokens.lemmas[self._article.tokens.heads[mention.head]]
                    features.append(f"{who} subject above {self._article.tokens.deps[mention.head]} {verb}")
            if id(entity) in subjects:
                rank, back = subjects[id(entity)]
                features.append(f"{who} subject rank={min(rank, 3)}")
                features.append(f"{who} subject rank={min(rank, 2)} back={min(back, 3)}")
            yield Option(entity.name, entity, False, features)

    def _same_pronoun(self, mention: Mention) -> tuple[Mention, Entity] | None:
        """Return the last source that was called by the same pronoun."""
        if mention.shape != "pronoun":
            return None
        recent = islice(reversed(self._article.history), _RECENT)
        return next((one for one in recent if one[0].kind == mention.kind), None)

    def _last_fitting(self, mention: Mention) -> tuple[Entity | None, int]:
        """Return the last source that a pronoun can be for by gender and number, and how many spoke since."""
        if mention.kind not in {"he", "she", "it"}:
            return None, 0
        for between, (_, entity) in enumerate(islice(reversed(self._article.history), _RECENT)):
            person = entity_class(entity) in _PERSONS
            if person == (mention.kind != "it") and entity.sex in {None, mention.gender} and not entity.plural:
                return entity, between
        return None, 0

    def _opens_quoted(self, mention: Mention) -> bool:
        """Whether the mention's paragraph begins with a quotation."""
        paragraphs = self._article.tokens.paragraphs
        first = bisect_left(paragraphs, paragraphs[mention.start])
        return not self._article.quoted.isdisjoint(range(first, min(first + 2, mention.start)))

    def _subject_ranks(self, mention: Mention, near: list[Entity]) -> dict[int, tuple[int, int]]:
        """Return, by the identity of entities that agree in gender, how many were subjects since, and how far back."""
        at = self._anchor(mention)
        sentences = self._article.tokens.sentences
        found: list[tuple[int, Entity]] = []
        for entity in near:
            if mention.gender and (entity.sex not in {None, mention.gender} or entity_class(entity) not in _PERSONS):
                continue
            place = entity.subject_before(at)
            if place is not None:
                found.append((place, entity))
        found.sort(key=lambda item: -item[0])
        return {id(entity): (rank, sentences[at] - sentences[place]) for rank, (place, entity) in enumerate(found)}

    def _subjects_above(self, mention: Mention) -> list[tuple[int, int]]:
        """Return the subjects of the clauses that the mention's own hangs on, with how many clauses up each is."""
        tokens = self._article.tokens
        own = at = tokens.heads[mention.head]
        found: list[tuple[int, int]] = []
        level = 0
        while tokens.heads[at] != at and level < _CLAUSES:
            at = tokens.heads[at]
            if tokens.pos[at] in {"VERB", "AUX"} and at != own:
                level += 1
                low = max(at - _REACH, 0)
                found += [(level, i) for i in range(low, at) if tokens.heads[i] == at and tokens.deps[i] in _SUBJECTS]
        return found

    def _near(self, mention: Mention) -> list[Entity]:
        """Return the entities that are weighed: by how near they are before the mention, then those after it."""
        at = self._anchor(mention)
        coming = self._line_up.coming(mention)
        several = mention.plural or mention.kind == "group" or mention.noun in words("group_noun")
        before: list[tuple[int, Entity]] = []
        after: list[Entity] = []
        sentences = self._article.tokens.sentences
        of_person = mention.shape == "noun" and mention.noun in personal()
        for entity in self._article.entities.all:
            if of_person and entity.outlet:
                continue  # "the minister" is no newspaper
            place = entity.before(at)
            if place is not None:
                if several or not entity.plural or not entity.name:
                    before.append((at - place, entity))
                continue
            place = entity.after(mention.end)
            if place is not None and not entity.plural:
                near = sentences[place] - sentences[at] <= _LATER
                if near or entity is coming or self._described(mention, entity):
                    after.append(entity)
        before.sort(key=lambda item: item[0])
        far = (entity for _, entity in before[_NEAREST:] if entity.spoke or self._described(mention, entity))
        return [*(entity for _, entity in before[:_NEAREST]), *far, *after]

    def _described(self, mention: Mention, entity: Entity) -> bool:
        """Whether the mention's noun is one for the entity, part of its name, or makes it somebody's relative."""
        if mention.shape != "noun":
            return False
        known = mention.noun in entity.nouns or mention.noun in entity.documents or mention.noun in entity.titles
        if known or _called(mention, entity):
            return True
        related = mention.noun in words("kin") and entity.name is not None and not entity.body
        return related and any(kindred(name.text, entity.name or "") for name in mention.names)

    def _last_source(self, mention: Mention, who: str, last: Mention, entity: Entity) -> Iterable[str]:
        tokens, at = self._article.tokens, self._anchor(mention)
        gap = tokens.sentences[at] - tokens.sentences[last.start]
        yield f"{who} last source"
        yield f"{who} last source gap={min(gap, 3)}"
        yield f"{who} last source {entity_class(entity)}"
        if tokens.paragraphs[at] == tokens.paragraphs[last.start]:
            yield f"{who} last source same paragraph"
        if last.kind == "document":
            yield f"{who} last source was a document {mention.kind}"
        verb = tokens.lemmas[tokens.heads[mention.head]]
        yield f"{who} last source verb={verb}"
        yield f"last source verb={verb}"
        if "also" in tokens.lowers[mention.end : mention.end + 3]:
            yield f"{who} last source also"
        yield f"{who} last source in quote={last.start in self._article.quoted} {mention.start in self._article.quoted}"
        if last.span == mention.span:
            yield "same span"

    def _weigh(self, pair: _Pair, order: Counter[str]) -> Iterable[str]:
        yield f"{pair.who} is {pair.what}"
        yield from pair.distance()
        yield from pair.agreement()
        if pair.mention.shape == "noun":
            yield from pair.roles(order)
        if pair.mention.kind == "document":
            yield from self._issued(pair.mention, pair.entity)
        yield from pair.recency(order)
        yield from pair.salience(order)

    def _issued(self, mention: Mention, entity: Entity) -> Iterable[str]:
        """Yield whether an entity is named where the document's noun stood last, as in "the bank said in a report"."""
        tokens = self._article.tokens
        at = mention.start - 1
        while at >= 0 and tokens.lemmas[at] != mention.noun:
            at -= 1
        if at < 0:
            yield "issued never"
            return
        sentence = tokens.sentences[at]
        there = [place for place in entity.places if tokens.sentences[place] == sentence]
        spoke = any(place in entity.spoke for place in there)
        subject = any(place in entity.subjects for place in there)
        yield f"issued there={bool(there)} spoke={spoke} subject={subject}"
        documents = [
            earlier for earlier, other in self._article.history if other is entity and earlier.kind == "document"
        ]
        yield f"issued before={bool(documents)} same={any(earlier.noun == mention.noun for earlier in documents)}"


class _Pair:
    """A mention and an entity that it may refer to, compared from `at`, with the entity's nearest mention.

    named: the names in the mention, as they stand there and in full.
    """

    def __init__(
        self, article: ArticleContext, mention: Mention, entity: Entity, at: int, named: Collection[str]
    ) -> None:
        tokens = article.tokens
        self.article = article
        self.mention = mention
        self.entity = entity
        self.named = named
        self.at = at
        self.who = mention_class(mention)
        issued = mention.kind == "document" and bool(entity.documents)
        self.what = "document" if issued else entity_class(entity)
        place = entity.before(at)
        self.later = place is None
        self.place = (entity.after(at) or at) if place is None else place
        self.sentences = abs(tokens.sentences[at] - tokens.sentences[self.place])
        self.paragraphs = abs(tokens.paragraphs[at] - tokens.paragraphs[self.place])
        self.agrees = ""
        if mention.gender and (entity.person or self.what in _PERSONS):
            sex = entity.sex
            self.agrees = "?" if sex is None else "yes" if sex == mention.gender else "no"

    def distance(self) -> Iterable[str]:
        side = "later" if self.later else "back"
        yield f"{self.who} {side} {_bin(self.sentences)}"
        yield f"{self.who} paragraphs {side} {min(self.paragraphs, 3)}"

    def agreement(self) -> Iterable[str]:
        if self.agrees:
            yield f"{self.who} gender {self.agrees}"
            yield f"gender {self.agrees} {'later' if self.later else min(self.sentences, 2)}"
            yield f"gender {self.agrees} spoke={bool(self.entity.spoke)}"
        if self.mention.plural or self.entity.plural:
            yield f"{self.who} number {self.mention.plural} {self.entity.plural}"

    def roles(self, order: Counter[str]) -> Iterable[str]:
        """Yield how the mention's noun and modifiers fit what the article calls the entity."""
        mention, entity, who = self.mention, self.entity, self.who
        same = mention.noun in entity.nouns or mention.noun in entity.documents
        titled = mention.noun in entity.titles
        fits = "same" if same else "title" if titled else _kinship(mention, entity)
        called = _called(mention, entity)
        of_kind = not called and _may_be_called(mention, entity)
        yield f"{who} role {fits} {mention.determiner}"
        kinds = sorted({roles()[noun]["source_type"] for noun in entity.nouns if noun in roles()}) or [self.what]
        yield from (f"kind {mention.kind}>{kind}" for kind in kinds)
        if called:
            yield f"{who} called {mention.determiner}"
        if of_kind:
            yield f"{who} kind of body {mention.determiner}"
            yield "kind of body"
            yield f"kind of body rank {min(order['kind of body'], 2)}"
            order["kind of body"] += 1
        if same and mention.qualifiers:
            yield from self.qualified()
        if mention.modifiers:
            shared = len(mention.modifiers & entity.about)
            yield f"{who} modifiers {'same' if same or titled or called else fits} {min(shared, 2)}"
            yield f"modifiers missing {min(len(mention.modifiers) - shared, 2)} {entity.name is None}"
            if entity.name and not mention.modifiers.isdisjoint(entity.name.lower().split()):
                yield f"{who} modifier in name {self.what}"
            ours = _countries(mention.modifiers)
            if ours:
                theirs = _countries(entity.about)
                agree = "?" if not theirs else "yes" if ours & theirs else "no"
                yield f"country {agree} {same or titled}"
                yield f"{who} country {agree}"
        if mention.names and entity.name:
            told = any(text in stretch for text in self.named for stretch in entity.descriptions)
            yield f"{who} described with name={told} {same or titled}"
        matches = f"noun {same or titled}"
        if same or titled or called:
            yield f"{who} match rank {min(order[matches], 2)}"
        if same or titled:
            yield f"match {mention.determiner} spoke={bool(entity.spoke)} named={entity.name is not None}"
        order[matches] += 1

    def qualified(self) -> Iterable[str]:
        """Yield whether mention and entity hold the same role: "the foreign minister" is no finance minister."""
        ours, theirs = self.mention.qualifiers, self.entity.qualified.get(self.mention.noun, set())
        told = f"{min(len(ours & theirs), 2)} {min(len(ours - theirs), 2)} {min(len(theirs - ours), 2)}"
        yield f"qualified {told}"
        yield f"qualified {bool(ours & theirs)} {bool(ours - theirs)} {bool(theirs)} {self.mention.determiner}"
        ranks = words("role_rank")
        if not ranks.isdisjoint(ours | theirs):
            yield f"qualified rank {not ranks.isdisjoint(ours & theirs)}"

    def recency(self, order: Counter[str]) -> Iterable[str]:
        """Yield the rank among the nearer entities of the same class and gender, and of all that agree."""
        who, person = self.who, self.what in _PERSONS
        group, compatible = f"{self.what} {self.agrees}", f"all {self.agrees != 'no'} {person}"
        yield f"{who} {self.what} rank {min(order[group], 3)}"
        if self.agrees != "no":
            yield f"{who} {person} compatible rank {min(order[compatible], 3)}"
            if not self.later and person:
                history = self.article.history
                last = bool(history) and history[-1][1] is self.entity
                role = "subject" if self.place in self.entity.subjects else "other"
                yield f"{who} {min(order[compatible], 2)} {role} {min(self.sentences, 2)} last={last}"
                yield f"{who} {role} {min(self.sentences, 2)} last={last} {min(self.paragraphs, 1)}"
        order[group] += 1
        order[compatible] += 1

    def salience(self, order: Counter[str]) -> Iterable[str]:
        """Yield whether the nearest mention was a subject, a source, first in its sentence, and how many there were."""
        who, entity, place = self.who, self.entity, self.place
        sentences, quoted = self.article.tokens.sentences, self.article.quoted
        if not self.later:
            stand = entity.stands.get(place, "other")
            yield f"{who} stands {stand} {min(self.sentences, 2)}"
            if self.mention.shape == "pronoun":
                own = self.article.tokens.deps[self.mention.head]
                yield f"{who} {own} stands {stand} {min(self.sentences, 1)} {self.agrees}"
                clause = self.article.tokens.deps[self.article.tokens.heads[self.mention.head]]
                yield f"{who} clause {clause} stands {stand} {min(self.sentences, 1)}"
                yield f"{who} clause {clause} back {min(self.sentences, 2)} rank {min(order['clause'], 2)}"
                order["clause"] += self.agrees != "no"
            yield f"{who} {'subject' if place in entity.subjects else 'other'} {min(self.sentences, 2)}"
            if place in quoted and self.at not in quoted:
                yield f"{who} in quote {min(self.sentences, 2)}"
            if place in entity.spoke:
                yield f"{who} spoke there {min(self.sentences, 3)}"
            if place == 0 or sentences[place] != sentences[max(0, place - 2)]:
                yield f"{who} opens {min(self.sentences, 2)}"
        yield f"{who} mentions {min(bisect_left(entity.places, self.at), 4)}"
        yield f"{who} sources {min(len(entity.spoke), 3)} {self.what}"
        if entity.name and self.mention.shape == "pronoun":
            share = min(2 * entity.located // max(len(entity.places), 1), 1) + (entity.located > 0)
            yield f"{who} {self.what} located {share} short={entity.short}"


def _called(mention: Mention, entity: Entity) -> bool:
    """Whether a body's name holds the noun: "the ministry" for the Ministry of Works."""
    if mention.shape != "noun" or entity.name is None or len(mention.noun) < 3:
        return False
    return mention.noun in entity.name.lower().replace("-", " ").split()


def _may_be_called(mention: Mention, entity: Entity) -> bool:
    """Whether a word of a body's name tells its kind: "the airline" for Example Airways."""
    if mention.noun in words("country_noun"):
        return entity_class(entity) == "place"
    known = body_nouns().get(mention.noun)
    return known is not None and entity.name is not None and not known.isdisjoint(entity.name.split())


def _countries(about: Iterable[str]) -> set[str]:
    return {country for word in about if (country := country_of(word))}


def _kinship(mention: Mention, entity: Entity) -> str:
    """Tell whether a noun for the entity is of the same kind as the mention's."""
    if not entity.nouns:
        return "unknown"
    kinds = {roles()[noun]["source_type"] for noun in entity.nouns if noun in roles()}
    return "kind" if mention.kind and mention.kind in kinds else "different"


def _bin(number: int) -> int:
    return sum(number >= edge for edge in _BINS)
