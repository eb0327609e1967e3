"""The drill of a bulk run: 20,000 articles, a worker killed, then the command itself, then resumed; count every row.

python -m benchmarks.bulk_drill [ARTICLES] prints the figures. The articles are the openings of made-up news, and the
pipeline is the rules: it is the running that is tried, not the reading.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from benchmarks.made_up_news import News

TASKS, WORKERS = 40, 2


def write_articles(count: int, path: Path) -> list[str]:
    """Write the articles as JSON Lines; return their ids."""
    names = []
    with path.open("w", encoding="utf-8") as file:
        for record in News(count).records():
            assert record.text is not None
            opening = record.text.split("\n\n")[0]
            file.write(json.dumps({"id": record.id, "text": opening}) + "\n")
            names.append(record.id)
    return names


def done(output: Path) -> int:
    """Return how many tasks have stated that they are done."""
    return len(list(output.glob(".bulk/*/shards/part-*[0-9].json")))


def start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "annotate", "bulk", str(folder / "articles.jsonl"), str(folder / "out"), "--pipeline",
         "rules", "--tasks", str(TASKS), "--workers", str(WORKERS), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def workers_of(process: subprocess.Popen[bytes], module: str) -> list[psutil.Process]:
    found = psutil.Process(process.pid).children(recursive=True)
    return [child for child in found if module in child.cmdline()]


def wait_for(tasks: int, output: Path, process: subprocess.Popen[bytes]) -> None:
    while done(output) < tasks:
        assert process.poll() is None, "the run ended too early"
        time.sleep(0.2)


def drill(count: int, folder: Path) -> dict[str, object]:
    """Run the drill; return what was found."""
    output = folder / "out"
    names = write_articles(count, folder / "articles.jsonl")
    began = time.monotonic()
    process = start(folder)
    wait_for(4, output, process)
    workers_of(process, "annotate.bulk.job")[0].kill()
    wait_for(8, output, process)
    workers_of(process, "annotate.bulk.child")[0].kill()
    wait_for(14, output, process)
    process.kill()
    process.wait()
    kept = done(output)
    first = time.monotonic() - began
    began = time.monotonic()
    process = start(folder)
    peak = 0
    while process.poll() is None:
        try:
            family = psutil.Process(process.pid).children(recursive=True)
            peak = max([peak, *(one.memory_info().rss for one in family if "annotate.bulk.child" in one.cmdline())])
        except psutil.Error:
            pass
        time.sleep(0.5)
    assert process.stdout is not None
    summary = json.loads(process.stdout.read())
    rows = Counter(
        str(name) for path in sorted((output / "data").glob("*.parquet"))
        for name in pq.read_table(path, columns=["id"])["id"].to_pylist()
    )  # fmt: skip
    return {
        "articles": count,
        "exit": process.returncode,
        "rows": rows.total(),
        "lost": len(set(names) - rows.keys()),
        "doubled": sum(number > 1 for number in rows.values()),
        "set aside": summary["rejects"],
        "tasks": TASKS,
        "tasks kept over the kill": kept,
        "seconds until the kill": round(first),
        "seconds after it": round(time.monotonic() - began),
        "articles a second, after it": round(count * (1 - kept / TASKS) / (time.monotonic() - began), 1),
        "peak MB of a worker's model": round(peak / 1e6),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(drill(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, Path(place)), indent=2))
