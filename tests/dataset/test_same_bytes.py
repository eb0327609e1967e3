"""The same store gives the same bytes: in any folder, at any time, for any user, locale and hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotate.record import Record
from annotate.scheme import CueClass
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, append
from annotate.store.projects import bind_project
from tests.dataset.releases import articles
from tests.dataset.test_changes import recoded
from tests.dataset.test_export import annotation

FORMATS = ("jsonl", "parquet", "spacy", "brat", "web-annotation", "citron", "conll")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Make a store in which two people annotated some of the articles."""
    path = tmp_path / "store.db"
    with Store.open(str(path)) as opened:
        project = bind_project(opened, "1@2026", 1, "Sources")
        pulled = [annotation(opened, record, identity=f"ada-{record.id}") for record in articles(4)]
        pulled += [_second(opened, record) for record in articles(2)]
        append(opened, project, pulled)
    return path


def _second(store: Store, record: Record) -> PulledAnnotation:
    other = recoded(record, CueClass.CLAIM) if record.id == "article-002" else record
    return annotation(store, other, identity=f"ben-{record.id}", annotator="ben@example.org")


def exported(store: Path, folder: Path, about: Path, since: Path | None, **environment: str) -> dict[str, bytes]:
    arguments = ["export", str(folder), "--store", str(store), "--about", str(about), "--licence", "CC-BY-4.0"]
    arguments += [part for name in FORMATS for part in ("--format", name)]
    done = subprocess.run(
        [sys.executable, "-m", "annotate", *arguments, *(["--since", str(since)] if since else [])],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_exports_are_alike_byte_for_byte(store: Path, tmp_path: Path) -> None:
    about = tmp_path / "about.md"
    about.write_text("# Ours\n\nTwo people, “two” readings.\n", encoding="utf-8")
    homes = [tmp_path / "one home", tmp_path / "two"]
    for home in homes:
        home.mkdir()
    places = (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kabul", "LC_ALL": "C", "HOME": str(homes[0])},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "C.UTF-8", "HOME": str(homes[1])},
    )
    first = exported(store, homes[0] / "release", about, None, **places[0])
    time.sleep(1.1)  # so that what notes the second of its making would differ
    second = exported(store, homes[1] / "elsewhere" / "r", about, None, **places[1])
    assert set(first) >= {"README.md", "croissant.json", "provenance.json", "SHA256SUMS"}
    assert any(name.endswith("/data/part-00000.parquet") for name in first)
    assert [name for name in first if first[name] != second.get(name)] == []
    assert set(first) == set(second)
    third = exported(store, homes[0] / "next", about, homes[0] / "release", **places[1])
    fourth = exported(store, homes[1] / "next", about, homes[1] / "elsewhere" / "r", **places[0])
    assert "CHANGELOG.md" in third
    assert third == fourth


def test_the_card_tells_agreement_over_all_annotations_in_the_store(store: Path, tmp_path: Path) -> None:
    about = tmp_path / "about.md"
    about.write_text("Ours.\n", encoding="utf-8")
    files = exported(store, tmp_path / "release", about, None)
    card = files["README.md"].decode()
    assert "2 annotators read 2 articles" in card  # of which one, on which they differ, is withheld
    assert "1 annotated article was withheld" in card
    assert "| `cue_class` | 0." in card
    everything = b"".join(content for name, content in files.items() if not name.endswith((".parquet", ".spacy")))
    assert b"ada@example.org" not in everything
    assert b"ben@example.org" not in everything
