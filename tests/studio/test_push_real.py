"""Pushing to a real Label Studio, through the faults that were seen to double tasks."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from annotate.errors import StudioUnreachable
from annotate.store import Store
from annotate.studio.client import RemoteTask, StudioClient
from annotate.studio.push import Pushed, push
from annotate.studio.server import EmbeddedStudio
from tests.studio.fakes import article, fill
from tests.studio.proxy import Proxy, proxy_to

pytestmark = pytest.mark.studio

ARTICLES = 5
GRACE = timedelta(seconds=2)


class Bench:
    """A store of five articles, and a project of its own on the server."""

    def __init__(self, store: Store, server: EmbeddedStudio, title: str) -> None:
        self.store = store
        self.server = server
        self.title = title
        self.client = StudioClient(server.url, server.token)
        fill(store, [article(number) for number in range(ARTICLES)], "v1")

    def push(self, client: StudioClient | None = None, *, pipeline: str = "v1", **options: object) -> Pushed:
        options = {"batch": 2, "grace": GRACE} | options
        return push(self.store, client or self.client, pipeline=pipeline, title=self.title, **options)  # type: ignore[arg-type]

    @property
    def project(self) -> int:
        (found,) = self.client.projects(self.title)
        return found.id

    def tasks(self) -> list[RemoteTask]:
        return self.client.tasks(self.project)

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Do what a person does, past our own client."""
        headers = {"Authorization": f"Token {self.server.token}"}
        with httpx.Client(base_url=self.server.url, headers=headers, trust_env=False, timeout=60) as client:
            return client.request(method, path, json=body).raise_for_status()

    def wait_for_tasks(self, count: int) -> None:
        """Wait until the server has so many tasks."""
        deadline = time.monotonic() + 60
        while len(self.tasks()) != count:
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def annotate(self, task: int) -> None:
        self.call("POST", f"/api/tasks/{task}/annotations/", {"result": [], "lead_time": 1.0})

    def assert_one_task_each(self) -> None:
        """Push again, and find exactly one task per article, each with its prediction."""
        pushed = self.push()
        assert pushed.complete
        tasks = self.tasks()
        assert Counter(task.push_key for task in tasks) == dict.fromkeys(self.keys(), 1)
        assert [task.predictions for task in tasks] == [1] * ARTICLES
        assert {task.versions for task in tasks} == {frozenset({"v1"})}

    def keys(self) -> set[str]:
        exported = [task["data"] for task in self.client.export(self.project)]
        keys = {data["push_key"]: data["article_id"] for data in exported if "push_key" in data}
        assert set(keys.values()) == {f"article-{number}" for number in range(ARTICLES)}
        assert len(keys) == ARTICLES
        return set(keys)


@pytest.fixture
def bench(studio_server: EmbeddedStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    with Store.open(str(tmp_path / "store.db")) as store:
        title = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]  # the server allows 50 characters
        made = Bench(store, studio_server, title)
        yield made
        made.client.close()


@pytest.fixture
def proxy(studio_server: EmbeddedStudio) -> Iterator[Proxy]:
    with proxy_to(studio_server.url, seconds=3) as server:
        yield server


def test_a_push_and_nothing_to_do(bench: Bench) -> None:
    first = bench.push()
    assert (first.added, first.present, first.complete) == (ARTICLES, 0, True)
    again = bench.push()
    assert (again.added, again.present, again.predictions) == (0, ARTICLES, 0)
    assert again.project.shown_version == "v1"
    bench.assert_one_task_each()


@pytest.mark.parametrize("fault", ["answer late", "drop after", "error after"])
def test_an_import_that_happened_without_a_good_answer(bench: Bench, proxy: Proxy, fault: str) -> None:
    proxy.spoiling.extend([fault, "", fault])
    with StudioClient(proxy.url, bench.server.token, answer_seconds=1.5) as spoiled:
        pushed = bench.push(spoiled)
    assert pushed.added == ARTICLES
    assert len(pushed.doubts) == 2
    assert proxy.imports == 3, "nothing was sent twice"
    bench.assert_one_task_each()


def test_an_import_that_happens_while_we_wait(bench: Bench, proxy: Proxy) -> None:
    proxy.spoiling.extend(["act late"])
    with StudioClient(proxy.url, bench.server.token) as spoiled:
        pushed = bench.push(spoiled, grace=timedelta(seconds=20))
    assert (pushed.added, pushed.removed, proxy.imports) == (ARTICLES, 0, 3)
    bench.assert_one_task_each()


def test_an_import_that_happens_after_we_gave_it_up(bench: Bench, proxy: Proxy) -> None:
    proxy.spoiling.extend(["act late"])
    with StudioClient(proxy.url, bench.server.token) as spoiled:
        bench.push(spoiled, grace=timedelta(seconds=0.2))
    assert proxy.imports == 4
    bench.wait_for_tasks(ARTICLES + 2)
    pushed = bench.push()
    assert pushed.removed == 2
    bench.assert_one_task_each()


@pytest.mark.parametrize(
    "checkpoint", ["project", "entered", "listed", "settled", "intended", "answered", "answer noted", "version shown"]
)
def test_a_pusher_killed_at(bench: Bench, checkpoint: str) -> None:
    script = Path(__file__).with_name("pusher.py")
    killed = subprocess.run(
        [sys.executable, str(script), bench.store.shown_url, bench.server.url, bench.title, "v1", checkpoint],
        env={**os.environ, "TOKEN": bench.server.token, "PYTHONPATH": str(script.parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    bench.assert_one_task_each()


def test_tasks_deleted_on_the_server_and_their_ids_used_again(bench: Bench) -> None:
    bench.push()
    last = bench.tasks()[-1]
    bench.call("DELETE", f"/api/tasks/{last.id}/")
    body = [{"data": {"text": "Somebody else's.", "title": "", "byline": "", "link_html": ""}}]
    bench.call("POST", f"/api/projects/{bench.project}/import", body)
    foreign = bench.tasks()[-1]
    assert (foreign.id, foreign.push_key) == (last.id, None)
    pushed = bench.push()
    assert (pushed.present, pushed.added, pushed.gone, pushed.complete) == (ARTICLES - 1, 0, 1, True)
    resent = bench.push(resend_gone=True)
    assert (resent.added, resent.gone) == (1, 0)
    tasks = [task for task in bench.tasks() if task.push_key]
    assert Counter(task.push_key for task in tasks) == dict.fromkeys(bench.keys(), 1)
    assert [task for task in bench.tasks() if task.id == last.id] == [foreign]


def test_the_server_is_down_and_comes_back(bench: Bench) -> None:
    with (
        StudioClient("http://127.0.0.1:9", bench.server.token) as down,
        pytest.raises(StudioUnreachable, match="start"),
    ):
        bench.push(down)
    bench.assert_one_task_each()


def test_a_new_pipeline_version_leaves_annotated_tasks_alone(bench: Bench) -> None:
    bench.push()
    annotated = bench.tasks()[1].id
    bench.annotate(annotated)
    fill(bench.store, [article(number) for number in range(ARTICLES)], "v2")
    pushed = bench.push(pipeline="v2")
    assert (pushed.added, pushed.predictions, pushed.left_alone, pushed.complete) == (0, ARTICLES - 1, 1, True)
    for task in bench.tasks():
        assert task.versions == ({"v1"} if task.id == annotated else {"v1", "v2"})
        assert task.predictions == len(task.versions)
    (project,) = bench.client.projects(bench.title)
    assert project.shown_version == "v2"
    again = bench.push(pipeline="v2")
    assert (again.predictions, again.left_alone) == (0, 1)


@pytest.mark.parametrize("fault", ["answer late", "error after"])
def test_predictions_that_arrived_without_a_good_answer(bench: Bench, proxy: Proxy, fault: str) -> None:
    bench.push()
    fill(bench.store, [article(number) for number in range(ARTICLES)], "v2")
    proxy.spoiling.extend([fault])
    with StudioClient(proxy.url, bench.server.token, answer_seconds=1.5) as spoiled:
        bench.push(spoiled, pipeline="v2")
    bench.push(pipeline="v2")
    assert [task.predictions for task in bench.tasks()] == [2] * ARTICLES


def test_an_annotated_double_is_kept_and_reported(bench: Bench) -> None:
    bench.push()
    exported = bench.client.export(bench.project)
    copies = [{"data": task["data"], "meta": task["meta"]} for task in exported[:2]]
    bench.call("POST", f"/api/projects/{bench.project}/import", copies)
    first, second = bench.tasks()[-2:]
    bench.annotate(first.id)
    pushed = bench.push()
    assert pushed.removed == 2  # the untouched copy, and the untouched original of the annotated copy
    assert pushed.doubled == []
    tasks = bench.tasks()
    assert first.id in {task.id for task in tasks}
    assert second.id not in {task.id for task in tasks}
    assert Counter(task.push_key for task in tasks) == dict.fromkeys(bench.keys(), 1)
