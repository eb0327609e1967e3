"""A disk that is really full, and an SQLite store that another process holds."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotate.cli import main
from annotate.store import Store, engine
from annotate.store.annotations import append
from tests.store.made_up import add, annotation, fill, findings, project, record

PROJECT = Path(__file__).parents[2]
IN_NAMESPACE = ["unshare", "-Urm"]
# On a file system of the given size: export, tell how that ended and what is there, make room, and export again.
ON_SMALL_DISK = """
set -u
mount -t tmpfs -o size="$1" tmpfs "$2" || exit 90
export_it() { "$3" -m annotate export "$2/dataset" --format jsonl --format parquet --text all --store "$4"; }
export_it "$@"; first=$?
ls -A "$2/dataset" 2>/dev/null | grep -c SHA256SUMS
ls -A "$2/dataset" 2>/dev/null | grep -c '^\\.export-'
mount -o remount,size=64m "$2" || exit 91
export_it "$@" >/dev/null || exit 92
"$3" -m annotate check "$2/dataset" >/dev/null || exit 93
exit "$first"
"""


def has_namespaces() -> bool:
    return subprocess.run([*IN_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("size", ["8k", "40k", "80k"])
def test_an_export_onto_a_disk_that_is_full(tmp_path: Path, size: str) -> None:
    if not has_namespaces():
        pytest.skip("this machine allows no mounts of one's own (unshare -Urm)")
    where = str(tmp_path / "store.db")
    with Store.open(where) as store:
        fill(store)
        read = [annotation(number, number, raw='{"result": [1]}') for number in (1, 2, 3)]
        whole = [
            one.__class__(**{**_fields(one), "record": record(n).to_json(), "problem": None})
            for n, one in enumerate(read, start=1)
        ]
        assert append(store, project(store), whole) == 3
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        [*IN_NAMESPACE, "sh", "-c", ON_SMALL_DISK, "sh", size, str(disk), sys.executable, where],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert done.stdout.split() == ["0", "0"], "a dataset that is not whole has no sums, and leaves nothing"
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("annotate: ")][:1]
    assert "No space left on device" in line
    assert "Traceback" not in done.stderr


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in type(one).__slots__}  # type: ignore[attr-defined]


@contextmanager
def held_by_another_process(path: str) -> Iterator[subprocess.Popen[str]]:
    """Let a process of its own hold the store until its standard input ends."""
    code = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN EXCLUSIVE')\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


@pytest.mark.parametrize(
    "command", [["ingest", str(PROJECT / "seeds")], ["db", "verify"], ["db", "backup"], ["export", "dataset"]]
)
def test_a_store_that_another_process_holds_is_one_clear_line(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 200)
    where = str(tmp_path / "store.db")
    with Store.open(where) as store:
        fill(store)
    with held_by_another_process(where):
        with pytest.raises(SystemExit) as ended:
            main([*command, "--store", where])
        assert ended.value.code == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("annotate: ")
        assert "database is locked (another process holds the store: wait for it, then repeat)" in line
    with Store.open(where) as store:
        assert store.count_articles() == 3
        assert findings(store) == []


def test_a_writer_waits_for_the_process_that_holds_the_store(tmp_path: Path) -> None:
    where = str(tmp_path / "store.db")
    Store.open(where).close()
    added: list[str] = []
    with Store.open(where) as store:
        store.count_articles()

    def write() -> None:
        with Store.open(where) as own:
            added.extend(add(own, 1))

    with held_by_another_process(where) as process:
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.5)
        assert writer.is_alive()
        assert added == []
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)
        writer.join(60)
    assert added == ["new"]
