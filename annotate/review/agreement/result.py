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
    article_patterns,
    level_of,
    units_by_label,
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
    """What two of the annotators agree in, over the articles that both annotated: see Agreement."""

    annotators: Pair
    articles: int
    figures: Mapping[Key, Score]
    characters: Mapping[str, Score]
    values: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Agreement:
    """figures: by the keys of annotate.review.agreement.pairs, pooled over all pairs of annotators of an article.

    comparisons: how many such pairs there are. characters, values: Krippendorff's alpha by label and by attribute.
    pairs: the figures of each two annotators, in the order of their names, when they were asked for.
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
        self._all = _Counts()
        self._pairs: defaultdict[Pair, _Counts] = defaultdict(_Counts)

    def add(self, article: Shared) -> dict[Label, list[dict[str, Span]]]:
        """Count an article, and return the units of its regions (`annotate.review.agreement.alignment.units`)."""
        self._articles += 1
        self._annotators.update(reading.annotator for reading in article.readings)
        grouped = units_by_label(article.readings)
        patterns = article_patterns(article.text, article.readings, grouped)
        total: Ratios = np.zeros((len(KEYS), 2))
        for pair in combinations(article.readings, 2):
            counts = count_pair(article.id, article.text, *pair)
            between = (
                article_patterns(article.text, pair, units_by_label(pair)) if len(article.readings) > 2 else patterns
            )
            self._pairs[pair[0].annotator, pair[1].annotator].add(counts, between)
            total += counts
        self._all.add(total, patterns)
        return grouped

    def result(self, *, by_pair: bool = False, seed: int = SEED) -> Agreement:
        """Return the figures of what was counted.

        by_pair: those of each two annotators too. seed: of the bootstrap.
        """
        ordered = sorted(self._pairs.items(), key=lambda item: tuple(map(in_order, item[0])))
        return Agreement(
            articles=self._articles,
            annotators=tuple(sorted(self._annotators, key=in_order)),
            comparisons=sum(len(counts.ratios) for counts in self._pairs.values()),
            figures=_scores(self._all.ratios, seed),
            characters=self._all.characters(seed),
            values=self._all.values(seed),
            pairs=tuple(
                PairAgreement(
                    annotators=pair,
                    articles=len(counts.ratios),
                    figures=_scores(counts.ratios, seed),
                    characters=counts.characters(seed),
                    values=counts.values(seed),
                )
                for pair, counts in (ordered if by_pair else ())
            ),
        )


class _Counts:
    """What was counted article by article, of all annotators or of two of them."""

    def __init__(self) -> None:
        self.ratios: list[Ratios] = []
        self._alphas = {str(name): _AlphaTally(OUT_AND_IN, held=1) for name in Label} | {
            name: _AlphaTally(len(scale)) for name, scale in SCALES.items()
        }

    def add(self, ratios: Ratios, patterns: Mapping[str, Mapping[Pattern, int]]) -> None:
        self.ratios.append(ratios)
        for name, each in patterns.items():
            self._alphas[name].add(each)

    def characters(self, seed: int) -> dict[str, Score]:
        return {str(label): self._alphas[label].score("nominal", seed) for label in Label}

    def values(self, seed: int) -> dict[str, Score]:
        return {name: self._alphas[name].score(level_of(name), seed) for name in SCALES}


class _AlphaTally:
    """The patterns of all articles, for alpha itself, and the coincidences of each, for its interval.

    held: articles without a value from this place on hold nothing: of characters, those in which nobody marked any.
    """

    def __init__(self, values: int, *, held: int = 0) -> None:
        self._values = values
        self._held = held
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
        holding = np.count_nonzero(matrices[:, self._held :].sum(axis=(1, 2)))
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
