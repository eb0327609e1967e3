"""Whether scores can be taken at their word: of attributions scored 0.8, eight in ten should be right.

Right means what `attributed` counts: the quote is found and its source is the right one. The expected calibration error
is the mean distance between score and share of right ones, over bins of equal width, weighted by how many attributions
each holds (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from annotate.evaluation.comparison import Comparison
from annotate.evaluation.figures import matches_of

BINS = 10
_Z = 1.96  # the standard normal's 97.5th percentile


@dataclass(frozen=True, slots=True)
class Bin:
    """Attributions whose score lies in [low, high): how many, their mean score, and the share of right ones.

    interval: 95 % of that share (Wilson 1927).
    """

    low: float
    high: float
    count: int
    score: float
    right: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """error: expected calibration error in points (per cent), over `count` scored attributions."""

    error: float
    count: int
    bins: tuple[Bin, ...]


def calibration_of(comparisons: Iterable[Comparison]) -> Calibration | None:
    """Measure the scores of what was predicted; None when nothing has a score."""
    scored = [pair for comparison in comparisons for pair in scores_of(comparison)]
    if not scored:
        return None
    return Calibration(expected_error(scored), len(scored), _bins(scored))


def expected_error(scored: Iterable[tuple[float, bool]]) -> float:
    """Return the expected calibration error of scores and whether they were right: points, to one decimal."""
    bins = _bins(list(scored))
    distance = sum(each.count * abs(each.right - each.score) for each in bins)
    return round(100 * distance / max(1, sum(each.count for each in bins)), 1)


def scores_of(comparison: Comparison) -> list[tuple[float, bool]]:
    """Return the score of each attribution that has one, and whether it is right."""
    right = {found.predicted for found in matches_of(comparison) if found.source}
    return [
        (item.score, number in right)
        for number, item in enumerate(comparison.predicted)
        if item.score is not None and item.quote
    ]


def _bins(scored: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    return tuple(each for number in range(BINS) if (each := _bin(scored, number)))


def _bin(scored: Sequence[tuple[float, bool]], number: int) -> Bin | None:
    inside = [(score, right) for score, right in scored if min(BINS - 1, int(score * BINS)) == number]
    if not inside:
        return None
    count, right = len(inside), sum(right for _, right in inside)
    mean = sum(score for score, _ in inside) / count
    return Bin(number / BINS, (number + 1) / BINS, count, mean, right / count, wilson(right, count))


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927): right of count, in 0..1."""
    share = right / count
    scale = 1 + _Z**2 / count
    middle = (share + _Z**2 / (2 * count)) / scale
    reach = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / scale
    return max(0.0, middle - reach), min(1.0, middle + reach)
