"""Reliability, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from annotate.corpora import SpanScores
from annotate.evaluation import Comparison, calibration_of, span_calibrations_of
from annotate.evaluation.calibration import wilson
from tests.evaluation.conftest import ADA, FEAR, MAYOR, compared, comparisons


def test_the_error_is_the_weighted_distance_of_score_and_share() -> None:
    wrong_source = replace(FEAR, source=MAYOR.source)
    result = calibration_of(
        [compared(replace(MAYOR, score=0.95), replace(ADA, score=0.65), replace(wrong_source, score=0.61))]
    )
    assert result is not None
    # [0.6, 0.7): mean score 0.63, one of two right: 0.13 off, twice. [0.9, 1): 0.95, right: 0.05 off, once.
    assert [(each.low, each.count, each.right) for each in result.bins] == [(0.6, 2, 0.5), (0.9, 1, 1.0)]
    assert result.error == round(100 * (2 * 0.13 + 0.05) / 3, 1)
    assert result.count == 3


def test_without_scores_there_is_no_calibration() -> None:
    assert calibration_of([compared(MAYOR)]) is None


def test_a_score_of_one_lies_in_the_last_bin() -> None:
    result = calibration_of([compared(replace(MAYOR, score=1.0))])
    assert result is not None
    assert result.bins[0].low == 0.9
    assert result.error == 0.0


@pytest.mark.parametrize(
    ("right", "count", "low", "high"), [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0)]
)
def test_wilson_intervals_as_tabulated(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == pytest.approx((low, high), abs=0.001)


def test_single_spans_are_right_when_their_role_is_marked_there() -> None:
    scores = SpanScores(quote=(0.9, 0.9), cue=(0.8,), source=(0.7,))
    whole = replace(ADA, span_scores=scores)
    wrong = replace(whole, quote=(whole.quote[0], MAYOR.source[0]))
    result = span_calibrations_of([compared(wrong)])
    assert {role: (each.count, each.bins[0].right) for role, each in result.items()} == {
        "quote": (2, 0.5),
        "cue": (1, 1.0),
        "source": (1, 1.0),
    }
    assert {role: each.error for role, each in result.items()} == {"quote": 40.0, "cue": 20.0, "source": 30.0}
    assert span_calibrations_of([compared(ADA)]) == {}


@given(comparisons())
def test_bins_hold_every_score_once(comparison: Comparison) -> None:
    scored = [item for item in comparison.predicted if item.score is not None]
    result = calibration_of([comparison])
    assert (result is None) == (not scored)
    if result:
        assert sum(each.count for each in result.bins) == result.count == len(scored)
        assert 0 <= result.error <= 100
        for each in result.bins:
            assert each.low <= each.score <= each.high
            assert each.interval[0] - 1e-9 <= each.right <= each.interval[1] + 1e-9
