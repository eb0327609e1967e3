"""Counting characters over spans, against sets of characters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotate.evaluation.characters import EDGE, PUNCTUATION, Characters, common, meeting, merged

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda pair: (pair[0], sum(pair))), max_size=6)


def places(spans: object) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}  # type: ignore[attr-defined]


@given(SPANS)
def test_merged_spans_cover_the_same_characters_in_order_and_apart(spans: list[tuple[int, int]]) -> None:
    result = merged(spans)
    assert places(result) == places(spans)
    assert all(one[1] < other[0] for one, other in pairwise(result))


@given(SPANS, SPANS)
def test_what_two_lists_share(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    assert places(common(merged(one), merged(other))) == places(one) & places(other)


@given(st.text(alphabet="ab .,“\n", min_size=50, max_size=60), SPANS)
def test_counts_leave_out_white_space_and_punctuation(text: str, spans: list[tuple[int, int]]) -> None:
    characters, covered = Characters(text), [text[place] for place in places(spans)]
    assert characters.written(merged(spans)) == sum(not char.isspace() for char in covered)
    assert characters.letters(merged(spans)) == sum(char in "ab" for char in covered)


def test_edges_are_trimmed_and_brackets_are_not() -> None:
    text = " “(Yes), no.” "
    assert text[slice(*Characters(text).trimmed((0, len(text))))] == "(Yes), no"
    assert Characters("“.”").trimmed((0, 3)) == (3, 3)
    assert PUNCTUATION > EDGE


@given(st.lists(SPANS, max_size=5), st.lists(SPANS, max_size=5))
def test_which_quotes_meet(one: list[list[tuple[int, int]]], other: list[list[tuple[int, int]]]) -> None:
    quotes, others = [merged(each) for each in one], [merged(each) for each in other]
    expected = [
        [
            at
            for at, beside in enumerate(others)
            if quote and beside and quote[0][0] < beside[-1][1] and beside[0][0] < quote[-1][1]
        ]
        for quote in quotes
    ]
    assert meeting(quotes, others) == expected
