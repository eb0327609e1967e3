"""A task is opened that has no prediction: the live service makes one, and a person corrects it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from annotate.record import Article, parse_record
from annotate.regions.tasks import task_data
from annotate.store import Store
from annotate.store.annotations import current
from annotate.studio.client import StudioClient
from annotate.studio.live import go_live
from annotate.studio.push import push
from annotate.studio.server import EmbeddedStudio
from tests.browser.page import LabelingPage
from tests.records import article_of, sample_record
from tests.studio.live import SECRET, Process, running

TEXT = "“The bridge is open,” said Ada Example, a spokeswoman for the ministry.\n\nBen Sample denied it on Friday."
TITLE = "Live in the page"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.db")) as store:
        yield store


def test_live_and_pushed_predictions_are_both_there_to_start_from(
    store: Store, studio_server: EmbeddedStudio, page: LabelingPage
) -> None:
    pushed, fresh = sample_record(), Article.of(TEXT, id="fresh")
    list(store.add_articles([article_of(pushed)]))
    with (
        running(Process(store.shown_url.removeprefix("sqlite:///"), studio_server)) as service,
        StudioClient(studio_server.url, studio_server.token) as client,
    ):
        list(store.add_predictions(service.pipeline, [pushed]))
        project = push(store, client, pipeline=service.pipeline, title=TITLE, grace=timedelta(seconds=1)).project.id
        list(store.add_articles([fresh]))
        client.import_tasks(project, [{"data": task_data(fresh, "by hand")}])
        go_live(client, project, url=service.url, secret=SECRET, pipeline=service.pipeline)
        before, opened = sorted(task.id for task in client.tasks(project))

        page.open(project, opened)
        shown = {item["value"]["text"] for item in page.regions().values()}
        assert {"“The bridge is open,”", "said"} <= shown
        page.submit()
        service.wait_for("read again", where=lambda line: line["new"] == 1)

        page.open(project, before)
        assert "“We hold the bridge,”" in page.highlights()
        logged = len(service.lines)
        page.submit()
        service.wait_for("read again", where=lambda line: line["new"] == 1, after=logged)

    predicted = store.prediction("fresh", service.pipeline)
    assert predicted is not None
    left = {article.id: parse_record(rows[0].record or "") for article, rows in current(store)}
    assert left["fresh"].attributions == predicted.attributions, "also its suggestions: the base was found"
    assert left["sample"].attributions == pushed.attributions
