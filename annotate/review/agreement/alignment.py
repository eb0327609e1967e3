"""Which regions of several annotators are the same one.

Two regions of a label meet when they share at least a hundredth of the characters that either covers. They are paired
one to one, those that share most first, so that neither the order of regions nor regions that lie over each other
change what is paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from annotate.derive import Span
from annotate.evaluation.characters import meeting
from annotate.review.agreement.readings import Place

_End = TypeVar("_End", Span, Place)

# nervaluate does not count less than a hundredth of a span as an overlap either.
LEAST = 0.01
# Regions of different labels stand for each other only when they share at least half.
LEAST_ACROSS = 0.5


def overlap(one: Span, other: Span) -> float:
    """Return the share of the characters of either span that lie in both."""
    inside = min(one[1], other[1]) - max(one[0], other[0])
    return inside / (max(one[1], other[1]) - min(one[0], other[0])) if inside > 0 else 0.0


def paired(one: Sequence[Span], other: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Pair the spans of two annotators, one to one, best first."""
    return _one_to_one(_meeting(one, other))


def paired_across(one: Sequence[Place], other: Sequence[Place]) -> list[tuple[Place, Place]]:
    """Pair places of different labels by what they cover, one to one, best first."""
    return _one_to_one(
        (share, a, b) for a in one for b in other if a[0] is not b[0] and (share := overlap(a[1], b[1])) >= LEAST_ACROSS
    )


def units(spans: Mapping[str, Sequence[Span]]) -> list[dict[str, Span]]:
    """Group the spans of any number of annotators: one span an annotator in each group, best overlaps first.

    spans: by annotator. Returns annotator → span for each group, in the order of the text.
    """
    groups = {(name, span): {name: span} for name, each in spans.items() for span in each}
    edges = [
        (share, (one, a), (other, b))
        for one, other in combinations(sorted(spans), 2)
        for share, a, b in _meeting(spans[one], spans[other])
    ]
    # Ties go by the place in the text, then by name: never by the order in which anything was given.
    for _, one_end, other_end in sorted(edges, key=lambda edge: (-edge[0], edge[1][1], edge[2][1], edge[1:])):
        left, right = groups[one_end], groups[other_end]
        if left is not right and not left.keys() & right.keys():
            left |= right
            groups |= dict.fromkeys(right.items(), left)
    distinct = {id(group): group for group in groups.values()}
    return sorted(distinct.values(), key=lambda group: (min(group.values()), sorted(group.items())))


def _meeting(one: Sequence[Span], other: Sequence[Span]) -> Iterator[tuple[float, Span, Span]]:
    near = meeting([(span,) for span in one], [(span,) for span in other])
    for a, places in zip(one, near, strict=True):
        for b in (other[place] for place in places):
            share = overlap(a, b)
            if share >= LEAST:
                yield share, a, b


def _one_to_one(ranked: Iterable[tuple[float, _End, _End]]) -> list[tuple[_End, _End]]:
    """Take the best pairs whose ends are both free; whose reading comes first makes no difference to ties."""
    taken: tuple[set[_End], set[_End]] = set(), set()
    pairs = []
    for _, one, other in sorted(ranked, key=lambda pair: (-pair[0], *sorted(pair[1:]))):
        if one not in taken[0] and other not in taken[1]:
            taken[0].add(one)
            taken[1].add(other)
            pairs.append((one, other))
    return pairs
