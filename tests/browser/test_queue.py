"""A queue as annotators meet it: the tab of an order, and the button that starts labeling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from annotate.review.drawing import Draw
from annotate.review.queue import Queued
from annotate.store import Store
from annotate.studio.client import StudioClient
from annotate.studio.push import project_for, push
from annotate.studio.queue import place
from annotate.studio.server import EmbeddedStudio
from annotate.studio.views import make_view, queue_view, sample_view
from tests.browser.page import LabelingPage
from tests.studio.fakes import article, fill

LOAD = 60_000
TEXT = ".text .lsf-htx-richtext"


@pytest.fixture
def tabs(studio_server: EmbeddedStudio, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A project of four articles in the order 2, 0, 3, 1, one of them in the sample: its views' addresses."""
    with (
        Store.open(str(tmp_path / "store.db")) as store,
        StudioClient(studio_server.url, studio_server.token) as client,
    ):
        articles = [article(number) for number in range(4)]
        fill(store, articles, "v1")
        project = project_for(store, client, "A queue in the browser")
        order = [Queued(articles[n].id, articles[n].sha256, 0, "", 0, annotated=False) for n in (2, 0, 3, 1)]
        placing = place(client, project, "useful", order)
        push(store, client, pipeline="v1", title=project.title, placing=placing, draw=Draw(1).of)
        views = {
            view["title"]: make_view(client, project.id, view)[0] for view in (queue_view("useful"), sample_view())
        }
        yield {title: f"{studio_server.url}/projects/{project.id}/data?tab={number}" for title, number in views.items()}


def test_labeling_as_displayed_follows_the_queue_and_the_sample_is_blank(
    page: LabelingPage, tabs: dict[str, str]
) -> None:
    drawn = Draw(1).of(article(number).sha256 for number in range(4))
    (sampled,) = [number for number in range(4) if article(number).sha256 in drawn]
    queue = [number for number in (2, 0, 3, 1) if number != sampled]
    tab = page.page
    tab.goto(tabs["Queue: useful"])
    items = tab.get_by_text("It is item")
    expect(items).to_have_count(3, timeout=LOAD)
    assert [int(text.split("item ")[1].split(",")[0]) for text in items.all_inner_texts()] == queue
    tab.get_by_role("button", name="Toggle open").click()
    tab.get_by_text("Label Tasks As Displayed").click()
    page.put_instruction_away()
    for number in queue:
        expect(tab.locator(TEXT)).to_contain_text(f"It is item {number},", timeout=LOAD)
        expect(tab.locator(".text .htx-highlight").first).to_be_visible()
        tab.get_by_test_id("bottombar-submit-button").click()
    tab.goto(tabs["Evaluation sample"])
    expect(tab.get_by_text("It is item")).to_have_count(1, timeout=LOAD)
    tab.get_by_role("button", name="Toggle open").click()
    tab.get_by_text("Label Tasks As Displayed").click()
    page.put_instruction_away()
    expect(tab.locator(TEXT)).to_contain_text(f"It is item {sampled},", timeout=LOAD)
    expect(tab.get_by_test_id("bottombar-submit-button")).to_be_visible()
    expect(tab.locator(".text .htx-highlight")).to_have_count(0)
