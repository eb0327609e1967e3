"""`annotate preannotate` over a collection: what other articles say changes the suggestions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.record import Record
from annotate.store import Store

ARTICLES = (
    "Mayor Jane Roe told Reuters that the old bridge over the Sample river in Exampleton fell at noon because"
    " of the flood.",
    "The rain went on.\n\nEngineer John Poe told AFP that the flood made the old bridge over the Sample river in"
    " Exampleton fall at noon.",
    "The council of another town said that schools would open on Friday.",
)


def annotate(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", *arguments, "--store", str(store)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    lines = [json.dumps({"id": f"a{number}", "text": text}) for number, text in enumerate(ARTICLES)]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    place = tmp_path / "store.db"
    assert annotate(place, "ingest", str(tmp_path / "articles.jsonl")).returncode == 0
    return place


def records(place: Path) -> dict[str, Record]:
    with Store.open(str(place)) as opened:
        (use,) = opened.pipelines()
        return {record.id: record for record in opened.predictions(use.pipeline)}


def credibilities(record: Record) -> set[str]:
    return {str(a.suggestion.credibility) for a in record.attributions if a.suggestion}


def test_articles_that_agree_change_each_others_suggestions(store: Path) -> None:
    done = annotate(store, "preannotate", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["suggestions_renewed"] == 2
    found = records(store)
    assert credibilities(found["a0"]) == credibilities(found["a1"]) == {"3"}
    assert credibilities(found["a2"]) == {"6"}


def test_a_second_run_changes_nothing(store: Path) -> None:
    annotate(store, "preannotate")
    before = records(store)
    again = json.loads(annotate(store, "preannotate", "--json").stdout)
    assert (again["predicted"], again["suggestions_renewed"]) == (0, 0)
    assert records(store) == before


def test_without_comparing_each_article_stands_alone(store: Path) -> None:
    done = annotate(store, "preannotate", "--no-stories", "--json")
    assert json.loads(done.stdout)["suggestions_renewed"] == 0
    assert {each for record in records(store).values() for each in credibilities(record)} == {"6"}
