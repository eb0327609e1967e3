"""What a person changes on the page is exactly what `annotate review` prints, for a reader of its JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.browser.conftest import PIPELINE, Workbench
from tests.records import TEXT, sample_record, span


def review(what: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run `annotate review` on the workbench's store and return its document."""
    store = str(folder / "store.db")
    done = subprocess.run(
        [sys.executable, "-m", "annotate", "review", what, "--json", "--store", store, *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def fates(document: dict[str, Any], what: str) -> dict[str, dict[str, int]]:
    """Return what became of what, by name, without the noughts."""
    return {
        name: {fate: number for fate, number in each.items() if number}
        for name, each in document["whole"]["fates"][what].items()
    }


def test_every_change_on_the_page_is_in_the_ledger_and_nothing_else(workbench: Workbench, tmp_path: Path) -> None:
    record = sample_record()
    workbench.push(record)
    page = workbench.open(record)
    page.select("a2-s1")
    page.press("6")  # a source becomes a notice,
    page.select("v1")
    page.press("Backspace")  # a statement about checking goes,
    page.select("a2-c1")
    page.choose("claim")  # a denial becomes a claim,
    reported = page.draw(TEXT, *span(TEXT, "reported"), key="2")  # a cue is new,
    page.relate("a2", reported)  # and linked without a label;
    page.select("a1-s1")
    page.press("Backspace")  # a boundary moves as people move it:
    shorter = page.draw(TEXT, *span(TEXT, "Ada Example"), key="3")  # gone, and drawn again,
    page.select(shorter)
    page.write("name", "Ada Example")  # with one of its values,
    page.relate("a1", shorter)  # and linked as it was.
    page.select("a1")
    page.press("Shift+4")  # A rating is no correction.
    page.submit()
    workbench.pull()

    document = review("changes", tmp_path, "--by", "pipeline")
    assert (document["bases"], document["annotations"], document["ratings"]) == ({"snapshot": 1}, 1, 1)
    assert fates(document, "regions") == {
        "all": {"given": 10, "accepted": 5, "moved": 1, "relabelled": 1, "relinked": 1, "changed": 2, "deleted": 1,
                "added": 1},
        "Quote": {"given": 3, "accepted": 2, "relinked": 1},
        "Cue": {"given": 2, "accepted": 1, "changed": 1, "added": 1},
        "Source": {"given": 2, "moved": 1, "relabelled": 1, "changed": 1},
        "Outlet": {"given": 2, "accepted": 2},
        "Verification": {"given": 1, "deleted": 1},
    }  # fmt: skip
    assert fates(document, "relations") == {
        "all": {"given": 11, "accepted": 8, "deleted": 3, "added": 1},
        "said_by": {"given": 2, "accepted": 1, "deleted": 1},
        "cued_by": {"given": 2, "accepted": 2, "added": 1},
        "via": {"given": 3, "accepted": 3},
        "continues": {"given": 1, "accepted": 1},
        "about": {"given": 2, "deleted": 2},
        "disputes": {"given": 1, "accepted": 1},
    }
    changed = {
        name: each for name, each in fates(document, "attributes").items() if each["given"] != each.get("accepted")
    }
    assert changed == {
        "all": {"given": 12, "accepted": 8, "changed": 1, "deleted": 3},
        "cue_class": {"given": 2, "accepted": 1, "changed": 1},
        **{name: {"given": 1, "deleted": 1} for name in ("source_type", "anonymity", "independence")},
    }
    assert {each["what"]: each["count"] for each in document["confusions"]} == dict.fromkeys(
        (
            "Source → Notice",
            "Verification deleted",
            "Cue cue_class deny → claim",
            "Cue added",
            "Source made shorter",
            "Source source_type official → –",
            "Source anonymity named_individual → –",
            "Source independence party → –",
        ),
        1,
    )
    assert document["groups"] == {"pipeline": {PIPELINE: document["whole"]}}
    (person,) = review("people", tmp_path)["people"]
    assert (person["annotations"], person["touched"], person["acceptance"]) == (1, 6, 50.0)
    assert person["lead_time"] > 0


def test_a_page_that_was_only_submitted_is_all_accepted(workbench: Workbench, tmp_path: Path) -> None:
    record = sample_record()
    workbench.push(record)
    workbench.open(record).submit()
    workbench.pull()
    document = review("changes", tmp_path)
    assert document["whole"]["acceptance"]["share"] == 100.0
    assert document["confusions"] == []
    measures = document["whole"]["figures"].values()
    assert {figure["f1"] for names in measures for figure in names.values()} == {100.0}
