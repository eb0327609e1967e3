"""Every kind of change is told apart, whatever the order of the items and however the page delivers it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import RecordError
from annotate.record import Record
from annotate.regions import annotations
from annotate.regions.tasks import result_of
from annotate.review.changes import Changes, compare
from annotate.scheme import RELATION_ENDS, Label
from tests.records import article_of, records, sample_record
from tests.review.results import attribute, link, mark

SOURCE, CUE, QUOTE, OUTLET = Label.SOURCE, Label.CUE, Label.QUOTE, Label.OUTLET


def told(changes: Changes) -> list[str]:
    """Return what is not accepted, in words."""
    lines = []
    for region in changes.regions:
        fates = [name for name in ("added", "deleted", "moved", "relabelled", "relinked") if getattr(region, name)]
        fates += [f"{name} changed" for name in region.attributes]
        if fates:
            known = region.before or region.after
            assert known is not None
            lines.append(f"{known.id} {', '.join(fates)}")
    for relation in changes.relations:
        fates = [name for name in ("added", "deleted", "relinked", "relabelled", "with_end") if getattr(relation, name)]
        if fates:
            drawn = relation.before or relation.after
            assert drawn is not None
            lines.append(f"{drawn.source.id}→{drawn.target.id} {relation.label} {', '.join(fates)}")
    return lines


PAGE = [
    mark("q1", QUOTE, 0, 10),
    mark("s1", SOURCE, 20, 30),
    attribute("s1", "source_type", "official", 20, 30),
    attribute("s1", "name", "Ada Example", 20, 30),
    mark("c1", CUE, 31, 35),
    attribute("c1", "cue_class", "neutral", 31, 35),
    mark("o1", OUTLET, 40, 50),
    link("q1", "s1", "said_by"),
    link("q1", "c1", "cued_by"),
]


def without(*ids: str) -> list[dict[str, Any]]:
    """Return the page without these regions and their relations, as Backspace leaves it."""
    return [item for item in PAGE if not {item.get("id"), item.get("from_id"), item.get("to_id")} & set(ids)]


def test_nothing_changed_is_everything_accepted() -> None:
    changes = compare(PAGE, PAGE)
    assert told(changes) == []
    assert (len(changes.regions), len(changes.attributes), len(changes.relations)) == (4, 3, 2)
    assert changes.touched == 0


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (without("o1"), ["o1 deleted"]),
        ([*PAGE, mark("new", SOURCE, 60, 70)], ["new added"]),
        ([*without("o1"), mark("new", OUTLET, 42, 55)], ["o1 moved"]),
        # Drawn again where it was: nothing that anybody could see has changed.
        ([*without("o1"), mark("new", OUTLET, 40, 50)], []),
        ([*without("o1"), mark("new", SOURCE, 40, 50)], ["o1 relabelled"]),
        ([*without("o1"), mark("o1", SOURCE, 40, 50)], ["o1 relabelled"]),
        ([*without("o1"), mark("o1", SOURCE, 38, 50)], ["o1 moved, relabelled"]),
        ([*without("o1"), mark("o1", OUTLET, 70, 75)], ["o1 moved"]),
        # Other words, and nothing shared: one thing was wrong and another was missing.
        ([*without("o1"), mark("new", OUTLET, 50, 60)], ["o1 deleted", "new added"]),
        ([*without("o1"), mark("new", SOURCE, 40, 51)], ["o1 deleted", "new added"]),
    ],
)
def test_what_became_of_a_region(after: list[dict[str, Any]], expected: list[str]) -> None:
    assert told(compare(PAGE, after)) == expected


def test_the_best_overlap_comes_first_and_each_is_used_once() -> None:
    before = [mark("a", QUOTE, 0, 10), mark("b", QUOTE, 8, 20)]
    after = [mark("x", QUOTE, 7, 20), mark("y", QUOTE, 30, 40)]
    assert told(compare(before, after)) == ["a deleted", "b moved", "y added"]


def test_of_two_regions_with_one_span_the_more_alike_are_matched() -> None:
    before = [
        mark("a", SOURCE, 0, 5), attribute("a", "name", "Ada Example", 0, 5),
        mark("b", SOURCE, 0, 5), attribute("b", "name", "Ben Sample", 0, 5),
    ]  # fmt: skip
    after = [mark("x", SOURCE, 0, 5), attribute("x", "name", "Ben Sample", 0, 5)]
    assert told(compare(before, after)) == ["a deleted"]


def test_attributes_are_compared_where_the_label_stayed() -> None:
    after = [
        *without("s1", "c1", "q1"),
        mark("q1", QUOTE, 0, 10), mark("s1", SOURCE, 20, 30), mark("c1", SOURCE, 31, 35),
        attribute("s1", "name", "Ada Example ", 20, 30),
        attribute("s1", "source_type", "witness", 20, 30),
        attribute("s1", "anonymity", "named_individual", 20, 30),
        attribute("c1", "cue_class", "neutral", 31, 35),
        link("q1", "s1", "said_by"),
    ]  # fmt: skip
    changes = compare(PAGE, after)
    values = {item.name: (item.before, item.after) for item in changes.attributes}
    assert values == {
        "name": (("Ada Example",), ("Ada Example",)),
        "source_type": (("official",), ("witness",)),
        "anonymity": ((), ("named_individual",)),
    }
    assert told(changes) == [
        "s1 anonymity changed, source_type changed", "c1 relabelled", "q1→c1 cued_by deleted, with_end"
    ]  # fmt: skip


def test_ratings_are_no_corrections() -> None:
    after = [
        *PAGE,
        attribute("q1", "credibility", "2", 0, 10),
        attribute("s1", "reliability", "B", 20, 30),
        {"id": "quality", "from_name": "quality", "type": "choices", "value": {"choices": ["ok"]}},
    ]
    changes = compare(PAGE, after)
    assert (told(changes), changes.ratings) == ([], 3)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        # The source was the wrong one: it went, with its relation, and another one was linked.
        (
            [*without("s1"), mark("new", SOURCE, 60, 70), link("q1", "new", "said_by")],
            ["q1 relinked", "s1 deleted", "new added", "q1→s1 said_by relinked"],
        ),
        # The same source with a moved boundary keeps its relation.
        ([*without("s1"), mark("new", SOURCE, 18, 30), link("q1", "new", "said_by")], ["s1 moved, name changed,"
          " source_type changed"]),
        (without("s1"), ["s1 deleted", "q1→s1 said_by deleted, with_end"]),
        ([*PAGE, link("q1", "o1", "via")], ["q1 relinked", "q1→o1 via added"]),
        # Drawn from the wrong end, without a label: there is only one reading.
        ([*PAGE, link("o1", "q1")], ["q1 relinked", "q1→o1 via added"]),
        ([*PAGE[:-2], {**PAGE[-2], "from_id": "s1", "to_id": "q1", "direction": "left"}, PAGE[-1]], []),
        ([*PAGE[:-2], link("s1", "q1", "said_by"), PAGE[-1]], []),
        (PAGE[:-1], ["q1 relinked", "q1→c1 cued_by deleted"]),
        ([*PAGE, link("q1", "nowhere", "via")], []),
    ],
)  # fmt: skip
def test_what_became_of_a_relation(after: list[dict[str, Any]], expected: list[str]) -> None:
    assert told(compare(PAGE, after)) == expected


def test_a_relation_goes_with_a_region_relabelled_into_what_it_cannot_join() -> None:
    after = [*without("s1"), mark("s1", Label.NOTICE, 20, 30), link("q1", "s1", "said_by")]
    assert told(compare(PAGE, after)) == ["s1 relabelled", "q1→s1 said_by deleted, with_end"]


def test_a_relation_that_could_have_stayed_was_deleted_for_its_own_sake() -> None:
    before = [mark("x", QUOTE, 0, 10), mark("o", OUTLET, 20, 30), link("x", "o", "via")]
    after = [mark("x", OUTLET, 0, 10), mark("o", OUTLET, 20, 30)]
    assert told(compare(before, [*after, link("x", "o", "via")])) == ["x relabelled"]
    assert told(compare(before, after)) == ["x relabelled, relinked", "x→o via deleted"]


def test_no_relation_is_left_that_the_dataset_has_not() -> None:
    sample = sample_record()
    before = result_of(sample)
    after = [
        {**item, "value": {**item["value"], "labels": ["Notice"]}} if item["type"] == "labels" else item
        for item in before
    ]
    assert annotations.record_of(after, article_of(sample)).record.attributions == ()
    changes = compare(before, after)
    assert changes.relations
    assert all(change.deleted and change.with_end for change in changes.relations)


def test_relations_between_quotes_are_relabelled_turned_and_pointed_elsewhere() -> None:
    quotes = [mark(f"q{number}", QUOTE, 10 * number, 10 * number + 5) for number in (1, 2, 3)]
    before = [*quotes, link("q1", "q2", "disputes")]
    assert told(compare(before, [*quotes, link("q1", "q2", "continues")]))[-1] == "q1→q2 disputes relabelled"
    assert told(compare(before, [*quotes, link("q2", "q1", "disputes")]))[-1] == "q1→q2 disputes relinked"
    assert told(compare(before, [*quotes, link("q1", "q3", "disputes")])) == [
        "q1 relinked", "q1→q2 disputes relinked"
    ]  # fmt: skip
    other_start = told(compare(before, [*quotes, link("q3", "q2", "disputes")]))
    assert other_start == ["q1 relinked", "q3 relinked", "q1→q2 disputes relinked"]


@pytest.mark.parametrize(
    "item",
    [
        {"id": "x", "type": "labels"},
        {"id": "x", "type": "labels", "value": {"labels": ["Quote"], "start": "a", "end": 3}},
        {"type": "relation", "from_id": "x"},
        {},
        {"id": "x", "type": "choices", "from_name": "role", "value": {}},
    ],
)
def test_an_item_of_unknown_shape_is_told(item: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="a region has an unknown shape"):
        compare(PAGE, [*PAGE, item])


@given(records(), st.randoms())
def test_any_page_left_as_it_was_is_accepted_in_any_order(record: Record, shuffler: random.Random) -> None:
    before = result_of(record)
    after = list(before)
    shuffler.shuffle(after)
    changes = compare(before, after)
    assert told(changes) == []
    assert sum(change.accepted for change in changes.regions) == sum(item["type"] == "labels" for item in before)


@given(records(), records(), st.randoms())
def test_every_region_and_relation_is_counted_once(one: Record, other: Record, shuffler: random.Random) -> None:
    before, after = result_of(one), result_of(other)
    changes = compare(before, after)
    for side, page in (("before", before), ("after", after)):
        regions = [getattr(change, side).id for change in changes.regions if getattr(change, side)]
        assert sorted(regions) == sorted(item["id"] for item in page if item["type"] == "labels")
    shuffler.shuffle(before)
    shuffler.shuffle(after)
    assert compare(before, after) == changes


def test_relations_without_a_label_are_read_as_when_they_are_pulled() -> None:
    sample = sample_record()
    before = result_of(sample)
    unlabelled = [{name: value for name, value in item.items() if name != "labels"} for item in before]
    read = annotations.record_of(unlabelled, article_of(sample))
    kept = [change for change in compare(before, unlabelled).relations if change.accepted]
    assert {change.label for change in kept} == {"said_by", "cued_by", "via", "about"}
    assert len(read.record.unlinked.relations) == sum(
        change.after is not None and change.after.label is None for change in compare(before, unlabelled).relations
    )


# -- random edits ----------------------------------------------------------------------------------------------------

EDITS = ("keep", "delete", "redraw", "move", "relabel", "relabel anew")


@given(st.data())
def test_random_edits_are_reported_exactly(data: st.DataObject) -> None:
    """Regions stand 20 apart and moves stay within, so that each edit has one reading."""
    labels = data.draw(st.lists(st.sampled_from(Label), min_size=1, max_size=8))
    before = [mark(f"r{number}", label, 20 * number, 20 * number + 10) for number, label in enumerate(labels)]
    pairs = [
        (source, target, relation)
        for relation, allowed in RELATION_ENDS.items()
        for source, one in enumerate(labels)
        for target, other in enumerate(labels)
        if source != target and (one, other) in allowed
    ]
    links = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6)) if pairs else []
    before += [link(f"r{source}", f"r{target}", relation) for source, target, relation in links]

    edits = data.draw(st.lists(st.sampled_from(EDITS), min_size=len(labels), max_size=len(labels)))
    names: dict[int, str] = {}
    now: dict[int, Label] = {}
    after, expected = [], []
    for number, (label, edit) in enumerate(zip(labels, edits, strict=True)):
        start, end = 20 * number, 20 * number + 10
        if edit == "delete":
            expected.append(f"r{number} deleted")
            continue
        names[number] = f"r{number}" if edit in {"keep", "relabel"} else f"n{number}"
        now[number] = label
        if edit == "move":
            start, end = data.draw(
                st.tuples(st.integers(start - 4, start + 4), st.integers(end - 4, end + 4)).filter(
                    lambda span, old=(start, end): span != old  # type: ignore[misc]
                )
            )
            expected.append(f"r{number} moved")
        if edit.startswith("relabel"):
            now[number] = data.draw(st.sampled_from([other for other in Label if other is not label]))
            expected.append(f"r{number} relabelled")
        after.append(mark(names[number], now[number], start, end))
    # The page keeps the relations of a relabelled region, whether they still mean something or not.
    left = [each for each in links if each[0] in now and each[1] in now]
    after += [link(names[source], names[target], relation) for source, target, relation in left]
    kept = [each for each in left if (now[each[0]], now[each[1]]) in RELATION_ENDS[each[2]]]
    # One that is turned onto one that stood there is gone: the two are one.
    turned = [
        (source, target, relation) for source, target, relation in left
        if (source, target, relation) not in kept and (target, source, relation) not in kept
        and (now[target], now[source]) in RELATION_ENDS[relation]
    ]  # fmt: skip
    for number in range(data.draw(st.integers(0, 3))):
        label = data.draw(st.sampled_from(Label))
        after.append(mark(f"new{number}", label, 1000 + 20 * number, 1010 + 20 * number))
        expected.append(f"new{number} added")
    after = data.draw(st.permutations(after))

    changes = compare(before, after)
    # A turned relation marks the region where it started.
    found = {line.removesuffix(", relinked") for line in told(changes) if "→" not in line}
    assert {line for line in found if not line.endswith(" relinked")} == set(expected)
    accepted = {
        (change.before.source.id, change.before.target.id, change.label)
        for change in changes.relations
        if change.accepted and change.before
    }
    assert accepted == {(f"r{source}", f"r{target}", relation) for source, target, relation in kept}
    assert sum(change.relinked for change in changes.relations) == len(turned)
    assert sum(change.deleted for change in changes.relations) == len(links) - len(kept) - len(turned)
    assert all(change.with_end for change in changes.relations if change.deleted)
    assert not any(change.added or change.relabelled for change in changes.relations)
