"""Label Studio stopped, or its database locked, in the middle of a push or a pull; and a clock that goes backwards."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from annotate.errors import StudioUnreachable
from annotate.store import Store
from annotate.store.tables import utc_now
from annotate.store.verify import verify
from annotate.studio.client import StudioClient
from annotate.studio.connection import Json
from annotate.studio.push import Pushed, push
from annotate.studio.server import EmbeddedStudio
from tests.conftest import ServerFactory
from tests.studio.fakes import article, fill

pytestmark = [pytest.mark.studio]

ARTICLES = 5
TITLE = "Server faults"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.db")) as opened:
        fill(opened, [article(number) for number in range(ARTICLES)], "v1")
        yield opened


def go(store: Store, client: StudioClient, **options: object) -> Pushed:
    options = {"batch": 2, "grace": timedelta(seconds=2)} | options
    return push(store, client, pipeline="v1", title=TITLE, **options)  # type: ignore[arg-type]


def assert_one_task_each(store: Store, server: EmbeddedStudio) -> None:
    with StudioClient(server.url, server.token) as client:
        assert go(store, client).complete
        (project,) = client.projects(TITLE)
        tasks = client.tasks(project.id)
        exported = client.export(project.id)
    assert Counter(task["data"]["article_id"] for task in exported) == {f"article-{n}": 1 for n in range(ARTICLES)}
    assert [task.predictions for task in tasks] == [1] * ARTICLES
    assert list(verify(store)) == []


def end(server: EmbeddedStudio) -> None:
    """Stop a server as a power cut would."""
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    server.stop()


def test_a_server_stopped_in_the_middle_of_a_push_and_of_a_pull(store: Store, make_server: ServerFactory) -> None:
    server = make_server()
    batches = 0

    def checkpoint(name: str) -> None:
        nonlocal batches
        batches += name == "intended"
        if batches == 2 and name == "intended":
            end(server)

    with StudioClient(server.url, server.token) as client, pytest.raises(StudioUnreachable, match=r"import|list"):
        go(store, client, checkpoint=checkpoint)
    assert list(verify(store)) == []
    server.start()
    assert_one_task_each(store, server)

    with StudioClient(server.url, server.token) as client:
        (project,) = client.projects(TITLE)
        pid = server.status().pid
        assert pid is not None
        # It takes the request and answers it no more.
        os.kill(pid, signal.SIGSTOP)
        stopper = threading.Timer(1, end, [server])
        stopper.start()
        with pytest.raises(StudioUnreachable):
            client.export(project.id)
        stopper.join()
    server.start()
    assert_one_task_each(store, server)


class Locking(StudioClient):
    """Holds the server's database locked from before an import, or from when its rows have landed, to its answer."""

    def __init__(self, server: EmbeddedStudio, *, landed: bool) -> None:
        # Locked before, the server waits as long as we do: then it carries the import out, after we have gone.
        super().__init__(server.url, server.token, answer_seconds=15 if landed else 3)
        (self.file,) = server.data_folder.glob("*.sqlite3")
        self.landed = landed
        self.locked = 0

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> None:
        if self.locked:
            return super().import_tasks(project, tasks)
        before = self._count()
        answered = threading.Event()
        held = threading.Event()

        def hold() -> None:
            while self.landed and self._count() == before and not answered.is_set():
                pass
            with closing(sqlite3.connect(self.file, isolation_level=None, timeout=60)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                self.locked += 1
                held.set()
                answered.wait()
                connection.execute("ROLLBACK")

        holder = threading.Thread(target=hold)
        holder.start()
        if not self.landed:
            held.wait()
        try:
            return super().import_tasks(project, tasks)
        finally:
            answered.set()
            holder.join()

    def _count(self) -> int:
        with closing(sqlite3.connect(self.file, timeout=60)) as connection:
            return int(connection.execute("SELECT count(*) FROM task").fetchone()[0])


@pytest.mark.parametrize("landed", [False, True])
def test_the_servers_database_locked_while_an_import_lands(
    store: Store, make_server: ServerFactory, landed: bool
) -> None:
    server = make_server()
    with Locking(server, landed=landed) as client:
        pushed = go(store, client)
        assert client.locked == 1
        assert pushed.doubts or landed, "a locked database cannot take an import"
        assert pushed.complete
    assert_one_task_each(store, server)


def test_a_clock_that_is_set_back_during_a_push(store: Store, studio_server: EmbeddedStudio) -> None:
    ago = timedelta()

    def checkpoint(name: str) -> None:
        nonlocal ago
        if name in {"intended", "listed"}:
            ago += timedelta(hours=1)

    def clock() -> datetime:
        return utc_now() - ago

    with StudioClient(studio_server.url, studio_server.token) as client:
        pushed = go(store, client, clock=clock, checkpoint=checkpoint)
        assert (pushed.added, pushed.complete) == (ARTICLES, True)
    # The clock is right again, or hours ahead of what the store says.
    assert_one_task_each(store, studio_server)
