"""Which stretches stand between quotation marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.pipeline.quotation_marks import find_stretches


def outer(text: str) -> list[str]:
    return [text[item.start : item.end] for item in find_stretches(text) if item.depth == 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We go," he said. "Now."', ['"We go,"', '"Now."']),
        ("“We go,” he said.", ["“We go,”"]),
        ("„Wir gehen“, sagte er.", ["„Wir gehen“"]),
        ("« We go » he said.", ["« We go »"]),
        ("``We go,'' he said. ''Now.''", ["``We go,''", "''Now.''"]),
        ("'We go,' he said, and the rebels' camp didn't move.", ["'We go,'"]),
        ("‘We go,’ he said of the rebels’ camp.", ["‘We go,’"]),
        ("He said ”we go“ and left.", ["”we go“"]),
        ("It isn't the '90s, 'tis later.", []),
        ('A 6" pipe and a bare mark" here', []),
        ("“He said ‘no’ to me,” she said.", ["“He said ‘no’ to me,”"]),
        ("“One is left open\n\n“and goes on,” he said.", ["“One is left open", "“and goes on,”"]),
    ],
)
def test_pairs_marks(text: str, expected: list[str]) -> None:
    assert outer(text) == expected


def test_nested_stretches_have_a_depth() -> None:
    text = "“He said ‘no’ to me,” she said."
    assert [(text[s.start : s.end], s.depth) for s in find_stretches(text)][1:] == [("‘no’", 1)]


def test_a_mark_left_open_is_not_closed() -> None:
    (first, second) = find_stretches("“One is left open\n\n“and goes on,” he said.")
    assert (first.closed, second.closed) == (False, True)


@given(st.text(alphabet="ab .,\n\"'“”‘’„«»`", max_size=200))
def test_stretches_lie_in_the_text_and_never_cross(text: str) -> None:
    stretches = find_stretches(text)
    for item in stretches:
        assert 0 <= item.start < item.end <= len(text)
    for one in stretches:
        for other in stretches:
            assert not one.start < other.start < one.end < other.end


def test_a_mark_that_came_to_nothing_is_no_level() -> None:
    (stretch,) = find_stretches("‘The mayor said that \"nobody had left the town''")
    assert (stretch.depth, stretch.closed) == (0, True)
    outer, inner = find_stretches("“He said ‘we stay in town’ and left.”")
    assert (outer.depth, inner.depth) == (0, 1)
