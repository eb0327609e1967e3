"""How an article brought in what a noun stands for, before a phrase takes it up: "a report … the report"."""

from __future__ import annotations

from bisect import bisect_left

from annotate.pipeline.resources import words
from annotate.pipeline.tokens import Tokens

_REACH = 8  # tokens before a noun among which its determiner is sought
_WITHIN = frozenset({"ADJ", "NOUN", "PROPN", "NUM", "ADV", "PUNCT", "PART", "VERB", "SYM"})
_MARKS = frozenset(",;:.")


class Introduced:
    """The places of an article's nouns, each with whether it stands there for something new."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._places: dict[str, list[int]] = {}
        self._indefinite: dict[str, list[int]] = {}
        for i, pos in enumerate(tokens.pos):
            if pos == "NOUN" and tokens.deps[i] != "compound":
                self._places.setdefault(tokens.lemmas[i], []).append(i)
                if self.is_new(i):
                    self._indefinite.setdefault(tokens.lemmas[i], []).append(i)

    def before(self, noun: str, at: int) -> str:
        """Tell how a noun stood before a token: `new` anywhere, `known` only, or `never`."""
        new = self._indefinite.get(noun)
        if new and new[0] < at:
            return "new"
        places = self._places.get(noun)
        return "known" if places and bisect_left(places, at) else "never"

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
