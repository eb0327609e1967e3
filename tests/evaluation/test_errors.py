"""Each kind of error, made on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from annotate.corpora import Annotation
from annotate.evaluation import MEANINGS, Comparison, ErrorKind, count_kinds, find_errors
from annotate.evaluation.excerpts import excerpt
from tests.evaluation.conftest import ADA, FEAR, GOLD, MAYOR, TEXT, compared, comparisons, mark

LONG = (
    "Police said that the bridge was closed and that the road was flooded, according to Radio Sample. "
    "Nobody was hurt, they added."
)
INNER = mark("that the bridge was closed and that the road was flooded", cue="said", source="Police", text=LONG)
OUTER = mark(
    "Police said that the bridge was closed and that the road was flooded",
    cue="according to",
    source="Radio Sample",
    text=LONG,
)
HURT = mark("Nobody was hurt", cue="added", source="they", text=LONG)


def kinds(gold: tuple[Annotation, ...], *predicted: Annotation, text: str = TEXT) -> list[ErrorKind]:
    return [error.kind for error in find_errors([compared(*predicted, gold=gold, text=text)])]


def test_what_is_right_has_no_errors() -> None:
    assert kinds(GOLD, *GOLD) == []


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        (mark("it rained", cue="said", source="The mayor"), [ErrorKind.WRONG_START]),
        (mark("that it", cue="said", source="The mayor"), [ErrorKind.WRONG_END]),
        (mark("that it rained", cue="said"), [ErrorKind.MISSING_SOURCE]),
        (mark("that it rained", cue="said", source="Residents"), [ErrorKind.WRONG_SOURCE]),
        (mark("that it rained", cue="said", source="mayor"), [ErrorKind.SOURCE_BOUNDS]),
        (mark("that it rained", source="The mayor"), [ErrorKind.MISSING_CUE]),
        (mark("that it rained", cue="fear", source="The mayor"), [ErrorKind.WRONG_CUE]),
        (mark("that it rained", cue="mayor said", source="The mayor"), [ErrorKind.CUE_BOUNDS]),
        (replace(MAYOR, cue_class="claim"), [ErrorKind.WRONG_CLASS]),
        (replace(MAYOR, cue_class="attitude"), [ErrorKind.ATTITUDE]),
        (replace(MAYOR, cue_class=None), []),
        (
            mark("that it rained|it floods", cue="said", source="The mayor"),
            [ErrorKind.EXTRA_PART],
        ),
    ],
)
def test_what_is_found_can_be_wrong_in_several_ways(predicted: Annotation, expected: list[ErrorKind]) -> None:
    assert kinds((MAYOR,), predicted) == expected


def test_a_part_of_a_split_quote_is_missing_or_the_gap_is_filled() -> None:
    assert kinds((ADA,), replace(ADA, quote=ADA.quote[1:])) == [ErrorKind.PART_MISSING]
    filled = replace(ADA, quote=((ADA.quote[0][0], ADA.quote[1][1]),))
    assert kinds((ADA,), filled) == [ErrorKind.WRONG_GAP]


def test_a_source_or_cue_where_there_is_none() -> None:
    bare = mark("that it rained")
    assert kinds((bare,), MAYOR) == [ErrorKind.EXTRA_CUE, ErrorKind.EXTRA_SOURCE]


def test_missed_and_invented() -> None:
    assert kinds((MAYOR, FEAR), MAYOR) == [ErrorKind.MISSED]
    assert kinds((MAYOR,), MAYOR, FEAR) == [ErrorKind.INVENTED]


def test_a_badly_bounded_quote_is_no_missed_one() -> None:
    short = mark("ained", cue="said", source="The mayor")
    (error,) = find_errors([compared(short, gold=(MAYOR,))])
    assert error.kind == ErrorKind.WRONG_START
    assert error.note == "not found: the quotes share 42%"


def test_two_taken_for_one_and_one_for_two() -> None:
    both = replace(MAYOR, quote=((MAYOR.quote[0][0], ADA.quote[1][1]),))
    assert kinds((MAYOR, ADA), both) == [ErrorKind.MERGED]
    assert kinds((both,), MAYOR, ADA) == [ErrorKind.SPLIT]


def test_one_layer_of_nested_reporting() -> None:
    assert kinds((INNER, OUTER, HURT), INNER, HURT, text=LONG) == [ErrorKind.MISSED_LAYER]
    assert kinds((INNER, OUTER), OUTER, text=LONG) == [ErrorKind.MISSED_LAYER]
    assert kinds((INNER,), INNER, OUTER, text=LONG) == [ErrorKind.INVENTED_LAYER]


def test_both_sides_are_shown_over_the_same_words() -> None:
    (error,) = find_errors([compared(replace(MAYOR, source=FEAR.source, score=0.8), gold=(MAYOR,))])
    assert error.annotated.startswith("[S The mayor] [C said] [Q that it rained]. ")
    assert error.predicted.startswith("The mayor [C said] [Q that it rained]. ")
    assert "[S Residents] fear" in error.predicted
    assert "Residents fear" in error.annotated
    assert (error.article, error.outlet, error.span, error.score) == ("made-up", "Sample Post", MAYOR.quote[0], 0.8)


def test_an_excerpt_leaves_out_what_is_far_from_any_boundary() -> None:
    text = "Ada Example said " + "very " * 100 + "little.\n\nNext paragraph."
    shown = excerpt(text, [Annotation(((17, 523),), ((12, 16),), ((0, 11),))])
    assert shown.startswith("[S Ada Example] [C said] [Q very very")
    assert shown.endswith("little]. ¶ Next paragraph.")
    assert " … " in shown
    assert len(shown) < 200


def test_nested_marks_are_written_inside_each_other() -> None:
    assert excerpt(LONG, [OUTER, INNER]).startswith("[Q [S Police] [C said] [Q that the bridge was closed")


@given(comparisons())
def test_every_attribution_is_accounted_for(comparison: Comparison) -> None:
    """What is found without an error of its own is right; all else is in some error."""
    errors = list(find_errors([comparison]))
    gold = [item for item in comparison.gold if item.quote]
    if not gold and comparison.predicted:
        assert {error.kind for error in errors} <= {ErrorKind.INVENTED}
        assert len(errors) == len(comparison.predicted)
    if not comparison.predicted:
        assert [error.kind for error in errors] == [ErrorKind.MISSED] * len(gold)
    assert sum(count_kinds(errors).values()) == len(errors)
    for error in errors:
        assert 0 <= error.span[0] < error.span[1] <= len(comparison.text)


@given(comparisons())
def test_brackets_pair_up(comparison: Comparison) -> None:
    for error in find_errors([comparison]):
        for shown in (error.annotated, error.predicted):
            assert shown.count("[") == shown.count("]")


def test_every_kind_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ErrorKind)
