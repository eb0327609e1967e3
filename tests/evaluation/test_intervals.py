"""The bootstrap: seeded, over articles, and as wide as theory says."""

from __future__ import annotations

import numpy as np

from annotate.evaluation import evaluate
from annotate.evaluation.figures import f1_of
from annotate.evaluation.intervals import interval_of, resample
from tests.evaluation.conftest import GOLD, MAYOR, compared


def test_every_round_draws_as_many_articles_as_there_are() -> None:
    ones = np.ones((7, 2), dtype=np.int64)
    assert (resample(ones, seed=3, rounds=120) == 7).all()
    assert resample(ones, seed=3, rounds=120).shape == (120, 2)


def test_what_is_counted_does_not_change_which_articles_are_drawn() -> None:
    numbers = np.arange(20, dtype=np.int64)
    assert (resample(numbers[:, None], seed=5)[:, 0] == resample(np.stack([numbers, numbers], 1), seed=5)[:, 1]).all()


def test_a_share_of_one_half_over_400_articles_is_sure_to_about_5_points() -> None:
    # The normal approximation gives 50 ± 1.96 * 50 / sqrt(400) = 45.1 to 54.9.
    counts = np.array([[number % 2, 1] for number in range(400)], dtype=np.int64)
    drawn = resample(counts, seed=1)
    low, high = interval_of(100 * drawn[:, 0] / drawn[:, 1], 400) or (0, 0)
    assert abs(low - 45.1) < 1
    assert abs(high - 54.9) < 1


def test_the_seed_decides_the_interval() -> None:
    drawn = [compared(*(GOLD[: number % 4]), id=str(number)) for number in range(12)]
    first = evaluate(drawn, seed=1)
    assert first == evaluate(drawn, seed=1)
    assert first.figures["all"]["content"].interval != evaluate(drawn, seed=2).figures["all"]["content"].interval
    low, high = first.figures["all"]["content"].interval or (0, 0)
    assert low < first.figures["all"]["content"].f1 < high


def test_articles_that_are_all_alike_leave_no_doubt() -> None:
    result = evaluate([compared(MAYOR, id=str(number)) for number in range(6)])
    figure = result.figures["all"]["content"]
    assert figure.interval == (figure.f1, figure.f1)
    assert result.work.interval == (result.work.left, result.work.left)


def test_comparisons_of_one_article_are_drawn_together() -> None:
    pairs = [compared(*GOLD[: number % 4], id=str(number // 2)) for number in range(8)]
    result = evaluate(pairs)
    assert result.articles == 4
    assert result.figures["all"]["content"].annotated == 8 * 3
    assert result.figures["all"]["content"].interval is None
    assert evaluate(pairs, by="kind").groups["indirect"]["content"].interval is None


def test_too_few_articles_get_no_interval() -> None:
    four = [compared(*GOLD, id=str(number)) for number in range(4)]
    assert evaluate(four).figures["all"]["content"].interval is None
    # Six articles, but only two of them hold a direct quote.
    sides = [GOLD if number < 2 else (MAYOR,) for number in range(6)]
    six = [compared(*side, gold=side, id=str(number)) for number, side in enumerate(sides)]
    result = evaluate(six)
    assert result.figures["all"]["content"].interval == (100.0, 100.0)
    assert result.figures["direct"]["content"].interval is None


def test_f1_of_nothing_is_no_number() -> None:
    counts = np.array([[0, 0, 0, 0], [0, 1, 0, 0], [1, 2, 1, 1]])
    values = f1_of(counts)
    assert np.isnan(values[0])
    assert values[1] == 0
    assert round(values[2], 1) == 66.7
    assert interval_of(np.array([np.nan, 40.0, 40.0]), 9) == (40.0, 40.0)
    assert interval_of(np.array([np.nan]), 9) is None
