"""Take the picture of the adjudicator's page anew: a seed article that two people read differently.

annotate studio start && python -m docs.adjudication_screenshot && annotate studio stop
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from annotate.cli.studio import embedded_studio
from annotate.record import Article, Record, canonical, make_attribution, parse_record
from annotate.regions.tasks import result_of
from annotate.scheme import SourceType
from annotate.store import Store
from annotate.store.projects import bind_project
from annotate.studio.adjudication import Disputes, adjudication_title, standings
from annotate.studio.client import StudioClient
from annotate.studio.pull import pull
from annotate.studio.push import push
from tests.browser.page import LabelingPage
from tests.studio.people import Person, join

PROJECT = Path(__file__).parent.parent
PREDICTIONS = PROJECT / "exports" / "sample" / "source" / "predictions.jsonl"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
SEED = "Taliban forces and fighters loyal to local leader Ahmed Masoud clashed"
TITLE = "Adjudication picture"


def main() -> None:
    server = embedded_studio()
    lines = PREDICTIONS.read_text(encoding="utf-8").splitlines()
    record = next(one for one in map(parse_record, lines) if (one.text or "").startswith(SEED))
    with tempfile.TemporaryDirectory() as folder, StudioClient(server.url, server.token) as client:
        with Store.open(str(Path(folder) / "store.db")) as store:
            list(store.add_articles([Article(record.id, record.text or "", record.sha256, record.meta)]))
            list(store.add_predictions("picture-1", [record]))
            project = push(store, client, pipeline="picture-1", title=TITLE).project
            (task,) = client.tasks(project.id)
            for name, reading in (("first", record), ("second", _other(record))):
                join(server, name).submit(task.id, result_of(reading))
            number = bind_project(store, project.identity, project.id, TITLE)
            pull(store, number, client.export(project.id), complete=True)
            disputes = [disputed for _, _, disputed in standings(store) if disputed]
            second = push(store, client, cargo=Disputes(disputes), title=adjudication_title(TITLE)).project
        try:
            (asked,) = client.export(second.id)
            _picture(server.url, second.id, asked, join(server, "adjudicator"))
        finally:
            for one in (project, second):
                client.request("delete the project", "DELETE", f"api/projects/{one.id}/")


def _other(record: Record) -> Record:
    """Return what somebody else might have made of the article: another type of source, a shorter quote, one less."""
    assert record.text is not None
    spoken = [item for item in record.attributions if item.source_type == SourceType.SPOKESPERSON]
    changed = {
        spoken[0].id: {"source_type": SourceType.POLITICIAN},
        spoken[1].id: {"quote": (*spoken[1].quote[:-1], (spoken[1].quote[-1][0], spoken[1].quote[-1][1] - 26))},
    }
    without = {record.attributions[-1].id}
    fields = list(type(spoken[0]).model_fields)
    attributions = tuple(
        make_attribution(record.text, **{name: getattr(item, name) for name in fields} | changed.get(item.id, {}))
        for item in record.attributions
        if item.id not in without
    )
    verifications = tuple(
        item.model_copy(update={"about": tuple(one for one in item.about if one not in without)})
        for item in record.verifications
    )
    disputes = tuple(pair for pair in record.disputes if not without & set(pair))
    changes = {"attributions": attributions, "verifications": verifications, "disputes": disputes}
    return canonical(record.model_copy(update=changes))


def _picture(url: str, project: int, task: dict[str, Any], person: Person) -> None:
    regions = [item for item in task["predictions"][0]["result"] if item["type"] == "labels" and "meta" in item]
    shown = next(item["id"] for item in regions if item["value"]["labels"] == ["Source"])
    with sync_playwright() as playwright:
        chromium = os.environ.get("ANNOTATE_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = LabelingPage(browser.new_page(viewport={"width": 1440, "height": 1040}), url)
        page.sign_in(person.email, person.password)
        page.open(project, task["id"])
        page.select(shown)
        page.page.locator(".questions").scroll_into_view_if_needed()
        page.page.wait_for_timeout(1000)  # until arrows and panels have come to rest
        page.page.screenshot(path=PROJECT / "docs" / "images" / "adjudication-page.png")
        browser.close()


if __name__ == "__main__":
    main()
