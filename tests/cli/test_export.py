"""`annotate export` and what describes a release: the options, and what goes wrong with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from annotate.store import Store
from annotate.store.annotations import append
from annotate.store.projects import bind_project
from tests.dataset.releases import articles, released
from tests.dataset.test_export import annotation


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with Store.open(str(path)) as opened:
        project = bind_project(opened, "1@2026", 1, "Sources")
        append(opened, project, [annotation(opened, record, identity=record.id) for record in articles(3)])
    return path


def run(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", "export", *arguments, "--store", str(store)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_split_that_is_given_up_is_told_in_the_changelog(store: Path, tmp_path: Path) -> None:
    released(tmp_path / "old", articles(3), split=True)
    done = run(store, str(tmp_path / "new"), "--split", "none", "--since", str(tmp_path / "old"))
    assert done.returncode == 0, done.stderr
    assert "- split: stories before, none now" in (tmp_path / "new" / "CHANGELOG.md").read_text(encoding="utf-8")
    assert done.stderr == ""  # none was moved from one split to another


def test_since_what_is_no_release_is_one_clear_error_and_writes_nothing(store: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run(store, str(tmp_path / "new"), "--since", str(tmp_path / "empty"))
    assert done.returncode == 1
    assert done.stderr == (
        f"annotate: {tmp_path / 'empty'}: dataset.json cannot be read: No such file or directory"
        " (name the folder of an earlier release)\n"
    )
    assert not (tmp_path / "new").exists()


def test_words_that_are_no_utf_8_are_one_clear_error(store: Path, tmp_path: Path) -> None:
    about = tmp_path / "about.md"
    about.write_bytes(b"\xff\xfe")
    done = run(store, str(tmp_path / "new"), "--about", str(about))
    assert done.returncode == 1
    assert done.stderr == f"annotate: {about}: cannot be read: it is not UTF-8 (give a Markdown file in UTF-8)\n"
    assert not (tmp_path / "new").exists()


def test_an_about_that_is_not_there_is_wrong_usage(store: Path, tmp_path: Path) -> None:
    assert run(store, str(tmp_path / "new"), "--about", str(tmp_path / "none.md")).returncode == 2
