"""spaCy's attribute ruler, asked once for each kind of token instead of once for each token.

The ruler of an English pipeline holds some two hundred rules, nearly all of which look at one token's tag, its
dependency and whether it is one of a few words; matching them takes a tenth of the time of the whole pipeline. What
they say depends on nothing else, so it is kept for each combination that has occurred. Rules that look at more than
one token, or at words by a pattern, are matched as before, and all are carried out in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

_KIND: list[int | str] = ["TAG", "DEP", "IS_SPACE", "LOWER"]
_WHOLE = frozenset({"TAG", "DEP", "IS_SPACE"})  # compared as they are; of words, only those that a rule names

Match = tuple[int, int, int, int]  # number of the rule, its key in the matcher, start, end


class TagRules(AttributeRuler):
    """An attribute ruler that finds the same matches in less time; build it with `quickened`."""

    def __init__(self, vocab: Vocab, name: str) -> None:
        super().__init__(vocab, name)
        self.clear()

    def clear(self) -> None:
        """Forget all rules."""
        super().clear()
        self._alone = Matcher(self.vocab)
        self._rest = Matcher(self.vocab)
        self._words: set[str] = set()
        self._hashes: npt.NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._said: dict[tuple[int, ...], tuple[tuple[int, int], ...]] = {}

    def add(self, patterns: Iterable[list[dict[int | str, Any]]], attrs: Mapping[str, Any], index: int = 0) -> None:
        """Add a rule."""
        given = list(patterns)
        key = str(len(self.attrs))
        super().add(given, dict(attrs), index)
        for pattern in given:
            words = _words_of(pattern)
            matcher = self._rest if words is None else self._alone
            matcher.add(key, [cast("Any", pattern)])
            self._words |= words or set()
        self._hashes = np.array(sorted(self.vocab.strings.add(word) for word in self._words), dtype=np.uint64)
        self._said.clear()

    def match(self, doc: Doc) -> list[Match]:
        """Return what the rules match, in the order in which they are carried out."""
        kinds: npt.NDArray[Any] = doc.to_array(_KIND)
        kinds[~np.isin(kinds[:, 3], self._hashes), 3] = 0
        found: list[Match] = []
        for at, kind in enumerate(tuple(row) for row in kinds.tolist()):
            said = self._said.get(kind)
            if said is None:
                one = _matched(self._alone, doc[at : at + 1])
                said = self._said[kind] = tuple((int(self.vocab.strings[key]), key) for key, _, _ in one)
            found.extend((rule, key, at, at + 1) for rule, key in said)
        rest = _matched(self._rest, doc)
        found.extend((int(self.vocab.strings[key]), key, start, end) for key, start, end in rest)
        return sorted(found)


def _matched(matcher: Matcher, words: Doc | Span) -> list[tuple[int, int, int]]:
    return matcher(words, allow_missing=True, as_spans=False) if len(matcher) else []


def _words_of(pattern: list[dict[int | str, Any]]) -> set[str] | None:
    """Return the words that a rule for one token names; None when it depends on more than the kind of that token."""
    if len(pattern) != 1 or not set(pattern[0]) <= {*_WHOLE, "LOWER"}:
        return None
    named = pattern[0].get("LOWER", [])
    if isinstance(named, dict):
        return set(named["IN"]) if set(named) == {"IN"} else None
    return {named} if isinstance(named, str) else set(named)


@Language.factory("annotate_tag_rules")
def make_tag_rules(nlp: Language, name: str) -> TagRules:
    """Return a ruler without rules."""
    return TagRules(nlp.vocab, name)


def quickened(nlp: Language) -> None:
    """Put one of ours with the same rules in the place of each of a pipeline's attribute rulers."""
    for name in nlp.pipe_names:
        if nlp.get_pipe_meta(name).factory == "attribute_ruler":
            rules = nlp.get_pipe(name).patterns  # type: ignore[attr-defined]
            ours = nlp.add_pipe("annotate_tag_rules", name=f"{name}_quickened", after=name)
            ours.add_patterns(rules)  # type: ignore[attr-defined]
            nlp.remove_pipe(name)
            nlp.rename_pipe(f"{name}_quickened", name)
