"""Which regions are at the same place, and which of several spans stands for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from annotate.record import Span

__all__ = ["Places", "chosen_span", "trimmed"]

EDGES = " \t\n\r\u00a0\u202f.,;:!?…"


def trimmed(text: str, span: Span) -> Span:
    """Return the span without white space and sentence punctuation at its edges (itself, if it is nothing else)."""
    start, end = span
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return (start, end) if start < end else span


def chosen_span(spans: Iterable[Span]) -> Span:
    """Return the span given most often; of several, the shortest, then the first."""
    counted = Counter(spans)
    return min(counted, key=lambda span: (-counted[span], span[1] - span[0], span))


class Places:
    """Tells which regions of several letters are at the same place.

    regions: by letter, the (label, span) of each region. Where one letter has two regions of a label that differ at
    their edges only, the edges count.
    """

    def __init__(self, text: str, regions: Iterable[Iterable[tuple[str, Span]]]) -> None:
        self._text = text
        self._crowded: set[tuple[str, Span]] = set()
        for of_letter in regions:
            seen: dict[tuple[str, Span], Span] = {}
            for label, span in of_letter:
                place = (label, trimmed(text, span))
                if seen.setdefault(place, span) != span:
                    self._crowded.add(place)

    def of(self, label: str, span: Span) -> Span:
        """Return the span that stands for a region's place."""
        place = trimmed(self._text, span)
        return span if (label, place) in self._crowded else place
