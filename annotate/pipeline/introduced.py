"""How an article brought in what a noun stands for, before a phrase takes it up: "a report … the report"."""

from __future__ import annotations

from annotate.pipeline.resources import words
from annotate.pipeline.tokens import Tokens

_REACH = 8  # tokens before a noun among which its determiner is sought
_WITHIN = frozenset({"ADJ", "NOUN", "PROPN", "NUM", "ADV", "PUNCT", "PART", "VERB", "SYM"})
_MARKS = frozenset(",;:.")


class Introduced:
    """Where each noun of an article stands first, and where first for something new."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._first: dict[str, int] = {}
        self._first_new: dict[str, int] = {}
        for i, pos in enumerate(tokens.pos):
            if pos == "NOUN" and tokens.deps[i] != "compound":
                self._first.setdefault(tokens.lemmas[i], i)
                if self.is_new(i):
                    self._first_new.setdefault(tokens.lemmas[i], i)

    def before(self, noun: str, at: int) -> str:
        """Tell how a noun stood before a token: for something `new` anywhere, `known` only, or `never`."""
        if self._first_new.get(noun, at) < at:
            return "new"
        return "known" if self._first.get(noun, at) < at else "never"

    def is_new(self, i: int) -> bool:
        """Whether a noun stands for something new: after "a", or in the plural without "the"."""
        tokens = self._tokens
        at = i - 1
        while at >= 0 and i - at < _REACH and tokens.pos[at] in _WITHIN and tokens.texts[at] not in _MARKS:
            at -= 1
        word = tokens.lowers[at] if at >= 0 else ""
        if word in words("indefinite"):
            return True
        return tokens.tags[i] == "NNS" and word not in words("definite")
