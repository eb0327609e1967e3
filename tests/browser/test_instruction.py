"""The instruction as an annotator meets it: before labeling, and behind its button."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Workbench
from tests.browser.page import LabelingPage
from tests.records import sample_record


def test_it_is_shown_before_labeling_and_behind_its_button(
    workbench: Workbench, page: LabelingPage, tmp_path: Path
) -> None:
    hosts: set[str] = set()
    page.page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    record = sample_record()
    workbench.push(record)
    page.page.goto(f"{page._url}/projects/{workbench.project.id}/data?labeling=1")
    dialog = page.page.get_by_text("Ten rules").locator("xpath=..")
    expect(dialog).to_be_visible(timeout=60_000)
    rules = dialog.locator("ol > li")
    assert rules.count() == 10
    for style, value in {"listStyleType": "decimal", "display": "list-item"}.items():
        assert rules.first.evaluate("(e, name) => getComputedStyle(e)[name]", style) == value
    assert dialog.locator("mark.quote").evaluate("e => getComputedStyle(e).backgroundColor").startswith("rgba(86, 180")
    assert dialog.locator("kbd").all_inner_texts()[:6] == ["1", "2", "3", "4", "5", "6"]
    assert len(hosts) == 1, f"everything comes from the server itself: {hosts}"
    workbench.open(record)
    assert dialog.count() == 0, "a task that is opened by itself is not covered"
    page.page.get_by_role("button", name="Instructions").click()
    expect(dialog).to_be_visible()
