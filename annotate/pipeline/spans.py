"""Small arithmetic on half-open character spans."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from annotate.derive import CLOSING_MARKS, Span

_EDGE_LEFT = frozenset(",;:.!?-–—)]}*•|")
_EDGE_RIGHT = frozenset(",;:.!?-–—([{*•|")
# A blank line always parts paragraphs; a single line break does unless the next line goes on in lower case.
_BREAK = re.compile(r"\n(?=[^\S\n]*\n)|\n(?![^\S\n]*[a-z])")


def paragraphs(text: str) -> Iterator[Span]:
    """Yield the paragraphs of `text` that hold more than white space, without the white space around them."""
    at = 0
    for stop in (*(match.start() for match in _BREAK.finditer(text)), len(text)):
        piece = text[at:stop]
        start = at + len(piece) - len(piece.lstrip())
        end = at + len(piece.rstrip())
        if start < end:
            yield start, end
        at = stop


def trim(text: str, start: int, end: int) -> Span | None:
    """Move both ends inwards past spaces and stops; None when nothing is left.

    A stop inside a closing quotation mark stays, since the mark stands after it.
    """
    while start < end and (text[start].isspace() or text[start] in _EDGE_LEFT):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _EDGE_RIGHT):
        end -= 1
    return (start, end) if start < end else None


def subtract(span: Span, holes: Iterable[Span]) -> list[Span]:
    """Return what is left of `span` when the holes are cut out of it, in order."""
    left: list[Span] = []
    at, end = span
    for start, stop in sorted(holes):
        if stop <= at or start >= end:
            continue
        if start > at:
            left.append((at, start))
        at = max(at, stop)
    if at < end:
        left.append((at, end))
    return left


def overlaps(one: Sequence[int], other: Sequence[int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def inside(inner: Sequence[int], outer: Sequence[int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sort spans and join those that touch or overlap."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def words_in(text: str, span: Sequence[int]) -> int:
    """Count the words of text[start:end]: stretches without white space that hold a letter or digit."""
    return sum(any(char.isalnum() for char in word) for word in text[span[0] : span[1]].split())


def ends_like_speech(text: str, span: Sequence[int]) -> bool:
    """Tell whether a stop or comma stands right inside the closing mark of a quoted stretch."""
    inner = text[max(span[0], span[1] - 4) : span[1]].rstrip("".join(CLOSING_MARKS) + "'’ ")
    return inner[-1:] in {",", ".", "!", "?", "…", "—", "–"}


def uncut(span: Span, stretches: Sequence[Sequence[int]], keep_out: Sequence[Span]) -> Span:
    """Grow `span` until it cuts no stretch in the middle.

    A stretch that holds one of the `keep_out` spans (the cue, the source) is left alone.
    """
    start, end = span
    grown = True
    while grown:
        grown = False
        for stretch in stretches:
            cut = stretch[0] < start < stretch[1] or stretch[0] < end < stretch[1]
            if cut and not any(overlaps(stretch, out) for out in keep_out):
                start, end = min(start, stretch[0]), max(end, stretch[1])
                grown = True
    return start, end


class Places:
    """Finds which of many ordered, non-overlapping spans holds a position."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = list(spans)
        self._starts = [start for start, _ in self.spans]

    def index(self, position: int) -> int:
        """Return the index of the last span that starts at or before `position`, or -1."""
        return bisect_right(self._starts, position) - 1

    def holding(self, position: int) -> Span | None:
        """Return the span that holds `position`."""
        index = self.index(position)
        return self.spans[index] if index >= 0 and position < self.spans[index][1] else None
