"""The Record: what it refuses, how it is ordered, and what is computed from its spans."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given

from annotate.contracts import contract_path
from annotate.derive import directness_of, quote_type_of
from annotate.errors import RecordError
from annotate.record import Record, canonical, parse_record, record_schema
from annotate.scheme import Directness, QuoteType, SourceType
from tests.records import records, sample_record


@given(records())
def test_a_record_survives_its_json_and_fits_the_schema(record: Record) -> None:
    line = record.to_json()
    assert "\n" not in line
    assert parse_record(line) == record
    jsonschema.validate(json.loads(line), json.loads(record_schema()), cls=jsonschema.Draft202012Validator)


@given(records())
def test_the_canonical_order_is_settled(record: Record) -> None:
    shuffled = record.model_copy(
        update={
            "attributions": record.attributions[::-1],
            "outlets": record.outlets[::-1],
            "verifications": record.verifications[::-1],
            "disputes": record.disputes[::-1],
        }
    )
    assert canonical(shuffled) == record


def test_the_published_schema_is_current() -> None:
    assert contract_path("record.schema.json").read_text(encoding="utf-8") == record_schema()


def broken(change: dict[str, object]) -> str:
    return json.dumps({**json.loads(sample_record().to_json()), **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": "0" * 64}, "sha256 is not that of the text"),
        ({"disputes": [["a1", "nobody"]]}, "disputes: unknown attribution 'nobody'"),
        ({"notices": [{"id": "n1", "span": [4, 4]}]}, r"n1: span \[4, 4\] does not lie in the text"),
        ({"notices": [{"id": "n1", "span": [0, 9999]}]}, r"n1: span \[0, 9999\] does not lie in the text"),
        ({"notices": [{"id": "a1", "span": [0, 4]}]}, "id 'a1' is used twice"),
        ({"verifications": [{"id": "v1", "span": [0, 4], "about": ["b"]}]}, "about unknown attribution 'b'"),
        ({"outlets": []}, "is no outlet mention"),
        ({"invented": 1}, "invented: Extra inputs are not permitted"),
        ({"quality": "great"}, "quality: Input should be 'ok', 'bad_extraction' or 'not_news'"),
    ],
)
def test_a_broken_record_is_refused_with_the_reason(change: dict[str, object], message: str) -> None:
    with pytest.raises(RecordError, match=message) as caught:
        parse_record(broken(change), where="rows.jsonl:7")
    assert str(caught.value).startswith("rows.jsonl:7: ")


def test_scores_of_spans_are_as_many_as_the_spans() -> None:
    row = json.loads(sample_record().to_json())
    row["attributions"][0]["span_scores"] = {"quote": [0.5], "cue": [0.5], "source": [0.5]}
    with pytest.raises(RecordError, match="attribution a1: quote has 2 spans and 1 scores"):
        parse_record(json.dumps(row))


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(RecordError, match="Invalid JSON"):
        parse_record("{")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We stay,”", QuoteType.DIRECT),
        ('"We stay." "We fight."', QuoteType.DIRECT),
        ("''We stay,''", QuoteType.DIRECT),
        ("'We stay'", QuoteType.DIRECT),
        ("«Nous restons»", QuoteType.DIRECT),
        ("„Wir bleiben“", QuoteType.DIRECT),
        ("「残る」", QuoteType.DIRECT),
        ("“The mark stays open until the next paragraph.", QuoteType.DIRECT),
        ("”Turned the wrong way.”", QuoteType.DIRECT),
        ("that they “stay”", QuoteType.MIXED),
        ("“stay” was the word", QuoteType.MIXED),
        ("that they stay", QuoteType.INDIRECT),
        ("it's theirs", QuoteType.INDIRECT),
    ],
)
def test_the_quote_type_follows_the_marks(text: str, expected: QuoteType) -> None:
    assert quote_type_of(text, [(0, len(text))]) is expected


def test_the_quote_type_of_a_split_quote_needs_marks_around_every_part() -> None:
    text = "“We stay,” he said, adding that they fight"
    assert quote_type_of(text, [(0, 10), (27, len(text))]) is QuoteType.MIXED


def test_the_road_follows_the_outlets() -> None:
    assert directness_of(SourceType.OFFICIAL, []) is Directness.FIRST_HAND
    assert directness_of(SourceType.OFFICIAL, [1, 1]) is Directness.VIA_OUTLET
    assert directness_of(SourceType.OFFICIAL, [1, 2]) is Directness.VIA_CHAIN
    assert directness_of(SourceType.OUTLET, []) is Directness.OUTLET_IS_SOURCE


def test_an_attribution_without_a_source_describes_nobody() -> None:
    record = sample_record()
    first = record.attributions[0]
    assert record.speakers[0].name == "Ada Example"
    assert record.speakers[0].aliases == ("Colonel Ada Example",)
    assert first.speaker is not None
    assert first.speaker.id == record.speakers[0].id
