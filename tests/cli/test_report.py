"""`annotate report`: what it reads, what it writes, and what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from annotate.record import Article
from annotate.store import Store
from annotate.stories.model import Stories
from tests.report.made_up import articles, stories
from tests.report.page import Page, words
from tests.review.shelf import Shelf, article, given, without


def annotate(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", "report", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def lines() -> str:
    return "".join(f"{prediction.to_json()}\n" for prediction, _ in articles())


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    path.write_text(lines(), encoding="utf-8")
    return path


@pytest.fixture
def findings(tmp_path: Path) -> Path:
    path = tmp_path / "stories.json"
    path.write_text(stories().model_dump_json(), encoding="utf-8")
    return path


def test_records_become_a_page_and_one_line_says_where(records: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    done = annotate(records, "-o", output, "--title", "The <bridge>")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{output}: {output.stat().st_size / 1e3:.0f} kB, 4 articles\n"
    page = Page(output)
    assert page.text("//h1") == "The <bridge>"
    assert len(page.all("//article")) == 4


def test_records_come_from_standard_input_too(tmp_path: Path) -> None:
    done = annotate("-", "-o", tmp_path / "report.html", stdin=lines())
    assert done.returncode == 0
    assert len(Page(tmp_path / "report.html").all("//article")) == 4


def test_findings_of_before_are_taken(records: Path, findings: Path, tmp_path: Path) -> None:
    assert annotate(records, "--stories", findings, "-o", tmp_path / "report.html").returncode == 0
    page = Page(tmp_path / "report.html")
    assert "The Sample Herald cites the Example Times, which cites the Sample Wire." in words(page.id("s1"))


def test_findings_of_some_other_articles_are_told(records: Path, findings: Path, tmp_path: Path) -> None:
    records.write_text(lines().split("\n", 1)[0], encoding="utf-8")
    done = annotate(records, "--stories", findings, "-o", tmp_path / "report.html")
    assert done.stderr == f"{findings}: 3 of its 4 articles are not among the given ones\n"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not the findings of a collection: Invalid JSON"),
        ('{"version": "1", "articles": 1}', "not the findings of a collection: stories: Field required"),
        (
            stories().model_dump_json().replace('"statements":[0,1]', '"statements":[0]'),
            "claim c1: its origins do not hold each of its statements once",
        ),
        (
            Stories.model_validate(
                {"version": "1", "articles": 1, "stories": [{"id": "s1", "title": "x", "articles": ["else"]}]}
            ).model_dump_json(),
            "the findings are of other articles (give the Records they are from)",
        ),
    ],
)
def test_findings_that_are_none_are_one_clear_line(
    records: Path, findings: Path, tmp_path: Path, content: str, said: str
) -> None:
    findings.write_text(content, encoding="utf-8")
    done = annotate(records, "--stories", findings, "-o", tmp_path / "report.html")
    assert done.returncode == 1
    assert done.stderr.startswith(f"annotate: {findings}: {said}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "report.html").exists()


def test_the_store_is_read_when_nothing_is_given(tmp_path: Path) -> None:
    address = str(tmp_path / "store.db")
    made = [prediction for prediction, _ in articles()]
    store = Store.open(address)
    list(store.add_articles(Article(each.id, each.text or "", each.sha256, each.meta) for each in made))
    list(store.add_predictions("by-hand-1", made))
    store.close()
    done = annotate("--store", address, "-o", tmp_path / "report.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(Page(tmp_path / "report.html").all("//article")) == 4


def test_what_is_no_record_is_reported_and_the_rest_is_written(records: Path, tmp_path: Path) -> None:
    records.write_text(f"not json\n{lines()}", encoding="utf-8")
    done = annotate(records, "-o", tmp_path / "report.html")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{records}:1: ")
    assert len(Page(tmp_path / "report.html").all("//article")) == 4


def test_an_empty_collection_is_a_page_and_a_hint(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("", encoding="utf-8")
    done = annotate(tmp_path / "none.jsonl", "-o", tmp_path / "report.html")
    assert done.returncode == 0
    assert "0 articles" in done.stdout
    assert "annotate predict" in done.stderr
    assert "There are no articles." in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_missing_folder_is_named_before_anything_is_read(records: Path, tmp_path: Path) -> None:
    done = annotate(records, "-o", tmp_path / "nowhere" / "report.html")
    assert done.returncode == 1
    assert done.stderr == (
        f"annotate: {tmp_path / 'nowhere'}: there is no such folder to write into (create it first)\n"
    )


def test_identities_go_without_findings(records: Path, findings: Path, tmp_path: Path) -> None:
    done = annotate(records, "--stories", findings, "--identities", records, "-o", tmp_path / "report.html")
    assert done.returncode == 2
    assert "--identities is for findings that are made here" in done.stderr


def test_the_report_of_a_store_tells_what_people_corrected(tmp_path: Path) -> None:
    path, of = tmp_path / "store.db", article(1)
    with Store.open(str(path)) as store:
        shelf = Shelf(store)
        shelf.add(of)
        shelf.predict(of, given(of))
        shelf.annotate(of, without(given(of), "o1"))
    done = annotate("--store", path, "-o", tmp_path / "report.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 Outlet deleted" in words(Page(tmp_path / "report.html").id("corrections"))


def test_record_files_do_not_tell_what_was_corrected(records: Path, tmp_path: Path) -> None:
    annotate(records, "-o", tmp_path / "report.html")
    assert "#corrections" not in Page(tmp_path / "report.html").source
