"""Krippendorff's alpha over any number of annotators, with values missing where somebody did not look.

Alpha is 1 - Do / De, observed over expected disagreement, from the matrix of coincidences (Krippendorff 2011,
"Computing Krippendorff's Alpha-Reliability"): 1 is agreement, 0 what chance would give. Units are kept as patterns,
how many annotators gave each value, with the number of units that have it: a text's characters have few patterns,
and the coincidences of articles add up, so that a bootstrap over articles counts nothing anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["nominal", "ordinal"]
Pattern = tuple[int, ...]
Floats = NDArray[np.float64]

# The library unrolls every unit into a matrix of values by values: up to this many cells (of 8 bytes) it is asked.
_CELLS = 4_000_000


def coincidences(patterns: Mapping[Pattern, int], values: int) -> Floats:
    """Count how often two values stand together on one unit: values x values, by pairs of annotators.

    patterns: how many annotators gave each value → units. A unit of one annotator pairs nothing.
    """
    matrix = np.zeros((values, values))
    for pattern, count in patterns.items():
        given = np.array(pattern, dtype=float)
        if given.sum() > 1:
            matrix += count * (np.outer(given, given) - np.diag(given)) / (given.sum() - 1)
    return matrix


def alphas(matrices: Floats, level: Level) -> Floats:
    """Return alpha for each matrix of coincidences (anything x values x values); not a number where undefined."""
    totals = matrices.sum(axis=-1)
    pairable = totals.sum(axis=-1)
    distances = _distances(totals, level)
    expected = np.einsum("...i,...j,...ij->...", totals, totals, distances)
    observed = np.einsum("...ij,...ij->...", matrices, distances)
    ratio = np.full(expected.shape, np.nan)
    np.divide((pairable - 1) * observed, expected, out=ratio, where=expected > 0)
    return 1 - ratio


def _distances(totals: Floats, level: Level) -> Floats:
    values = totals.shape[-1]
    if level == "nominal":
        return np.broadcast_to(1 - np.eye(values), (*totals.shape, values))
    # How many values lie between two of the scale, half of either end counted (Krippendorff 2011, section 6.3).
    middles = np.cumsum(totals, axis=-1) - totals / 2
    distance: Floats = (middles[..., :, None] - middles[..., None, :]) ** 2
    return distance


def alpha_of(patterns: Mapping[Pattern, int], values: int, level: Level) -> float | None:
    """Return alpha, or None where it is undefined: `why_undefined` says why.

    As the package krippendorff computes it, wherever its matrices fit into memory.
    """
    units = {pattern: count for pattern, count in patterns.items() if sum(pattern) > 1}
    if why_undefined(units) is not None:
        return None
    if sum(units.values()) * values**2 <= _CELLS:
        import krippendorff

        rows = np.repeat(np.array(list(units)), list(units.values()), axis=0)
        return float(krippendorff.alpha(value_counts=rows, level_of_measurement=level))
    return float(alphas(coincidences(units, values), level))


def why_undefined(patterns: Mapping[Pattern, int]) -> str | None:
    """Return why alpha is undefined, or None when it is defined."""
    units = [pattern for pattern, count in patterns.items() if count and sum(pattern) > 1]
    if not units:
        return "no two values to compare"
    if np.count_nonzero(np.array(units).sum(axis=0)) == 1:
        return "only one value was ever given"
    return None


def pairable(patterns: Mapping[Pattern, int]) -> int:
    """Count the units that at least two annotators gave a value to."""
    return sum(count for pattern, count in patterns.items() if sum(pattern) > 1)
