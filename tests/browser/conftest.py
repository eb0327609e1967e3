"""A Chromium that is signed in to a real Label Studio, and a workbench around one article's way through both."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from annotate.record import Article, Record, parse_record
from annotate.store import Store
from annotate.store.annotations import current
from annotate.store.projects import bind_project
from annotate.studio.client import StudioClient
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.server import EmbeddedStudio
from tests.browser.page import VIEWPORT, LabelingPage

PIPELINE = "by-hand-1"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
HOW_TO_GET_IT = "no Chromium: install the package `chromium`, or name one in ANNOTATE_CHROMIUM"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.studio)
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; without one the browser tests are skipped, and fail in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("ANNOTATE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET_IT)
    return found


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    # A module at a time: while playwright runs, no other test of this process could use asyncio.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, studio_server: EmbeddedStudio) -> Iterator[BrowserContext]:
    """A person's browser window, logged in through the form."""
    with browser.new_context(viewport=VIEWPORT) as context:
        page = LabelingPage(context.new_page(), studio_server.url)
        page.sign_in(studio_server.login.email, studio_server.login.password)
        page.page.close()
        yield context


@pytest.fixture
def page(signed_in: BrowserContext, studio_server: EmbeddedStudio) -> Iterator[LabelingPage]:
    tab = signed_in.new_page()
    yield LabelingPage(tab, studio_server.url)
    tab.close()


class Workbench:
    """A store and a project of their own: predictions go to the page, and corrections come back."""

    def __init__(self, store: Store, client: StudioClient, page: LabelingPage, title: str) -> None:
        self.page = page
        self.store = self._store = store
        self._client = client
        self._title = title

    def push(self, *records: Record) -> None:
        """Store the articles with these predictions, and push them."""
        articles = [Article(record.id, record.text or "", record.sha256, record.meta) for record in records]
        assert [str(outcome) for _, outcome, _ in self._store.add_articles(articles)] == ["new"] * len(articles)
        list(self._store.add_predictions(PIPELINE, records))
        done = push(self._store, self._client, pipeline=PIPELINE, title=self._title, grace=timedelta(seconds=1))
        assert (done.added, done.complete) == (len(records), True)
        self.project = done.project
        self.tasks = {task["data"]["article_id"]: task["id"] for task in self._client.export(self.project.id)}

    def open(self, record: Record) -> LabelingPage:
        """Open the labeling page of a pushed article."""
        self.page.open(self.project.id, self.tasks[record.id])
        return self.page

    def pull(self) -> dict[str, Record]:
        """Pull the annotations, and return the Records that people left, by article id."""
        number = bind_project(self._store, self.project.identity, self.project.id, self._title)
        summary = pull(self._store, number, self._client.export(self.project.id), complete=True)
        assert summary.unread == []
        return {
            article.id: parse_record(rows[0].record or "").model_copy(update={"provenance": None})
            for article, rows in current(self._store)
        }


@pytest.fixture
def workbench(
    studio_server: EmbeddedStudio, page: LabelingPage, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Workbench]:
    store = Store.open(str(tmp_path / "store.db"))
    try:
        with StudioClient(studio_server.url, studio_server.token) as client:
            yield Workbench(store, client, page, request.node.name[:50])
    finally:
        store.close()
