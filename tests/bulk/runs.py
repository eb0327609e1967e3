"""Bulk runs as a user starts them, and articles for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from annotate.dataset.formats import parquet
from annotate.record import Record

# Loaded by every Python process of a run that finds it on its PYTHONPATH: an article whose text names a fault gets it.
_FAULTS = """
import os, signal, sys, time

def _faults():
    from annotate.pipeline.running import Pipeline
    records = Pipeline.records

    def faulty(self, articles):
        for article in articles:
            if "[crash]" in article.text:
                os.kill(os.getpid(), signal.SIGSEGV)
            if "[sleep]" in article.text:
                time.sleep(3600)
            if "[spin]" in article.text:
                while True:
                    pass
            if "[hoard]" in article.text:
                bytearray(8_000_000_000)
            if "[raise]" in article.text:
                raise ValueError(article.text)
            if "[slow]" in article.text:
                time.sleep(0.2)
            yield from records(self, [article])

    Pipeline.records = faulty

if "annotate.bulk.child" in sys.orig_argv:
    _faults()
"""


def with_faults(folder: Path) -> dict[str, str]:
    """Return an environment in which articles that name a fault have it."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_FAULTS, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", str(Path.cwd()))])}


def write(path: Path, count: int, texts: Mapping[int, str] | None = None) -> Path:
    """Write made-up articles `a0`, `a1`, … as JSON Lines."""
    given = texts or {}
    lines = (
        {"id": f"a{number}", "text": given.get(number, f"The mayor of Muestra said that {number} roads are closed. ")}
        for number in range(count)
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def command(inputs: Path | str, output: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "annotate", "bulk", str(inputs), str(output), "--pipeline", "rules", *options]


def run(
    inputs: Path | str, output: Path, *options: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command with the rules."""
    return subprocess.run(
        command(inputs, output, *options), capture_output=True, text=True, timeout=500, check=False,
        env={**os.environ, **(env or {})},
    )  # fmt: skip


def begin(inputs: Path, output: Path, *options: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen(
        command(inputs, output, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **(env or {})},
    )  # fmt: skip


def records(output: Path) -> list[Record]:
    """Return the Records of a finished output, by id."""
    return sorted(parquet.read(output / "data"), key=lambda record: record.id)


def rejects(output: Path) -> dict[str | None, dict[str, Any]]:
    """Return what was set aside, by id."""
    lines = [line for path in sorted((output / "rejects").glob("*.jsonl")) for line in path.read_bytes().split(b"\n")]
    return {row["id"]: row for row in (json.loads(line) for line in lines if line)}


def shards_done(output: Path) -> int:
    return len(list(output.glob(".bulk/*/shards/part-*[0-9].json")))


def wait_until(reached: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something that a running command does."""
    while not reached():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def family(process: subprocess.Popen[str], module: str) -> list[psutil.Process]:
    """Return the processes of a run that run a module."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if module in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found
