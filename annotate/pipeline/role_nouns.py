"""Nouns for people, bodies and documents where they stand in an article, also by their letters: "the PM", "the CEC"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotate.pipeline.forms import spelled
from annotate.pipeline.lexicon import personal, roles, short_roles
from annotate.pipeline.tokens import Tokens

_QUALIFYING = frozenset({"NOUN", "PROPN", "ADJ"})
_QUALIFIERS = 3  # words on either side of a role noun
_LONGEST = 12  # tokens before a bracket among which its letters' words are sought


class RoleNouns:
    """The role nouns of an article.

    Letters stand for a role where data/short_roles.jsonl says so, or where the article puts them in brackets after it:
    "the chief election commissioner (CEC)".
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._short: Mapping[str, tuple[str, ...]] = short_roles() | dict(self._defined())

    def _defined(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield letters in brackets with the words before them that they are short for, where one is a role's noun."""
        texts, lowers = self._tokens.texts, self._tokens.lowers
        for i, text in enumerate(texts[:-1]):
            if i < 2 or not (text.isupper() and len(text) > 1 and texts[i - 1] == "(" and texts[i + 1] == ")"):
                continue
            size = spelled(text, lowers[max(0, i - 1 - _LONGEST) : i - 1])
            phrase = tuple(lowers[i - 1 - size : i - 1])
            if phrase and _noun_of(phrase) in personal():
                yield text, phrase

    def short(self, i: int) -> tuple[str, ...]:
        """Return the words that the letters at a token stand for, none where it is another word."""
        text = self._tokens.texts[i]
        return self._short.get(text, ()) if text.isupper() else ()

    def opened(self, closing: int) -> bool:
        """Whether a bracket that ends at a token holds the letters of a role."""
        texts = self._tokens.texts
        return closing >= 2 and texts[closing - 2] == "(" and bool(self.short(closing - 1))

    def at(self, i: int) -> dict[str, Any] | None:
        """Return the entry of the role noun that ends at a token, hyphened ones ("director-general") too."""
        tokens, known = self._tokens, roles()
        if phrase := self.short(i):
            return known[_noun_of(phrase)]
        if i >= 2 and tokens.texts[i - 1] == "-" and tokens.glued[i]:
            whole = f"{tokens.lowers[i - 2]}-{tokens.lowers[i]}"
            if whole in known:
                return known[whole]
        return known.get(tokens.lowers[i]) or known.get(tokens.lemmas[i])

    def qualifiers(self, i: int, start: int, end: int) -> frozenset[str]:
        """Return what says which holder of a role is meant: the words right before its noun and after "of" or "for".

        Those of "the deputy finance minister" and of "the deputy minister of finance" are the same.
        """
        tokens = self._tokens
        found = {word for word in self.short(i) if self.at(i) != roles().get(word)}
        before = i - 1
        while before >= start and tokens.pos[before] in _QUALIFYING and i - before <= _QUALIFIERS:
            found.add(tokens.lemmas[before])
            before -= 1
        if i + 2 < end and tokens.lowers[i + 1] in {"of", "for"}:
            after = i + 3 if tokens.lowers[i + 2] in {"the", "its", "their"} else i + 2
            while after < end and tokens.pos[after] in _QUALIFYING and after - i <= _QUALIFIERS + 2:
                found.add(tokens.lemmas[after])
                after += 1
        return frozenset(found)


def _noun_of(phrase: tuple[str, ...]) -> str:
    """Return the noun of "chief election commissioner" or "superintendent of police"."""
    return phrase[phrase.index("of") - 1] if "of" in phrase[1:] else phrase[-1]
