"""Take the pictures of the labeling page anew, from a running `annotate demo` on which nobody has worked yet.

annotate demo --detach && python -m docs.screenshots && annotate studio stop
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from annotate.cli.studio import embedded_studio
from annotate.studio.client import StudioClient
from tests.browser.page import LabelingPage

IMAGES = Path(__file__).parent / "images"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
# The beginning of the seed article in the pictures.
SEED = "Taliban forces and fighters loyal to local leader Ahmed Masoud clashed"


def main() -> None:
    server = embedded_studio()
    with StudioClient(server.url, server.token) as client:
        (project,) = client.projects("Sources")
        (task,) = (task for task in client.export(project.id) if task["data"]["text"].startswith(SEED))
    regions = {item["id"]: item for item in task["predictions"][0]["result"] if item["type"] == "labels"}
    quote = next(name for name, item in regions.items() if item["value"]["text"].startswith("that the movement's"))
    source = next(name for name, item in regions.items() if item["value"]["text"].startswith("Fahim Dashti, a"))
    with sync_playwright() as playwright:
        chromium = os.environ.get("ANNOTATE_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = LabelingPage(browser.new_page(viewport={"width": 1440, "height": 900}), server.url)
        page.sign_in(server.login.email, server.login.password)
        page.open(project.id, task["id"])

        def picture(name: str) -> None:
            page.page.wait_for_timeout(1000)  # until arrows and panels have come to rest
            page.page.screenshot(path=IMAGES / f"{name}.png")

        page.select(quote)
        picture("labeling-page")
        page.select(source)
        picture("source-attributes")
        page.unselect()
        page.page.get_by_text("Relations", exact=True).first.click()
        page.page.locator(".lsf-relations__item").nth(4).hover()
        picture("relations")
        page.page.get_by_text("Regions", exact=True).first.click()
        page.page.locator(".quality").scroll_into_view_if_needed()
        picture("article-quality")
        browser.close()


if __name__ == "__main__":
    main()
