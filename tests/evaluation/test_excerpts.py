"""The text around a span: one line, the span marked, no word cut in two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.evaluation.excerpts import excerpt_of
from tests.records import span, texts

LONG = (
    "Nothing had been heard of the bridge for days when the colonel said that it was held, and nobody could tell why."
)


def test_the_words_around_are_whole() -> None:
    assert excerpt_of(LONG, [(span(LONG, "the colonel"), "Source")]) == (
        "… been heard of the bridge for days when [Source the colonel] said that it was held, and nobody could …"
    )


def test_spans_that_are_reached_but_not_marked_are_shown_without_marks() -> None:
    line = excerpt_of(LONG, [(span(LONG, "colonel"), "Source")], [span(LONG, "the colonel said that it was held")])
    assert "when the [Source colonel] said that it was held, and nobody could tell why." in line


def test_a_script_without_spaces_is_cut_anywhere() -> None:
    text = "橋" * 200
    assert excerpt_of(text, [((100, 101), "Cue")]) == f"… {'橋' * 40}[Cue 橋]{'橋' * 40} …"


@given(st.data())
def test_whatever_is_marked_stands_in_the_line_as_it_is(data: st.DataObject) -> None:
    text = data.draw(texts())
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 20)))
    line = excerpt_of(text, [((start, end), "Quote")])
    inside = text[start:end]
    if not any(char in inside for char in "\n") and not (text[max(0, start - 1)] + text[end : end + 1]).count("\n"):
        assert f"[Quote {inside}]" in line
    assert "\n" not in line


@pytest.mark.parametrize("marks", [[], [((0, 3), "Cue"), ((0, 7), "Quote"), ((4, 7), "Source")]])
def test_marks_lie_inside_each_other(marks: list[tuple[tuple[int, int], str]]) -> None:
    assert excerpt_of("He said it.", marks) == ("[Quote [Cue He ]s[Source aid]] it." if marks else "")
