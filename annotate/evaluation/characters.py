"""Counting the characters of a text that matter: white space never does, punctuation only at times."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from itertools import accumulate

from annotate.corpora import Spans
from annotate.derive import Span

PUNCTUATION = frozenset(string.punctuation + "“”‘’«»…—–")
# What annotators leave in or out at the ends of a span without meaning anything by it.
EDGE = frozenset("\"“”'‘’,.;:")


class Characters:
    """The characters of one text, counted over spans in constant time for each.

    The spans must be as `merged` returns them, or characters count twice.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._written = list(accumulate((not char.isspace() for char in text), initial=0))
        self._letters = list(accumulate((not char.isspace() and char not in PUNCTUATION for char in text), initial=0))

    def written(self, spans: Iterable[Span]) -> int:
        """Count the characters that are no white space."""
        return sum(self._written[end] - self._written[start] for start, end in spans)

    def letters(self, spans: Iterable[Span]) -> int:
        """Count the characters that are neither white space nor punctuation."""
        return sum(self._letters[end] - self._letters[start] for start, end in spans)

    def trimmed(self, span: Span) -> Span:
        """Leave out white space and edge punctuation at both ends; what holds nothing else becomes empty."""
        start, end = span
        while start < end and self._is_edge(start):
            start += 1
        while end > start and self._is_edge(end - 1):
            end -= 1
        return start, end

    def _is_edge(self, index: int) -> bool:
        return self.text[index].isspace() or self.text[index] in EDGE


def merged(spans: Iterable[Span]) -> Spans:
    """Return the spans in order, those that overlap or touch made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def common(one: Sequence[Span], other: Sequence[Span]) -> Spans:
    """Return what two merged lists of spans share."""
    shared: list[Span] = []
    at = beside = 0
    while at < len(one) and beside < len(other):
        start, end = max(one[at][0], other[beside][0]), min(one[at][1], other[beside][1])
        if start < end:
            shared.append((start, end))
        if one[at][1] < other[beside][1]:
            at += 1
        else:
            beside += 1
    return tuple(shared)


def meeting(quotes: Sequence[Spans], others: Sequence[Spans]) -> list[list[int]]:
    """Return, for each of the merged quotes, the positions of the others that lie over it or between its parts.

    In time that grows with their number and that of such pairs, not with the product.
    """
    found: list[list[int]] = [[] for _ in quotes]
    sides = enumerate((quotes, others))
    events = sorted((each[0][0], each[-1][1], side, at) for side, all_ in sides for at, each in enumerate(all_) if each)
    open_: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for start, end, side, at in events:
        open_[1 - side][:] = [(stop, beside) for stop, beside in open_[1 - side] if stop > start]
        for _, beside in open_[1 - side]:
            one, other = (at, beside) if side == 0 else (beside, at)
            found[one].append(other)
        open_[side].append((end, at))
    return [sorted(each) for each in found]
