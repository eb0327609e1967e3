"""Two predictions against each other: the differences, the test, the interval, and what only one of them found."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from annotate.corpora import AnnotatedArticle, Annotation
from annotate.evaluation import Comparison, compare, compare_pairs, evaluate, set_apart
from annotate.evaluation.paired import holm
from tests.evaluation.conftest import FEAR, GOLD, MAYOR, TEXT

WRONG = replace(FEAR, source=MAYOR.source)


def sides(
    *articles: tuple[tuple[Annotation, ...], tuple[Annotation, ...]],
) -> tuple[list[Comparison], list[Comparison]]:
    """Put two predictions of each article beside the same annotations."""
    gold = [AnnotatedArticle(f"a{number}", TEXT, GOLD) for number in range(len(articles))]
    first, second = (
        [replace(one, attributions=predicted[side]) for one, predicted in zip(gold, articles, strict=True)]
        for side in (0, 1)
    )
    return list(compare(gold, first)), list(compare(gold, second))


def test_the_figures_are_those_of_each_alone() -> None:
    first, second = sides(((MAYOR,), GOLD), ((WRONG, MAYOR), GOLD), ((), (FEAR,)))
    paired = compare_pairs(first, second)
    alone = [evaluate(side) for side in (first, second)]
    for part, measures in paired.figures.items():
        for measure, one in measures.items():
            expected = [result.figures[part][measure].f1 for result in alone]
            assert [one.first, one.second] == expected
            assert one.difference == pytest.approx(expected[1] - expected[0], abs=0.11)
    assert [paired.work.first, paired.work.second] == [round(result.work.left, 1) for result in alone]
    assert paired.articles == 3


def test_predictions_that_are_alike_do_not_differ() -> None:
    first, second = sides(*[(GOLD, GOLD)] * 4, ((WRONG,), (WRONG,)))
    paired = compare_pairs(first, second)
    for one in [*(each for measures in paired.figures.values() for each in measures.values()), paired.work]:
        assert (one.difference, one.p, one.adjusted) == (0, 1, 1)
    assert paired.differing == 0


def test_with_few_articles_every_swapping_is_tried() -> None:
    pairs = [((MAYOR,), GOLD), (GOLD, (MAYOR,)), ((), GOLD), ((WRONG,), GOLD), (GOLD, GOLD)]
    paired = compare_pairs(*sides(*pairs))
    assert (paired.exact, paired.draws, paired.differing) == (True, 2**4, 4)

    def difference(swaps: tuple[int, ...]) -> float:
        swapped = [(two, one) if swap else (one, two) for (one, two), swap in zip(pairs, swaps, strict=True)]
        f1 = [evaluate(side).figures["all"]["attributed"].f1 for side in sides(*swapped)]
        return round(f1[1] - f1[0], 3)

    observed = difference((0,) * 5)
    all_of_them = [difference((*swaps, 0)) for swaps in product((0, 1), repeat=4)]
    expected = np.mean([abs(one) >= abs(observed) - 0.051 for one in all_of_them])
    assert paired.figures["all"]["attributed"].p == pytest.approx(expected)


def test_a_large_gain_is_no_chance_and_a_small_one_may_be() -> None:
    gain = compare_pairs(*sides(*[((WRONG,), GOLD)] * 30))
    one = gain.figures["all"]["attributed"]
    assert not gain.exact
    assert one.p < 0.001
    assert one.adjusted < 0.05
    assert one.interval is not None
    assert one.interval[0] > 0
    even = compare_pairs(*sides(*[((MAYOR,), GOLD), (GOLD, (MAYOR,))] * 15))
    assert even.figures["all"]["content"].difference == 0
    assert even.figures["all"]["content"].p == 1


def test_where_nothing_differs_but_by_chance_p_is_spread_evenly() -> None:
    chance = np.random.default_rng(5)
    small = 0
    for _ in range(60):
        drawn = chance.integers(0, 2, size=(24, 2))
        pairs = [tuple(GOLD if right else (MAYOR,) for right in row) for row in drawn]
        paired = compare_pairs(*sides(*pairs))  # type: ignore[arg-type]
        small += paired.figures["all"]["content"].p <= 0.1
    assert small <= 12  # of 60, about 6 are to be expected


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second = sides(*[((WRONG,), GOLD), (GOLD, (MAYOR,))] * 10)
    assert compare_pairs(first, second, seed=3) == compare_pairs(first, second, seed=3)


def test_other_articles_are_refused() -> None:
    first, second = sides((GOLD, GOLD), (GOLD, GOLD))
    with pytest.raises(ValueError, match="of other articles"):
        compare_pairs(first, second[:1])


def test_the_correction_is_holms() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_what_only_one_of_them_found_is_told_with_its_place() -> None:
    apart = set_apart(*sides(((MAYOR,), (FEAR,)), (GOLD, GOLD)))
    (lost,), (won,) = apart.only_first, apart.only_second
    assert (lost.article, lost.span) == ("a0", MAYOR.quote[0])
    assert (won.article, won.span) == ("a0", FEAR.quote[0])
    assert sum(one for one, _ in apart.kinds.values()) == sum(other for _, other in apart.kinds.values()) > 0
