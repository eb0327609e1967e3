"""Who may hold a role, as far as the article tells what somebody is, and of which body or country."""

from __future__ import annotations

from collections.abc import Iterable

from annotate.derive import name_key
from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity
from annotate.pipeline.lexicon import country_of, roles
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, head_class


class Holders:
    """Leaves out the options that a phrase for a role cannot mean."""

    def __init__(self, article: ArticleContext) -> None:
        self._article = article

    def left(self, mention: Mention, others: list[Option]) -> list[Option]:
        """Leave out who holds another role: a commander is no spokesman, and of ministers the foreign one is meant."""
        if head_class(mention) != "role":
            return others

        def held(option: Option) -> set[str]:
            return option.entity.qualified.get(mention.noun, set()) if option.entity else set()

        bodies = self._bodies(word for name in mention.names for word in (*name.key, *self._article.full(name).split()))
        others = [option for option in others if not option.entity or self._may_hold(mention, option.entity, bodies)]
        if not mention.qualifiers or not any(held(option) >= mention.qualifiers for option in others):
            return others
        return [option for option in others if not held(option) or held(option) >= mention.qualifiers]

    def _may_hold(self, mention: Mention, entity: Entity, bodies: set[str]) -> bool:
        """Whether what is known of somebody lets them hold a role, for these bodies or countries if any."""
        nouns = entity.nouns | entity.titles
        speakers = {noun for noun in nouns if (roles().get(noun) or {}).get("source_type") == "spokesperson"}
        if mention.kind == "spokesperson" and nouns and not speakers:
            return False
        same = speakers if mention.kind == "spokesperson" else {mention.noun}
        theirs = self._bodies(word for noun in same for word in entity.qualified.get(noun, ()))
        return not bodies or not theirs or not bodies.isdisjoint(theirs)

    def _bodies(self, given: Iterable[str]) -> set[str]:
        """Return those of some words that stand in names of the article, countries under one name."""
        named = self._article.names.words
        return {country_of(word) or name_key(word) for word in given if name_key(word) in named}
