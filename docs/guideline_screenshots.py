"""Take the pictures of the guideline anew, from a running embedded Label Studio, in a project of their own.

annotate studio start && python -m docs.guideline_screenshots && annotate studio stop
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

from annotate.cli.studio import embedded_studio
from annotate.contracts import label_config
from annotate.record import Article, Meta
from annotate.regions.tasks import prediction_of, task_data
from annotate.studio.client import StudioClient
from annotate.studio.instruction import instruction
from annotate.studio.server import EmbeddedStudio
from docs.guideline_examples import examples, reading_of
from docs.screenshots import ARGUMENTS, IMAGES
from tests.browser.page import LabelingPage

TITLE = "Guideline"
PICTURES = {"split": "guideline-split-quote", "nested": "guideline-nested"}
# The labels and the sentence, without the panels around them.
CLIP = {"x": 240, "y": 95, "width": 640, "height": 225}
DIALOG = {"x": 150, "y": 30, "width": 700, "height": 1220}
# Room for the arrows above the sentence.
LEAD = "On Monday evening everybody came to the town hall.\n\n"


def main(server: EmbeddedStudio, folder: Path = IMAGES) -> None:
    known = examples()
    with StudioClient(server.url, server.token) as client:
        for old in client.projects(TITLE):
            client.request("delete the old pictures' project", "DELETE", f"api/projects/{old.id}/")
        project = client.create_project(TITLE, label_config())
        client.set_instruction(project.id, instruction(), show=True)
        for name in PICTURES:
            example = replace(known[name], text=LEAD + known[name].text)
            article = Article.of(example.text, id=name, meta=Meta(title="A made-up sentence"))
            prediction = prediction_of(reading_of(example, example.right).record, "guideline")
            client.import_tasks(project.id, [{"data": task_data(article, name), "predictions": [prediction]}])
        client.show_version(project.id, "guideline")
        tasks = {task["data"]["article_id"]: task["id"] for task in client.export(project.id)}
    with sync_playwright() as playwright:
        chromium = os.environ.get("ANNOTATE_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = LabelingPage(browser.new_page(viewport={"width": 1600, "height": 600}), server.url)
        page.sign_in(server.login.email, server.login.password)
        for name, picture in PICTURES.items():
            page.open(project.id, tasks[name])
            page.page.wait_for_timeout(1000)  # until arrows and panels have come to rest
            page.page.screenshot(path=folder / f"{picture}.png", clip=CLIP)
        page.page.set_viewport_size({"width": 1000, "height": 1250})
        page.page.goto(f"{server.url}/projects/{project.id}/data?labeling=1")
        page.page.get_by_text("Ten rules").wait_for()
        page.page.wait_for_timeout(1000)
        page.page.screenshot(path=folder / "instruction.png", clip=DIALOG)
        browser.close()


if __name__ == "__main__":
    main(embedded_studio())
