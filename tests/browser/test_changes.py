"""The ledger tells exactly what a person did on the page, though the page keeps no trace of it."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.cli.bases import rendered_by
from annotate.regions.tasks import result_of
from annotate.review.changes import Changes, Mark
from annotate.review.ledger import make_ledger
from annotate.review.people import people
from annotate.review.walk import Base, walk
from tests.browser.conftest import Workbench
from tests.records import TEXT, sample_record, span


def test_what_was_done_on_the_page_is_what_the_ledger_tells(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    page = workbench.open(record)
    page.select("a2-s1")
    page.press("6")  # a source becomes a notice, and its relation means nothing any more;
    page.select("v1")
    page.press("Backspace")  # a region goes, with its relations;
    page.select("a1-s1")
    page.press("Backspace")
    moved = page.draw(TEXT, *span(TEXT, "Ada Example"), key="3")  # a boundary is drawn anew,
    page.select(moved)
    page.press("o")  # with a value for what was lost,
    page.relate("a1", moved)  # and its relation;
    page.select("a2-c1")
    page.choose("claim")  # a value changes;
    added = page.draw(TEXT, *span(TEXT, "the claims"), key="1")  # a region is new,
    page.relate(added, "o2")  # and so is its relation;
    page.select("a1")
    page.press("Shift+2")  # a rating is given.
    page.submit()
    workbench.pull()

    store = workbench.store
    (done,) = walk(store, rendered_by(store))
    assert done.base is Base.SNAPSHOT
    assert done.changes is not None
    assert {region.id: fates for region, fates in fates_of(done.changes) if fates} == {
        "a2-s1": ["relabelled"],
        "v1": ["deleted"],
        # Drawn anew, with what the page forgot of it.
        "a1-s1": ["moved", "anonymity", "independence", "name"],
        "a2-c1": ["cue_class"],
        added: ["added"],
    }
    relations = {
        (link.source.id, link.target.id, link.label): change.accepted
        for change in done.changes.relations
        if (link := change.before or change.after)
    }
    assert {each for each, accepted in relations.items() if not accepted} == {
        ("a2", "a2-s1", "said_by"), ("v1", "a1", "about"), ("v1", "a2", "about"), (added, "o2", "via")
    }  # fmt: skip
    assert relations["a1", "a1-s1", "said_by"]
    assert done.changes.ratings == 1

    ledger = make_ledger(store, rendered_by(store))
    assert {(each.what, each.count) for each in ledger.confusions} == {
        ("Source → Notice", 1),
        ("Verification deleted", 1),
        ("Source made shorter", 1),
        ("Source anonymity named_individual → –", 1),
        ("Source independence party → –", 1),
        ("Source name deleted", 1),
        ("Cue cue_class deny → claim", 1),
        ("Quote added", 1),
    }
    given = sum(item["type"] == "labels" for item in result_of(record))
    assert (ledger.whole.acceptance.given, ledger.whole.acceptance.accepted) == (given, given - 4)
    (person,) = people(store, rendered_by(store))
    assert (person.annotator, person.annotations, person.touched, person.skipped) == ("annotator-1", 1, 5, 0)
    assert person.lead_time is not None
    assert person.lead_time > 0


def test_a_page_that_nobody_touched_is_accepted_whole(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    workbench.open(record).submit()
    workbench.pull()
    ledger = make_ledger(workbench.store, rendered_by(workbench.store))
    assert (ledger.whole.acceptance.share, ledger.confusions, ledger.ratings) == (100.0, (), 0)
    assert {figure.f1 for names in ledger.whole.figures.values() for figure in names.values()} == {100.0}


def fates_of(changes: Changes) -> Iterator[tuple[Mark, list[str]]]:
    """Yield each region, the machine's or else the person's, with what became of it."""
    for change in changes.regions:
        mark = change.before or change.after
        assert mark is not None
        names = ("added", "deleted", "moved", "relabelled", "relinked")
        yield mark, [*(name for name in names if getattr(change, name)), *change.attributes]
