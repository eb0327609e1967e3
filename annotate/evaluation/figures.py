"""Precision, recall and F1 of attributions, counted article by article.

Counts are arrays whose last axis is COLUMNS: what was predicted and is right, what was predicted, what was annotated
and is found, what was annotated. They add up over articles, so that a bootstrap resamples them without matching anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotate.corpora import Annotation
from annotate.derive import quote_type_of
from annotate.evaluation.characters import common, merged
from annotate.evaluation.comparison import Comparison, is_quoted
from annotate.evaluation.intervals import Interval
from annotate.evaluation.matching import Match, match

COLUMNS = ("right", "predicted", "found", "annotated")
# `direct` leaves out, on both sides, attributions without a double quotation mark in or right beside their quotes.
PARTS = ("all", "direct")
ROLES = ("source", "cue", "content")
# Of whole attributions: found; found with the very quote; found with the right source; found with the right cue.
OF_ATTRIBUTIONS = ("content", "content_exact", "attributed", "cue")
# spans: each contiguous part, edge punctuation aside; chars: characters that carry the role, white space aside.
OF_MARKS = tuple(f"{way}/{role}" for way in ("spans", "chars") for role in ROLES)
MEASURES = OF_ATTRIBUTIONS + OF_MARKS

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """In per cent, to one decimal. interval: 95 % of F1, None where too few articles hold anything."""

    precision: float
    recall: float
    f1: float
    predicted: int
    annotated: int
    interval: Interval | None = None


def figure_of(counts: Sequence[int] | Counts, interval: Interval | None = None) -> Figure:
    """Make the figure of one row of COLUMNS."""
    right, predicted, found, annotated = (int(count) for count in counts)
    precision = right / predicted if predicted else 0.0
    recall = found / annotated if annotated else 0.0
    f1 = 200 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Figure(round(100 * precision, 1), round(100 * recall, 1), round(f1, 1), predicted, annotated, interval)


def f1_of(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return F1 in per cent over the last axis (COLUMNS); where nothing is annotated or predicted, not a number."""
    right, predicted, found, annotated = np.moveaxis(counts.astype(float), -1, 0)
    precision = np.divide(right, predicted, out=np.zeros_like(right), where=predicted > 0)
    recall = np.divide(found, annotated, out=np.zeros_like(found), where=annotated > 0)
    both = precision + recall
    f1 = np.divide(200 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    return np.where(predicted + annotated > 0, f1, np.nan)


def count_article(comparison: Comparison) -> Counts:
    """Count one article: PARTS x MEASURES x COLUMNS."""
    return np.stack([_count(comparison), _count(quoted(comparison))])


def quoted(comparison: Comparison) -> Comparison:
    """Keep what `direct` counts: attributions with a double quotation mark in or right beside their quotes."""
    text = comparison.text
    return replace(
        comparison,
        gold=tuple(item for item in comparison.gold if is_quoted(text, item)),
        predicted=tuple(item for item in comparison.predicted if is_quoted(text, item)),
    )


def matches_of(comparison: Comparison) -> list[Match]:
    """Match an article's attributions."""
    return match(comparison.characters, comparison.gold, comparison.predicted)


def rights_of(found: Match) -> tuple[bool, ...]:
    """Tell what a match is right in, in the order of OF_ATTRIBUTIONS."""
    return True, found.exact, found.source, found.cue


def _count(comparison: Comparison) -> Counts:
    rows = [
        _of_attributions(comparison, matches_of(comparison)),
        [_of_spans(comparison, role) for role in ROLES],
        [_of_characters(comparison, role) for role in ROLES],
    ]
    return np.array([row for part in rows for row in part], dtype=np.int64)


def _of_attributions(comparison: Comparison, matches: Sequence[Match]) -> list[tuple[int, ...]]:
    predicted, annotated = _with_quote(comparison.predicted), _with_quote(comparison.gold)
    right = [sum(each) for each in zip(*map(rights_of, matches), strict=True)] or [0] * len(OF_ATTRIBUTIONS)
    return [(count, predicted, count, annotated) for count in right]


def _with_quote(annotations: Iterable[Annotation]) -> int:
    return sum(bool(item.quote) for item in annotations)


def _of_spans(comparison: Comparison, role: str) -> tuple[int, ...]:
    trim = comparison.characters.trimmed

    def spans(annotations: Iterable[Annotation]) -> set[tuple[int, int]]:
        found = {trim(span) for item in annotations for span in marked(item, role)}
        return {(start, end) for start, end in found if start < end}

    predicted, annotated = spans(comparison.predicted), spans(comparison.gold)
    right = len(predicted & annotated)
    return right, len(predicted), right, len(annotated)


def _of_characters(comparison: Comparison, role: str) -> tuple[int, ...]:
    written = comparison.characters.written
    predicted, annotated = (
        merged(span for item in side for span in marked(item, role)) for side in (comparison.predicted, comparison.gold)
    )
    right = written(common(predicted, annotated))
    return right, written(predicted), right, written(annotated)


def marked(annotation: Annotation, role: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of a role; the quote is called content in the figures, as in the literature."""
    spans: tuple[tuple[int, int], ...] = getattr(annotation, "quote" if role == "content" else role)
    return spans


Key = Callable[[Comparison, Annotation], str]


def _size(comparison: Comparison, _: Annotation) -> str:
    bounds = (250, 500, 1000)
    least = max((bound for bound in bounds if comparison.words >= bound), default=0)
    return f"{least}+ words"


# What figures can be grouped by, and how an attribution, annotated or predicted, shows its group.
KEYS: dict[str, Key] = {
    "outlet": lambda comparison, _: comparison.outlet or "unknown",
    "kind": lambda comparison, item: str(quote_type_of(comparison.text, item.quote)),
    "cue_class": lambda _, item: str(item.cue_class or "none"),
    "size": _size,
}


def count_groups(comparisons: Sequence[Comparison], key: Key) -> dict[str, Counts]:
    """Count OF_ATTRIBUTIONS by group: for each group, articles x OF_ATTRIBUTIONS x COLUMNS.

    Matching is over all attributions. Recall is that of the annotated ones of the group, whatever the group of what
    found them; precision is that of the predicted ones of the group, whatever the group of what they found. The groups
    with most annotated attributions come first.
    """
    empty = np.zeros((len(comparisons), len(OF_ATTRIBUTIONS), len(COLUMNS)), dtype=np.int64)
    groups: defaultdict[str, Counts] = defaultdict(empty.copy)
    for index, comparison in enumerate(comparisons):
        matches = matches_of(comparison)
        for first, side, right in (
            (0, comparison.predicted, {found.predicted: rights_of(found) for found in matches}),
            (2, comparison.gold, {found.gold: rights_of(found) for found in matches}),
        ):
            for number, item in enumerate(side):
                if item.quote:
                    counts = groups[key(comparison, item)][index]
                    counts[:, first] += right.get(number, (False,) * len(OF_ATTRIBUTIONS))
                    counts[:, first + 1] += 1
    return dict(sorted(groups.items(), key=lambda group: (-int(group[1][:, 0, 3].sum()), group[0])))


def count_classes(comparisons: Iterable[Comparison]) -> dict[str, dict[str, int]]:
    """Count the cue classes predicted for found attributions, by the class annotated; both sides must have one."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for comparison in comparisons:
        for found in matches_of(comparison):
            annotated = comparison.gold[found.gold].cue_class
            predicted = comparison.predicted[found.predicted].cue_class
            if annotated is not None and predicted is not None:
                counts[str(annotated)][str(predicted)] += 1
    return {name: dict(sorted(each.items())) for name, each in sorted(counts.items())}
