"""Each place where annotators disagree: which kind, where, and who said what."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from annotate.record import Record
from annotate.review.agreement import KINDS, Disagreement
from annotate.review.agreement.disagreements import excerpt
from tests.records import TEXT, records, span
from tests.review.readings import Row, disagreements, row_of
from tests.review.test_agreement import BRIDGE, DENIAL, attribution, row


def told(found: list[Disagreement]) -> list[tuple[str, str, dict[str, str]]]:
    return [(item.kind, item.what, dict(item.said)) for item in found]


def test_readings_that_are_the_same_leave_nothing_to_discuss() -> None:
    assert disagreements(row_of(), row_of(), row_of()) == []


@given(records())
def test_a_reading_never_disagrees_with_itself(record: Record) -> None:
    assert disagreements(row_of(record), row_of(record)) == []


def test_what_only_some_marked() -> None:
    found = disagreements(row(BRIDGE, DENIAL), row(BRIDGE, DENIAL), row(BRIDGE))
    assert told(found) == [
        ("found", "Source", {"Ann": "“Rebels”", "Ben": "“Rebels”", "Cat": "not marked"}),
        ("found", "Cue", {"Ann": "“denied”", "Ben": "“denied”", "Cat": "not marked"}),
        ("found", "Quote", {"Ann": "“this”", "Ben": "“this”", "Cat": "not marked"}),
    ]
    assert (found[0].article, found[0].start, found[0].end) == ("a", *span(TEXT, "Rebels"))
    assert found[0].excerpt == (
        "…ple told the Example Times. “Nobody crossed it.” [Rebels] denied this, Radio Sample reported. It was not po…"
    )


def test_other_boundaries() -> None:
    wider = attribution("a2", "this", "Rebels denied", "denied")
    found = disagreements(row(DENIAL), row(wider), row(DENIAL))
    assert told(found) == [
        ("boundaries", "Source", {"Ann": "“Rebels”", "Ben": "“Rebels denied”", "Cat": "“Rebels”"}),
    ]
    assert "[Rebels denied] this" in found[0].excerpt


def test_another_label() -> None:
    outlet = {"id": "o1", "span": list(span(TEXT, "Rebels")), "role": "mention"}
    found = disagreements(row(DENIAL), row(attribution("a2", "this", "", "denied"), outlets=[outlet]))
    assert told(found) == [("label", "Source or Outlet", {"Ann": "Source: “Rebels”", "Ben": "Outlet: “Rebels”"})]


def test_other_values_but_not_where_somebody_chose_nothing() -> None:
    found = disagreements(
        row({**DENIAL, "cue_class": "deny"}, quality="ok"),
        row({**DENIAL, "cue_class": "claim", "source_type": "group"}, quality="not_news"),
        row(DENIAL),
    )
    assert told(found) == [
        ("value", "quality", {"Ann": "ok", "Ben": "not_news"}),
        ("value", "cue_class", {"Ann": "deny", "Ben": "claim"}),
    ]
    assert found[0].start is None


def test_other_speakers_and_none() -> None:
    def named(name: str | None) -> Row:
        return row({**BRIDGE, "speaker": {"name": name} if name else None})

    assert told(disagreements(named("Ada Example"), named("ADA EXAMPLE"), named("Ben Sample"), named(None))) == [
        ("speaker", "name", {"Ann": "Ada Example", "Ben": "ADA EXAMPLE", "Cat": "Ben Sample", "Dan": "no name"}),
    ]
    assert disagreements(named("Ada Example"), named("ADA EXAMPLE")) == []


def test_other_relations_where_both_ends_were_marked_by_two() -> None:
    moved = attribution("a2", "this", "Colonel Ada Example", "denied")
    kept = attribution("a3", "claims", "Rebels")
    found = disagreements(row(BRIDGE, DENIAL, kept), row(BRIDGE, moved, kept))
    assert told(found) == [
        ("linking", "said_by", {"Ann": "“Rebels”", "Ben": "“Colonel Ada Example”"}),
    ]
    # Nobody contradicts a relation to a place that only one marked.
    assert [item.kind for item in disagreements(row(BRIDGE, DENIAL), row(BRIDGE))] == ["found"] * 3


def test_a_quote_in_two_parts_against_two_quotes() -> None:
    apart = row(
        attribution("a1", "“We hold the bridge,”", "Colonel Ada Example", "told"),
        attribution("a2", "“Nobody crossed it.”", "Colonel Ada Example", "told"),
    )
    assert told(disagreements(row(BRIDGE), apart)) == [
        ("linking", "continues", {"Ann": "“We hold the bridge”", "Ben": "nothing"}),
    ]


@given(records())
def test_against_an_empty_reading_every_region_was_found_by_one(record: Record) -> None:
    full = row_of(record)
    found = disagreements(full, {"text": full["text"], "attributions": []})
    assert {item.kind for item in found} <= {"found"}
    for item in found:
        assert item.start is not None
        assert 0 <= item.start < (item.end or 0) <= len(full["text"])
        assert set(item.said.values()) > {"not marked"}
        assert not re.search(r"[\r\n]", item.excerpt)


@pytest.mark.parametrize("ends", [(0, 5), (10, len(TEXT)), (0, len(TEXT))])
def test_an_excerpt_is_one_short_line(ends: tuple[int, int]) -> None:
    line = excerpt(TEXT * 5, ends)
    assert "\n" not in line
    assert len(line) <= 300
    assert line.count("[") == line.count("]") == 1


def test_kinds_are_those_that_occur() -> None:
    assert list(KINDS) == ["found", "label", "boundaries", "value", "speaker", "linking"]
