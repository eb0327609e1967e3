"""Who said what: the constructions of news English, on made-up sentences."""

from __future__ import annotations

import pytest

from annotate.derive import QuoteType
from annotate.scheme import CueClass, Directness
from tests.pipeline.conftest import Reader, by_source, said, words

NURSE = ["the nurse"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"The bridge is closed," the mayor said.', (["the mayor"], ["said"], ['"The bridge is closed,"'])),
        (
            "“The bridge is closed,” said Jane Roe, the mayor of Exampleton.",
            (["Jane Roe, the mayor of Exampleton"], ["said"], ["“The bridge is closed,”"]),
        ),
        (
            'The mayor told reporters on Monday: "The bridge is closed for now."',
            (["The mayor"], ["told"], ['"The bridge is closed for now."']),
        ),
        (
            "“The bridge is closed,” the mayor said. “It will open in May.”",
            (["the mayor"], ["said"], ["“The bridge is closed,”", "“It will open in May.”"]),
        ),
        (
            "“The bridge is closed.\n\n“It will open in May,” the mayor said.",
            (["the mayor"], ["said"], ["“The bridge is closed.", "“It will open in May,”"]),
        ),
        (
            "The mayor has repeatedly said that the bridge is closed.",
            (["The mayor"], ["has repeatedly said"], ["that the bridge is closed"]),
        ),
        ("The bridge will stay closed, police said.", (["police"], ["said"], ["The bridge will stay closed"])),
        (
            "According to the report, the bridge is closed.",
            (["the report"], ["According to"], ["the bridge is closed"]),
        ),
        ("The ministry denied the accusation.", (["The ministry"], ["denied"], ["the accusation"])),
        ("The mayor vowed to open the bridge.", (["The mayor"], ["vowed"], ["to open the bridge"])),
        (
            "The mayor urged drivers to stay at home.",
            (["The mayor"], ["urged"], ["to stay at home"]),
        ),
        (
            "The mayor said the bridge was “a danger to all of us” and would stay closed.",
            (["The mayor"], ["said"], ["the bridge was “a danger to all of us” and would stay closed"]),
        ),
    ],
)
def test_finds(read: Reader, text: str, expected: tuple[list[str], list[str], list[str]]) -> None:
    assert expected in said(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "The mayor did not say whether the bridge would open.",
        "The so-called “iron bridge” is closed to traffic.",
        "The toll is three dollars per car.",
        "The river rose by a metre on Monday.",
    ],
)
def test_leaves_out(read: Reader, text: str) -> None:
    assert said(read(text)) == []


def test_nobody_is_quoted_inside_a_quotation(read: Reader) -> None:
    record = read('"The judge said that the court was closed," the mayor said.')
    assert [source for source, _, _ in said(record)] == [["the mayor"]]


@pytest.mark.parametrize(
    ("text", "cue_class"),
    [
        ("The mayor claimed that the bridge was safe.", CueClass.CLAIM),
        ("The mayor acknowledged that the bridge was weak.", CueClass.CONFIRM),
        ("The mayor could not confirm that the bridge was safe.", CueClass.DENY),
        ("The mayor believes that the bridge is safe.", CueClass.ATTITUDE),
        ("The mayor reportedly said that the bridge was safe.", CueClass.HEDGE),
    ],
)
def test_classes(read: Reader, text: str, cue_class: CueClass) -> None:
    assert by_source(read(text), "The mayor").cue_class == cue_class


def test_two_layers(read: Reader) -> None:
    record = read("“The bridge is closed,” the mayor said, according to Reuters.")
    inner, outer = by_source(record, "the mayor"), by_source(record, "Reuters")
    assert (inner.quote_type, [via.name for via in inner.via]) == (QuoteType.DIRECT, ["Reuters"])
    assert inner.directness == Directness.VIA_OUTLET
    assert outer.directness == Directness.OUTLET_IS_SOURCE
    assert outer.quote == ((0, inner.cue[0][1]),)


def test_a_cueless_quotation_gets_the_nearest_source(read: Reader) -> None:
    record = read("Jane Roe said that it was over. The crowd left the square at noon.\n\n“We had waited for this day.”")
    loose = record.attributions[-1]
    assert (loose.quote_type, loose.cue, words(record, loose.source)) == (QuoteType.DIRECT, (), ["Jane Roe"])
