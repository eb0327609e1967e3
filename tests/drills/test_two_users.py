"""Two users, each in a home of their own, at one PostgreSQL store and one real Label Studio, at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from annotate.store import Store
from annotate.store.verify import verify
from annotate.studio.server import EmbeddedStudio
from tests.drills.rig import PIPELINE, Project, wrong_with_pull, wrong_with_push
from tests.studio.fakes import article, fill

pytestmark = [pytest.mark.studio, pytest.mark.timeout(1800)]

ROUNDS = int(os.environ.get("ANNOTATE_DRILL_ROUNDS", "1"))
TREE = Path(__file__).parents[2]
# Does what stands in a line, and says how it ended; so that commands of both users begin at the same moment.
USER = """
import json, sys
from datetime import timedelta
from tests.drills.rig import run, warm
from pathlib import Path
warm(timedelta(seconds=2))
said = Path(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    code = run(json.loads(line), said)
    print(json.dumps([code, said.read_text(encoding="utf-8")]), flush=True)
"""


class User:
    """A person at a terminal."""

    def __init__(self, home: Path, server: EmbeddedStudio, store: str) -> None:
        self.where = ["--url", server.url, "--store", store]
        home.mkdir()
        environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "PYTHONPATH": str(TREE)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(home / "said")],
            cwd=TREE,
            env={**environment, "ANNOTATE_STUDIO_TOKEN": server.token},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def begin(self, command: str, project: str) -> None:
        assert self.process.stdin is not None
        batch = ["--batch", "2"] if command == "push" else []
        self.process.stdin.write(json.dumps([command, "--project", project, *batch, *self.where]) + "\n")
        self.process.stdin.flush()

    def ended(self) -> tuple[int, str]:
        assert self.process.stdout is not None
        code, said = json.loads(self.process.stdout.readline())
        return code, said

    def leave(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture
def store(postgresql: Callable[..., str]) -> str:
    return postgresql()


@pytest.fixture
def users(tmp_path: Path, studio_server: EmbeddedStudio, store: str) -> Iterator[list[User]]:
    Store.open(store).close()
    with ExitStack() as stack:
        both = [User(tmp_path / name, studio_server, store) for name in ("one", "other")]
        for user in both:
            stack.callback(user.leave)
        yield both


def at_once(users: list[User], *commands: tuple[str, str]) -> int:
    """Let both do something at the same time, and again whoever came second; return how often one had to wait."""
    waiting = dict(zip(users, commands, strict=True))
    waited = 0
    while waiting:
        for user, (command, project) in waiting.items():
            user.begin(command, project)
        for user in list(waiting):
            code, said = user.ended()
            if code == 0:
                del waiting[user]
            else:
                waited += 1
                # The only reason that there may be; with the other one done, the next time succeeds.
                assert "another push to this project is running" in said, said
        assert waited < 50
    return waited


def test_nothing_is_lost_doubled_or_deadlocked(users: list[User], store: str, studio_server: EmbeddedStudio) -> None:
    chance = Random(3)
    waited = 0
    projects = [Project(studio_server.url, studio_server.token, f"Two users {name} {os.getpid()}") for name in "AB"]
    shared, own = projects
    for number in range(ROUNDS):
        with Store.open(store) as opened:
            fill(opened, [article(4 * number + one) for one in range(4)], PIPELINE)
        # The first time the project itself is made by both of them.
        waited += at_once(users, ("push", shared.title), ("push", shared.title))
        waited += at_once(users, ("push", shared.title), ("push", own.title))
        for project in projects:
            project.work(chance, new=3)
        waited += at_once(users, ("pull", shared.title), ("push", own.title))
        waited += at_once(users, ("pull", shared.title), ("pull", own.title))
        shared.work(chance, new=1)
        waited += at_once(users, ("pull", shared.title), ("pull", shared.title))
        for project in projects:
            assert wrong_with_push(store, project) == []
        with Store.open(store) as opened:
            assert list(verify(opened)) == []
    whole = Project(studio_server.url, studio_server.token, shared.title)
    whole.versions = sum(project.versions for project in projects)
    both = {**shared.annotations(), **own.annotations()}
    whole.annotations = lambda: both  # type: ignore[method-assign]
    assert wrong_with_pull(store, whole) == []
    for project in (*projects, whole):
        project.client.close()
