"""Places in a queue that seldom have to change: numbers with gaps, of which most stay when the order does not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

__all__ = ["GAP", "WIDTH", "places", "written"]

GAP = 1_000_000
WIDTH = 12


def places(order: Sequence[str], present: Mapping[str, int]) -> dict[str, int]:
    """Give each name of an order a number, so that the numbers rise along it.

    order: names without repetition. present: the numbers that some of them have. As many as possible keep theirs (the
    longest rising run of them along the order); the others get numbers between their neighbours. Only where there is
    no room left are all numbered anew.
    """
    kept = _rising(order, present)
    stops = [-1, *(index for index, name in enumerate(order) if name in kept), len(order)]
    placed = {name: present[name] for name in kept}
    for before, after in pairwise(stops):
        low = 0 if before < 0 else present[order[before]]
        between = order[before + 1 : after]
        high = low + GAP * (len(between) + 1) if after == len(order) else present[order[after]]
        if high - low <= len(between) or high >= 10**WIDTH:
            return {name: GAP * number for number, name in enumerate(order, start=1)}
        placed.update(zip(between, _spread(low, high, len(between)), strict=True))
    return placed


def _spread(low: int, high: int, count: int) -> Iterator[int]:
    for number in range(1, count + 1):
        yield low + (high - low) * number // (count + 1)


def _rising(order: Sequence[str], present: Mapping[str, int]) -> set[str]:
    """Return the names of the longest run of rising numbers along the order (patience sorting)."""
    numbers: list[int] = []
    names: list[str] = []
    earlier: dict[str, str | None] = {}
    for name in order:
        number = present.get(name, 0)
        if number <= 0:
            continue
        at = bisect_left(numbers, number)
        earlier[name] = names[at - 1] if at else None
        numbers[at:] = [number, *numbers[at + 1 :]]
        names[at:] = [name, *names[at + 1 :]]
    kept = set()
    last = names[-1] if names else None
    while last is not None:
        kept.add(last)
        last = earlier[last]
    return kept


def written(place: int) -> str:
    """Write a place with leading zeros: as text, in which Label Studio sorts, it then sorts as a number."""
    return f"{place:0{WIDTH}d}"
