"""Marked text: every character once, in order, in marks that nest, however the spans lie."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotate.report.marking import DEEPEST, Kind, Mark, Paragraph, marks_of, paragraphs
from tests.records import span
from tests.report.made_up import HERALD, TIMES, articles


def text_of(line: Paragraph) -> str:
    return "".join(piece.text for piece in line.pieces)


def marked(line: Paragraph, mark: Mark) -> str:
    """Return the words inside a mark."""
    inside, found = False, ""
    for piece in line.pieces:
        if piece.opens is mark or piece.closes is mark:
            inside = piece.opens is mark
        elif inside:
            found += piece.text
    return found


def test_a_quote_inside_a_quote_is_an_inner_mark() -> None:
    first = next(iter(paragraphs(TIMES, marks_of(articles()[0][0], "a1"))))
    opened = [
        (piece.opens.number, piece.level) for piece in first.pieces if piece.opens and piece.opens.kind == "quote"
    ]
    assert opened == [(2, 1), (1, 0)]
    assert first.notes == (1, 2)


def test_marks_that_cross_are_closed_and_opened_again() -> None:
    one, other = Mark(Kind.QUOTE, (0, 6), number=1), Mark(Kind.QUOTE, (3, 9), number=2)
    (line,) = paragraphs("abcdefghi", [one, other])
    assert text_of(line) == "abcdefghi"
    assert (marked(line, one), marked(line, other)) == ("abcdef", "defghi")
    assert [piece.first for piece in line.pieces if piece.opens is other] == [True, False]


def test_a_mark_over_two_paragraphs_is_in_both_and_noted_once() -> None:
    mark = Mark(Kind.QUOTE, (2, 8), anchor="q", number=1, ref=True)
    first, second = paragraphs("ab cd\n\nefgh", [mark])
    assert (marked(first, mark), marked(second, mark)) == (" cd", "e")
    assert (first.notes, second.notes) == ((1,), ())


def test_what_lies_too_deep_can_still_be_linked_to() -> None:
    deep = [Mark(Kind.QUOTE, (0, 40 - n), anchor=f"q{n}", number=n + 1, ref=True) for n in range(DEEPEST + 5)]
    (line,) = paragraphs("x" * 40, deep)
    assert {piece.opens.anchor for piece in line.pieces if piece.opens and piece.first} == {m.anchor for m in deep}


def test_a_place_that_is_a_check_has_one_anchor() -> None:
    record = articles()[0][0]
    check = record.verifications[0].span
    anchors = [mark.anchor for mark in marks_of(record, "a1", [check, (0, 3)]) if mark.anchor]
    assert len(anchors) == len(set(anchors))
    assert f"a1-s{check[0]}-{check[1]}" in anchors
    assert "a1-s0-3" in anchors


def test_an_outlet_that_passes_on_is_marked_in_the_text() -> None:
    (line,) = paragraphs(HERALD, marks_of(articles()[1][0], "a2"))
    (outlet,) = (piece.opens for piece in line.pieces if piece.opens and piece.opens.kind == "outlet")
    assert outlet.span == span(HERALD, "Example Times")


@st.composite
def texts_with_marks(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(st.text(alphabet="ab \n\t“é", max_size=40))
    edges = st.integers(0, len(text) + 3)
    marks = draw(st.lists(st.tuples(st.sampled_from(Kind), edges, edges), max_size=16))
    return text, [Mark(kind, (a, b)) for kind, a, b in marks if a < b]


@given(texts_with_marks())
def test_every_text_survives_and_its_marks_nest(made: tuple[str, list[Mark]]) -> None:
    text, marks = made
    lines = list(paragraphs(text, marks))
    assert [text_of(line) for line in lines] == [line for line in text.split("\n") if line]
    for line in lines:
        stack: list[Mark] = []
        for piece in line.pieces:
            if piece.opens:
                stack.append(piece.opens)
            elif piece.closes:
                assert stack.pop() is piece.closes
        assert not stack
    # Each mark holds the words of its span, save those too deep to be drawn.
    if len(marks) <= DEEPEST:
        for mark in marks:
            inside = "".join(marked(line, mark) for line in lines)
            assert inside == text[slice(*mark.span)].replace("\n", "")
