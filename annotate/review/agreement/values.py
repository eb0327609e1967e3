"""What alpha is counted over: every character of an article, and the values of the regions that several marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from annotate.derive import Span
from annotate.evaluation.characters import merged
from annotate.review.agreement.alignment import units
from annotate.review.agreement.alpha import Level, Pattern
from annotate.review.agreement.readings import CHOICES, Reading
from annotate.scheme import Credibility, Label, Reliability

# F and 6 say that a thing cannot be judged: they are no further step of the scale (NATO AJP-2.1), and count as missing.
RATINGS = {"reliability": Reliability.F, "credibility": Credibility.SIX}
SCALES: dict[str, tuple[str, ...]] = {
    name: tuple(value for value in vocabulary if value != RATINGS.get(name))
    for name, (_, vocabulary) in CHOICES.items()
}
OUT_AND_IN = 2


def level_of(name: str) -> Level:
    """Return the level of measurement of an attribute: the two ratings are ordinal."""
    return "ordinal" if name in RATINGS else "nominal"


def character_patterns(text: str, readings: Sequence[Reading], label: Label) -> Counter[Pattern]:
    """Count the characters of a text, white space aside, by how many readings left them out of a label or took them in.

    Every reading has a value for every character of the article it read.
    """
    written = np.array([not char.isspace() for char in text], dtype=bool)
    inside = np.zeros(len(text), dtype=np.int64)
    for reading in readings:
        for start, end in merged(reading.spans(label)):
            inside[start:end] += 1
    counts = np.bincount(inside[written], minlength=len(readings) + 1)
    return Counter(
        {(len(readings) - marked, marked): int(count) for marked, count in enumerate(counts.tolist()) if count}
    )


def units_by_label(readings: Sequence[Reading]) -> dict[Label, list[dict[str, Span]]]:
    """Group the regions of several readings into units, by label: annotator → span."""
    return {label: units({each.annotator: each.spans(label) for each in readings}) for label in Label}


def value_patterns(
    readings: Sequence[Reading], grouped: dict[Label, list[dict[str, Span]]]
) -> dict[str, Counter[Pattern]]:
    """Count the units by how many readings gave each value of an attribute (SCALES), missing ones left out."""
    by_name = {reading.annotator: reading for reading in readings}
    counts: dict[str, Counter[Pattern]] = {name: Counter() for name in SCALES}
    for name, (label, _) in CHOICES.items():
        if label is None:
            given = [[reading.quality for reading in readings]]
        else:
            given = [
                [by_name[annotator].regions[label, span].get(name) for annotator, span in unit.items()]
                for unit in grouped[label]
            ]
        for values in given:
            pattern = tuple(values.count(value) for value in SCALES[name])
            if sum(pattern) > 1:
                counts[name][pattern] += 1
    return counts


def article_patterns(
    text: str, readings: Sequence[Reading], grouped: dict[Label, list[dict[str, Span]]]
) -> dict[str, Counter[Pattern]]:
    """Return the patterns of an article: of its characters by label, and of its values by attribute."""
    characters = {str(label): character_patterns(text, readings, label) for label in Label}
    return characters | value_patterns(readings, grouped)
