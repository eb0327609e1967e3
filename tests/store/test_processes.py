"""Several processes at one store, and processes that die while they write."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from signal import SIGKILL

from annotate.store import Store
from tests.store.made_up import add, article, findings

ROOT = Path(__file__).parents[2]
# Adds articles one by one, and says of each that it is on disk; arguments: address, first number, how many.
WRITER = """
import sys
from annotate.store import Store, store
from tests.store.made_up import article
store.PAGE = int(sys.argv[4])
with Store.open(sys.argv[1]) as opened:
    first = int(sys.argv[2])
    numbers = range(first, first + int(sys.argv[3]))
    for given, outcome, _ in opened.add_articles(article(number) for number in numbers):
        print(given.id, outcome, flush=True)
"""


def writer(url: str, first: int, count: int, *, page: int = 1) -> subprocess.Popen[str]:
    """Start a process that adds articles."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(first), str(count), str(page)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_make_and_fill_one_store(url: str) -> None:
    # Half of the articles are given to both.
    both = [writer(url, 0, 60, page=7), writer(url, 30, 60, page=7)]
    answers = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    said = [line.split() for out, _ in answers for line in out.splitlines()]
    assert len(said) == 120
    new = [name for name, outcome in said if outcome == "new"]
    known = {name for name, outcome in said if outcome == "known"}
    assert sorted(new) == sorted(f"article-{number}" for number in range(90))
    assert known == {f"article-{number}" for number in range(30, 60)}
    with Store.open(url) as store:
        assert store.count_articles() == 90
        assert findings(store) == []


def add_without_end(url: str, first: int, acknowledge: Connection) -> None:
    """Add articles one by one, and tell of each that it is on disk."""
    with Store.open(url) as opened:
        for number in count(first):
            add(opened, number)
            acknowledge.send(article(number).id)


def received(acknowledged: Connection) -> Iterator[str]:
    """Yield what a process has told, to the end of it."""
    with suppress(EOFError):
        while True:
            yield acknowledged.recv()


def test_no_acknowledged_row_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    chance = Random(7)
    # Processes from a server that has the imports behind it start, and die, quickly.
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.store.made_up"])
    url = str(tmp_path / "store.db")
    with Store.open(url) as store:
        add(store, 0)
    acknowledged = {"article-0"}
    for kill in range(1, 25):
        ours, theirs = processes.Pipe(duplex=False)
        writer = processes.Process(target=add_without_end, args=(url, kill * 10_000, theirs))
        writer.start()
        theirs.close()
        told = received(ours)
        acknowledged.update(islice(told, chance.randint(1, 12)))
        # Anywhere in the next writes, not only between two of them.
        time.sleep(chance.random() / 20)
        writer.kill()
        acknowledged.update(told)
        writer.join(60)
        assert writer.exitcode == -SIGKILL
        with Store.open(url) as store:
            assert acknowledged <= {found.id for found in store.articles()}
            assert findings(store) == []
    assert len(acknowledged) > 48
