"""Nothing half-written: whatever breaks off an export or a hydration, one of the two releases is there whole."""

from __future__ import annotations

import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from annotate.dataset.export import MANIFEST
from annotate.dataset.rights import Texts
from annotate.dataset.staging import READY, SUMS, staged
from annotate.errors import DatasetError
from tests.dataset.damage import command, news, release
from tests.dataset.test_hydrating import content_of

BROKEN_OFF = (
    f"{SUMS}: is missing: an export was broken off while its files were put in place (run the same export or hydrate"
    " again: it goes on from there)"
)
PROJECT = Path(__file__).parents[2]


def steps(writer: str, mode: str, folder: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.dataset.broken_off", writer, mode, str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("writer", ["export", "hydrate"])
def test_killed_at_any_step_the_old_or_the_new_release_is_whole_or_the_next_run_finishes_it(
    writer: str, tmp_path: Path
) -> None:
    found = steps(writer, "kill", tmp_path)
    assert len(found) > 20
    assert {step["code"] for step in found[:-1]} == {-signal.SIGKILL}
    assert found[-1]["code"] == 0
    kinds = ["broken off" if BROKEN_OFF in step["left"] else step["left"] for step in found]
    # First the old one, then for some steps neither, which says so, then the new one: never back.
    assert kinds == sorted(kinds, key=["old", "broken off", "new"].index)
    assert {"old", "broken off", "new"} == set(kinds)
    for step in found:
        assert (step["again"], step["then"], step["hidden"]) == (0, "new", [])


@pytest.mark.parametrize("writer", ["export", "hydrate"])
def test_a_disk_that_is_full_from_any_step_on_leaves_the_old_release_or_the_new_one(
    writer: str, tmp_path: Path
) -> None:
    found = steps(writer, "full", tmp_path)
    assert len(found) > 20
    assert {step["code"] for step in found[:-1]} == {1}
    assert found[-1]["code"] == 0
    for step in found[:-1]:
        assert step["left"] == "old" or BROKEN_OFF in step["left"]
        assert (step["again"], step["then"], step["hidden"]) == (0, "new", [])
    assert sum(step["left"] == "old" for step in found) > len(found) / 2


LIMITED = (
    "import resource, signal, sys\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "from annotate.cli.main import main\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))\n"
    "main(sys.argv[2:])\n"
)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    rows = ({"id": record.id, "text": record.text} for record in news())
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [500, 5_000, 40_000, 70_000])
def test_a_disk_that_fills_up_within_a_file_leaves_the_old_release(tmp_path: Path, articles: Path, size: int) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE)
    before = content_of(folder)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), "hydrate", str(folder), "--articles", str(articles)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("annotate: ")
    assert "File too large" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert content_of(folder) == before
    assert command("hydrate", str(folder), "--articles", str(articles))[0] == 0
    assert command("check", str(folder))[0] == 0


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_hydrating_can_be_done_again(tmp_path: Path, articles: Path, seed: int) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE)
    arguments = [sys.executable, "-m", "annotate", "hydrate", str(folder), "--articles", str(articles)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # However fast the machine is: from before the first file to, at times, after the last.
    for _ in range(10_000):
        if any(folder.glob(".export-*")) or process.poll() is not None:
            break
        time.sleep(0.001)
    time.sleep(random.Random(seed).random() * 0.5)
    process.kill()
    process.communicate()
    code, out, _ = command("check", str(folder))
    assert code == 0 or BROKEN_OFF in out
    assert command("hydrate", str(folder), "--articles", str(articles))[0] == 0
    assert command("check", str(folder))[0] == 0
    assert json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["text"] == "hydrated"
    assert not any(folder.glob(".export-*"))


def test_two_writers_never_meet_in_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE)
    before = content_of(folder)
    with staged(folder):
        with pytest.raises(DatasetError, match=r"dataset: another process is writing there \(wait until it is done\)$"):
            release(folder, texts=Texts.ALL)
        assert command("check", str(folder))[0] == 0
    assert content_of(folder) == before


def test_moves_that_lead_out_of_the_folder_are_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE, formats=["jsonl"])
    precious = tmp_path / "precious.txt"
    precious.write_text("mine", encoding="utf-8")
    ready = folder / READY
    ready.mkdir()
    (ready / SUMS).write_text("", encoding="utf-8")
    for moves in ({"targets": [], "stale": ["../precious.txt"]}, {"targets": ["../precious.txt"], "stale": []}, [], {}):
        (ready / ".moves.json").write_text(json.dumps(moves), encoding="utf-8")
        with pytest.raises(DatasetError, match=r"leads out of the folder|says of no files where they go"):
            release(folder, texts=Texts.NONE)
        assert precious.read_text(encoding="utf-8") == "mine"


def test_a_manifest_that_names_files_elsewhere_removes_none(tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE, formats=["jsonl"])
    precious = tmp_path / "precious.txt"
    precious.write_text("mine", encoding="utf-8")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for name in ("../precious.txt", str(precious)):
        (folder / MANIFEST).write_text(json.dumps({**manifest, "files": [name]}), encoding="utf-8")
        with pytest.raises(DatasetError, match="leads out of the folder"):
            release(folder, texts=Texts.NONE)
        assert precious.read_text(encoding="utf-8") == "mine"
