"""The words that differ between two tellings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotate.report.differences import differing


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    one, other = differing(before, after)
    return [part.text for part in one if part.changed], [part.text for part in other if part.changed]


def test_a_changed_number_is_marked_on_both_sides() -> None:
    assert changed("that 12 rebels died at the bridge", "That 20 rebels died at the bridge") == (["12"], ["20"])


def test_lost_words_are_marked_where_they_stand() -> None:
    assert changed("It has reportedly fallen to them", "It has fallen to them") == ([" reportedly"], [])


def test_nothing_is_marked_between_tellings_that_are_unlike_or_long() -> None:
    assert changed("The bridge is held", "Nobody crossed over a river yesterday night") == ([], [])
    assert changed("rain " * 5000, "snow " * 5000) == ([], [])


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_character_is_lost(before: str, after: str) -> None:
    one, other = differing(before, after)
    assert ("".join(part.text for part in one), "".join(part.text for part in other)) == (before, after)
