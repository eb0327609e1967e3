"""Figures worked out by hand, and what must hold for all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotate.corpora import Annotation
from annotate.evaluation import KEYS, Comparison, evaluate, statements_only
from annotate.evaluation.figures import MEASURES, OF_ATTRIBUTIONS, PARTS, count_article, count_groups, figure_of
from annotate.evaluation.matching import match
from tests.evaluation.conftest import ADA, FEAR, GOLD, MAYOR, TEXT, compared, comparisons, mark


def f1(*predicted: Annotation, part: str = "all", gold: tuple[Annotation, ...] = GOLD) -> dict[str, float]:
    figures = evaluate([compared(*predicted, gold=gold)]).figures[part]
    return {measure: figure.f1 for measure, figure in figures.items()}


def test_the_annotation_itself_is_right_in_everything() -> None:
    assert set(f1(*GOLD).values()) == {100.0}
    assert set(f1(*GOLD, part="direct").values()) == {100.0}


def test_nothing_predicted_is_nothing_found() -> None:
    result = evaluate([compared()])
    assert {figure.f1 for figures in result.figures.values() for figure in figures.values()} == {0.0}
    assert result.figures["all"]["content"].annotated == 3
    assert result.figures["direct"]["content"].annotated == 1
    assert result.work.left == 100.0
    assert result.calibration is None


def test_a_quote_counts_as_found_from_half_of_its_characters_on() -> None:
    # 12 letters are annotated: sharing six of them is half, sharing five is not.
    gold = (mark("that it rained"),)
    assert f1(mark("rained"), gold=gold)["content"] == 100.0
    assert f1(mark("rained"), gold=gold)["content_exact"] == 0.0
    assert f1(mark("ained"), gold=gold)["content"] == 0.0


def test_precision_recall_and_f1_of_two_predictions_one_of_them_right() -> None:
    figure = evaluate([compared(MAYOR, mark("Ada Example said"))]).figures["all"]["content"]
    # One of two predictions is right, one of three annotations is found: 2 * 1/2 * 1/3 / (1/2 + 1/3) = 0.4.
    assert (figure.precision, figure.recall, figure.f1) == (50.0, 33.3, 40.0)
    assert (figure.predicted, figure.annotated) == (2, 3)


def test_edge_punctuation_is_neither_an_error_in_spans_nor_in_exact_quotes() -> None:
    figures = f1(mark("We stay|We hope so", cue="said", source="Ada Example"), gold=(ADA,))
    assert figures["content_exact"] == 100.0
    assert figures["spans/content"] == 100.0
    assert figures["chars/content"] < 100.0


@pytest.mark.parametrize(
    ("source", "attributed"),
    [("The mayor", 100.0), ("mayor", 100.0), ("Residents", 0.0), ("", 0.0)],
)
def test_a_source_is_right_from_one_letter_on(source: str, attributed: float) -> None:
    assert f1(mark("that it rained", source=source), gold=(MAYOR,))["attributed"] == attributed


def test_no_source_is_right_where_none_is_annotated() -> None:
    implicit = mark("that it rained", cue="said")
    assert f1(implicit, gold=(implicit,))["attributed"] == 100.0
    assert f1(MAYOR, gold=(implicit,))["attributed"] == 0.0


def test_direct_looks_for_marks_inside_or_right_beside_the_quote() -> None:
    beside = mark("We stay", cue="said", source="Ada Example")
    result = evaluate([compared(beside, MAYOR)]).figures["direct"]["content"]
    assert (result.predicted, result.annotated) == (1, 1)


def test_a_predicted_quote_is_matched_once() -> None:
    whole = mark("that it rained", source="The mayor")
    result = evaluate([compared(whole, whole, gold=(MAYOR,))]).figures["all"]["content"]
    assert (result.precision, result.recall) == (50.0, 100.0)


def test_the_best_pairs_are_matched_first() -> None:
    near, exact = mark("said that it rained", source="Residents"), mark("that it rained", source="The mayor")
    result = evaluate([compared(near, exact, gold=(MAYOR,))]).figures["all"]
    assert result["attributed"].recall == 100.0


def test_attitudes_are_left_out_on_both_sides_unless_words_are_quoted() -> None:
    quoted = replace(ADA, cue_class="attitude")
    (kept,) = statements_only([compared(FEAR, quoted, gold=(MAYOR, FEAR, quoted))])
    assert kept.gold == (MAYOR, quoted)
    assert kept.predicted == (quoted,)


def test_groups_take_recall_from_the_annotated_and_precision_from_the_predicted() -> None:
    as_neutral = replace(FEAR, cue_class="neutral")
    groups = evaluate([compared(MAYOR, as_neutral)], by="cue_class").groups
    # Predicted neutral: two, both found something. Annotated neutral: two, one of them found.
    assert (groups["neutral"]["content"].precision, groups["neutral"]["content"].recall) == (100.0, 50.0)
    assert (groups["attitude"]["content"].predicted, groups["attitude"]["content"].recall) == (0, 100.0)


def test_cue_classes_are_counted_over_what_was_found() -> None:
    as_claim, unknown = replace(MAYOR, cue_class="claim"), replace(ADA, cue_class=None)
    result = evaluate([compared(as_claim, unknown, FEAR), compared(MAYOR, id="other")])
    assert result.classes == {"attitude": {"attitude": 1}, "neutral": {"claim": 1, "neutral": 1}}


def test_groups_by_kind_outlet_and_size() -> None:
    kinds = evaluate([compared(*GOLD)], by="kind").groups
    assert {name: group["content"].annotated for name, group in kinds.items()} == {"indirect": 2, "direct": 1}
    assert list(evaluate([compared(*GOLD)], by="outlet").groups) == ["Sample Post"]
    assert list(evaluate([compared(*GOLD)], by="size").groups) == ["0+ words"]


@given(comparisons())
def test_an_annotation_against_itself_is_right_whatever_it_is(comparison: Comparison) -> None:
    itself = replace(comparison, predicted=comparison.gold)
    for part, counts in zip(PARTS, count_article(itself), strict=True):
        for measure, row in zip(MEASURES, counts, strict=True):
            right, predicted, found, annotated = row
            assert predicted == annotated, (part, measure)
            # Of quotes that are alike, or hold no character at all, which stands for which is left open.
            if measure in {*MEASURES} - {*OF_ATTRIBUTIONS}:
                assert right == predicted == found


@given(comparisons())
def test_shares_lie_between_0_and_100_and_narrower_measures_below_wider(comparison: Comparison) -> None:
    for counts in count_article(comparison):
        figures = {measure: figure_of(row) for measure, row in zip(MEASURES, counts, strict=True)}
        for figure in figures.values():
            assert 0 <= figure.f1 <= 100
            assert min(figure.precision, figure.recall) - 0.1 <= figure.f1 <= max(figure.precision, figure.recall) + 0.1
        for narrower in ("content_exact", "attributed", "cue"):
            assert figures[narrower].f1 <= figures["content"].f1


@given(comparisons(), st.randoms(use_true_random=False))
def test_the_order_of_attributions_changes_nothing(comparison: Comparison, random: object) -> None:
    overlaps = [found.overlap for found in every_candidate(comparison)]
    # Equally good pairs are taken in the order of the file, as the reference scorer does.
    assume(len(set(overlaps)) == len(overlaps))
    gold, predicted = list(comparison.gold), list(comparison.predicted)
    random.shuffle(gold)  # type: ignore[attr-defined]
    random.shuffle(predicted)  # type: ignore[attr-defined]
    shuffled = replace(comparison, gold=tuple(gold), predicted=tuple(predicted))
    assert (count_article(shuffled) == count_article(comparison)).all()


def every_candidate(comparison: Comparison) -> list[object]:
    """Match each pair alone, so that none takes another's place."""
    return [
        found
        for one in comparison.gold
        for other in comparison.predicted
        for found in match(comparison.characters, [one], [other])
    ]


@given(st.lists(comparisons(), min_size=1, max_size=3), st.sampled_from(sorted(KEYS)))
def test_groups_add_up_to_the_whole(drawn: list[Comparison], key: str) -> None:
    groups = count_groups(drawn, KEYS[key])
    whole = sum(count_article(comparison)[0][: len(OF_ATTRIBUTIONS)] for comparison in drawn)
    assert (sum(group.sum(axis=0) for group in groups.values()) == whole).all()


@given(comparisons())
def test_swapping_the_sides_swaps_precision_and_recall(comparison: Comparison) -> None:
    overlaps = [found.overlap for found in every_candidate(comparison)]
    assume(len(set(overlaps)) == len(overlaps))
    swapped = replace(comparison, gold=comparison.predicted, predicted=comparison.gold)
    assert (count_article(swapped)[..., [2, 3, 0, 1]] == count_article(comparison)).all()


def test_the_text_of_these_tests_is_what_they_take_it_for() -> None:
    assert [TEXT[slice(*span)] for span in ADA.quote] == ['"We stay,"', '"We hope so."']
