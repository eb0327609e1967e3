"""Confidence intervals by the bootstrap over articles (Efron and Tibshirani 1993, percentile method).

Articles are what is drawn, since attributions of one article are alike in style, subject and annotator. Counts of the
articles drawn are added up; nothing is matched anew. Stories that several articles tell are not known here, so that
intervals are too narrow where a corpus holds many versions of one.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]
Number = TypeVar("Number", np.int64, np.float64)

ROUNDS = 2000
LEVEL = 0.95
# Fewer articles say too little about others for an interval to be worth showing.
LEAST_ARTICLES = 5
_BLOCK = 50  # rounds drawn at once: bounds memory when articles are many


def resample(counts: NDArray[Number], *, seed: int, rounds: int = ROUNDS) -> NDArray[Number]:
    """Draw as many articles as there are, with replacement, and add up their counts, again and again.

    counts: articles x anything; returns rounds x anything. The same seed draws the same articles whatever is counted.
    """
    articles = len(counts)
    flat = counts.reshape(articles, -1)
    random = np.random.default_rng(seed)
    even = np.full(articles, 1 / articles)
    blocks = [
        random.multinomial(articles, even, size=min(_BLOCK, rounds - start)) @ flat
        for start in range(0, rounds, _BLOCK)
    ]
    drawn: NDArray[Number] = np.concatenate(blocks)
    return drawn.reshape(rounds, *counts.shape[1:])


def interval_of(values: NDArray[np.float64], articles: int) -> Interval | None:
    """Return what 95 % of the rounds' values lie within, to one decimal.

    articles: how many of them hold anything of what was counted; with fewer than five there is no interval. Rounds in
    which nothing was counted (not a number) are left out.
    """
    values = values[~np.isnan(values)]
    if articles < LEAST_ARTICLES or not values.size:
        return None
    tail = 50 * (1 - LEVEL)
    low, high = np.percentile(values, [tail, 100 - tail])
    return round(float(low), 1), round(float(high), 1)
