"""What the drills share: commands in children of one warm process, a project that people work on, and what must hold.

A drill runs hundreds of commands. They are forked from a process that has imported everything already, so that each
takes as long as its work, and a fault meets the work and not the imports.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import text

from annotate.cli.main import main
from annotate.dataset.checking import check
from annotate.store import Store
from annotate.store.annotations import current
from annotate.store.verify import verify
from annotate.studio.client import RemoteTask, StudioClient
from annotate.studio.push import push
from tests.dataset.test_half_written import BROKEN_OFF

PIPELINE = "v1"
# A request that was cut off takes effect at once or never, with a server on this machine.
GRACE = timedelta(seconds=2)
WARM = (
    "annotate.cli.push",
    "annotate.cli.pull",
    "annotate.cli.export",
    "annotate.cli.ingest",
    "annotate.cli.db",
    "annotate.cli.release_account",
    "annotate.cli.given_articles",
    "annotate.articles.read",
    "annotate.dataset.export",
    "annotate.dataset.describing.companions",
    "annotate.dataset.verified",
    "annotate.dataset.grouping",
    "annotate.dataset.splitting",
    "annotate.store.backup",
    "annotate.store.upgrade",
    "annotate.studio.pull",
    "annotate.studio.queue",
    "label_studio_sdk",
)


def warm(grace: timedelta = GRACE) -> None:
    """Import what the commands need, and let a push wait no minute for a request that is in doubt."""
    for name in WARM:
        importlib.import_module(name)
    defaults = push.__kwdefaults__
    assert defaults is not None
    defaults["grace"] = grace


def start(arguments: Sequence[str], said: Path, before: Callable[[], None] = lambda: None) -> int:
    """Start a command in a child whose words go into a file; return its process id."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        before()
        main(arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 98
    except BaseException as error:  # what reaches this would have been a traceback
        sys.stderr.write(f"Traceback: {type(error).__name__}: {error}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(child: int) -> int:
    """Return the exit code of a child, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(arguments: Sequence[str], said: Path, before: Callable[[], None] = lambda: None) -> int:
    """Run a command in a child to its end."""
    return wait(start(arguments, said, before))


@dataclass
class Project:
    """A project on a real Label Studio, and what people are known to have done in it.

    versions: how many states of annotations the pulls are to find, deletions included.
    """

    url: str
    token: str
    title: str
    versions: int = 0
    deleted: int = 0
    worked_on: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.client = StudioClient(self.url, self.token)

    @property
    def number(self) -> int:
        (found,) = self.client.projects(self.title)
        return found.id

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Do what a person does, past our own client."""
        headers = {"Authorization": f"Token {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60) as client:
            answer = client.request(method, path, json=body).raise_for_status()
            return answer.json() if answer.content else None

    def tasks(self) -> list[RemoteTask]:
        return self.client.tasks(self.number) if self.client.projects(self.title) else []

    def annotations(self) -> dict[str, dict[str, Any]]:
        """Return the annotations that are there, by their lasting identity."""
        exported = self.client.export(self.number)
        return {one["unique_id"]: one for task in exported for one in task["annotations"]}

    def work(self, chance: Random, *, new: int) -> None:
        """Submit some tasks; now and then somebody also corrects, or deletes, what was submitted."""
        before = sorted(self.annotations().values(), key=lambda one: one["id"])
        fresh = [task.id for task in self.tasks() if not task.touched]
        for task in chance.sample(fresh, min(new, len(fresh))):
            (prediction,) = self.call("GET", f"/api/tasks/{task}/")["predictions"]
            self.call("POST", f"/api/tasks/{task}/annotations/", {"result": prediction["result"], "lead_time": 2.0})
            self.worked_on.add(task)
            self.versions += 1
        if before and chance.random() < 0.5:
            self.call("PATCH", f"/api/annotations/{before[0]['id']}/", {"lead_time": chance.randint(3, 10**6)})
            self.versions += 1
        if len(before) > 3 and chance.random() < 0.25:
            self.call("DELETE", f"/api/annotations/{before[-1]['id']}/")
            self.versions += 1

    def surplus(self) -> list[str]:
        """Return the keys that stand there more than once, and the tasks of people's that are gone."""
        tasks = self.tasks()
        doubled = [f"doubled: {key}" for key, count in Counter(task.push_key for task in tasks).items() if count > 1]
        return doubled + [f"lost: task {gone}" for gone in sorted(self.worked_on - {task.id for task in tasks})]


def wrong_with_store(where: str) -> list[str]:
    """Return what `annotate db verify` would find."""
    with Store.existing(where) as store:
        return [str(finding) for finding in verify(store)]


def wrong_with_push(where: str, project: Project) -> list[str]:
    """Return in what the project is not one task, with its prediction, for each article of the store."""
    with Store.open(where) as store:
        articles = Counter(article.id for article in store.articles())
    tasks = project.call("GET", f"/api/projects/{project.number}/export?exportType=JSON&download_all_tasks=true")
    found = Counter(task["data"]["article_id"] for task in tasks)
    wrong = [] if found == articles else [f"tasks {found - articles} too many, {articles - found} too few"]
    bare = [task.id for task in project.tasks() if task.versions != {PIPELINE} or task.predictions != 1]
    return wrong + project.surplus() + ([f"tasks without their one prediction: {bare}"] if bare else [])


def wrong_with_pull(where: str, project: Project) -> list[str]:
    """Return in what the store does not hold each state of each annotation, once."""
    there = project.annotations()
    with Store.open(where) as store:
        held = {row.identity: row for _, rows in current(store) for row in rows}
        with store.reading() as session:
            rows = session.connection().execute(text("SELECT count(*) FROM annotation")).scalar_one()
    wrong = [] if rows == project.versions else [f"{rows} states of annotations for {project.versions}"]
    if set(held) != set(there):
        wrong.append(f"{len(held)} annotations for {len(there)}")
    else:
        late = [name for name, row in held.items() if json.loads(row.raw)["updated_at"] != there[name]["updated_at"]]
        wrong += [f"an older state of {name}" for name in late]
    return wrong


def wrong_with_export(where: str, folder: Path, *, finished: bool) -> list[str]:
    """Return what is wrong with a dataset; unfinished it may also be none, or say that it was broken off."""
    hidden = [path.name for path in folder.glob(".export-*")] if finished else []
    if not finished and not (folder / "dataset.json").is_file():
        return []
    report = check(folder)
    problems = [str(problem) for problem in report.findings.problems]
    if not finished:
        return [] if any(BROKEN_OFF in problem for problem in problems) else problems
    with Store.open(where) as store:
        verified = {article.id for article, rows in current(store) if rows}
    listed = {
        json.loads(line)["id"]
        for file in folder.glob("*/*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
        if file.parent.name in {"train", "dev", "test"}
    }
    missing = verified ^ listed
    return problems + hidden + ([f"rows lost or too many: {sorted(missing)}"] if missing else [])


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """Return how long something took, in seconds, and what it returned."""
    began = time.monotonic()
    code = work()
    return time.monotonic() - began, code
