"""What the tests of the live service share: the service over a store of its own, in this process or on a socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from annotate.record import Article, Record
from annotate.store import Store
from annotate.store.outbox import bind_project
from annotate.store.projects import known_projects
from annotate.store.tables import ProjectRow, Purpose
from annotate.studio.backend import Projects, make_app
from annotate.studio.exposure import App, Exposure, Server
from annotate.studio.live_predictions import Predictor
from tests.studio.fakes import record

SECRET = "canary-secret-0123456789"
PIPELINE = "live-1"
PROJECT = 7
HEADERS = {"X-Annotate-Secret": SECRET}
HOST = "127.0.0.1"


@dataclass
class Changes:
    """Stands where the rereader stands, and keeps what it is told."""

    told: list[tuple[int, set[int], set[int], bool]] = field(default_factory=list)

    def changed(
        self,
        project: int,
        *,
        tasks: set[int] = frozenset(),
        annotations: set[int] = frozenset(),
        everything: bool = False,
    ) -> None:
        self.told.append((project, set(tasks), set(annotations), everything))


class Bench:
    """The application, its store, and what reaches its pipeline and its rereader."""

    def __init__(self, store: Store, **exposure: Any) -> None:
        self.store = store
        self.changes = Changes()
        self.predicted: list[Article] = []
        self.worker = ThreadPoolExecutor(1)
        self.projects = Projects(lambda: known_projects(store))
        bind_project(store, "7@made-up", PROJECT, "Live")
        self.exposure = Exposure(SECRET.encode(), frozenset({HOST, "made.up"}), **exposure)
        self.predictor = Predictor(store, self.predict, PIPELINE)
        self.app: App = make_app(self.predictor, self.changes, self.projects, self.worker, self.exposure)  # type: ignore[arg-type]

    def predict(self, article: Article) -> Record:
        self.predicted.append(article)
        if "stumble" in article.text:
            raise RecursionError(article.text)
        return record(article)

    def bind(self, remote_id: int, purpose: Purpose) -> None:
        number = bind_project(self.store, f"{remote_id}@made-up", remote_id, "Another")
        with self.store.writing() as session:
            session.get_one(ProjectRow, number).purpose = purpose

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send one request to the application, past any socket."""
        request["headers"] = {**HEADERS, **request.get("headers", {})}

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}:9090") as client:
                return await client.request(method, path, **request)

        return asyncio.run(send())

    def predictions(self, *data: Any, project: object = f"{PROJECT}.1700000000") -> list[Any]:
        """Ask for the predictions of tasks with this data."""
        tasks = [{"id": number, "data": one} for number, one in enumerate(data, start=1)]
        answer = self.ask("POST", "/predict", json={"project": project, "tasks": tasks, "label_config": "<View/>"})
        assert answer.status_code == 200
        return list(answer.json()["results"])


@contextmanager
def serving(app: App) -> Iterator[int]:
    """Serve an application with the real server, and return its port."""
    server = Server(app, stop_seconds=1)
    with socket.create_server((HOST, 0), backlog=512) as listener:
        thread = threading.Thread(target=lambda: server.run([listener]))
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
