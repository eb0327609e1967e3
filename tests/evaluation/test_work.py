"""The annotator's work left, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from annotate.corpora import Annotation
from annotate.evaluation import Comparison, evaluate
from annotate.evaluation.work import count_operations
from tests.evaluation.conftest import ADA, FEAR, GOLD, MAYOR, compared, comparisons, mark


def operations(*predicted: Annotation, gold: tuple[Annotation, ...] = GOLD) -> tuple[int, int]:
    return count_operations(compared(*predicted, gold=gold))


def test_an_empty_page_takes_a_region_and_a_relation_for_each_mark() -> None:
    # Quote, cue, source and two relations; of Ada's, one more part and its relation.
    assert operations(gold=(MAYOR,)) == (5, 5)
    assert operations(gold=(ADA,)) == (7, 7)
    # The two share their cue's region here, which then is one region with a relation from each.
    assert operations(gold=(MAYOR, ADA)) == (11, 11)


def test_what_is_right_takes_nothing() -> None:
    assert operations(*GOLD) == (0, 16)


def test_a_moved_boundary_is_a_deletion_an_addition_and_the_relations() -> None:
    # A source elsewhere: delete it, add the right one, relate it.
    assert operations(mark("that it rained", cue="said", source="Residents"), gold=(MAYOR,))[0] == 3
    # A quote elsewhere: delete it, add the right one, relate source and cue.
    assert operations(mark("it rained", cue="said", source="The mayor"), gold=(MAYOR,))[0] == 4


def test_edge_punctuation_is_no_work() -> None:
    assert operations(mark("We stay|We hope so", cue="said", source="Ada Example"), gold=(ADA,))[0] == 0


def test_a_wrong_relation_between_regions_that_stay_is_one_deletion() -> None:
    swapped = (replace(MAYOR, source=FEAR.source), replace(FEAR, source=MAYOR.source))
    # Two wrong relations to delete and two right ones to add.
    assert operations(*swapped, gold=(MAYOR, FEAR))[0] == 4


def test_an_invented_attribution_is_three_deletions() -> None:
    assert operations(MAYOR, FEAR, gold=(MAYOR,)) == (3, 5)


@given(comparisons())
def test_nothing_is_left_of_the_annotation_itself_and_all_of_an_empty_page(comparison: Comparison) -> None:
    assert count_operations(replace(comparison, predicted=comparison.gold))[0] == 0
    left, from_scratch = count_operations(replace(comparison, predicted=()))
    assert left == from_scratch


@given(comparisons(), st.randoms(use_true_random=False))
def test_order_does_not_matter(comparison: Comparison, random: object) -> None:
    predicted = list(comparison.predicted)
    random.shuffle(predicted)  # type: ignore[attr-defined]
    assert count_operations(replace(comparison, predicted=tuple(predicted))) == count_operations(comparison)


def test_work_adds_up_over_articles() -> None:
    one, other = compared(MAYOR, gold=(MAYOR, FEAR), id="one"), compared(gold=(MAYOR,), id="other")
    work = evaluate([one, other]).work
    assert (work.operations, work.from_scratch, work.left) == (5 + 5, 10 + 5, 66.7)
