"""Whether scores can be taken at their word: of attributions scored 0.8, eight in ten should be right.

Right means what `attributed` counts: the quote is found and its source is the right one. The expected calibration error
is the mean distance between score and share of right ones, over bins of equal width, weighted by how many attributions
each holds (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from annotate.evaluation.comparison import Comparison
from annotate.evaluation.figures import matches_of

BINS = 10
ROLES = ("quote", "cue", "source")
_Z = 1.96  # the standard normal's 97.5th percentile


@dataclass(frozen=True, slots=True)
class Bin:
    """What has a score in [low, high): how many, their mean score, and the share of right ones.

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
    """error: expected calibration error in points (per cent), over `count` scores."""

    error: float
    count: int
    bins: tuple[Bin, ...]


def calibration_of(comparisons: Iterable[Comparison]) -> Calibration | None:
    """Measure the scores of what was predicted; None when nothing has a score."""
    return _calibration([pair for comparison in comparisons for pair in scores_of(comparison)])


def span_calibrations_of(comparisons: Sequence[Comparison]) -> dict[str, Calibration]:
    """Measure the scores of single spans, by role (quote, cue, source); roles without scores are left out.

    A span is right when the same span, edge punctuation aside, is annotated with its role.
    """
    found = {role: _calibration([pair for each in comparisons for pair in _span_scores(each, role)]) for role in ROLES}
    return {role: calibration for role, calibration in found.items() if calibration}


def _span_scores(comparison: Comparison, role: str) -> Iterator[tuple[float, bool]]:
    trim = comparison.characters.trimmed
    annotated = {trim(span) for item in comparison.gold for span in getattr(item, role)}
    for item in comparison.predicted:
        if item.span_scores:
            scores = getattr(item.span_scores, role)
            yield from (
                (score, trim(span) in annotated) for span, score in zip(getattr(item, role), scores, strict=True)
            )


def _calibration(scored: Sequence[tuple[float, bool]]) -> Calibration | None:
    return Calibration(expected_error(scored), len(scored), _bins(scored)) if scored else None


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
