"""`annotate review changes`: what it prints of what people made of the machine's work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.cli.review_changes import GROUPINGS
from annotate.review.ledger import KEYS
from annotate.store import Store
from tests.review.shelf import Shelf, article, given, with_value, without

PROJECT = Path(__file__).parents[2]
OUTLET = "… 1,” the spokesman said. Rebels deny it, [Outlet Sample Wire] reported."


def annotate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def shelf(path: Path) -> Iterator[Shelf]:
    with Store.open(str(path)) as store:
        yield Shelf(store)


def changes(path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return annotate("review", "changes", "--store", path, *arguments)


def test_the_groupings_are_those_of_the_ledger() -> None:
    assert tuple(KEYS) == GROUPINGS


def test_the_table_tells_what_became_of_what(shelf: Shelf, path: Path) -> None:
    one, other, empty, lost = (article(number) for number in (1, 2, 3, 4))
    shelf.add(one, other, empty, lost)
    shelf.predict(one, given(one))
    shelf.annotate(one, with_value(without(given(one), "o1"), "cue_class", "claim"))
    shelf.annotate(other, [], before=given(other), skipped=True)
    shelf.annotate(empty, given(empty), pipeline=None)
    shelf.annotate(lost, given(lost), pipeline="nowhere-1")
    done = changes(path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:5] == [
        "1 annotation of 1 article, each compared with what the machine had given",
        "not compared: 1 skipped",
        "not compared: 1 annotation that began on an empty page, with 4 regions; nothing was pre-annotated there",
        "not compared: 1 annotation whose prediction is neither in there nor in the store",
        "accepted: 50.0 %, 2 of the machine's 4 regions left exactly as they were",
    ]
    rows = {line[:24].strip(): line.split() for line in lines if line.startswith("  ")}
    assert rows["Outlet"][-2:] == ["1", "0"]
    assert rows["cue_class"] == ["cue_class", "0.0", "0.0", "0.0", "1", "1", "0.0"]
    assert "      1  Cue cue_class neutral → claim" in lines
    assert f"             machine: {OUTLET}" in lines


def test_json_is_the_whole_ledger(shelf: Shelf, path: Path) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, without(given(of), "o1"), before=given(of))
    document = json.loads(changes(path, "--json", "--by", "outlet", "--examples", 2).stdout)
    assert document["whole"]["acceptance"] == {"share": 75.0, "given": 4, "accepted": 3, "interval": None}
    assert document["bases"] == {"snapshot": 1}
    assert document["groups"]["outlet"]["Example Times"]["fates"]["regions"]["Outlet"]["deleted"] == 1
    assert document["whole"]["figures"]["exact"]["all"]["precision"] == 75.0
    assert document["confusions"] == [
        {
            "what": "Outlet deleted",
            "count": 1,
            "examples": [
                {
                    "article": "article-1",
                    "annotator": "annotator-1",
                    "machine": OUTLET,
                    "people": None,
                }
            ],
        }
    ]


def test_groups_and_further_corrections_are_announced(shelf: Shelf, path: Path) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, with_value(without(given(of), "o1"), "cue_class", "claim"), before=given(of))
    done = changes(path, "--by", "annotator", "--top", 1, "--examples", 0, "--names")
    assert "\nannotator: ann@example.org, 1 annotation of 1 article\n" in done.stdout
    assert done.stdout.endswith(
        "      1  Cue cue_class neutral → claim\n         and 1 further kind of correction (--top 2 shows all)\n"
    )
    assert "ann@example.org" not in changes(path, "--by", "annotator").stdout


def test_without_annotations_it_says_what_to_do(path: Path) -> None:
    done = changes(path)
    assert done.returncode == 0
    assert done.stdout.startswith("0 annotations of 0 articles")
    assert done.stderr == "Nobody has annotated anything yet: submit tasks in Label Studio, then run annotate pull.\n"
    assert json.loads(changes(path, "--json").stdout)["annotations"] == 0


def test_an_unknown_grouping_is_wrong_usage(path: Path) -> None:
    done = changes(path, "--by", "mood")
    assert done.returncode == 2
    assert "'mood' is not one of 'pipeline', 'annotator', 'outlet', 'day', 'week', 'month'" in done.stderr


def test_the_sample_that_people_corrected(path: Path) -> None:
    annotate("ingest", PROJECT / "seeds", "--store", path)
    annotate("pull", "--from", PROJECT / "exports/sample/source/annotations.json", "--store", path)
    document = json.loads(changes(path, "--json").stdout)
    assert document["bases"] == {"snapshot": 5}
    regions = document["whole"]["fates"]["regions"]
    assert regions["all"]["given"] == 311
    assert sum(fates["given"] for name, fates in regions.items() if name != "all") == 311
    for fates in regions.values():
        assert fates["accepted"] + fates["deleted"] <= fates["given"]
    most = document["confusions"][0]
    assert (most["what"], most["count"]) == ("Source independence unknown → party", 56)
