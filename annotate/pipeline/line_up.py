"""Who speaks in an article, as far as the source phrases' own names tell before any other source is resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import head_class, mention_class
from annotate.pipeline.own_names import OwnNames

_PERSONS = frozenset({"person", "perhaps person", "word"})
_NAMES = 4  # of a phrase
_SPEAKING = ("head", "after role", "apposition", "after comma", "behind")


class LineUp:
    """The source phrases of an article in order, each with the entity that its own name tells, or None.

    A phrase without a name can then be compared with who is named as a source before and after it, and with who speaks
    most.
    """

    def __init__(self, article: ArticleContext, mentions: Sequence[Mention]) -> None:
        self._article = article
        self._own = OwnNames(article)
        self._order = {mention.span: index for index, mention in enumerate(mentions)}
        self._mentions = mentions
        self._named = [self._entity(mention) for mention in mentions]
        self._counts = Counter(id(entity) for entity in self._named if entity is not None)
        named = {id(entity): entity for entity in self._named if entity is not None}
        self._persons = sum(entity_class(entity) in _PERSONS for entity in named.values())
        self._with_noun = self._named_with_nouns()
        self._next: list[int | None] = self._nearest(range(len(mentions) - 1, -1, -1))
        self._last: list[int | None] = self._nearest(range(len(mentions)))

    def _entity(self, mention: Mention) -> Entity | None:
        if mention.shape == "pronoun" or not mention.names:
            return None
        stands = {self._own.stand(mention, name): name for name in reversed(mention.names)}
        place = next((place for place in _SPEAKING if place in stands), None)
        if place is None or (mention.shape == "noun" and head_class(mention) != "role"):
            return None
        return self._article.entities.find(self._article.full(stands[place]))

    def _named_with_nouns(self) -> dict[str, set[int]]:
        """Return the identities of the entities that stand beside a noun in any source phrase: "the Example report"."""
        found: dict[str, set[int]] = {}
        for mention in self._mentions:
            if mention.shape == "noun":
                for name in mention.names[:_NAMES]:
                    entity = self._article.entities.find(self._article.full(name))
                    if entity is not None:
                        found.setdefault(mention.noun, set()).add(id(entity))
        return found

    def _nearest(self, order: Iterable[int]) -> list[int | None]:
        found: list[int | None] = [None] * len(self._mentions)
        last: int | None = None
        for index in order:
            found[index] = last
            if self._named[index] is not None:
                last = index
        return found

    def coming(self, mention: Mention) -> Entity | None:
        """Return who is named as a source next."""
        index = self._order.get(mention.span)
        at = self._next[index] if index is not None else None
        return self._named[at] if at is not None else None

    def features(self, mention: Mention, entity: Entity) -> Iterator[str]:
        """Yield how an entity stands among those who are named as sources."""
        index = self._order.get(mention.span)
        if index is None:
            return
        who, what = mention_class(mention), entity_class(entity)
        paragraphs, sentences = self._article.tokens.paragraphs, self._article.tokens.sentences
        count = self._counts[id(entity)]
        most = max(self._counts.values(), default=0)
        yield f"{who} named source {min(count, 3)} {what}"
        yield f"{who} main={count == most} {min(count, 2)} of {min(self._persons, 3)}"
        beside = self._with_noun.get(mention.noun)
        if mention.shape == "noun" and beside:
            yield f"{who} beside noun={id(entity) in beside} of {min(len(beside), 3)} {mention.determiner}"
        last, coming = self._last[index], self._next[index]
        if last is not None:
            is_it = self._named[last] is entity
            gap = paragraphs[mention.start] - paragraphs[self._mentions[last].start]
            between = index - last - 1
            yield f"{who} named last={is_it}"
            if is_it:
                yield f"{who} named last {min(gap, 4)}"
                yield f"{who} named last between={min(between, 3)} {min(gap, 2)}"
        if coming is not None:
            is_it = self._named[coming] is entity
            gap = paragraphs[self._mentions[coming].start] - paragraphs[mention.start]
            met = entity.before(mention.start) is not None
            yield f"{who} named next={is_it} met={met}"
            if is_it:
                yield f"{who} named next {min(gap, 4)} met={met}"
                both = last is not None and self._named[last] is entity
                yield f"{who} named both={both} {min(gap, 2)}"
                if last is None:
                    yield f"{who} first named {mention.determiner} met={met} {what}"
                    yield f"{who} first named {min(sentences[mention.start], 2)} {mention.determiner} met={met}"
