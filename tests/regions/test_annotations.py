"""Record → regions → Record: nothing changes, nothing is lost, nothing is guessed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from annotate.errors import RecordError
from annotate.record import Article, Evidence, Meta, Record, SpanScores, Suggestion
from annotate.regions.annotations import record_of
from annotate.regions.tasks import article_of_task, prediction_of, result_of, task_data
from annotate.scheme import CueClass
from tests.records import TEXT, article_of, records, sample_record, span


def through_json(record: Record, **options: bool) -> list[dict[str, object]]:
    items = json.loads(json.dumps(result_of(record, **options)))
    assert isinstance(items, list)
    return items


@given(records())
def test_any_record_comes_back_identical(record: Record) -> None:
    reading = record_of(through_json(record, ratings=True), article_of(record), base=record)
    assert reading.record == record


@given(records())
def test_offsets_cut_the_text_that_is_sent(record: Record) -> None:
    for item in result_of(record, ratings=True):
        if item.get("type") == "labels":
            value = item["value"]
            assert record.text is not None
            assert value["text"] == record.text[value["start"] : value["end"]]


def test_the_order_of_regions_and_relations_changes_nothing() -> None:
    record = sample_record()
    reading = record_of(through_json(record)[::-1], article_of(record), base=record)
    assert reading.record == record
    assert reading.warnings == ()


def test_every_region_shows_the_score_of_its_span() -> None:
    record = sample_record()
    scores = SpanScores(quote=(0.9, 0.4), cue=(0.8,), source=(0.7,))
    scored = record.attributions[0].model_copy(update={"span_scores": scores})
    record = record.model_copy(update={"attributions": (scored, *record.attributions[1:])})
    shown = {item["id"]: item.get("score") for item in result_of(record) if item["type"] == "labels"}
    assert [shown[name] for name in ("a1", "a1-q2", "a1-c1", "a1-s1", "a2")] == [0.9, 0.4, 0.8, 0.7, None]
    assert record_of(through_json(record), article_of(record), base=record).record == record


def test_a_moved_boundary_ends_the_scores_of_spans() -> None:
    record = sample_record()
    scores = SpanScores(quote=(0.9, 0.4), cue=(0.8,), source=(0.7,))
    first, *others = record.attributions
    predicted = record.model_copy(update={"attributions": (first.model_copy(update={"span_scores": scores}), *others)})
    moved = first.model_copy(update={"cue": ((first.cue[0][0], first.cue[0][1] + 1),)})
    items = through_json(record.model_copy(update={"attributions": (moved, *others)}))
    corrected = record_of(items, article_of(record), base=predicted).record.attributions[0]
    assert (corrected.score, corrected.span_scores) == (first.score, None)


def test_shared_source_is_one_region() -> None:
    record = sample_record()
    first = record.attributions[0]
    again = first.model_copy(update={"id": "a9", "quote": ((0, 3),), "cue": (), "via": (), "cue_class": None})
    both = record.model_copy(update={"attributions": (*record.attributions, again)})
    sources = [item for item in result_of(both) if item.get("value", {}).get("labels") == ["Source"]]
    assert [item["value"]["text"] for item in sources] == ["Colonel Ada Example", "Rebels"]


def test_a_suggestion_stands_in_one_text_with_a_line_for_each_piece_of_evidence() -> None:
    record = sample_record()
    evidence = (Evidence(kind="via", text="Heard elsewhere."), Evidence(kind="hedge", text="Kept at a distance."))
    suggested = record.attributions[0].model_copy(update={"suggestion": Suggestion(evidence=evidence)})
    items = result_of(record.model_copy(update={"attributions": (suggested, *record.attributions[1:])}))
    shown = {"text": ["suggested: reliability F, credibility 6\nvia: Heard elsewhere.\nhedge: Kept at a distance."]}
    assert {item["id"]: item["meta"] for item in items if "meta" in item} == {"a1": shown, "a1-s1": shown}


def test_human_ratings_are_never_prefilled() -> None:
    record = sample_record()
    rated = record.attributions[0].model_copy(update={"reliability": "B", "credibility": "2"})
    record = record.model_copy(update={"attributions": (rated, *record.attributions[1:])})
    controls = {item.get("from_name") for item in prediction_of(record, "v1")["result"]}
    assert not controls & {"reliability", "credibility"}
    assert {"reliability", "credibility"} <= {item.get("from_name") for item in result_of(record, ratings=True)}


def test_what_a_person_changes_is_what_changes() -> None:
    record = sample_record()
    items = through_json(record)
    denied = next(item for item in items if item["id"] == "a2-c1" and item["from_name"] == "cue_class")
    denied["value"]["choices"] = ["claim"]  # type: ignore[index]
    start, end = span(TEXT, "Radio Sample reported")
    drawn = {"start": start, "end": end, "text": "anything the server made up", "labels": ["Quote"]}
    items.append({"id": "x1", "from_name": "label", "to_name": "text", "type": "labels", "value": drawn})
    reading = record_of(items, article_of(record), base=record)
    by_id = {item.id: item for item in reading.record.attributions}
    assert by_id["a2"].cue_class is CueClass.CLAIM
    assert by_id["a1"] == record.attributions[0]
    assert by_id["x1"].quote == ((start, end),)
    assert by_id["x1"].source == ()


def test_orphans_and_unlabelled_relations_are_kept_and_reported() -> None:
    record = sample_record()
    items = [item for item in through_json(record) if item.get("labels") != ["said_by"]]
    items.append({"type": "relation", "from_id": "a1", "to_id": "a2", "direction": "right"})
    reading = record_of(items, article_of(record), base=record)
    assert [region.id for region in reading.record.unlinked.regions] == ["a1-s1", "a2-s1"]
    assert reading.record.unlinked.regions[0].attributes["name"] == "Ada Example"
    link = reading.record.unlinked.relations[0]
    assert (link.source, link.target, link.label) == ("a1", "a2", None)
    assert any("a relation without a label" in warning for warning in reading.warnings)
    assert any("is a Source that no quote is linked to" in warning for warning in reading.warnings)
    again = record_of(through_json(reading.record), article_of(record), base=record)
    assert again.record == reading.record


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_a_relation_is_read_from_either_end_and_by_its_ends(labelled: bool, turned: bool) -> None:
    record = sample_record()
    items = through_json(record)
    for item in items:
        if item.get("labels") in (["said_by"], ["cued_by"], ["about"]):
            if turned:
                item["from_id"], item["to_id"] = item["to_id"], item["from_id"]
            if not labelled:
                del item["labels"]
    reading = record_of(items, article_of(record), base=record)
    assert reading.record == record
    assert reading.warnings == ()


def test_regions_are_listed_in_the_order_of_the_text() -> None:
    starts = [item["value"]["start"] for item in result_of(sample_record()) if item["type"] == "labels"]
    assert starts == sorted(starts)


@pytest.mark.parametrize("where", [(-1, 4), (5, 5), (0, 100_000), ("0", 3), (None, 3)])
def test_a_region_outside_the_text_is_one_clear_error(where: tuple[object, object]) -> None:
    record = sample_record()
    items = through_json(record)
    items[0]["value"]["start"], items[0]["value"]["end"] = where  # type: ignore[index]
    with pytest.raises(RecordError, match=r"^article sample: region a1 at .* does not lie in the text"):
        record_of(items, article_of(record))


def test_an_unknown_shape_is_one_clear_error() -> None:
    record = sample_record()
    with pytest.raises(RecordError, match="unknown shape"):
        record_of([{"type": "labels", "id": "x"}], article_of(record))


def test_a_split_quote_keeps_its_first_part_as_root() -> None:
    record = sample_record()
    reading = record_of(through_json(record), article_of(record))
    assert reading.record.attributions[0].id == "a1"
    assert len(reading.record.attributions[0].quote) == 2


def test_only_web_addresses_become_links() -> None:
    record = sample_record()
    article = article_of(record)
    link = task_data(article, "k")["link_html"]
    assert 'href="https://example.org/a?b=1&amp;c=2"' in link
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", '"><script>', None):
        hostile = Article(article.id, article.text, article.sha256, article.meta.model_copy(update={"url": url}))
        assert task_data(hostile, "k")["link_html"] == ""


@pytest.mark.parametrize(
    "meta",
    [
        Meta(),
        Meta(title="A bridge", publisher="Sample Post", published="2026-01-02", url="https://example.org/a?b=1&c=<2>"),
        Meta(publisher="Sample · Post", published="2026-01-02T10:00:00Z"),
        Meta(publisher="Sample Post"),
        Meta(published="2026"),
    ],
)
def test_a_task_tells_whose_it_is(meta: Meta) -> None:
    article = Article.of(TEXT, id="a/1", meta=meta)
    assert article_of_task(task_data(article, "key")) == article


def test_a_task_of_anybody_is_named_by_its_text() -> None:
    assert article_of_task({"text": TEXT}) == Article.of(TEXT)


@pytest.mark.parametrize("data", [{}, {"text": None}, {"text": TEXT, "text_sha256": "0" * 64}])
def test_a_task_without_its_text_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(RecordError, match="text"):
        article_of_task(data)
