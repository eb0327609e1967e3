"""What the tests of the live service share: the service over a store of its own, in this process or on a socket."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from annotate.record import Article, Record
from annotate.store import Store
from annotate.store.projects import bind_project, known_projects
from annotate.store.tables import ProjectRow, Purpose
from annotate.studio.backend import Projects, make_app
from annotate.studio.exposure import App, Exposure, Server
from annotate.studio.live_predictions import Predictor
from annotate.studio.server import EmbeddedStudio
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


class Process:
    """`annotate serve` as a process of its own, for a store and a Label Studio."""

    def __init__(self, store: str, server: EmbeddedStudio, *options: str) -> None:
        self._store = store
        self._server = server
        self._options = options
        self.lines: list[str] = []
        self.port = 0

    def start(self) -> None:
        """Start it, on the port that it had before, and return when it is ready."""
        command = [sys.executable, "-m", "annotate", "serve", "--port", str(self.port), "--pipeline", "rules"]
        where = ["--store", self._store, "--url", self._server.url]
        self._running = subprocess.Popen(
            [*command, *where, *self._options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        before = len(self.lines)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        ready = self.wait_for("ready", after=before)
        self.port = int(ready["url"].rpartition(":")[2])
        self.pipeline = str(ready["pipeline"])

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "ANNOTATE_STUDIO_TOKEN": self._server.token, "ANNOTATE_SERVE_SECRET": SECRET}

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def _read(self) -> None:
        assert self._running.stdout is not None
        for line in self._running.stdout:
            self.lines.append(line)
        self._running.stdout.close()

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        """Return what was logged so far: every line must be JSON."""
        return [json.loads(line) for line in self.lines[after:]]

    def wait_for(
        self, event: str, *, after: int = 0, where: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> dict[str, Any]:
        """Wait until an event is logged."""
        deadline = time.monotonic() + 120
        while True:
            ended = not self._reader.is_alive()
            for line in self.events(after):
                if line["event"] == event and where(line):
                    return line
            assert not ended, self.lines
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.05)

    def end(self, sign: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        self._running.send_signal(sign)
        code = self._running.wait(60)
        self._reader.join()
        return code

    def post(self, path: str, payload: object) -> httpx.Response:
        return httpx.post(self.url + path, json=payload, headers=HEADERS, trust_env=False, timeout=60)


@contextmanager
def running(process: Process) -> Iterator[Process]:
    """Run the service, and end it whatever happens."""
    process.start()
    try:
        yield process
    finally:
        if process._running.poll() is None:
            process.end(signal.SIGKILL)
