"""The adjudicator's page: all that anybody marked, once; each disagreement a question; what is left is the gold."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given

from annotate.contracts import adjudication_config, label_config
from annotate.record import Article, Record, SpeakerRef, canonical, make_attribution
from annotate.regions.annotations import record_of
from annotate.regions.tasks import result_of, task_data
from annotate.review.consensus import consensus
from annotate.review.positions import Places
from annotate.review.questions import Page, decided, page_of, read_questions
from annotate.scheme import Quality, SourceType
from annotate.studio.adjudication import Disputes
from annotate.studio.validate import problems_of, vocabulary_of
from tests.records import TEXT, article_of, sample_record, span
from tests.review.drawn import readings
from tests.review.test_consensus import changed

Item = dict[str, Any]


def page(**records: Record) -> Page:
    text = next(iter(records.values())).text or ""
    return page_of(text, {letter: result_of(record, ratings=True) for letter, record in records.items()})


def lines(found: Page) -> list[str]:
    return [question.line for question in found.questions]


def region(found: Page, label: str, words: str) -> Item:
    (item,) = (
        item
        for item in found.result
        if item["type"] == "labels" and item["value"]["labels"] == [label] and item["value"]["text"] == words
    )
    return item


def values(found: list[Item], name: str) -> dict[str, list[str]]:
    """Return the values of one control by region id."""
    return {
        item["id"]: item["value"]["text" if item["type"] == "textarea" else item["type"]]
        for item in found
        if item.get("from_name") == name
    }


def answered(found: Page, decisions: dict[str, str]) -> list[Item]:
    """Return the page's result with these decisions, by region id."""
    return [
        {**item, "value": {**item["value"], "choices": [decisions.get(item["id"], "undecided")]}}
        if item.get("from_name") == "decision"
        else item
        for item in found.result
    ]


def test_what_is_agreed_is_there_and_nothing_is_asked() -> None:
    record = sample_record()
    found = page(A=record, B=record)
    assert found.questions == ()
    assert (found.as_html(), values(found.result, "decision")) == ("", {})
    assert record_of(found.result, article_of(record), base=record).record == record


def test_an_attribute_in_dispute_is_empty_and_asked_for() -> None:
    one = sample_record()
    other = changed(one, "a1", source_type=SourceType.SPOKESPERSON)
    found = page(A=one, B=other)
    assert lines(found) == ["1. Source “Colonel Ada Example”, source_type: A: official · B: spokesperson"]
    source = region(found, "Source", "Colonel Ada Example")
    assert source["meta"] == {"text": lines(found)}
    assert source["id"] not in values(found.result, "source_type")
    assert values(found.result, "name")[source["id"]] == ["Ada Example"]
    assert values(found.result, "decision") == {source["id"]: ["undecided"]}
    assert decided(found.result, found.questions)[1] == lines(found)
    place = {key: source["value"][key] for key in ("start", "end", "text")}
    chosen = {"id": source["id"], "from_name": "source_type", "to_name": "text", "type": "choices"}
    filled = [*found.result, {**chosen, "value": {**place, "choices": ["expert"]}}]
    left, still_open = decided(filled, found.questions)
    assert still_open == []
    assert record_of(left, article_of(one)).record.attributions[0].source_type == "expert"


def test_alternatives_stand_side_by_side_until_one_is_taken_away() -> None:
    one = sample_record()
    start, end = span(TEXT, "this")
    other = changed(one, "a2", quote=[(start - 7, end)])
    found = page(A=one, B=other)
    asked = next(question for question in found.questions if question.about == "region")
    assert asked.line == "1. Quote: A: “this” · B: “denied this”"
    first, second = region(found, "Quote", "this"), region(found, "Quote", "denied this")
    assert first["meta"]["text"][0].startswith("marked by A only\n")
    assert second["meta"]["text"][0].startswith("marked by B only\n")
    # Source and cue are agreed: they stand there once, linked to both.
    source = region(found, "Source", "Rebels")
    said_by = {(item["from_id"], item["to_id"]) for item in found.result if item.get("labels") == ["said_by"]}
    assert {(first["id"], source["id"]), (second["id"], source["id"])} <= said_by
    assert values(found.result, "source_type")[source["id"]] == ["group"]
    left, still_open = decided(answered(found, {second["id"]: "drop"}), found.questions)
    assert asked.line not in still_open
    assert second["id"] not in {item.get("id") for item in left}
    assert not any(second["id"] in (item.get("from_id"), item.get("to_id")) for item in left)


def test_long_alternatives_are_cut_in_the_middle_so_that_they_look_different() -> None:
    text = "The ministry said that " + "one thing after another had been done, " * 5 + "and more was to come. Really."
    article = Article.of(text, id="long")
    start = text.index("that")

    def reading(end: int) -> Record:
        quote = make_attribution(text, id="a1", quote=[(start, end)])
        return Record(id="long", text=text, sha256=article.sha256, attributions=(quote,))

    whole, shorter = text.index(". Really"), text.index(", and more")
    (line,) = lines(page(A=reading(whole), B=reading(shorter)))
    assert line == (
        "1. Quote: A: “that one thing after another had be … had been done, and more was to come” · B: “that one thing"
        " after another had be … e thing after another had been done”"
    )


def test_two_alternatives_left_undecided_are_named() -> None:
    one = sample_record()
    other = canonical(one.model_copy(update={"quality": Quality.OK, "outlets": one.outlets}))
    other = changed(other, "a1", speaker=SpeakerRef(name="Ben Sample"))
    found = page(A=one, B=other)
    assert lines(found) == [
        "1. Source “Colonel Ada Example”, name: A: Ada Example · B: Ben Sample",
        "2. The article as a whole, quality: A: not set · B: ok",
    ]
    assert decided(found.result, found.questions)[1] == lines(found)


def test_a_relation_in_dispute_is_there_and_asked_about() -> None:
    one = sample_record()
    colonel = one.attributions[0]
    names = ("source", "speaker", "source_type", "anonymity", "independence")
    other = changed(one, "a2", **{name: getattr(colonel, name) for name in names})
    found = page(A=one, B=other)
    quote, source = region(found, "Quote", "this"), region(found, "Source", "Colonel Ada Example")
    assert lines(found) == [
        "1. Source: A: “Rebels” · B: not marked",
        "2. Quote “this” said_by: A: not drawn · B: “Colonel Ada Example”",
    ]
    drawn = {"type": "relation", "from_id": quote["id"], "to_id": source["id"], "direction": "right"}
    assert {**drawn, "labels": ["said_by"]} in found.result
    rebels = region(found, "Source", "Rebels")["id"]
    assert decided(answered(found, {rebels: "keep"}), found.questions)[1] == lines(found)[1:]
    without = [item for item in answered(found, {rebels: "keep"}) if item != {**drawn, "labels": ["said_by"]}]
    left, still_open = decided(without, found.questions)
    assert still_open == []
    assert record_of(left, article_of(one)).record.attributions[1].source == (span(TEXT, "Rebels"),)
    left, still_open = decided(answered(found, {rebels: "drop", quote["id"]: "keep"}), found.questions)
    assert still_open == []
    assert record_of(left, article_of(one)).record.attributions[1].source == colonel.source


def test_questions_are_escaped_in_the_page_and_survive_the_task() -> None:
    odd = "<script>alert(1)</script> & “Rebels” " + TEXT
    one = sample_record(odd)
    notice = span(odd, "<script>alert(1)</script> & “Rebels”")
    other = canonical(one.model_copy(update={"notices": (_notice(notice),)}))
    found = page(A=one, B=other)
    assert "<script>" not in found.as_html()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “Rebels”" in found.as_html()
    assert read_questions(found.as_json()) == found.questions


def _notice(place: tuple[int, int]) -> Any:
    from annotate.record import Notice

    return Notice(id="n1", span=place)


@given(drawn=readings())
def test_there_are_questions_if_and_only_if_the_records_differ(drawn: list[Record]) -> None:
    records = dict(zip("ABC", drawn, strict=False))
    found = page(**records)
    assert bool(found.questions) == bool(consensus(records).disagreements)
    vocabulary = Disputes([]).vocabulary
    text, article = drawn[0].text or "", article_of(drawn[0])
    data = {**task_data(article, "key"), "questions_html": found.as_html(), "questions": found.as_json()}
    prediction = {"model_version": "adjudication-1", "score": 0.0, "result": found.result}
    assert problems_of({"data": data, "predictions": [prediction]}, vocabulary) == []
    assert text


@given(drawn=readings())
def test_who_follows_one_annotator_everywhere_ends_with_that_reading(drawn: list[Record]) -> None:
    records = dict(zip("ABC", drawn, strict=False))
    found = page(**records)
    for letter, record in records.items():
        left, still_open = decided(_follow(found, records, letter), found.questions)
        # That an annotator judged the article not at all is no judgement to follow.
        open_to_all = [one.line for one in found.questions if one.about == "quality" and record.quality is None]
        assert still_open == open_to_all, letter
        read = record_of(left, article_of(record)).record
        assert consensus({"A": record, "B": read}).disagreements == ()


def _follow(found: Page, records: dict[str, Record], letter: str) -> list[Item]:
    """Answer every question as the annotator behind this letter would."""
    results = {one: result_of(record, ratings=True) for one, record in records.items()}
    regions = [[_region(item) for item in result if item["type"] == "labels"] for result in results.values()]
    places = Places(records[letter].text or "", regions)
    own = results[letter]
    theirs, ours = _by_place(found.result, places), _by_place(own, places)
    names = {item["id"]: place for place, item in theirs.items()}
    known = {item["id"]: place for place, item in ours.items()}
    kept: list[Item] = []
    for item in found.result:
        if item["type"] == "relation":
            continue
        if item["id"] not in names:
            continue
        if item.get("from_name") == "decision":
            decision = "keep" if names[item["id"]] in ours else "drop"
            kept.append({**item, "value": {**item["value"], "choices": [decision]}})
        elif item["type"] == "labels":
            kept.append(item)
    for item in own:
        if item["type"] == "relation":
            ends = (theirs[known[item[end]]]["id"] for end in ("from_id", "to_id"))
            kept.append({**item, **dict(zip(("from_id", "to_id"), ends, strict=True))})
        elif item["type"] != "labels":
            kept.append({**item, "id": theirs[known[item["id"]]]["id"]} if item["id"] in known else item)
    return kept


def _region(item: Item) -> tuple[str, tuple[int, int]]:
    return item["value"]["labels"][0], (item["value"]["start"], item["value"]["end"])


def _by_place(result: list[Item], places: Places) -> dict[tuple[str, tuple[int, int], int], Item]:
    seen: Counter[tuple[str, tuple[int, int]]] = Counter()
    found = {}
    for item in result:
        if item["type"] == "labels":
            label, span = _region(item)
            place = (label, places.of(label, span))
            found[*place, seen[place]] = item
            seen[place] += 1
    return found


def test_the_page_is_the_annotators_page_with_decisions() -> None:
    ours, theirs = vocabulary_of(adjudication_config()), vocabulary_of(label_config())
    assert ours.controls.keys() - theirs.controls.keys() == {"decision"}
    assert ours.controls["decision"].values == {"undecided", "keep", "drop"}
    assert {name: control for name, control in ours.controls.items() if name != "decision"} == theirs.controls
    assert ours.relations == theirs.relations
    assert ours.data_keys - theirs.data_keys == {"questions_html"}
    assert Disputes([]).vocabulary.human_only == frozenset()


@pytest.mark.parametrize("written", ["", "{", "[1]", '[{"about": "region"}]'])
def test_questions_of_an_unknown_shape_are_noticed(written: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        read_questions(written)
