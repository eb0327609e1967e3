"""Pulling from a real Label Studio: everything a person did is kept, whatever shape it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from annotate.dataset.verified import Withheld, verified
from annotate.record import Article, Record, parse_record
from annotate.regions.tasks import result_of, task_data
from annotate.store import Store
from annotate.store.annotations import current
from annotate.store.projects import bind_project
from annotate.store.tables import AnnotationRow
from annotate.studio.client import StudioClient
from annotate.studio.pull import PullSummary, pull
from annotate.studio.push import push
from annotate.studio.server import EmbeddedStudio
from tests.records import TEXT, article_of, sample_record, span

pytestmark = pytest.mark.studio

PIPELINE = "by-hand-1"


class Desk:
    """A store with one pushed article, and what people may do to its task."""

    def __init__(self, store: Store, server: EmbeddedStudio, title: str) -> None:
        self.store = store
        self.record = sample_record()
        self._server = server
        self.client = StudioClient(server.url, server.token)
        list(store.add_articles([article_of(self.record)]))
        list(store.add_predictions(PIPELINE, [self.record]))
        done = push(store, self.client, pipeline=PIPELINE, title=title, grace=timedelta(seconds=1))
        self.project = done.project
        (self.task,) = (task.id for task in self.client.tasks(self.project.id))
        self.number = bind_project(store, self.project.identity, self.project.id, title)

    def call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Token {self._server.token}"}
        with httpx.Client(base_url=self._server.url, headers=headers, trust_env=False, timeout=60) as client:
            answer = client.request(method, path, json=body).raise_for_status()
            return answer.json() if answer.content else None

    def submit(self, result: list[dict[str, Any]], **fields: Any) -> int:
        made = self.call("POST", f"/api/tasks/{self.task}/annotations/", {"result": result, "lead_time": 2.5, **fields})
        return int(made["id"])

    def pull(self) -> PullSummary:
        return pull(self.store, self.number, self.client.export(self.project.id), complete=True)

    def rows(self) -> list[AnnotationRow]:
        return [row for _, rows in current(self.store) for row in rows]

    def versions(self) -> list[AnnotationRow]:
        with self.store.reading() as session:
            return list(session.exec(select(AnnotationRow).order_by(col(AnnotationRow.number))).all())

    def read(self) -> Record:
        (row,) = self.rows()
        assert row.record is not None
        return parse_record(row.record)


@pytest.fixture
def desk(studio_server: EmbeddedStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with Store.open(str(tmp_path / "store.db")) as store:
        desk = Desk(store, studio_server, request.node.name[:50])
        yield desk
        desk.client.close()


def test_an_annotation_is_kept_with_who_when_and_how_long(desk: Desk) -> None:
    number = desk.submit(result_of(desk.record))
    summary = desk.pull()
    assert (summary.tasks, summary.annotations, summary.new, summary.unread) == (1, 1, 1, [])
    (row,) = desk.rows()
    assert row.annotator == "annotator@localhost.localdomain"
    assert row.lead_time == 2.5
    assert row.annotated_at
    assert json.loads(row.raw)["id"] == number
    read = desk.read()
    assert read.provenance is not None
    assert read.provenance.annotator == row.annotator
    assert read.model_copy(update={"provenance": None}) == desk.record


def test_pulling_again_adds_nothing(desk: Desk) -> None:
    desk.submit(result_of(desk.record))
    assert desk.pull().new == 1
    assert desk.pull().new == 0
    assert len(desk.rows()) == 1


def test_odd_shapes_survive(desk: Desk) -> None:
    """An orphan source, a relation without a label, overlapping regions, a quote without source."""
    start, end = span(TEXT, "Nobody")
    extra = [
        region("x1", "Source", *span(TEXT, "Example Times")),
        region("x2", "Quote", start, end),
        region("x3", "Quote", start + 2, end + 4),
        {"type": "relation", "from_id": "x2", "to_id": "x3", "direction": "right"},
    ]
    desk.submit([*result_of(desk.record), *extra])
    summary = desk.pull()
    read = desk.read()
    by_id = {item.id: item for item in read.attributions}
    assert by_id["x2"].quote == ((start, end),)
    assert by_id["x2"].source == ()
    assert by_id["x3"].quote == ((start + 2, end + 4),)
    assert by_id["a1"] == desk.record.attributions[0]
    assert [(item.id, item.span) for item in read.unlinked.regions] == [("x1", span(TEXT, "Example Times"))]
    assert [(link.source, link.target, link.label) for link in read.unlinked.relations] == [("x2", "x3", None)]
    assert len(summary.warnings) == 2


def region(region_id: str, label: str, start: int, end: int) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": region_id, "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def test_every_version_is_kept_and_the_latest_counts(desk: Desk) -> None:
    number = desk.submit(result_of(desk.record))
    desk.pull()
    desk.call("PATCH", f"/api/annotations/{number}/", {"result": [], "lead_time": 9.0})
    assert desk.pull().new == 1
    assert desk.read().attributions == ()
    versions = desk.versions()
    assert [json.loads(row.raw)["result"] != [] for row in versions] == [True, False]


def test_a_deletion_is_noted_and_what_was_deleted_stays(desk: Desk) -> None:
    number = desk.submit(result_of(desk.record))
    desk.pull()
    desk.call("DELETE", f"/api/annotations/{number}/")
    assert desk.pull().gone == 1
    assert desk.pull().gone == 0
    assert desk.rows() == []
    versions = desk.versions()
    assert [row.gone for row in versions] == [False, True]
    assert json.loads(versions[0].raw)["result"] != []


def test_labels_outlive_their_task(desk: Desk) -> None:
    desk.submit(result_of(desk.record))
    desk.pull()
    desk.call("DELETE", f"/api/tasks/{desk.task}/")
    assert desk.pull().gone == 0
    assert desk.read().attributions == desk.record.attributions


def test_a_skipped_task_is_kept_but_never_verified(desk: Desk) -> None:
    desk.submit(result_of(desk.record), was_cancelled=True)
    summary = desk.pull()
    assert (summary.skipped, summary.new) == (1, 1)
    (row,) = desk.rows()
    assert row.skipped
    (withheld,) = verified(desk.store)
    assert isinstance(withheld, Withheld)


def test_what_cannot_be_read_is_reported_and_kept_raw(desk: Desk) -> None:
    broken = region("x1", "Quote", 0, 5)
    broken["value"]["end"] = 100_000
    number = desk.submit([broken])
    summary = desk.pull()
    (trouble,) = summary.unread
    assert str(trouble).startswith(f"task {desk.task}, annotation {number}: article sample: region x1 at [0, 100000]")
    (row,) = desk.rows()
    assert row.record is None
    assert json.loads(row.raw)["result"][0]["value"]["end"] == 100_000


def test_a_task_of_others_is_kept_raw_and_reported(desk: Desk) -> None:
    desk.call("POST", f"/api/projects/{desk.project.id}/import", [{"data": task_data(Article.of("Not ours."), "k")}])
    (foreign,) = (task["id"] for task in desk.client.export(desk.project.id) if task["id"] != desk.task)
    desk.call("POST", f"/api/tasks/{foreign}/annotations/", {"result": []})
    summary = desk.pull()
    assert [trouble.task for trouble in summary.unread] == [foreign]
    assert [trouble.task for trouble in summary.warnings] == [foreign]


def test_ground_truth_is_read(desk: Desk) -> None:
    number = desk.submit(result_of(desk.record))
    desk.call("PATCH", f"/api/annotations/{number}/", {"ground_truth": True})
    desk.pull()
    (row,) = desk.rows()
    assert row.ground_truth
