"""`annotate export` with splits, as it is called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from annotate.cli.main import main
from annotate.store import Store
from annotate.store.annotations import append
from annotate.store.projects import bind_project
from tests.dataset.test_export import annotation
from tests.dataset.test_splitting import NAMES, told


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """Return a store in which twelve articles of eight stories were annotated."""
    path = tmp_path / "store.db"
    with Store.open(str(path)) as store:
        project = bind_project(store, "1@2026", 1, "Sources")
        for number, name in enumerate(NAMES[:12]):
            outlet = "Reuters" if number == 11 else "Example Post"
            speeches = (number % 4,) if number < 8 else ()
            made = told(name, *speeches, publisher=outlet, published=f"2031-{number + 1:02}-01")
            append(store, project, [annotation(store, made, identity=name)])
    return path


def export(path: Path, *arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(("export", *arguments, "--store", str(path)))
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def where(folder: Path) -> dict[str, str]:
    rows = map(json.loads, (folder / "articles.jsonl").read_text("utf-8").splitlines())
    return {row["id"]: row["split"] for row in rows}


def test_stories_are_the_default_and_the_command_says_what_is_in_each_split(path: Path, tmp_path: Path) -> None:
    code, out, err = export(path, str(tmp_path / "out"), "--shares", "50,0,50")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("12 articles with ")
    counts = {name: list(where(tmp_path / "out").values()).count(name) for name in ("train", "test")}
    for name, line in zip(("train", "test"), lines[1:3], strict=True):
        assert line.startswith(f"{name:>6}: {counts[name]} articles of ")
        rows = (tmp_path / "out" / name / "records.jsonl").read_text("utf-8").splitlines()
        assert len(rows) == counts[name]
    assert not (tmp_path / "out" / "records.jsonl").exists()
    _, out, _ = export(path, str(tmp_path / "again"), "--json", "--salt", "another")
    made = json.loads(out)
    assert where(tmp_path / "again") == where(tmp_path / "out")
    assert {name: split["articles"] for name, split in made["splits"].items()} == counts
    assert (made["stories"], sum(split["stories"] for split in made["splits"].values()), made["notes"]) == (8, 8, [])


def test_one_dataset_without_splits_binds_nothing(path: Path, tmp_path: Path) -> None:
    code, out, _ = export(path, str(tmp_path / "out"), "--split", "none")
    assert (code, " stories" in out) == (0, False)
    assert (tmp_path / "out" / "records.jsonl").is_file()
    assert set(where(tmp_path / "out").values()) == {None}
    assert export(path, str(tmp_path / "test"), "--shares", "0,0,100")[0] == 0
    assert set(where(tmp_path / "test").values()) == {"test"}


def test_a_sample_is_one_thing(path: Path, tmp_path: Path) -> None:
    code, out, _ = export(path, str(tmp_path / "out"), "--articles", "sample", "--json")
    assert (code, json.loads(out)["splits"]) == (0, {})
    assert (tmp_path / "out" / "records.jsonl").is_file()


def test_by_time_and_by_outlet(path: Path, tmp_path: Path) -> None:
    code, _, err = export(path, str(tmp_path / "time"), "--split", "time", "--until", "2031-09-01,2031-11-01")
    assert (code, err) == (0, "")
    assert where(tmp_path / "time") == {
        name: "train" if number < 8 else "dev" if number < 10 else "test" for number, name in enumerate(NAMES[:12])
    }
    code, _, err = export(path, str(tmp_path / "outlet"), "--split", "outlet", "--held-out", "reuters")
    assert code == 0
    # What was released stays; that it was released otherwise is said.
    assert err == "note: 12 articles were released by another way of splitting, and stay where they are\n"
    assert where(tmp_path / "outlet") == where(tmp_path / "time")


def test_an_earlier_release_holds_in_a_fresh_store(path: Path, tmp_path: Path) -> None:
    assert export(path, str(tmp_path / "one"), "--shares", "0,100,0")[0] == 0
    fresh = tmp_path / "fresh.db"
    with Store.open(str(fresh)) as store:
        made = told(NAMES[0], 0, publisher="Example Post", published="2031-01-01")
        append(store, bind_project(store, "2@2026", 1, "Sources"), [annotation(store, made)])
    code, _, err = export(fresh, str(tmp_path / "two"), "--assignments", str(tmp_path / "one"))
    assert code == 0
    assert err.startswith("note: 11 released articles are not in this store")
    assert where(tmp_path / "two") == {NAMES[0]: "dev"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--until", "2031-01-01"), "--until goes with --split time"),
        (("--split", "time", "--salt", "x"), "--salt goes with --split stories or outlet"),
        (("--split", "none", "--shares", "80,10,10"), "--shares goes with --split stories or time or outlet"),
        (("--articles", "sample", "--salt", "x"), "--salt goes with --split stories or outlet"),
        (("--held-out", "Reuters"), "--held-out goes with --split outlet"),
        (("--split", "outlet"), "--split outlet needs --held-out: which outlets go to test?"),
        (("--split", "time", "--until", "soon"), "--until: 'soon' holds no day such as 2021-09-01"),
        (
            ("--split", "time", "--until", "2031-01-01", "--shares", "80,10,10"),
            "--until and --shares say two things about where the splits begin: give one",
        ),
    ],
)
def test_options_that_do_not_fit_together(path: Path, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    code, _, err = export(path, str(tmp_path / "out"), *arguments)
    assert (code, err.splitlines()[-1]) == (2, f"Error: {message}")
    assert not (tmp_path / "out").exists()


def test_shares_that_make_no_hundred_are_one_line(path: Path, tmp_path: Path) -> None:
    code, _, err = export(path, str(tmp_path / "out"), "--shares", "80,10")
    assert (code, err) == (
        1,
        "annotate: '80,10' are no shares of train, dev and test (give three whole numbers that make 100, as in"
        " 80,10,10)\n",
    )
