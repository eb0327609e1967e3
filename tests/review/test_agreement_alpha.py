"""Krippendorff's alpha: the published example, the package, and where there is none."""

from __future__ import annotations

import math
from collections import Counter

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.review.agreement import alpha
from annotate.review.agreement.alpha import alpha_of, alphas, coincidences, why_undefined

# The data of Krippendorff 2011, section C: four observers, twelve units, values 1 to 5, 0 where nobody looked.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
PUBLISHED = {"nominal": 0.743, "ordinal": 0.815}


def patterns(observers: tuple[tuple[int, ...], ...], values: int) -> Counter[tuple[int, ...]]:
    return Counter(tuple(unit.count(value) for value in range(1, values + 1)) for unit in zip(*observers, strict=True))


@pytest.mark.parametrize("level", PUBLISHED)
def test_the_published_example(level: alpha.Level) -> None:
    units = patterns(OBSERVERS, 5)
    computed = alpha_of(units, 5, level)
    assert computed is not None
    assert round(computed, 3) == PUBLISHED[level]
    assert round(float(alphas(coincidences(units, 5), level)), 3) == PUBLISHED[level]


def test_the_published_coincidences() -> None:
    matrix = coincidences(patterns(OBSERVERS, 5), 5)
    assert np.round(matrix, 4).tolist() == [
        [7, round(4 / 3, 4), round(1 / 3, 4), round(1 / 3, 4), 0],
        [round(4 / 3, 4), 10, round(4 / 3, 4), round(1 / 3, 4), 0],
        [round(1 / 3, 4), round(4 / 3, 4), 8, round(1 / 3, 4), 0],
        [round(1 / 3, 4), round(1 / 3, 4), round(1 / 3, 4), 4, 0],
        [0, 0, 0, 0, 3],
    ]


@given(
    st.dictionaries(st.tuples(*(st.integers(0, 4) for _ in range(4))), st.integers(1, 5), min_size=1, max_size=8),
    st.sampled_from(["nominal", "ordinal"]),
)
def test_coincidences_that_add_up_give_what_the_package_gives(
    units: dict[tuple[int, ...], int], level: alpha.Level
) -> None:
    ours = float(alphas(coincidences(units, 4), level))
    assert math.isnan(ours) == (why_undefined(units) is not None)
    if not math.isnan(ours):
        rows = [pattern for pattern, count in units.items() for _ in range(count) if sum(pattern) > 1]
        theirs = krippendorff.alpha(value_counts=np.array(rows), level_of_measurement=level)
        assert ours == pytest.approx(theirs, abs=1e-9)


def test_what_does_not_fit_into_the_memory_of_the_package_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    units = patterns(OBSERVERS, 5)
    asked = alpha_of(units, 5, "ordinal")
    monkeypatch.setattr(alpha, "_CELLS", 0)
    assert alpha_of(units, 5, "ordinal") == pytest.approx(asked)


def test_one_value_only_is_no_agreement_beyond_chance() -> None:
    assert alpha_of({(2, 0): 40}, 2, "nominal") is None
    assert why_undefined({(2, 0): 40}) == "only one value was ever given"


def test_values_of_one_annotator_alone_say_nothing() -> None:
    assert alpha_of({(1, 0): 4, (0, 1): 3}, 2, "nominal") is None
    assert why_undefined({(1, 0): 4, (0, 1): 3}) == "no two values to compare"
    assert why_undefined({}) == "no two values to compare"


def test_two_who_agree_in_all_of_two_values_reach_one_and_contradicting_ones_fall_below_zero() -> None:
    assert alpha_of({(2, 0): 3, (0, 2): 3}, 2, "nominal") == 1
    # Four units, all contradicted: Do = 8/8, De = (8*8 - 32)/(8*7), so alpha = 1 - 7*8/(2*4*4) = -0.75.
    assert alpha_of({(1, 1): 4}, 2, "nominal") == pytest.approx(-0.75)
