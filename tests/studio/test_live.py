"""The live service beside a real Label Studio: what people do is in the store at once, and nothing is lost."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from annotate.errors import StudioError, StudioRefused, StudioUnreachable
from annotate.record import Article
from annotate.regions.tasks import result_of, task_data
from annotate.store import Store
from annotate.store.projects import bind_project
from annotate.store.tables import AnnotationRow
from annotate.studio import rereading
from annotate.studio.checkup import check_project
from annotate.studio.client import StudioClient
from annotate.studio.live import go_live
from annotate.studio.push import push
from annotate.studio.rereading import Rereader, selected_tasks
from annotate.studio.server import EmbeddedStudio
from tests.studio.fakes import article, fill, record
from tests.studio.live import HEADERS, HOST, SECRET, Process, running

pytestmark = pytest.mark.studio

CANARY = "“Canary words were said here,” said Ada Example."


class Desk:
    """A store of three pushed articles, the service, and what people do on the server."""

    def __init__(self, path: Path, server: EmbeddedStudio, title: str) -> None:
        self.where = str(path)
        self.store = Store.open(self.where)
        self.server = server
        self.title = title
        self.client = StudioClient(server.url, server.token)
        self.service = Process(self.where, server)

    def push(self, pipeline: str) -> None:
        """Push three articles under this version."""
        fill(self.store, [article(number) for number in range(3)], pipeline)
        done = push(self.store, self.client, pipeline=pipeline, title=self.title, grace=timedelta(seconds=1))
        self.project = done.project.id
        self.tasks = [task.id for task in self.client.tasks(self.project)]

    def push_live(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run `annotate push --live`."""
        where = ["--store", self.where, "--url", self.server.url, "--project", self.title]
        return subprocess.run(
            [sys.executable, "-m", "annotate", "push", *where, "--live", self.service.url, *options],
            env=self.service.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Token {self.server.token}"}
        with httpx.Client(base_url=self.server.url, headers=headers, trust_env=False, timeout=60) as client:
            answer = client.request(method, path, json=body).raise_for_status()
            return answer.json() if answer.content else None

    def annotate(self, task: int) -> int:
        made = self.call("POST", f"/api/tasks/{task}/annotations/", {"result": [], "lead_time": 2.5})
        return int(made["id"])

    def add_task(self, text: Article) -> int:
        """Add a task without a prediction, as a person might, and return its id."""
        self.call("POST", f"/api/projects/{self.project}/import", [{"data": task_data(text, "by hand")}])
        return max(task.id for task in self.client.tasks(self.project))

    def versions(self, annotation: int | None = None) -> list[AnnotationRow]:
        """Return the rows of an annotation (None: of all), the oldest first."""
        with self.store.reading() as session:
            rows = session.exec(select(AnnotationRow).order_by(col(AnnotationRow.number))).all()
        return [row for row in rows if annotation in (None, json.loads(row.raw)["id"])]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, self.service.lines
            time.sleep(0.1)


@pytest.fixture
def desk(studio_server: EmbeddedStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    title = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]
    desk = Desk(tmp_path / "store.db", studio_server, title)
    yield desk
    desk.client.close()
    desk.store.close()


@pytest.fixture
def live(desk: Desk) -> Iterator[Desk]:
    """A desk whose service runs and is registered."""
    with running(desk.service):
        desk.push(desk.service.pipeline)
        done = desk.push_live()
        assert done.returncode == 0, done.stderr
        yield desk


# -- what people do --------------------------------------------------------------------------------------------------


def test_created_updated_and_deleted_annotations_land_in_the_store(live: Desk) -> None:
    number = live.annotate(live.tasks[0])
    live.wait_for(lambda: len(live.versions(number)) == 1)
    live.call("PATCH", f"/api/annotations/{number}/", {"result": result_of(record(article(0))), "lead_time": 9.0})
    live.wait_for(lambda: len(live.versions(number)) == 2)
    live.call("DELETE", f"/api/annotations/{number}/")
    live.wait_for(lambda: len(live.versions(number)) == 3)
    versions = live.versions(number)
    assert [row.gone for row in versions] == [False, False, True]
    assert [row.lead_time for row in versions] == [2.5, 9.0, 9.0]
    assert {row.annotator for row in versions} == {"annotator@localhost.localdomain"}
    assert all(row.record for row in versions)
    # Another way of fetching the same finds nothing new.
    done = live.push_live()
    assert done.returncode == 0
    where = ["--store", live.where, "--project", live.title, "--url", live.server.url]
    pulled = subprocess.run(
        [sys.executable, "-m", "annotate", "pull", "--json", *where],
        env=live.service.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (json.loads(pulled.stdout)["new"], json.loads(pulled.stdout)["gone"]) == (0, 0)


def test_what_came_while_the_service_was_killed_is_fetched_at_its_start(live: Desk) -> None:
    kept, deleted = live.annotate(live.tasks[0]), live.annotate(live.tasks[1])
    live.wait_for(lambda: len(live.versions()) == 2)
    assert live.service.end(signal.SIGKILL) == -signal.SIGKILL
    live.call("PATCH", f"/api/annotations/{kept}/", {"lead_time": 9.0})
    live.call("DELETE", f"/api/annotations/{deleted}/")
    missed = live.annotate(live.tasks[2])
    assert len(live.versions()) == 2
    with running(live.service):
        live.wait_for(lambda: len(live.versions()) == 5)
        assert [row.lead_time for row in live.versions(kept)] == [2.5, 9.0]
        assert [row.gone for row in live.versions(deleted)] == [False, True]
        assert len(live.versions(missed)) == 1
        assert live.service.end(signal.SIGTERM) == 0
    before = len(live.service.lines)
    with running(live.service):
        live.service.wait_for("read again", after=before)
        assert len(live.versions()) == 5, "nothing is filed twice"


def test_a_killed_service_forgets_no_webhook_that_it_has_answered(live: Desk) -> None:
    numbers = [live.annotate(task) for task in live.tasks]
    live.service.end(signal.SIGKILL)  # at once: what it had answered may not have been read
    with running(live.service):
        live.wait_for(lambda: all(live.versions(number) for number in numbers))
    assert len(live.versions()) == 3


def test_200_webhooks_at_once_lose_nothing(desk: Desk) -> None:
    with running(desk.service):
        desk.push(desk.service.pipeline)
        texts = [Article.of(f"“It is made-up item {number},” said Ben Sample.") for number in range(40)]
        made = [
            {"data": task_data(text, f"key-{n}"), "annotations": [{"result": []}] * 5} for n, text in enumerate(texts)
        ]
        desk.call("POST", f"/api/projects/{desk.project}/import", made)
        tasks = [task.id for task in desk.client.tasks(desk.project) if task.annotations]
        calls = [
            {"action": "ANNOTATION_CREATED", "project": {"id": desk.project}, "task": {"id": t}} for t in tasks * 5
        ]

        async def send_all() -> list[httpx.Response]:
            limits = httpx.Limits(max_connections=200)
            async with httpx.AsyncClient(headers=HEADERS, limits=limits, timeout=60, trust_env=False) as client:
                return await asyncio.gather(*(client.post(f"{desk.service.url}/webhook", json=call) for call in calls))

        assert Counter(answer.status_code for answer in asyncio.run(send_all())) == {202: 200}
        desk.wait_for(lambda: len(desk.versions()) == 200)
        assert len({row.identity for row in desk.versions()}) == 200
        assert len([line for line in desk.service.events() if line["event"] == "read again"]) < 50


# -- live predictions ------------------------------------------------------------------------------------------------


def opened(desk: Desk, task: int) -> list[tuple[str, int]]:
    """Open a task as the page does, and return the version and length of each prediction it brings."""
    answer = desk.call("GET", f"/api/tasks/{task}/?project={desk.project}")
    return [(one["model_version"], len(one["result"])) for one in answer["predictions"]]


def test_a_task_without_a_prediction_gets_one_when_it_is_opened(live: Desk) -> None:
    version = live.service.pipeline
    text = Article.of(CANARY, id="canary")
    list(live.store.add_articles([text]))
    task = live.add_task(text)
    ((given, length),) = opened(live, task)
    assert (given, length > 0) == (version, True)
    stored = live.store.prediction("canary", version)
    assert stored is not None
    assert len(result_of(stored)) == length, "it is the base of later corrections"
    assert opened(live, task) == [(version, length)], "and is not added twice"
    assert [opened(live, one) for one in live.tasks] == [[(version, 5)]] * 3, "the pushed ones are as they were"
    assert live.call("GET", f"/api/projects/{live.project}/")["model_version"] == version


def test_so_does_the_next_task_of_the_stream(live: Desk) -> None:
    for task in live.tasks:
        live.call("DELETE", f"/api/tasks/{task}/")
    task = live.add_task(Article.of(CANARY))
    following = live.call("GET", f"/api/projects/{live.project}/next/")
    assert following["id"] == task
    assert [one["model_version"] for one in following["predictions"]] == [live.service.pipeline]


def test_a_task_of_an_evaluation_sample_stays_without_one(live: Desk) -> None:
    fill(live.store, [article(8)], live.service.pipeline)
    push(
        live.store,
        live.client,
        pipeline=live.service.pipeline,
        title=live.title,
        draw=lambda new, _: set(new),
        grace=timedelta(seconds=1),
    )
    (sampled,) = {task.id for task in live.client.tasks(live.project)} - set(live.tasks)
    assert opened(live, sampled) == []
    live.service.wait_for("not predicted", where=lambda line: line["task"] == sampled)


def test_the_check_of_the_project_sees_the_service(live: Desk) -> None:
    _, findings = check_project(live.store, live.client, live.title)
    told = {one.name: (one.value, one.problem) for one in findings}
    assert told["webhook"] == (f"{live.service.url}: active, reachable from here", None)
    assert told["ML backend"] == (f"{live.service.url}: connected", None)


def test_what_cannot_be_predicted_is_given_no_empty_prediction(live: Desk) -> None:
    blank = Article.of("made-up", id="blank")
    body = [{"data": {**task_data(blank, "blank"), "text": " "}}]
    live.call("POST", f"/api/projects/{live.project}/import", body)
    task = max(task.id for task in live.client.tasks(live.project))
    assert opened(live, task) == []
    assert live.service.wait_for("not predicted")["task"] == task


# -- registering -----------------------------------------------------------------------------------------------------


def registered(desk: Desk) -> tuple[list[Any], list[Any]]:
    return desk.call("GET", f"/api/ml/?project={desk.project}"), desk.call(
        "GET", f"/api/webhooks/?project={desk.project}"
    )


def test_registering_twice_adds_nothing_and_moving_moves(live: Desk, tmp_path: Path) -> None:
    backends, webhooks = registered(live)
    assert [(one["url"], one["title"], one["state"]) for one in backends] == [
        (live.service.url, live.service.pipeline, "CO")
    ]
    assert [(one["url"], one["headers"]) for one in webhooks] == [(f"{live.service.url}/webhook", HEADERS)]
    again = live.push_live()
    assert f"live: {live.service.url}: ML backend unchanged, webhook unchanged\n" in again.stderr
    with running(Process(live.where, live.server)) as other:
        live.service = other
        moved = live.push_live()
        assert f"live: {other.url}: ML backend updated, webhook updated\n" in moved.stderr
        backends, webhooks = registered(live)
        assert [one["url"] for one in backends] == [other.url]
        assert [one["url"] for one in webhooks] == [f"{other.url}/webhook"]
        number = live.annotate(live.tasks[0])
        other.wait_for("read again", where=lambda line: line["new"] == 1)
        live.wait_for(lambda: bool(live.versions(number)))


def test_surplus_registrations_of_ours_are_removed(live: Desk) -> None:
    hook = {"url": "http://127.0.0.1:9/webhook", "project": live.project, "headers": {"X-Annotate-Secret": "old"}}
    live.call("POST", "/api/webhooks/", hook)
    assert live.push_live().returncode == 0
    assert [one["url"] for one in registered(live)[1]] == [f"{live.service.url}/webhook"]


def test_a_service_of_another_version_is_pointed_out(desk: Desk) -> None:
    with running(desk.service):
        desk.push("by-hand-1")
        done = desk.push_live()
        assert done.returncode == 0
        assert f"the service predicts with {desk.service.pipeline}, not with by-hand-1" in done.stderr
        assert desk.call("GET", f"/api/projects/{desk.project}/")["model_version"] == "by-hand-1"


def test_a_service_that_is_not_there_is_one_clear_line(desk: Desk) -> None:
    desk.push("by-hand-1")
    desk.service.port = 9
    done = desk.push_live()
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    assert "cannot use the live service at http://127.0.0.1:9" in line
    assert "(see that `annotate serve` runs" in line
    assert SECRET not in done.stderr
    assert registered(desk) == ([], []), "nothing that annotations would wait for is left behind"


def test_a_server_that_may_not_call_private_addresses_is_told_apart(desk: Desk) -> None:
    desk.push("by-hand-1")
    with pytest.raises(StudioRefused, match=r"may not call the live service at http://10\.0\.0\.1: .*docs/live\.md"):
        go_live(desk.client, desk.project, url="http://10.0.0.1", secret=SECRET, pipeline="by-hand-1")


def test_a_wrong_secret_is_found_out_at_once(live: Desk) -> None:
    with pytest.raises(StudioRefused, match="same secret"):
        go_live(live.client, live.project, url=live.service.url, secret="another-0123456789", pipeline="v1")


def test_the_ml_backend_of_others_is_left_alone(live: Desk) -> None:
    ((backend,), _) = registered(live)
    live.call("PATCH", f"/api/ml/{backend['id']}", {
        "url": live.service.url, "project": live.project, "description": "Somebody else's", "title": "Theirs",
        "auth_method": "BASIC_AUTH", "basic_auth_user": "annotate", "basic_auth_pass": SECRET,
    })  # fmt: skip
    (hook,) = registered(live)[1]
    live.call("DELETE", f"/api/webhooks/{hook['id']}/")
    with pytest.raises(StudioError, match="another ML backend, 'Theirs'"):
        go_live(live.client, live.project, url="http://localhost:9", secret=SECRET, pipeline="v1")
    assert ([one["title"] for one in registered(live)[0]], registered(live)[1]) == (["Theirs"], [])


# -- reading again ---------------------------------------------------------------------------------------------------


def test_selected_tasks_are_what_the_full_export_has(desk: Desk) -> None:
    desk.push("by-hand-1")
    for task in desk.tasks[:2]:
        prediction = desk.client.predictions(task)[0].id
        body = {"result": result_of(record(article(0))), "lead_time": 1.0, "parent_prediction": prediction}
        desk.call("POST", f"/api/tasks/{task}/annotations/", body)
    desk.call("POST", f"/api/tasks/{desk.tasks[1]}/annotations/", {"result": [], "was_cancelled": True})
    full = {task["id"]: task["annotations"] for task in desk.client.export(desk.project)}
    selected = selected_tasks(desk.client, desk.project, [*desk.tasks, 10_000_000])
    assert selected is not None
    assert {task["id"]: task["annotations"] for task in selected} == full
    assert sum(map(len, full.values())) == 3
    (one,) = selected_tasks(desk.client, desk.project, desk.tasks[1:2]) or ()
    assert one["id"] == desk.tasks[1]
    other = desk.client.create_project("Another " + desk.title, "<View/>").id
    assert selected_tasks(desk.client, other, desk.tasks) == [], "a project's tasks are its own"


def test_a_failed_reading_is_repeated_until_the_server_is_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "FIRST_RETRY_SECONDS", 0.01)
    desk.push("by-hand-1")
    desk.annotate(desk.tasks[0])
    tries: list[int] = []

    def connect() -> StudioClient:
        tries.append(1)
        if len(tries) < 4:
            raise StudioUnreachable("not there yet")
        return StudioClient(desk.server.url, desk.server.token)

    with Store.open(desk.where) as store:
        rereader = Rereader(store, connect)
        rereader.start()
        desk.wait_for(lambda: len(desk.versions()) == 1)
        number = desk.annotate(desk.tasks[1])
        rereader.changed(desk.project, tasks=[desk.tasks[1]])
        desk.wait_for(lambda: len(desk.versions(number)) == 1)
        rereader.stop(60)
    assert len(tries) == 5


def test_a_project_that_became_another_is_not_read(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.push("by-hand-1")
    with Store.open(desk.where + ".other") as store:
        bind_project(store, f"{desk.project}@2020-01-01T00:00:00Z", desk.project, desk.title)
        desk.annotate(desk.tasks[0])
        rereader = Rereader(store, lambda: StudioClient(desk.server.url, desk.server.token))
        rereader.start()
        desk.wait_for(lambda: "not read again" in caplog.text)
        rereader.stop(60)
        with store.reading() as session:
            assert session.exec(select(AnnotationRow)).all() == []


# -- what it says of itself ------------------------------------------------------------------------------------------


def test_no_output_holds_a_secret_or_an_articles_words(live: Desk) -> None:
    text = Article.of(CANARY, id="canary")
    list(live.store.add_articles([text]))
    task = live.add_task(text)
    opened(live, task)
    live.annotate(task)
    live.service.wait_for("read again", where=lambda line: line["new"] == 1)
    url = live.service.url
    with httpx.Client(trust_env=False, timeout=60) as client:
        json_type = {**HEADERS, "Content-Type": "application/json"}
        client.post(f"{url}/predict", content=CANARY.encode(), headers=json_type)
        client.post(
            f"{url}/predict", json={"project": "1.1", "tasks": [{"id": CANARY, "data": CANARY}]}, headers=HEADERS
        )
        client.post(f"{url}/webhook", json={"action": CANARY, "project": {"id": live.project}}, headers=HEADERS)
        client.get(f"{url}/{SECRET}?secret={SECRET}", headers=HEADERS)
        client.get(f"{url}/health", headers={"X-Annotate-Secret": SECRET + "x"})
    assert live.service.end(signal.SIGINT) == 0
    shown = "".join(live.service.lines)
    assert {line["event"] for line in live.service.events()} >= {
        "ready",
        "request",
        "read again",
        "stopping",
        "stopped",
    }
    for canary in (SECRET, live.server.token, "Canary words", "Ada Example"):
        assert canary not in shown
    assert {line["status"] for line in live.service.events() if line["event"] == "request"} >= {200, 202, 400, 401, 404}


def test_the_embedded_server_may_call_loopback_and_no_other_place_of_ours(desk: Desk) -> None:
    desk.push("by-hand-1")
    for host in ("10.0.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0"):
        with pytest.raises(httpx.HTTPStatusError):
            desk.call("POST", "/api/webhooks/", {"url": f"http://{host}:9090/webhook", "project": desk.project})
    desk.call("POST", "/api/webhooks/", {"url": f"http://{HOST}:9090/webhook", "project": desk.project})
