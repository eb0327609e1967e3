"""Sums that must hold whatever two pages say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotate.record import Record
from annotate.regions.tasks import result_of
from annotate.review.changes import compare
from annotate.review.counting import ALL, WHAT, Counting
from tests.records import records


@given(st.lists(st.tuples(records(), records()), min_size=1, max_size=3))
def test_parts_add_up_and_shares_are_of_what_is_there(pages: list[tuple[Record, Record]]) -> None:
    counting = Counting()
    for number, (before, after) in enumerate(pages):
        counting.add(f"article-{number}", compare(result_of(before), result_of(after)))
    section = counting.section(seed=1)
    assert section.annotations == section.articles == len(pages)
    for what in WHAT:
        names = dict(section.fates[what])
        whole = names.pop(ALL, None)
        for fate in ("given", "accepted", "deleted", "added"):
            assert sum(getattr(fates, fate) for fates in names.values()) == (getattr(whole, fate) if whole else 0)
        assert all(fates.accepted + fates.deleted <= fates.given for fates in names.values())
    for figures in section.figures.values():
        assert all(0 <= figure.precision <= 100 and 0 <= figure.recall <= 100 for figure in figures.values())
    regions = section.fates["regions"].get(ALL)
    exact, partial = (section.figures[measure].get(ALL) for measure in ("exact", "partial"))
    assert (regions is None) == (exact is None)
    if regions and exact and partial:
        assert exact.predicted == partial.predicted == regions.given
        assert exact.annotated == partial.annotated == regions.given - regions.deleted + regions.added
        assert exact.f1 <= partial.f1
