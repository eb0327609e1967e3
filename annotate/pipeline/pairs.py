"""Two who are meant together: "he and Doe", "the two men", "they"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.forms import together
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, mention_class
from annotate.pipeline.resources import words

_PERSONS = frozenset({"person", "perhaps person"})


class Pairs:
    """Gives the pairs that a phrase may mean."""

    def __init__(self, article: ArticleContext) -> None:
        self._article = article

    def with_name(self, mention: Mention, others: Sequence[Option]) -> list[Option]:
        """Return each option for the pronoun in "he and Doe" joined with the name beside it; none for other phrases."""
        lowers = self._article.tokens.lowers
        if mention.kind not in {"he", "she"} or len(mention.names) != 1:
            return []
        name = mention.names[0]
        if "and" not in lowers[mention.head : name.start]:
            return []
        beside = self._article.full(name)
        return [
            self._option(together([option.name, beside]), [*option.features, "he and another"])
            for option in others
            if option.name and option.entity and not option.entity.plural and option.name != beside
        ]

    def options(self, mention: Mention) -> Iterable[Option]:
        """Yield the two persons named last, where a phrase may mean two."""
        lowers = self._article.tokens.lowers
        two = not words("of_two").isdisjoint(lowers[mention.start : mention.end])
        if mention.names or not (two or (mention.kind == "they" and mention.shape == "pronoun")):
            return
        last = self._last_two(mention.start)
        if len(last) < 2:
            return
        near, far = last
        sentences = self._article.tokens.sentences
        gap = sentences[mention.start] - sentences[far.before(mention.start) or 0]
        who = mention_class(mention)
        features = [
            f"pair two={two}",
            f"pair {who} two={two} spoke={bool(near.spoke)} {bool(far.spoke)}",
            f"pair two={two} back={min(gap, 4)}",
            f"pair two={two} {mention.determiner} both spoke={bool(near.spoke) and bool(far.spoke)}",
        ]
        first, second = sorted(last, key=lambda entity: entity.places[0])
        yield self._option(together([first.name or "", second.name or ""]), features)

    def _last_two(self, at: int) -> list[Entity]:
        before = [
            (place, entity) for entity in self._article.entities.all
            if entity.name and not entity.plural and entity_class(entity) in _PERSONS
            and (place := entity.before(at)) is not None
        ]  # fmt: skip
        before.sort(key=lambda item: -item[0])
        return [entity for _, entity in before[:2]]

    def _option(self, name: str, features: list[str]) -> Option:
        return Option(name, self._article.entities.find(name), False, features)
