"""Quoted stretches, which a quote takes whole or not at all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

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

    def begun_by(self, part: Span) -> Span | None:
        """Return the stretch that a part begins with and goes on after."""
        index = bisect_left(self._starts, part[0])
        stretch = self._spans[index] if index < len(self._spans) else None
        return stretch if stretch and stretch[0] == part[0] and stretch[1] < part[1] else None

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


def lone_openings(quotes: Sequence[Sequence[Span]], stretches: Stretches) -> Iterator[tuple[Span, Span]]:
    """Yield the quote parts that begin with a stretch and go on, and the stretch, where no other quote touches it."""
    parts = sorted((part, index) for index, quote in enumerate(quotes) for part in quote)
    starts = [part[0] for part, _ in parts]
    furthest = list(accumulate((part[1] for part, _ in parts), max))
    for part, index in parts:
        stretch = stretches.begun_by(part)
        if stretch is None:
            continue
        last = bisect_left(starts, stretch[1])
        first = bisect_right(furthest, stretch[0])
        near = parts[first:last]
        if not any(other != index and touched[1] > stretch[0] for touched, other in near):
            yield part, stretch
