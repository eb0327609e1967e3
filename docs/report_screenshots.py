"""Take the pictures of the report anew, from the seed articles and the sample's corrections.

python -m docs.report_screenshots
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).parent.parent
IMAGES = PROJECT / "docs" / "images"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report, corrected = _report(Path(folder)), _corrected(Path(folder))
        chromium = os.environ.get("ANNOTATE_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for name, anchor, width, height in (
            ("top", "top", 1280, 900),
            ("graph", "s1-graph", 1280, 740),
            ("claim", "s1-c1", 1280, 720),
            ("article", "a4", 1280, 900),
            ("phone", "a4", 390, 844),
            ("corrections", "corrections", 1280, 860),
        ):
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme="dark" if name == "phone" else "light"
            )
            page.goto(f"{corrected if name == 'corrections' else report}#{anchor}")
            page.wait_for_timeout(500)
            page.screenshot(path=IMAGES / f"report-{name}.png")
            page.close()
        browser.close()


def _report(folder: Path) -> str:
    annotate = (sys.executable, "-m", "annotate")
    seeds = sorted(str(path) for path in (PROJECT / "seeds").glob("*.txt"))
    records = subprocess.run(
        [*annotate, "predict", *seeds, "--parties", str(PROJECT / "seeds" / "PARTIES")], check=True, capture_output=True
    )
    output = folder / "report.html"
    subprocess.run(
        [*annotate, "report", "-", "-o", str(output), "--title", "Panjshir, August and September 2021"],
        input=records.stdout,
        check=True,
        capture_output=True,
    )
    return output.as_uri()


def _corrected(folder: Path) -> str:
    """Write the report of a store that holds the sample's annotations."""
    store, output = str(folder / "store.db"), folder / "corrected.html"
    for command in (
        ("ingest", str(PROJECT / "seeds")),
        ("pull", "--from", str(PROJECT / "exports" / "sample" / "source" / "annotations.json")),
        ("report", "-o", str(output)),
    ):
        subprocess.run([sys.executable, "-m", "annotate", *command, "--store", store], check=True, capture_output=True)
    return output.as_uri()


if __name__ == "__main__":
    main()
