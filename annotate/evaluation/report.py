"""All figures of one evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.evaluation.calibration import Calibration, calibration_of, span_calibrations_of
from annotate.evaluation.comparison import Comparison
from annotate.evaluation.figures import (
    KEYS,
    MEASURES,
    OF_ATTRIBUTIONS,
    PARTS,
    Counts,
    Figure,
    count_article,
    count_classes,
    count_groups,
    f1_of,
    figure_of,
)
from annotate.evaluation.intervals import interval_of, resample
from annotate.evaluation.work import Work, count_operations, work_of

SEED = 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """figures: by part (`all`, `direct`), then by measure.

    by: what groups are made of; groups: figures by the name of a group, then by measure of attributions.
    calibration: of attributions, None when what was predicted has no scores; span_calibrations: of single spans, by
    role. classes: how often each cue class was predicted, by the class annotated, of what was found.
    """

    articles: int
    words: int
    figures: Mapping[str, Mapping[str, Figure]]
    work: Work
    calibration: Calibration | None
    span_calibrations: Mapping[str, Calibration]
    classes: Mapping[str, Mapping[str, int]]
    by: str | None
    groups: Mapping[str, Mapping[str, Figure]]


def evaluate(comparisons: Sequence[Comparison], *, by: str | None = None, seed: int = SEED) -> Evaluation:
    """Measure predictions against annotations, with 95 % intervals from a bootstrap over articles.

    by: group figures of attributions by one of KEYS. seed: of the bootstrap. comparisons: at least one; several of one
    article, as of pairs of its annotators, are counted one by one and drawn together.
    """
    articles = {comparison.id: comparison for comparison in comparisons}
    counts = by_article(np.stack([count_article(comparison) for comparison in comparisons]), comparisons)
    groups = count_groups(comparisons, KEYS[by]) if by else {}
    figures = figures_of(counts.reshape(len(counts), -1, counts.shape[-1]), seed)
    return Evaluation(
        articles=len(articles),
        words=sum(comparison.words for comparison in articles.values()),
        figures={
            part: dict(zip(MEASURES, figures[start : start + len(MEASURES)], strict=True))
            for part, start in zip(PARTS, range(0, len(figures), len(MEASURES)), strict=True)
        },
        work=measure_work(comparisons, seed=seed),
        calibration=calibration_of(comparisons),
        span_calibrations=span_calibrations_of(comparisons),
        classes=count_classes(comparisons),
        by=by,
        groups={
            name: dict(zip(OF_ATTRIBUTIONS, figures_of(by_article(group, comparisons), seed), strict=True))
            for name, group in groups.items()
        },
    )


def measure_work(comparisons: Sequence[Comparison], *, seed: int = SEED) -> Work:
    """Measure the annotator's work left, with its 95 % interval."""
    counts = np.array([count_operations(comparison) for comparison in comparisons], dtype=np.int64)
    counts = by_article(counts, comparisons)
    drawn = resample(counts, seed=seed).astype(float)
    left = np.full(len(drawn), np.nan)
    np.divide(100 * drawn[:, 0], drawn[:, 1], out=left, where=drawn[:, 1] > 0)
    operations, from_scratch = (int(total) for total in counts.sum(axis=0))
    return work_of(operations, from_scratch, interval_of(left, int(np.count_nonzero(counts[:, 1]))))


def by_article(counts: Counts, comparisons: Sequence[Comparison]) -> Counts:
    """Add up the counts (comparisons x anything) of each article, in the order of their first comparison."""
    places = {id_: place for place, id_ in enumerate(dict.fromkeys(comparison.id for comparison in comparisons))}
    added = np.zeros((len(places), *counts.shape[1:]), dtype=np.int64)
    np.add.at(added, [places[comparison.id] for comparison in comparisons], counts)
    return added


def figures_of(counts: Counts, seed: int) -> list[Figure]:
    """Make one figure of each measure: counts are articles x measures x COLUMNS."""
    f1 = f1_of(resample(counts, seed=seed))
    holding = np.count_nonzero(counts[..., 1] + counts[..., 3], axis=0)
    return [
        figure_of(counts[:, index].sum(axis=0), interval_of(f1[:, index], int(holding[index])))
        for index in range(counts.shape[1])
    ]
