"""Whom a source phrase refers to: every possible answer with what speaks for it, ranked by learned weights.

The answers are a name in the phrase itself (or the longer one it is short for), an entity of the article, and somebody
unnamed. Weights: data/speakers.json, learned by annotate/training/speakers.py from annotated articles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from annotate.pipeline.antecedents import Antecedents
from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.carried_on import CarriedOn
from annotate.pipeline.certain import Certain
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.forms import kindred
from annotate.pipeline.holders import Holders
from annotate.pipeline.line_up import LineUp
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, head_class, mention_class
from annotate.pipeline.own_names import OwnNames
from annotate.pipeline.pairs import Pairs
from annotate.pipeline.resources import words

_NEAR = 2  # sentences in which the last subject is sought
_REACH = 80  # tokens in which it is
_BESIDE = 5  # tokens around a noun among which the name of whom it is said of may stand
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_PLACES = ("after role", "apposition", "after comma", "behind", "head", "owner")
_THINGS = frozenset(
    {"body", "thing", "document", "several", "place", "people", "unnamed group", "unnamed body", "unnamed document"}
)


class Referring:
    """Gives the options of each mention of an article; mentions are all of them, and must come in order."""

    def __init__(self, article: ArticleContext, mentions: Sequence[Mention]) -> None:
        self._article = article
        self._own = OwnNames(article)
        self._antecedents = Antecedents(article, LineUp(article, mentions))
        self._pairs = Pairs(article)
        self._certain = Certain(article)
        self._holders = Holders(article)
        self._carried_on = CarriedOn(article, (mention.start for mention in mentions))

    def options(self, mention: Mention) -> list[Option]:
        """Return all options of a mention; there is always the one that it is somebody new and unnamed."""
        self._carried_on.read_to(mention.start)
        meant = self._certain.meant(mention)
        if meant is not None:
            return [Option(meant.name, meant, False, [])]
        own = list(self._own.options(mention))
        stands = {self._own.stand(mention, name) for name in mention.names}
        titled = head_class(mention) == "role" and not stands.isdisjoint({"after role", "apposition"})
        named = bool(own) and (mention.shape == "name" or titled)
        others = [] if named else list(self._antecedents.options(mention))
        if mention.kind in {"he", "she"}:
            others = [option for option in others if option.entity and entity_class(option.entity) not in _THINGS]
        elif mention.kind == "it" and mention.shape == "pronoun":
            others = [
                option
                for option in others
                if option.entity and (option.entity.documents or entity_class(option.entity) != "person")
            ]
        others = self._holders.left(mention, others)
        if mention.shape == "noun" and mention.noun in words("kin"):
            own, others, known = self._relatives(mention, own, others)
            if known:
                return others
        if own:
            beside = f"{mention_class(mention)} other beside {_strongest(stands)}"
            for option in others:
                option.features.append(beside)
        joined = self._pairs.with_name(mention, others)
        if joined:
            own, others = [], joined
        options = [*own, *others, *self._pairs.options(mention)]
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
        if not family:
            called = mention.noun
            rest = [option for option in rest if option.entity and called in option.entity.nouns | option.entity.titles]
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
            entity.plural = entity.plural or bool(option.name and " and " in option.name and mention.plural)
        if option.own:
            entity.form = entity.form if entity.form is not None else -1
        place = mention.start
        entity.mentioned(place, self._article.tokens, mention.head)
        entity.spoke.append(place)
        if mention.gender and entity.gender is None:
            entity.gender = mention.gender
        if entity.name and mention.kind == "document" and mention.shape == "noun":
            entity.documents.add(mention.noun)
        elif mention.shape == "noun" or (mention.shape == "name" and mention.kind):
            if mention.noun:
                entity.nouns.add(mention.noun)
                entity.qualified.setdefault(mention.noun, set()).update(mention.qualifiers)
            entity.about |= mention.modifiers
            entity.kind = entity.kind or mention.kind
        if not entity.name:
            entity.plural = entity.plural or mention.plural
            entity.about |= mention.modifiers
        if entity.name and mention.shape == "noun" and mention.kind in {"organisation", "group"}:
            entity.body = entity.body or not entity.person
        if mention.kind in {"he", "she"}:
            entity.votes[mention.kind == "she"] += 2
        if mention.kind in {"he", "she"} and entity.person is None:
            entity.person = True
        self._article.history.append((mention, entity))
        return entity

    def resolve_outlet(self, mention: Mention, name: str | None) -> Entity:
        """Take an outlet for the answer, by its canonical name."""
        entity = self.resolve(mention, Option(name, self._article.entities.find(name) if name else None, True, []))
        entity.kind = "outlet"
        return entity

    def _unnamed_subject(self, mention: Mention) -> str:
        """Tell who without a name was the last subject that a pronoun can be for: "A woman filmed what she saw"."""
        tokens, names = self._article.tokens, self._article.names
        at = next(self._subjects_before(mention), None)
        if at is None:
            return "none"
        near = names.within(max(at - _BESIDE, 0), at + _BESIDE)
        entry = names.role_nouns.at(at) if tokens.tags[at] == "NN" else None
        if any(name.start <= at < name.end for name in near) or entry is None or entry["refers_to"] != "individual":
            return "named"
        fits = entry["gender"] in {None, mention.gender}
        same = tokens.sentences[mention.start] == tokens.sentences[at]
        return f"{fits} {same} {self._article.introduced.is_new(at)} {bool(near)}"

    def _subjects_before(self, mention: Mention) -> Iterator[int]:
        """Yield the persons who were subjects shortly before a mention, names and nouns, the nearest first."""
        tokens, names = self._article.tokens, self._article.names
        for at in range(mention.start - 1, max(mention.start - _REACH, -1), -1):
            if tokens.sentences[mention.start] - tokens.sentences[at] >= _NEAR:
                return
            if tokens.deps[at] in _SUBJECTS and at not in self._article.quoted:
                entry = names.role_nouns.at(at) if tokens.pos[at] == "NOUN" else None
                if tokens.pos[at] == "PROPN" or (entry is not None and entry["refers_to"] == "individual"):
                    yield at

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
        latest = self._article.latest(mention)
        if latest is not None:
            features.append(f"new latest with noun unnamed={latest.name is None} {mention.determiner}")
        if mention.kind in {"he", "she"}:
            features.append(f"{who} new unnamed subject={self._unnamed_subject(mention)}")
        if mention.shape == "noun":
            how = self._article.introduced.before(mention.noun, mention.start)
            features.append(f"{who} new introduced={how} {mention.determiner}")
            features.append(f"new introduced={how} {mention.determiner} {bool(mention.modifiers)} {mention.plural}")
        if met:
            features.append(f"{who} new met {mention.determiner}")
        return Option(None, None, False, features)


def _strongest(stands: Collection[str]) -> str:
    """Tell the strongest place of a name in the phrase, which somebody else would have to be preferred to."""
    return next((place for place in _PLACES if place in stands), "other")
