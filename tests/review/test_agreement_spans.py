"""Pairing regions: one to one, best first, the same whatever the order; and what nervaluate makes of the pairs."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from nervaluate import Evaluator

from annotate.derive import Span
from annotate.review.agreement.alignment import overlap, paired, paired_across, units
from annotate.review.agreement.clusters import b_cubed
from annotate.review.agreement.pairs import matched
from annotate.scheme import Label

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: (pair[0], sum(pair))), unique=True)


@st.composite
def apart(draw: st.DrawFn) -> list[Span]:
    """Draw spans that do not touch each other."""
    ends = sorted(draw(st.sets(st.integers(0, 60), max_size=12)))
    return [(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False)]


def test_the_best_overlap_is_taken_first() -> None:
    assert paired([(0, 10)], [(0, 4), (2, 10)]) == [((0, 10), (2, 10))]
    assert paired([(0, 10), (2, 4)], [(2, 4)]) == [((2, 4), (2, 4))]
    assert paired([(0, 5)], [(5, 9)]) == []
    assert paired([(0, 1000)], [(0, 9)]) == []  # less than a hundredth
    assert paired([(0, 1000)], [(0, 10)]) == [((0, 1000), (0, 10))]


@given(SPANS, SPANS, st.randoms(use_true_random=False))
def test_pairs_are_one_to_one_and_do_not_depend_on_order(
    one: list[Span], other: list[Span], chance: random.Random
) -> None:
    pairs = paired(sorted(one), sorted(other))
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert all(overlap(a, b) > 0 for a, b in pairs)
    assert set(one) & set(other) == {a for a, b in pairs if a == b}
    assert {(b, a) for a, b in paired(sorted(other), sorted(one))} == set(pairs)
    mixed = chance.sample(one, len(one)), chance.sample(other, len(other))
    assert set(paired(*mixed)) == set(pairs)


@given(apart(), apart())
def test_on_spans_that_do_not_overlap_the_counts_of_nervaluate_on_whole_articles_are_no_lower(
    one: list[Span], other: list[Span]
) -> None:
    exact, _ = matched(paired(one, other))
    document = [[{"label": "Quote", "start": a, "end": b - 1} for a, b in side] for side in (one, other)]
    if any(document):
        whole = Evaluator([document[0]], [document[1]], tags=["Quote"], loader="dict").evaluate()["entities"]["Quote"]
        assert whole["exact"].correct <= exact == len(set(one) & set(other))
        assert whole["partial"].correct <= exact
        # In lists, an early overlap can take the place of a later equal span; one to one, it cannot.
        assert whole["partial"].correct + whole["partial"].partial >= exact


def test_nervaluate_counts_pairs() -> None:
    assert matched([((0, 4), (0, 4)), ((5, 9), (6, 9)), ((10, 1000), (10, 20))]) == (1, 2)


def test_labels_differ_only_where_half_is_shared() -> None:
    source, outlet, far = (Label.SOURCE, (0, 10)), (Label.OUTLET, (0, 8)), (Label.OUTLET, (6, 30))
    assert paired_across([source], [outlet, far]) == [(source, outlet)]
    assert paired_across([source], [far, (Label.SOURCE, (0, 10))]) == []


def test_units_hold_one_region_of_each_annotator() -> None:
    given_ = {"Ann": [(0, 10), (20, 30)], "Ben": [(0, 10), (2, 9)], "Cat": [(1, 10)]}
    assert units(given_) == [
        {"Ann": (0, 10), "Ben": (0, 10), "Cat": (1, 10)},
        {"Ben": (2, 9)},
        {"Ann": (20, 30)},
    ]


@given(st.dictionaries(st.sampled_from("abcd"), SPANS), st.randoms(use_true_random=False))
def test_units_hold_every_region_once_in_whatever_order(spans: dict[str, list[Span]], chance: random.Random) -> None:
    found = units(spans)
    assert sorted((name, span) for unit in found for name, span in unit.items()) == sorted(
        (name, span) for name, each in spans.items() for span in each
    )
    names = chance.sample(list(spans), len(spans))
    assert units({name: chance.sample(spans[name], len(spans[name])) for name in names}) == found


def test_the_published_example_of_b_cubed() -> None:
    # Bagga and Baldwin 1998: truth {1..5} {6, 7} {8..12}; one answer joins the last two, another the outer ones.
    truth = "aaaaabbccccc"
    for answer, precision in (("xxxxxyyyyyyy", 76), ("xxxxxyyxxxxx", 58)):
        sums = b_cubed(list(zip(truth, answer, strict=True)))
        assert [int(100 * total / len(truth)) for total in sums] == [precision, 100]
