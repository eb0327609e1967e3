"""Quoted stretches, which a quote takes whole or not at all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from annotate.derive import Span
from annotate.pipeline.spans import merged, subtract, words_in

LONG = 4  # words: stretches of this length are speech; shorter ones may be a name or a scare quote


class Stretches:
    """The outermost stretches of a text that hold speech."""

    def __init__(self, text: str, stretches: Iterable[Span]) -> None:
        self._text = text
        self._spans = [span for span in stretches if words_in(text, span) >= LONG]
        self._starts = [start for start, _ in self._spans]
        self._ends = [end for _, end in self._spans]

    def kept_whole(self, parts: Sequence[Span]) -> list[Span]:
        """Return the parts, in order, so that they cut no stretch: one that is half covered is taken, else given up.

        Parts may touch or be joined by that; none overlaps another, none begins or ends with a space.
        """
        if not parts:
            return []
        first = bisect_right(self._ends, min(start for start, _ in parts))
        last = bisect_left(self._starts, max(end for _, end in parts))
        for stretch in self._spans[first:last]:
            parts = self._whole(parts, stretch)
        return [part for part in map(self._stripped, parts) if any(map(str.isalnum, self._text[slice(*part)]))]

    @staticmethod
    def _whole(parts: Sequence[Span], stretch: Span) -> Sequence[Span]:
        start, end = stretch
        covered = sum(max(0, min(part[1], end) - max(part[0], start)) for part in parts)
        if not covered or any(part[0] <= start and end <= part[1] for part in parts):
            return parts
        outside = [piece for part in parts for piece in subtract(part, [stretch])]
        return merged([*outside, stretch]) if 2 * covered >= end - start else outside

    def _stripped(self, part: Span) -> Span:
        piece = self._text[slice(*part)]
        return part[0] + len(piece) - len(piece.lstrip()), part[1] - len(piece) + len(piece.rstrip())
