"""All figures of agreement, counted up article by article, with 95 % intervals from a bootstrap over articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotate.derive import Span
from annotate.evaluation import SEED
from annotate.evaluation.intervals import Interval, interval_of, resample
from annotate.review.agreement.alpha import Level, Pattern, alpha_of, alphas, coincidences, pairable, why_undefined
from annotate.review.agreement.inputs import Shared
from annotate.review.agreement.pairs import KEYS, Key, Ratios, count_pair
from annotate.review.agreement.readings import in_order
from annotate.review.agreement.values import (
    OUT_AND_IN,
    SCALES,
    character_patterns,
    level_of,
    units_by_label,
    value_patterns,
)
from annotate.scheme import Label

Pair = tuple[str, str]
Floats = NDArray[np.float64]

NOTHING = "there is nothing of it that two annotators could agree in"


@dataclass(frozen=True, slots=True)
class Score:
    """A figure: in per cent to one decimal, alpha as it is to three.

    value: None where it is undefined, `why` then says why. interval: 95 %, None where too few articles hold anything.
    of: how many marks, found regions, relations or units it is of, over all pairs (alpha: over all annotators).
    """

    value: float | None
    interval: Interval | None
    of: int
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """What two of the annotators agree in, over the articles that both annotated."""

    annotators: Pair
    articles: int
    figures: Mapping[Key, Score]


@dataclass(frozen=True, slots=True)
class Agreement:
    """figures: by the keys of annotate.review.agreement.pairs, pooled over all pairs of annotators of an article.

    comparisons: how many such pairs there are. characters, values: Krippendorff's alpha by label and by attribute.
    pairs: the figures of each two annotators, in the order of their names.
    """

    articles: int
    annotators: tuple[str, ...]
    comparisons: int
    figures: Mapping[Key, Score]
    characters: Mapping[str, Score]
    values: Mapping[str, Score]
    pairs: tuple[PairAgreement, ...]


class Tally:
    """Counts up articles; keeps numbers alone of each, never its text."""

    def __init__(self) -> None:
        self._articles = 0
        self._annotators: set[str] = set()
        self._pairs: defaultdict[Pair, list[Ratios]] = defaultdict(list)
        self._ratios: list[Ratios] = []
        self._alphas = {name: _AlphaTally(OUT_AND_IN) for name in Label} | {
            name: _AlphaTally(len(scale)) for name, scale in SCALES.items()
        }

    def add(self, article: Shared) -> dict[Label, list[dict[str, Span]]]:
        """Count an article, and return the units of its regions (`annotate.review.agreement.alignment.units`)."""
        self._articles += 1
        self._annotators.update(reading.annotator for reading in article.readings)
        total: Ratios = np.zeros((len(KEYS), 2))
        for one, other in combinations(article.readings, 2):
            counts = count_pair(article.id, article.text, one, other)
            self._pairs[one.annotator, other.annotator].append(counts)
            total += counts
        self._ratios.append(total)
        grouped = units_by_label(article.readings)
        for label in Label:
            self._alphas[label].add(character_patterns(article.text, article.readings, label))
        for name, patterns in value_patterns(article.readings, grouped).items():
            self._alphas[name].add(patterns)
        return grouped

    def result(self, *, seed: int = SEED) -> Agreement:
        """Return the figures of what was counted; seed: of the bootstrap."""
        ordered = sorted(self._pairs.items(), key=lambda item: tuple(map(in_order, item[0])))
        return Agreement(
            articles=self._articles,
            annotators=tuple(sorted(self._annotators, key=in_order)),
            comparisons=sum(map(len, self._pairs.values())),
            figures=_scores(self._ratios, seed),
            characters={str(name): self._alphas[name].score("nominal", seed) for name in Label},
            values={name: self._alphas[name].score(level_of(name), seed) for name in SCALES},
            pairs=tuple(PairAgreement(pair, len(counts), _scores(counts, seed)) for pair, counts in ordered),
        )


class _AlphaTally:
    """The patterns of all articles, for alpha itself, and the coincidences of each, for its interval."""

    def __init__(self, values: int) -> None:
        self._values = values
        self._patterns: Counter[Pattern] = Counter()
        self._matrices: list[Floats] = []

    def add(self, patterns: Mapping[Pattern, int]) -> None:
        self._patterns.update(patterns)
        self._matrices.append(coincidences(patterns, self._values))

    def score(self, level: Level, seed: int) -> Score:
        value = alpha_of(self._patterns, self._values, level)
        of = pairable(self._patterns)
        if value is None:
            return Score(None, None, of, why_undefined(self._patterns))
        matrices = np.stack(self._matrices)
        drawn = resample(matrices, seed=seed)
        holding = np.count_nonzero(matrices.sum(axis=(1, 2)))
        interval = interval_of(100 * alphas(drawn, level), int(holding))
        thousandths = None if interval is None else (round(interval[0] / 100, 3), round(interval[1] / 100, 3))
        return Score(round(value, 3), thousandths, of)


def _scores(counts: Sequence[Ratios], seed: int) -> dict[Key, Score]:
    """Make the score of each key: counts are, for each article, KEYS x (agreed, of how many)."""
    if not counts:
        return {key: Score(None, None, 0, NOTHING) for key in KEYS}
    stacked = np.stack(counts)
    drawn = np.moveaxis(resample(stacked, seed=seed), -1, 0)
    shares = np.full(drawn[1].shape, np.nan)
    np.divide(100 * drawn[0], drawn[1], out=shares, where=drawn[1] > 0)
    holding = np.count_nonzero(stacked[..., 1], axis=0)
    totals = stacked.sum(axis=0)
    return {
        key: Score(
            value=round(100 * float(agreed / of), 1) if of else None,
            interval=interval_of(shares[:, index], int(holding[index])),
            of=round(float(of)),
            why=None if of else NOTHING,
        )
        for index, (key, (agreed, of)) in enumerate(zip(KEYS, totals, strict=True))
    }
