"""Two sets of predictions for the same annotated articles: how far apart their figures are, and whether that is chance.

Significance is tested by approximate randomisation (Noreen 1989; for F1, Yeh 2000): if the two did not differ, it
would not matter which of them an article's prediction came from. So each article's two predictions are swapped or not
by a coin, and p is the share of such draws whose difference is as large as the one observed, whichever way it points;
the observed one counts as a draw, so that p is never 0. Where so few articles differ that every swapping can be tried,
all are. Articles are what is swapped, since the attributions of one are alike.

Intervals of a difference are of the paired bootstrap: the same articles are drawn for both (Efron and Tibshirani 1993).

Each figure has a p of its own, and of many figures one may seem significant by chance: `adjusted` is p after Holm's
correction (1979) over all figures tested, which holds however the figures hang together.

Everything is computed from counts by article; nothing is matched anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from annotate.evaluation.comparison import Comparison
from annotate.evaluation.figures import OF_ATTRIBUTIONS, PARTS, Counts, count_article, f1_of
from annotate.evaluation.intervals import Interval, interval_of, resample
from annotate.evaluation.report import SEED, by_article
from annotate.evaluation.work import count_operations

DRAWS = 9_999
WORK = "work_left"
_ALL_TRIED = 13  # articles that differ, up to which every swapping is tried: 8,192 of them
_BLOCK = 500  # draws at once: bounds memory when articles are many
_EQUAL = 1e-9  # sums in another order differ by less

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both, in per cent, and their difference: second minus first, in points.

    interval: 95 % of the difference, None where too few articles hold anything. p: of the two-sided test; adjusted:
    p with the correction for all figures tested together.
    """

    first: float
    second: float
    difference: float
    interval: Interval | None
    p: float
    adjusted: float


@dataclass(frozen=True, slots=True)
class Paired:
    """figures: by part, then by measure; those of which neither side holds anything are left out. work: less is better.

    differing: articles that differ. draws: how many swappings were tried; exact: whether these are all there are.
    """

    articles: int
    words: int
    figures: Mapping[str, Mapping[str, Difference]]
    work: Difference
    differing: int
    draws: int
    exact: bool


def compare_pairs(first: Sequence[Comparison], second: Sequence[Comparison], *, seed: int = SEED) -> Paired:
    """Measure two predictions of the same annotated articles, given in the same order, against each other.

    seed: of the swaps and of the bootstrap. Raises: ValueError when the two are of other articles or annotations.
    """
    if [(one.id, one.gold) for one in first] != [(other.id, other.gold) for other in second]:
        raise ValueError("the two predictions are of other articles, or of other annotations")
    figures, work = zip(*(_counts(side) for side in (first, second)), strict=True)
    table = _Table(np.stack(figures), np.stack(work))
    observed = table.values(np.zeros((1, table.articles)))[:, 0]
    differing = table.differing()
    exact = int(np.count_nonzero(differing)) <= _ALL_TRIED
    draws, beyond = 0, np.zeros(observed.shape[1])
    for swaps in _all_swaps(differing) if exact else _some_swaps(differing, seed):
        drawn = table.values(swaps)
        beyond += (np.abs(drawn[1] - drawn[0]) >= np.abs(observed[1] - observed[0]) - _EQUAL).sum(axis=0)
        draws += len(swaps)
    p = beyond / draws if exact else (beyond + 1) / (draws + 1)
    intervals = table.intervals(seed)
    names = [(part, measure) for part in PARTS for measure in OF_ATTRIBUTIONS] + [(WORK, WORK)]
    tested = [index for index in range(len(names)) if not np.isnan(observed[:, index]).any()]
    found = {
        names[index]: Difference(
            first=round(float(observed[0, index]), 1),
            second=round(float(observed[1, index]), 1),
            difference=round(float(observed[1, index] - observed[0, index]), 1),
            interval=intervals[index],
            p=float(p[index]),
            adjusted=adjusted,
        )
        for index, adjusted in zip(tested, holm([float(p[index]) for index in tested]), strict=True)
    }
    by_id = {one.id: one for one in first}
    nothing = Difference(0.0, 0.0, 0.0, None, 1.0, 1.0)
    return Paired(
        articles=len(by_id),
        words=sum(one.words for one in by_id.values()),
        figures={
            part: {measure: found[part, measure] for measure in OF_ATTRIBUTIONS if (part, measure) in found}
            for part in PARTS
        },
        work=found.get((WORK, WORK), nothing),
        differing=int(np.count_nonzero(differing)),
        draws=draws,
        exact=exact,
    )


def holm(chances: Sequence[float]) -> list[float]:
    """Correct p-values for their number by Holm's step-down method (1979)."""
    order = sorted(range(len(chances)), key=lambda index: chances[index])
    adjusted, largest = [0.0] * len(chances), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, chances[index] * (len(chances) - rank)))
        adjusted[index] = largest
    return adjusted


def _counts(comparisons: Sequence[Comparison]) -> tuple[Counts, Counts]:
    """Count each article: (articles, figures, COLUMNS), and (articles, 2), operations left and from an empty page."""
    whole = np.stack([count_article(one)[:, : len(OF_ATTRIBUTIONS)] for one in comparisons])
    work = np.array([count_operations(one) for one in comparisons], dtype=np.int64)
    figures = by_article(whole.reshape(len(whole), -1, whole.shape[-1]), comparisons)
    return figures, by_article(work, comparisons)


class _Table:
    """The counts of both sides: figures (2, articles, figures, COLUMNS) and work (2, articles, 2)."""

    def __init__(self, figures: Counts, work: Counts) -> None:
        self.figures, self.work = figures, work
        self.articles = figures.shape[1]

    def differing(self) -> NDArray[np.bool_]:
        """Tell which articles differ in any count."""
        apart = (self.figures[0] != self.figures[1]).any(axis=(1, 2))
        found: NDArray[np.bool_] = apart | (self.work[0] != self.work[1]).any(axis=1)
        return found

    def values(self, swaps: Numbers) -> Numbers:
        """Return (2, draws, figures + 1): F1 of every figure and work left, with the articles of each draw swapped.

        swaps: (draws, articles), 0 or 1, 1 where an article's two predictions change sides.
        """
        flat = self.figures.reshape(2, self.articles, -1).astype(float)
        moved = swaps @ (flat[1] - flat[0])
        shape = (len(swaps), *self.figures.shape[2:])
        f1 = [f1_of((flat[0].sum(axis=0) + moved).reshape(shape)), f1_of((flat[1].sum(axis=0) - moved).reshape(shape))]
        done = swaps @ (self.work[1] - self.work[0])
        left = [_left(self.work[0].sum(axis=0) + done), _left(self.work[1].sum(axis=0) - done)]
        return np.stack([np.column_stack(side) for side in zip(f1, left, strict=True)])

    def intervals(self, seed: int) -> list[Interval | None]:
        """Return the interval of every figure's difference, of the same draws of articles for both sides."""
        both = np.concatenate([self.figures[0], self.figures[1]], axis=1)
        drawn = resample(both, seed=seed)
        first, second = (f1_of(side) for side in np.split(drawn, 2, axis=1))
        holding = np.count_nonzero((self.figures[..., 1] + self.figures[..., 3]).sum(axis=0), axis=0)
        work = resample(np.concatenate([self.work[0], self.work[1]], axis=1), seed=seed)
        apart = _left(work[:, 2:]) - _left(work[:, :2])
        return [
            *(interval_of(second[:, index] - first[:, index], int(count)) for index, count in enumerate(holding)),
            interval_of(apart, int(np.count_nonzero(self.work[0, :, 1]))),
        ]


def _left(counts: Counts | Numbers) -> Numbers:
    """Return operations in per cent of those from an empty page; not a number where these are none."""
    left = np.full(len(counts), np.nan)
    np.divide(100.0 * counts[:, 0], counts[:, 1], out=left, where=counts[:, 1] > 0)
    return left


def _all_swaps(differing: NDArray[np.bool_]) -> Iterator[Numbers]:
    """Yield every swapping of the articles that differ, none of them among it."""
    places = np.flatnonzero(differing)
    swaps = np.zeros((2 ** len(places), len(differing)))
    swaps[:, places] = np.array(list(product((0, 1), repeat=len(places)))).reshape(len(swaps), len(places))
    yield swaps


def _some_swaps(differing: NDArray[np.bool_], seed: int) -> Iterator[Numbers]:
    """Yield DRAWS swappings, by a coin for each article that differs, some at a time."""
    chance = np.random.default_rng(seed)
    places = np.flatnonzero(differing)
    for first in range(0, DRAWS, _BLOCK):
        swaps = np.zeros((min(_BLOCK, DRAWS - first), len(differing)))
        swaps[:, places] = chance.integers(0, 2, size=(len(swaps), len(places)))
        yield swaps
