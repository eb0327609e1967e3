"""Whom a source phrase refers to: every possible answer with what speaks for it, ranked by learned weights.

The answers are a name in the phrase itself (or the longer one it is short for), an entity of the article, and somebody
unnamed. Weights: data/speakers.json, learned by annotate/training/speakers.py from annotated articles.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotate.pipeline.antecedents import Antecedents
from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.forms import kindred
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, head_class, mention_class
from annotate.pipeline.own_names import OwnNames
from annotate.pipeline.resources import words

_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_THINGS = frozenset(
    {"body", "thing", "document", "several", "place", "people", "unnamed group", "unnamed body", "unnamed document"}
)


class Referring:
    """Gives the options of each mention of an article; mentions must come in order."""

    def __init__(self, article: ArticleContext) -> None:
        self._article = article
        self._own = OwnNames(article)
        self._antecedents = Antecedents(article)

    def options(self, mention: Mention) -> list[Option]:
        """Return all options of a mention; there is always the one that it is somebody new and unnamed."""
        own = list(self._own.options(mention))
        stands = {self._own.stand(mention, name) for name in mention.names}
        titled = head_class(mention) == "role" and not stands.isdisjoint({"after role", "apposition"})
        named = bool(own) and (mention.shape == "name" or titled)
        others = [] if named else list(self._antecedents.options(mention))
        if mention.kind in {"he", "she"}:
            others = [option for option in others if option.entity and entity_class(option.entity) not in _THINGS]
        elif mention.kind == "it" and mention.shape == "pronoun":
            others = [option for option in others if option.entity and not option.entity.person]
        if mention.shape == "noun" and mention.noun in words("kin"):
            own, others, known = self._relatives(mention, own, others)
            if known:
                return others
        options = [*own, *others]
        options.append(self._nobody(mention, own=bool(own), others=others))
        return options

    def _relatives(
        self, mention: Mention, own: list[Option], others: list[Option]
    ) -> tuple[list[Option], list[Option], bool]:
        """Leave out whose relative it is; where someone else of that surname is named, it is one of those."""
        tokens = self._article.tokens
        owners = [
            self._article.full(name)
            for name in mention.names
            if (name.end < len(tokens) and tokens.tags[name.end] == "POS") or tokens.lowers[name.prefix - 1] == "of"
        ]
        if not owners:
            return own, others, False
        meant = [option for option in own if option.name not in owners]
        rest = [option for option in others if option.name not in owners]
        family = [
            option
            for option in rest
            if option.name and any(kindred(option.name, owner) for owner in owners)
            and option.entity is not None and option.entity.sex in {None, mention.gender}
        ]  # fmt: skip
        return meant, family or rest, bool(family) and not meant

    def resolve(self, mention: Mention, option: Option) -> Entity:
        """Take an option for the answer: the entity is mentioned there, and the next mentions know."""
        entity = option.entity
        if entity is None and option.name is None and mention.determiner == "definite" and not mention.plural:
            # "The spokesperson" after "a spokesperson": the nearest unnamed one that was called so.
            same = [
                other for earlier, other in self._article.history if other.name is None and earlier.noun == mention.noun
            ]
            entity = same[-1] if same and mention.shape == "noun" else None
        if entity is None:
            entity = self._article.entities.named(option.name) if option.name else self._article.entities.unnamed()
        subject = self._article.tokens.deps[mention.head] in _SUBJECTS
        if option.own:
            entity.form = entity.form if entity.form is not None else -1
        place = mention.start
        entity.mentioned(place, subject=subject)
        entity.spoke.append(place)
        if mention.gender and entity.gender is None:
            entity.gender = mention.gender
        if mention.shape == "noun" or (mention.shape == "name" and mention.kind):
            if mention.noun:
                entity.nouns.add(mention.noun)
            entity.about |= mention.modifiers
            entity.kind = entity.kind or mention.kind
        if not entity.name:
            entity.plural = entity.plural or mention.plural
            entity.about |= mention.modifiers
        if entity.name and mention.shape == "noun" and mention.kind in {"organisation", "group"}:
            entity.body = entity.body or not entity.person
        if mention.kind in {"he", "she"} and entity.person is None:
            entity.person = True
        self._article.history.append((mention, entity))
        return entity

    def resolve_outlet(self, mention: Mention, name: str | None) -> Entity:
        """Take an outlet for the answer, by its canonical name."""
        entity = self.resolve(mention, Option(name, self._article.entities.find(name) if name else None, True, []))
        entity.kind = "outlet"
        return entity

    def _nobody(self, mention: Mention, *, own: bool, others: Sequence[Option]) -> Option:
        who = mention_class(mention)
        features = [
            f"{who} new",
            f"{who} new {mention.determiner} {'plural' if mention.plural else 'one'}",
            f"{who} new own={own}",
            f"new noun={mention.noun}" if mention.shape == "noun" else f"new {who}",
            f"new {mention.shape} modifiers={min(len(mention.modifiers), 2)} {mention.determiner}",
        ]
        matches = sum(any(" role same" in f or " role title" in f for f in option.features) for option in others)
        features.append(f"{who} new matches={min(matches, 2)} {mention.determiner}")
        met = any(entity.name is None and earlier.noun == mention.noun for earlier, entity in self._article.history)
        if met:
            features.append(f"{who} new met {mention.determiner}")
        return Option(None, None, False, features)
