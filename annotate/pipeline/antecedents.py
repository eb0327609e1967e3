"""Entities of the article that a source phrase without a name of its own may refer to, and what speaks for each."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.forms import kindred
from annotate.pipeline.lexicon import body_nouns, roles
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, mention_class
from annotate.pipeline.resources import words

_NEAREST = 14  # entities before a mention that are weighed; antecedents further back are described by a noun
_LATER = 2  # sentences after a mention in which its name may come
_BINS = (0, 1, 2, 3, 5, 9)
_PERSONS = frozenset({"person", "perhaps person", "somebody"})


class Antecedents:
    """Gives the entities that a phrase may refer to; who else was met before, tells how near each is."""

    def __init__(self, article: ArticleContext) -> None:
        self._article = article

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
        for entity in self._near(mention):
            features = list(self._weigh(_Pair(self._article, mention, entity, self._anchor(mention)), order))
            if last is not None and last[1] is entity:
                features.extend(self._last_source(mention, who, last[0], entity))
            yield Option(entity.name, entity, False, features)

    def _near(self, mention: Mention) -> list[Entity]:
        """Return the entities that are weighed: by how near they are before the mention, then those after it."""
        at = self._anchor(mention)
        before: list[tuple[int, Entity]] = []
        after: list[Entity] = []
        sentences = self._article.tokens.sentences
        for entity in self._article.entities.all:
            place = entity.before(at)
            if place is not None:
                if mention.plural or not entity.plural or not entity.name:
                    before.append((at - place, entity))
                continue
            place = entity.after(mention.end)
            if place is not None and not entity.plural:
                near = sentences[place] - sentences[at] <= _LATER
                if near or self._described(mention, entity):
                    after.append(entity)
        before.sort(key=lambda item: item[0])
        far = (entity for _, entity in before[_NEAREST:] if entity.spoke or self._described(mention, entity))
        return [*(entity for _, entity in before[:_NEAREST]), *far, *after]

    def _described(self, mention: Mention, entity: Entity) -> bool:
        """Whether the mention's noun is one for the entity, part of its name, or makes it somebody's relative."""
        if mention.shape != "noun":
            return False
        if mention.noun in entity.nouns or mention.noun in entity.titles or _called(mention, entity):
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
        yield from pair.salience()

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
    """A mention and an entity that it may refer to, compared from `at`, with the entity's nearest mention."""

    def __init__(self, article: ArticleContext, mention: Mention, entity: Entity, at: int) -> None:
        tokens = article.tokens
        self.article = article
        self.mention = mention
        self.entity = entity
        self.at = at
        self.who = mention_class(mention)
        self.what = entity_class(entity)
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
        same, titled = mention.noun in entity.nouns, mention.noun in entity.titles
        fits = "same" if same else "title" if titled else _kinship(mention, entity)
        called = _called(mention, entity)
        of_kind = not called and _may_be_called(mention, entity)
        yield f"{who} role {fits} {mention.determiner}"
        if called:
            yield f"{who} called {mention.determiner}"
        if of_kind:
            yield f"{who} kind of body {mention.determiner}"
            yield "kind of body"
            yield f"kind of body rank {min(order['kind of body'], 2)}"
            order["kind of body"] += 1
        if mention.modifiers:
            shared = len(mention.modifiers & entity.about)
            yield f"{who} modifiers {'same' if same or titled or called else fits} {min(shared, 2)}"
            yield f"modifiers missing {min(len(mention.modifiers) - shared, 2)} {entity.name is None}"
            if entity.name and not mention.modifiers.isdisjoint(entity.name.lower().split()):
                yield f"{who} modifier in name {self.what}"
        matches = f"noun {same or titled}"
        if same or titled or called:
            yield f"{who} match rank {min(order[matches], 2)}"
        if same or titled:
            yield f"match {mention.determiner} spoke={bool(entity.spoke)} named={entity.name is not None}"
        order[matches] += 1

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

    def salience(self) -> Iterable[str]:
        """Yield whether the nearest mention was a subject, a source, first in its sentence, and how many there were."""
        who, entity, place = self.who, self.entity, self.place
        sentences, quoted = self.article.tokens.sentences, self.article.quoted
        if not self.later:
            yield f"{who} {'subject' if place in entity.subjects else 'other'} {min(self.sentences, 2)}"
            if place in quoted and self.at not in quoted:
                yield f"{who} in quote {min(self.sentences, 2)}"
            if place in entity.spoke:
                yield f"{who} spoke there {min(self.sentences, 3)}"
            if place == 0 or sentences[place] != sentences[max(0, place - 2)]:
                yield f"{who} opens {min(self.sentences, 2)}"
        yield f"{who} mentions {min(bisect_left(entity.places, self.at), 4)}"
        yield f"{who} sources {min(len(entity.spoke), 3)} {self.what}"


def _called(mention: Mention, entity: Entity) -> bool:
    """Whether a body's name holds the noun: "the ministry" for the Ministry of Works."""
    if mention.shape != "noun" or entity.name is None or len(mention.noun) < 3:
        return False
    return mention.noun in entity.name.lower().replace("-", " ").split()


def _may_be_called(mention: Mention, entity: Entity) -> bool:
    """Whether a word of a body's name tells its kind: "the airline" for Example Airways."""
    if mention.noun in {"country", "nation"}:
        return entity_class(entity) == "place"
    known = body_nouns().get(mention.noun)
    return known is not None and entity.name is not None and not known.isdisjoint(entity.name.split())


def _kinship(mention: Mention, entity: Entity) -> str:
    """Tell whether a noun for the entity is of the same kind as the mention's."""
    if not entity.nouns:
        return "unknown"
    kinds = {roles()[noun]["source_type"] for noun in entity.nouns if noun in roles()}
    return "kind" if mention.kind and mention.kind in kinds else "different"


def _bin(number: int) -> int:
    return sum(number >= edge for edge in _BINS)
