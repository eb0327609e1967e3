"""`annotate ingest`: what it says, what it keeps, and how it exits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotate.cli.main import root
from annotate.store import Store

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def ingest(store: Path, *arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(root, ["ingest", "--store", str(store), *map(str, arguments)], input=stdin)


def stored(store: Path) -> list[str]:
    with Store.open(str(store)) as opened:
        return [article.text for article in opened.articles()]


def test_the_seeds_are_new_once_and_known_ever_after(store: Path) -> None:
    files = sorted(SEEDS.glob("*.txt"))
    first = ingest(store, *files)
    assert (first.exit_code, first.stdout) == (0, "5 new, 0 already there, 0 rejected\n")
    second = ingest(store, *files)
    assert (second.exit_code, second.stdout) == (0, "0 new, 5 already there, 0 rejected\n")
    assert stored(store) == [file.read_bytes().decode().replace("\r\n", "\n") for file in files]


def test_the_good_are_added_and_the_bad_reported_and_kept(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(b'{"text": "One said so."}\n{"text": "\\ud800", "id": "x"}\n\xff\n{"text": "Two said so."}\n')
    rejects = tmp_path / "kept" / "rejects.jsonl"
    result = ingest(store, file, "--rejects", rejects)
    assert result.exit_code == 1
    assert result.stdout == "2 new, 0 already there, 2 rejected\n"
    assert result.stderr.splitlines() == [
        f"{file}:2: text holds the lone surrogate U+D800 at position 0",
        f"{file}:3: not UTF-8: byte 0xff at position 0",
        f"rejected articles are kept in {rejects}",
    ]
    assert stored(store) == ["One said so.", "Two said so."]
    assert [json.loads(line) for line in rejects.read_text().splitlines()] == [
        {
            "where": str(file),
            "line": 2,
            "id": "x",
            "reason": "text holds the lone surrogate U+D800 at position 0",
            "raw": '{"text": "\\ud800", "id": "x"}\n',
        },
        {"where": str(file), "line": 3, "id": None, "reason": "not UTF-8: byte 0xff at position 0", "raw": "\\xff\n"},
    ]
    assert sorted(path.name for path in rejects.parent.iterdir()) == ["rejects.jsonl"]


def test_rejects_are_kept_in_the_data_folder_by_default(store: Path, home: Path) -> None:
    result = ingest(store, "-", "--json", stdin=b'{"text": ""}\n')
    summary = json.loads(result.stdout)
    path = Path(summary.pop("rejects"))
    assert summary == {"new": 0, "known": 0, "rejected": 1, "skipped": 0}
    assert path.is_relative_to(home)
    assert re.fullmatch(r"rejects-\d{8}T\d{6}\.\d{6}Z\.jsonl", path.name)
    assert json.loads(path.read_text())["reason"] == "the text is empty"


def test_nothing_rejected_makes_no_file(store: Path, tmp_path: Path, home: Path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    result = ingest(store, "-", "--rejects", rejects, "--json", stdin=b'{"text": "He said so."}\n')
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"new": 1, "known": 0, "rejected": 0, "skipped": 0, "rejects": None}
    assert not rejects.exists()
    assert not list(home.rglob("rejects*"))


def test_an_id_with_two_texts_is_rejected_with_its_place(store: Path, tmp_path: Path) -> None:
    ingest(store, "-", stdin=b'{"text": "First wording.", "id": "n1"}\n')
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "New."}\n{"text": "Second wording.", "id": "n1"}\n{"text": "First wording."}\n')
    rejects = tmp_path / "rejects.jsonl"
    result = ingest(store, file, "--rejects", rejects)
    assert (result.exit_code, result.stdout) == (1, "1 new, 1 already there, 1 rejected\n")
    kept = json.loads(rejects.read_text())
    assert (kept["where"], kept["line"], kept["id"], kept["raw"]) == (str(file), 2, "n1", "Second wording.")
    assert result.stderr.startswith(f"{file}:2: ")
    assert "n1" in kept["reason"]
    assert stored(store) == ["First wording.", "New."]


def test_two_texts_of_one_id_in_one_file(store: Path, tmp_path: Path) -> None:
    lines = b'{"text": "First.", "id": "n1"}\n{"text": "Second.", "id": "n1"}\n{"text": "First.", "id": "n1"}\n'
    result = ingest(store, "-", "--rejects", tmp_path / "rejects.jsonl", stdin=lines)
    assert result.stdout == "1 new, 1 already there, 1 rejected\n"
    assert result.stderr.startswith("-:2: ")
    assert stored(store) == ["First."]


def test_other_files_of_a_folder_are_counted(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("He said so.")
    (folder / "README.md").write_text("About these.")
    result = ingest(store, folder)
    assert (result.exit_code, result.stdout) == (
        0,
        "1 new, 0 already there, 0 rejected, 1 left aside (not a kind of file that is read)\n",
    )


def test_the_limit_on_a_line_can_be_set(store: Path, tmp_path: Path) -> None:
    line = b'{"text": "' + b"x" * 1_000 + b'"}\n'
    result = ingest(store, "-", "--max-line", 500, "--rejects", tmp_path / "rejects.jsonl", stdin=line)
    assert result.exit_code == 1
    assert result.stderr.startswith("-:1: a line of 1,013 bytes is over the limit of 500\n")
    assert ingest(store, "-", "--max-line", 2_000, stdin=line).stdout == "1 new, 0 already there, 0 rejected\n"


def test_usage_errors_exit_with_2(store: Path) -> None:
    assert ingest(store).exit_code == 2
    assert ingest(store, SEEDS, "--format", "docx").exit_code == 2
    assert ingest(store, SEEDS, "--max-line", "0").exit_code == 2
