"""`annotate review people`: who did how much, and in what time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.store import Store
from tests.cli.test_review_changes import annotate
from tests.review.shelf import Shelf, article, given, without


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with the work of two annotators."""
    where = tmp_path / "store.db"
    one, other = article(1), article(2)
    with Store.open(str(where)) as store:
        shelf = Shelf(store)
        shelf.add(one, other)
        shelf.annotate(one, given(one), before=given(one), lead_time=3600.0)
        shelf.annotate(other, without(given(other), "o1"), before=given(other), lead_time=1800.0)
        shelf.annotate(one, [], skipped=True, who="zoe@example.org", at="2026-02-03T04:05:06Z")
    return where


def test_the_table_has_a_line_for_each(path: Path) -> None:
    done = annotate("review", "people", "--store", path)
    assert (done.returncode, done.stderr) == (0, "")
    heading, ann, zoe = (line.split() for line in done.stdout.splitlines())
    assert heading[:4] == ["annotator", "done", "articles", "skipped"]
    assert ann == [
        "annotator-1", "2", "2", "0", "0", "1", "26", "1:30:00", "45:00", "17", "1", "87.5", "%",
        "2026-01-02", "2026-01-02",
    ]  # fmt: skip
    assert zoe == [
        "annotator-2", "0", "0", "1", "0", "0", "0", "–", "–", "–", "–", "–", "2026-02-03", "2026-02-03"
    ]  # fmt: skip


def test_json_and_names(path: Path) -> None:
    document = json.loads(annotate("review", "people", "--store", path, "--json", "--names").stdout)
    assert [person["annotator"] for person in document["people"]] == ["ann@example.org", "zoe@example.org"]
    assert document["people"][0] | {"first": None, "last": None} == {
        "annotator": "ann@example.org", "annotations": 2, "articles": 2, "skipped": 0, "unread": 0, "touched": 1,
        "words": 26, "attributions": 2, "lead_time": 5400.0, "median_lead_time": 2700.0, "words_per_hour": 17.3,
        "attributions_per_hour": 1.3, "acceptance": 87.5, "first": None, "last": None,
    }  # fmt: skip


def test_without_annotations_it_says_what_to_do(tmp_path: Path) -> None:
    done = annotate("review", "people", "--store", tmp_path / "store.db")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Nobody has annotated anything yet: submit tasks in Label Studio, then run annotate pull.\n"
    assert json.loads(annotate("review", "people", "--json", "--store", tmp_path / "store.db").stdout) == {"people": []}
