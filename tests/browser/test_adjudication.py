"""Two people annotate one task differently, each with a login of their own; a third decides in the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from annotate.dataset.formats import FORMATS
from annotate.record import Record
from annotate.scheme import CueClass, SourceType
from annotate.studio.server import EmbeddedStudio
from tests.browser.page import VIEWPORT, LabelingPage
from tests.records import TEXT, span
from tests.review.test_consensus import changed
from tests.studio.people import Person, annotators_of
from tests.studio.test_adjudication import Bench


@pytest.fixture(scope="module")
def people(studio_server: EmbeddedStudio) -> list[Person]:
    return annotators_of(studio_server, "ada", "ben", "judge")


@pytest.fixture
def bench(studio_server: EmbeddedStudio, people: list[Person], tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, studio_server, people, "Decided in the browser")
    yield made
    made.client.close()


@pytest.fixture
def windows(browser: Browser, studio_server: EmbeddedStudio, people: list[Person]) -> Iterator[list[LabelingPage]]:
    """A window for each person, logged in through the form."""
    with ExitStack() as stack:
        made = []
        for person in people:
            context = stack.enter_context(browser.new_context(viewport=VIEWPORT))
            window = LabelingPage(context.new_page(), studio_server.url)
            window.sign_in(person.email, person.password)
            made.append(window)
        yield made


def test_what_two_annotators_leave_open_a_third_decides(
    bench: Bench, windows: list[LabelingPage], tmp_path: Path
) -> None:
    ada, ben, judge = windows
    project = bench.client.projects(bench.title)[0].id
    task = bench.tasks["sample"]

    bench.judge.call("PATCH", f"/api/projects/{project}/", {"maximum_annotations": 2})

    # Ada takes the denial for a claim, and marks a notice.
    ada.open(project, task)
    ada.select("a2-c1")
    ada.choose("claim")
    notice = ada.draw(TEXT, *span(TEXT, "Radio Sample reported"), key="6")
    ada.submit()
    # Ben gets the same task in the stream and sees none of this; he gives the first source another type.
    ben.page.goto(f"{bench.ben.url}/projects/{project}/data?labeling=1")
    ben.put_instruction_away()
    ben.page.wait_for_selector(".htx-highlight", timeout=60_000)
    assert ben.page.evaluate("window.Htx.task.id") == task
    assert notice not in ben.regions()
    ben.select("a1-s1")
    ben.choose("spokesperson")
    sent_to = "/annotations"
    with ben.page.expect_response(lambda got: got.request.method == "POST" and sent_to in got.url) as made:
        ben.page.click('[data-testid="bottombar-submit-button"]')
    assert made.value.ok

    assert bench.run("pull")["annotations"] == 2
    assert str(bench.readings()["sample"]).startswith("2 annotations disagree")
    assert bench.run("review", "adjudicate")["articles"]["disagreement"] == 1

    second = bench.client.projects(bench.second)[0].id
    (question,) = bench.adjudications()
    judge.open(second, question["id"])
    shown = judge.page.locator(".questions").inner_text()
    asked = judge.page.locator(".questions").evaluate(_INSIDE)
    assert "Where the annotators (A, B, …) differ" in shown
    for words in ("source_type", "cue_class", "Notice"):
        assert words in asked
    for person in (bench.ada, bench.ben):
        assert person.email not in judge.page.content()
    # What both have is there, relations and attributes included.
    expect(judge.page.locator(".relations-overlay text")).to_have_count(11)
    assert sorted(judge.relation_labels()) == sorted(
        ["said_by", "cued_by", "continues", "via", "via", "said_by", "cued_by", "via", "about", "about", "disputes"]
    )
    judge.select("a1-s1")
    detail = judge.page.locator(".lsf-detailed-region__meta-text").inner_text()
    assert "source_type: " in detail
    assert "official" in detail
    assert "spokesperson" in detail
    judge.choose("spokesperson")
    judge.choose("keep")
    judge.select("a2-c1")
    judge.choose("claim")
    judge.submit()

    # The notice was forgotten: nothing is exported, and it is said what is open.
    pulled = bench.annotate("pull")
    assert pulled.returncode == 1
    assert "undecided: " in pulled.stderr
    assert "Notice: " in pulled.stderr
    assert "source_type" not in pulled.stderr
    judge.select(notice)
    judge.press("Backspace")
    with judge.page.expect_response(lambda answer: answer.request.method == "PATCH") as sent:
        judge.page.click('[data-testid="bottombar-update-button"]')
    assert sent.value.ok
    assert bench.run("pull")["unread"] == []

    out = tmp_path / "out"
    bench.run("export", str(out), "--text", "all", "--split", "none", studio=False)
    (row,) = FORMATS["jsonl"].read(out / "records.jsonl")
    gold = changed(changed(bench.record, "a2", cue_class=CueClass.CLAIM), "a1", source_type=SourceType.SPOKESPERSON)
    assert row.model_copy(update={"provenance": None}) == gold
    assert row.provenance is not None
    assert row.provenance.policy == "adjudicated"
    assert len(row.provenance.basis) == 2
    assert isinstance(row, Record)
    written = (out / "records.jsonl").read_text(encoding="utf-8")
    assert not any(person.email in written for person in (bench.ada, bench.ben, bench.judge))
    assert json.loads(written)["provenance"]["annotator"] == "annotator-3"


# The text of the questions: an HTML object may stand in a frame of its own.
_INSIDE = """
element => element.innerText
  + [...element.querySelectorAll('iframe')].map(frame => frame.contentDocument.body.innerText).join('')
"""
