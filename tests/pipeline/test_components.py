"""Outlets, speakers, verification statements, notices and suggestions, on made-up sentences."""

from __future__ import annotations

import re

import pytest

from annotate.pipeline import load_pipeline
from annotate.pipeline.resources import DATA, entries
from annotate.record import Article
from annotate.scheme import (
    ATTRIBUTES,
    Anonymity,
    CueClass,
    Independence,
    Label,
    NoticeKind,
    OutletRole,
    SourceType,
    VerificationKind,
    VerificationStatus,
)
from tests.pipeline.conftest import Reader, by_source, words


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("The mayor told Reuters that the bridge was closed.", "Reuters", OutletRole.RECIPIENT),
        ("The bridge was closed, Reuters reported.", "Reuters", OutletRole.SOURCE),
        ("The bridge was closed, the mayor said, according to Reuters.", "Reuters", OutletRole.SOURCE),
        ("He used to work for Reuters in Lima.", "Reuters", OutletRole.MENTION),
        ("“It is closed,” she said in an interview with the BBC.", "BBC", OutletRole.RECIPIENT),
        ("The mayor told the Exampleton Times that the bridge was closed.", "Exampleton Times", OutletRole.RECIPIENT),
    ],
)
def test_outlets_and_their_roles(read: Reader, text: str, name: str, role: OutletRole) -> None:
    assert [(outlet.name, outlet.role) for outlet in read(text).outlets] == [(name, role)]


@pytest.mark.parametrize("text", ["The Sun shone on the hill all day.", "It was the dawn of a new time."])
def test_common_words_are_no_outlets(read: Reader, text: str) -> None:
    assert read(text).outlets == ()


def test_the_publisher_is_no_detour(read: Reader) -> None:
    record = read("The mayor told Reuters that the bridge was closed. Reuters is based in London.", publisher="Reuters")
    assert record.attributions[0].via == ()
    assert [outlet.role for outlet in record.outlets] == [OutletRole.RECIPIENT, OutletRole.PUBLISHER]


def test_surnames_and_pronouns_lead_to_the_full_name(read: Reader) -> None:
    record = read("Spokesman John Roe said the road was open. Roe said it was safe. He added that it was wet.")
    assert [a.speaker.name for a in record.attributions if a.speaker] == ["John Roe"] * 3
    assert {a.source_type for a in record.attributions} == {SourceType.SPOKESPERSON}
    assert len(record.speakers) == 1


@pytest.mark.parametrize(
    ("source", "source_type", "anonymity"),
    [
        ("A resident", SourceType.WITNESS, Anonymity.UNNAMED_INDIVIDUAL),
        ("Analysts", SourceType.GROUP, Anonymity.UNNAMED_GROUP),
        ("The report", SourceType.DOCUMENT, Anonymity.DOCUMENT),
        ("President Jane Roe", SourceType.POLITICIAN, Anonymity.NAMED_INDIVIDUAL),
        ("The Health Ministry", SourceType.ORGANISATION, Anonymity.NAMED_GROUP),
        ("Reuters", SourceType.OUTLET, Anonymity.NAMED_GROUP),
    ],
)
def test_kinds_of_sources(read: Reader, source: str, source_type: SourceType, anonymity: Anonymity) -> None:
    found = by_source(read(f"{source} said that the water was rising."), source)
    assert (found.source_type, found.anonymity) == (source_type, anonymity)


def test_relatives_are_not_each_other(read: Reader) -> None:
    record = read("John Adam Roe's son said that he was ready. Roe said that the camp was full.")
    assert "John Adam Roe" not in {speaker.name for speaker in record.speakers}


def test_parties_are_the_users() -> None:
    pipeline = load_pipeline(pipeline="rules", parties=["Blue Front"])
    text = "Blue Front spokesman John Roe said that it won. Observers said that it lost."
    record = next(pipeline.records([Article.of(text)]))
    assert [a.independence for a in record.attributions] == [Independence.PARTY, Independence.UNKNOWN]
    kinds = [item.kind for item in record.attributions[0].suggestion.evidence]  # type: ignore[union-attr]
    assert "party" in kinds
    assert pipeline.version != load_pipeline(pipeline="rules").version


def test_a_verification_statement_marks_the_quotes_it_speaks_of(read: Reader) -> None:
    record = read("The army said that it took the town. The claim could not be independently verified.")
    (statement,) = record.verifications
    assert statement.kind == VerificationKind.UNVERIFIABLE
    assert statement.about == (record.attributions[0].id,)
    assert record.attributions[0].verification == VerificationStatus.UNVERIFIABLE_STATED


def test_notices(read: Reader) -> None:
    record = read(
        "KABUL, Sept 1 (Example) — The road is open, police said.\n\nA quiet night\n\nNothing else happened.\n\n"
        "Copyright 2031 Example Media. All rights reserved."
    )
    assert [(words(record, (n.span,))[0], n.kind) for n in record.notices] == [
        ("KABUL, Sept 1 (Example) —", NoticeKind.DATELINE),
        ("A quiet night", NoticeKind.HEADLINE),
        ("Copyright 2031 Example Media. All rights reserved.", NoticeKind.COPYRIGHT),
    ]
    assert words(record, record.attributions[0].quote) == ["The road is open"]


def test_suggestions_never_rate_within_one_article(read: Reader) -> None:
    record = read("Two witnesses said that it burned. The mayor said that it burned, according to Reuters.")
    for attribution in record.attributions:
        assert attribution.suggestion is not None
        assert (attribution.suggestion.reliability, attribution.suggestion.credibility) == ("F", "6")
        assert (attribution.reliability, attribution.credibility) == (None, None)


def test_patterns_of_notices_hold_for_their_examples() -> None:
    for entry in entries("notices"):
        flags = re.IGNORECASE if entry.get("ignore_case", True) else 0
        assert all(re.search(entry["pattern"], example, flags) for example in entry["matches"]), entry["pattern"]
        assert not any(re.search(entry["pattern"], example, flags) for example in entry["differs"]), entry["pattern"]
        assert entry["matches"]
        assert entry["differs"]


def test_data_keeps_to_the_scheme_and_names_its_sources() -> None:
    for path in sorted(DATA.glob("*.jsonl")):
        assert all(entry["source"] for entry in entries(path.stem)), path.name
    assert {entry["class"] for entry in entries("cues")} <= set(CueClass)
    assert {entry["source_type"] for entry in entries("roles")} <= set(SourceType)
    assert {entry["kind"] for entry in entries("verification")} <= set(VerificationKind)
    assert {entry["kind"] for entry in entries("notices")} <= set(NoticeKind)
    assert set(ATTRIBUTES[Label.CUE]) == {"cue_class"}
    cues = [(entry["cue"], entry["kind"]) for entry in entries("cues")]
    names = [entry["name"] for entry in entries("outlets")]
    assert len(cues) == len(set(cues)) >= 200
    assert len(names) == len(set(names)) >= 150
