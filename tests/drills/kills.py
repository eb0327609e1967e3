"""Kill push, pull and export at random points, run them again, and look whether anything was lost or doubled.

python -m tests.drills.kills URL FOLDER RUNS SEED     (the token in ANNOTATE_STUDIO_TOKEN)

The collection grows meanwhile, and people work on it. Printed is a JSON document: the counts, and everything wrong.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from annotate.store import Store
from tests.drills.rig import (
    PIPELINE,
    Project,
    run,
    start,
    timed,
    wait,
    warm,
    wrong_with_export,
    wrong_with_pull,
    wrong_with_push,
    wrong_with_store,
)
from tests.studio.fakes import article, fill

KINDS = ("push", "pull", "export")


class Drill:
    """One store, one project, one dataset, and a person with a bad temper at the keyboard."""

    def __init__(self, url: str, folder: Path, seed: int) -> None:
        self.chance = Random(seed)
        self.folder = folder
        self.store = str(folder / "store.db")
        self.dataset = folder / "dataset"
        self.said = folder / "said"
        self.project = Project(url, os.environ["ANNOTATE_STUDIO_TOKEN"], f"Kills {seed} {os.getpid()}")
        self.articles = 0
        self.texts = "all"
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.seconds: dict[str, float] = {}

    def arguments(self, kind: str) -> list[str]:
        if kind == "export":
            return ["export", str(self.dataset), "--format", "jsonl", "--text", self.texts, "--store", self.store]
        server = ["--url", self.project.url, "--project", self.project.title, "--store", self.store]
        return [kind, *server, *(["--batch", "2"] if kind == "push" else [])]

    def prepare(self, kind: str) -> None:
        """Give the command something to do."""
        if kind == "push":
            with Store.open(self.store) as store:
                fill(store, [article(self.articles + number) for number in range(3)], PIPELINE)
            self.articles += 3
        elif kind == "pull":
            self.project.work(self.chance, new=2)
        else:
            self.texts = "none" if self.texts == "all" else "all"

    def look(self, kind: str, *, finished: bool) -> None:
        """Note what is wrong now."""
        wrong = wrong_with_store(self.store) + self.project.surplus()
        if kind == "push" and finished:
            wrong += wrong_with_push(self.store, self.project)
        elif kind == "pull" and finished:
            wrong += wrong_with_pull(self.store, self.project)
        elif kind == "export":
            wrong += wrong_with_export(self.store, self.dataset, finished=finished)
        when = f"{kind} {self.counts[kind]} " + ("finished" if finished else "killed")
        self.wrong += [f"{when}: {one}" for one in wrong]

    def finish(self, kind: str) -> None:
        seconds, code = timed(lambda: run(self.arguments(kind), self.said))
        self.seconds[kind] = seconds
        if code:
            self.wrong.append(f"{kind} exit code {code}: {self.said.read_text(encoding='utf-8')}")
        self.look(kind, finished=True)

    @property
    def killed(self) -> int:
        """How many commands were killed before they had ended by themselves."""
        return sum(self.counts[f"{kind} killed"] for kind in KINDS)

    def once(self) -> None:
        """Kill one command somewhere, if it has not ended by then, and run it again."""
        kind = KINDS[self.chance.randrange(3)]
        self.prepare(kind)
        child = start(self.arguments(kind), self.said)
        time.sleep(self.chance.random() * 0.9 * self.seconds[kind])
        os.kill(child, signal.SIGKILL)
        code = wait(child)
        self.counts[kind] += 1
        self.counts[f"{kind} killed"] += code == -signal.SIGKILL
        if "Traceback" in self.said.read_text(encoding="utf-8"):
            self.wrong.append(f"{kind}: {self.said.read_text(encoding='utf-8')}")
        self.look(kind, finished=False)
        self.finish(kind)


def drill(url: str, folder: Path, runs: int, seed: int) -> dict[str, Any]:
    """Run a whole drill and return what it came to."""
    warm()
    one = Drill(url, folder, seed)
    for kind in KINDS:
        one.prepare(kind)
        one.finish(kind)
    while one.killed < runs:
        one.once()
    for kind in KINDS:
        one.finish(kind)
    with Store.open(one.store) as store:
        articles = store.count_articles()
    return {
        "counts": dict(one.counts),
        "wrong": one.wrong,
        "articles": articles,
        "tasks": len(one.project.tasks()),
        "states": one.project.versions,
        "seconds": one.seconds,
    }


if __name__ == "__main__":
    address, place, number, chosen = sys.argv[1:]
    sys.stdout.write(json.dumps(drill(address, Path(place), int(number), int(chosen))))
