"""Pronouns that open a sentence and are no source: they keep the subject of the sentence before in mind."""

from __future__ import annotations

from collections.abc import Iterable

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.resources import words

_OPENING = 3  # tokens of a sentence in which its pronoun may stand
_NEAR = 2  # sentences back to the subject that a pronoun keeps in mind
_PERSONS = frozenset({"person", "perhaps person", "somebody"})


class CarriedOn:
    """Notes such pronouns as mentions of whom they are for, as far as the article has been read.

    sources: the tokens at which source phrases begin; those are resolved with all that speaks for and against.
    """

    def __init__(self, article: ArticleContext, sources: Iterable[int]) -> None:
        self._article = article
        tokens = article.tokens
        taken = set(sources)
        sentences = tokens.sentences
        firsts = [i for i in range(len(tokens)) if i == 0 or sentences[i] != sentences[i - 1]]
        self._pronouns = [
            (i, "female" if tokens.lowers[i] in words("she") else "male")
            for first in firsts
            for i in range(first, min(first + _OPENING, len(tokens)))
            if sentences[i] == sentences[first] and i not in taken and i not in article.quoted
            and (tokens.lowers[i] in words("he") or tokens.lowers[i] in words("she"))
        ]  # fmt: skip
        self._done = 0

    def read_to(self, at: int) -> None:
        """Note the pronouns before a token."""
        while self._done < len(self._pronouns) and self._pronouns[self._done][0] < at:
            place, gender = self._pronouns[self._done]
            self._done += 1
            entity = self._subject_before(place, gender)
            if entity is not None:
                entity.mentioned(place, self._article.tokens, place)

    def _subject_before(self, at: int, gender: str) -> Entity | None:
        """Return the one of that gender who was the subject last, in the sentence before or the one before that."""
        sentences = self._article.tokens.sentences
        found: tuple[int, Entity] | None = None
        for entity in self._article.entities.all:
            last = entity.before(at)
            if last is None or sentences[at] - sentences[last] > _NEAR:
                continue
            if entity_class(entity) not in _PERSONS or entity.sex not in {None, gender}:
                continue
            place = entity.subject_before(at)
            near = place is not None and sentences[at] - sentences[place] <= _NEAR
            if place is not None and near and (found is None or place > found[0]):
                found = place, entity
        return found[1] if found else None
