"""What annotators agree on is kept, down to relations and attributes; where they differ is said, by letter."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import RecordError
from annotate.record import Article, Notice, Record, SpeakerRef, canonical, make_attribution
from annotate.review.consensus import Consensus, consensus, content_digest, letters_for, majority
from annotate.review.positions import trimmed
from annotate.scheme import CueClass, NoticeKind, OutletRole, Quality, SourceType
from tests.records import TEXT, records, sample_record, span
from tests.review.drawn import fields_of, readings


def changed(record: Record, attribution: str, **fields: object) -> Record:
    """Return the Record with fields of one attribution changed."""
    return canonical(
        record.model_copy(
            update={
                "attributions": tuple(
                    make_attribution(TEXT, **{**fields_of(item), **fields}) if item.id == attribution else item
                    for item in record.attributions
                )
            }
        )
    )


def listed(found: Consensus) -> list[tuple[str, dict[str, str]]]:
    return [(one.what, dict(one.given)) for one in found.disagreements]


@given(record=records(), count=st.integers(1, 4))
def test_what_identical_records_agree_on_is_the_record(record: Record, count: int) -> None:
    found = consensus(dict.fromkeys("ABCD"[:count], record))
    assert found == Consensus(record, ())
    assert majority([record] * count) == record


@given(drawn=readings())
def test_the_order_of_annotators_changes_letters_only(drawn: list[Record]) -> None:
    letters = "ABC"[: len(drawn)]
    first = consensus(dict(zip(letters, drawn, strict=True)))
    for order in permutations(range(len(drawn))):
        renamed = {letters[place]: letters[number] for number, place in enumerate(order)}
        other = consensus({renamed[letter]: record for letter, record in zip(letters, drawn, strict=True)})
        assert other.agreed == first.agreed
        back = {new: old for old, new in renamed.items()}
        again = {
            replace(one, given=tuple(sorted((back[letter], words) for letter, words in one.given)))
            for one in other.disagreements
        }
        assert {(one.what, one.span) for one in again} == {(one.what, one.span) for one in first.disagreements}
        assert majority([drawn[place] for place in order]) == majority(drawn)


@given(drawn=readings())
def test_what_is_agreed_holds_for_everybody(drawn: list[Record]) -> None:
    found = consensus(dict(zip("ABC", drawn, strict=False)))
    for record in drawn:
        for item in found.agreed.attributions:
            assert any(
                set(item.source) <= set(own.source) and item.cue_class in (None, own.cue_class)
                for own in record.attributions
                if own.quote == item.quote
            )
        assert {item.span for item in found.agreed.notices} <= {item.span for item in record.notices}
    if not found.disagreements:
        assert len({content_digest(record) for record in drawn}) == 1


def test_a_quote_with_another_source_keeps_quote_cue_and_attributes() -> None:
    one = sample_record()
    other = changed(one, "a2", source=[span(TEXT, "Radio Sample")], source_type=SourceType.OUTLET)
    found = consensus({"A": one, "B": other})
    (kept,) = (item for item in found.agreed.attributions if item.id == "a2")
    assert (kept.quote, kept.cue, kept.source) == ((span(TEXT, "this"),), (span(TEXT, "denied"),), ())
    assert kept.cue_class == CueClass.DENY
    assert kept.anonymity is None
    assert [via.name for via in kept.via] == ["Radio Sample", "Unmarked Wire"]
    assert listed(found) == [("said_by", {"A": "Rebels", "B": "Radio Sample"})]


def test_agreed_relations_and_attributes_are_kept_beside_a_disagreement() -> None:
    one = sample_record()
    other = changed(one, "a1", cue_class=CueClass.CLAIM, source_type=SourceType.SPOKESPERSON)
    found = consensus({"A": one, "B": other})
    assert found.agreed.disputes == one.disputes
    assert found.agreed.verifications == one.verifications
    assert found.agreed.outlets == one.outlets
    (kept,) = (item for item in found.agreed.attributions if item.id == "a1")
    (before,) = (item for item in one.attributions if item.id == "a1")
    assert kept == before.model_copy(update={"cue_class": None, "source_type": None})
    assert listed(found) == [
        ("cue_class", {"A": "neutral", "B": "claim"}),
        ("source_type", {"A": "official", "B": "spokesperson"}),
    ]


def test_the_cue_and_source_of_a_quote_in_dispute_are_kept() -> None:
    one = sample_record()
    start, end = span(TEXT, "this")
    other = changed(one, "a2", quote=[(start - 7, end)])
    found = consensus({"A": one, "B": other})
    assert [item.id for item in found.agreed.attributions] == ["a1"]
    kept = {(region.label, region.span): region.attributes for region in found.agreed.unlinked.regions}
    assert kept == {
        ("Cue", span(TEXT, "denied")): {"cue_class": "deny"},
        ("Source", span(TEXT, "Rebels")): {"source_type": "group", "anonymity": "unnamed_group"},
    }
    assert listed(found) == [("Quote", {"A": "this", "B": "denied this"})]


def test_white_space_and_stops_at_the_edges_are_no_disagreement_but_quotation_marks_are() -> None:
    one = sample_record()
    stop = span(TEXT, "It was not possible to verify the claims")
    other = canonical(
        one.model_copy(
            update={
                "verifications": (one.verifications[0].model_copy(update={"span": (stop[0] - 1, stop[1] + 1)}),),
            }
        )
    )
    assert consensus({"A": other, "B": one}) == Consensus(one, ())
    start, end = span(TEXT, "“Nobody crossed it.”")
    bare = changed(one, "a1", quote=[span(TEXT, "“We hold the bridge,”"), (start + 1, end - 1)])
    assert [what for what, _ in listed(consensus({"A": one, "B": bare}))] == ["Quote"]


def test_an_item_that_one_has_is_listed_with_nothing_for_the_other() -> None:
    one = sample_record()
    notice = Notice(id="n1", span=span(TEXT, "Rebels denied this"), kind=NoticeKind.CAPTION)
    other = canonical(one.model_copy(update={"notices": (notice,), "quality": Quality.OK}))
    found = consensus({"A": one, "B": other})
    assert found.agreed == one
    assert listed(found) == [
        ("Notice", {"A": "", "B": "Rebels denied this"}),
        ("quality", {"A": "", "B": "ok"}),
    ]


def test_a_relation_that_one_lacks_is_listed() -> None:
    one = sample_record()
    other = one.model_copy(update={"disputes": ()})
    found = consensus({"A": one, "B": other})
    assert found.agreed == other
    assert listed(found) == [("disputes", {"A": "“We hold the bridge,”", "B": ""})]


def test_the_majority_decides_and_a_tie_is_withheld() -> None:
    one = sample_record()
    outlets = (one.outlets[0], one.outlets[1].model_copy(update={"role": OutletRole.MENTION}))
    other = changed(one.model_copy(update={"outlets": outlets}), "a1", speaker=SpeakerRef(name="Ben Sample"))
    third = changed(one, "a1", speaker=SpeakerRef(name="Cleo Example"))
    found = majority([one, other, third])
    assert {item.id: item.role for item in found.outlets} == {"o1": "recipient", "o2": "via"}
    assert [item.speaker for item in found.attributions] == [None, None]
    assert found.attributions[0].source_type == "official"
    tied = majority([one, other])
    assert {item.id: item.role for item in tied.outlets} == {"o1": "recipient", "o2": None}


def test_letters_differ_from_article_to_article_and_not_from_time_to_time() -> None:
    dealt = [letters_for(Article.of(f"text {number}").sha256, ["one", "two"]) for number in range(40)]
    assert {letters["A"] for letters in dealt} == {"one", "two"}
    assert all(sorted(letters.values()) == ["one", "two"] for letters in dealt)
    again = [letters_for(Article.of(f"text {number}").sha256, ["two", "one"]) for number in range(40)]
    assert again == dealt


def test_records_of_other_texts_are_refused() -> None:
    with pytest.raises(RecordError, match="different texts"):
        consensus({"A": sample_record(), "B": sample_record(TEXT + " More.")})


@given(record=records())
def test_trimming_stays_inside_and_is_done_once(record: Record) -> None:
    text = record.text or ""
    for item in record.notices:
        start, end = trimmed(text, item.span)
        assert item.span[0] <= start < end <= item.span[1]
        assert trimmed(text, (start, end)) == (start, end)
