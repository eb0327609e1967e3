"""The live service as whoever can reach it meets it: what it answers, what it refuses, and what it says of either."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.regions.tasks import prediction_of
from annotate.store import Store
from annotate.store.tables import Purpose
from annotate.studio import exposure
from annotate.studio.exposure import DeadlineProtocol
from annotate.studio.journal import LOGGER, JsonLines
from annotate.studio.live_predictions import MAX_TEXT
from tests.studio.fakes import article, fill, record
from tests.studio.live import HEADERS, HOST, PIPELINE, PROJECT, SECRET, Bench, serving

CANARY = "canary words of an article"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(str(tmp_path / "store.db")) as store:
        yield Bench(store)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Return a function that returns the log as it is written: one JSON object a line."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, LOGGER)
    formatter = JsonLines()

    def written() -> list[dict[str, Any]]:
        texts = [formatter.format(line) for line in caplog.records if line.name in (LOGGER, "uvicorn.error")]
        assert not any("\n" in text or SECRET in text or CANARY in text or "Traceback" in text for text in texts)
        return [json.loads(text) for text in texts]

    return written


def webhook(action: str = "ANNOTATION_CREATED", **fields: Any) -> dict[str, Any]:
    """Return a payload as Label Studio sends it, shortened."""
    task = {"id": 3, "data": {"text": CANARY}}
    return {
        "action": action,
        "annotation": {"id": 9},
        "project": {"id": PROJECT, "title": "Live"},
        "task": task,
    } | fields


# -- what it answers -------------------------------------------------------------------------------------------------


def test_health_versions_and_setup(bench: Bench) -> None:
    health = bench.ask("GET", "/health")
    assert (health.status_code, health.json()["status"], health.json()["version"]) == (200, "UP", PIPELINE)
    assert bench.ask("GET", "/versions").json() == {"versions": [PIPELINE]}
    body = {"project": f"{PROJECT}.1700000000", "schema": "<View/>", "access_token": CANARY, "extra_params": None}
    assert bench.ask("POST", "/setup", json=body).json() == {"model_version": PIPELINE}


def test_the_secret_may_come_as_the_password_of_basic_authentication(bench: Bench) -> None:
    coded = base64.b64encode(f"annotate:{SECRET}".encode()).decode()
    answer = bench.ask("GET", "/health", headers={"X-Annotate-Secret": "", "Authorization": f"Basic {coded}"})
    assert answer.status_code == 200


def test_a_stored_prediction_is_answered_from_the_store(bench: Bench) -> None:
    fill(bench.store, [article(1)], PIPELINE)
    assert bench.predictions({"text": article(1).text}) == [[prediction_of(record(article(1)), PIPELINE)]]
    assert bench.predicted == []


def test_an_article_of_the_store_is_predicted_once_and_stored(bench: Bench) -> None:
    fill(bench.store, [article(1)], "another version")
    first = bench.predictions({"text": article(1).text})
    assert first == bench.predictions({"text": article(1).text})
    assert [one.id for one in bench.predicted] == ["article-1"]
    stored = bench.store.prediction("article-1", PIPELINE)
    assert stored is not None
    assert first == [[prediction_of(stored, PIPELINE)]]


def test_an_unknown_text_is_predicted_and_leaves_no_trace(bench: Bench) -> None:
    (answer,) = bench.predictions({"text": article(5).text})
    assert answer[0]["result"] == prediction_of(record(article(5)), PIPELINE)["result"]
    assert (bench.store.count_articles(), bench.store.pipelines()) == (0, [])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "no text"),
        ({"text": None}, "no text"),
        ({"text": [CANARY]}, "no text"),
        ({"text": " \n"}, "no text"),
        ({"text": "a" * (MAX_TEXT + 1)}, "longer than"),
        ({"text": article(2).text, "queue": "evaluation"}, "it belongs to a sample"),
        ({"text": CANARY + "\0"}, "NUL"),
        ({"text": f"“{CANARY}, stumble,” said Ada Example."}, "RecursionError"),
    ],
)
def test_a_task_that_is_not_predicted_costs_itself_alone(
    bench: Bench, lines: Any, data: dict[str, Any], reason: str
) -> None:
    good = {"text": article(1).text}
    assert list(map(len, bench.predictions(good, data, good))) == [1, 0, 1]
    (line,) = [line for line in lines() if line["event"] == "not predicted"]
    assert (line["task"], reason in line["reason"]) == (2, True)


def test_an_invalid_prediction_never_leaves(bench: Bench, lines: Any) -> None:
    bench.predictor._predict = lambda _: record(article(88))  # spans of another text
    assert bench.predictions({"text": "Too short."}) == [[]]
    assert any(line.get("reason") == "invalid prediction" for line in lines())


def test_adjudicators_are_shown_no_prediction(bench: Bench) -> None:
    bench.bind(8, Purpose.ADJUDICATION)
    assert bench.predictions({"text": article(1).text}, project="8.1") == [[]]
    assert bench.ask("POST", "/webhook", json=webhook(project={"id": 8})).status_code == 202
    assert bench.changes.told == [(8, {3}, set(), False)]


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (webhook(), [(PROJECT, {3}, set(), False)]),
        (webhook("ANNOTATION_UPDATED"), [(PROJECT, {3}, set(), False)]),
        (webhook("ANNOTATIONS_CREATED", task=[{"id": 4}, {"id": 5}]), [(PROJECT, {4, 5}, set(), False)]),
        (webhook("ANNOTATION_CREATED", task=[]), [(PROJECT, set(), set(), True)]),
        (
            {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 9}], "project": {"id": PROJECT}},
            [(PROJECT, set(), {9}, False)],
        ),
        (webhook("PROJECT_UPDATED"), []),
        (webhook("TASKS_DELETED"), []),
        (webhook("START_TRAINING"), []),
    ],
)
def test_a_webhook_says_where_to_look(bench: Bench, payload: dict[str, Any], told: list[Any]) -> None:
    answer = bench.ask("POST", "/webhook", json=payload)
    assert (answer.status_code, answer.json()["accepted"]) == (202, bool(told))
    assert bench.changes.told == told


# -- what it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/health", "/predict", "/webhook", "/nowhere"])
@pytest.mark.parametrize(
    "sent",
    [
        {"X-Annotate-Secret": ""},
        {"X-Annotate-Secret": SECRET[:-1]},
        {"X-Annotate-Secret": "geheim-äöü-" + SECRET},
        {"X-Annotate-Secret": "", "Authorization": f"Bearer {SECRET}"},
        {"X-Annotate-Secret": "", "Authorization": "Basic ***"},
        {"X-Annotate-Secret": "", "Authorization": "Basic " + base64.b64encode(b"annotate:wrong").decode()},
        {"X-Annotate-Secret": "", "Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()},
    ],
)
def test_without_the_secret_nothing_is_told(bench: Bench, lines: Any, path: str, sent: dict[str, str]) -> None:
    raw = {name: value.encode("latin-1") for name, value in sent.items()}
    answer = bench.ask("POST", path, json=webhook(), headers=raw)
    assert (answer.status_code, bench.changes.told) == (401, [])
    (line,) = lines()
    assert (line["event"], line["status"], line["level"]) == ("request", 401, "warning")


def test_nor_with_a_secret_in_two_different_headers_that_are_both_wrong(bench: Bench) -> None:
    coded = base64.b64encode(b"a:b").decode()
    assert bench.ask("GET", "/health", headers={"X-Annotate-Secret": "x", "Authorization": f"Basic {coded}"}).is_error


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:9090", 200),
        ("MADE.UP:80", 200),
        ("made.up.", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("[::1]", 421),
        ("", 421),
    ],
)
def test_it_goes_by_its_own_names_only(bench: Bench, host: str, status: int) -> None:
    assert bench.ask("GET", "/health", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"http://{HOST}:9090"])
def test_pages_in_browsers_are_refused(bench: Bench, origin: str) -> None:
    assert bench.ask("GET", "/health", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_only_json_is_read(bench: Bench, kind: str) -> None:
    answer = bench.ask("POST", "/webhook", content=json.dumps(webhook()), headers={"Content-Type": kind})
    assert (answer.status_code, bench.changes.told) == (415, [])


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/", 404), ("GET", "/predict", 405), ("PUT", "/health", 405)]
)
def test_there_is_nothing_else(bench: Bench, method: str, path: str, status: int) -> None:
    assert bench.ask(method, path).status_code == status


MALFORMED = [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"project": NaN', b'{"tasks": "\\ud800"}', b"1" * 5_000]


@pytest.mark.parametrize("path", ["/setup", "/predict", "/webhook"])
@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_not_json_gets_400(bench: Bench, lines: Any, path: str, body: bytes) -> None:
    answer = bench.ask("POST", path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]
    assert lines()[-1]["status"] == answer.status_code


SHAPELESS = [
    ("/setup", []),
    ("/setup", {}),
    ("/setup", {"project": True}),
    ("/setup", {"project": "seven"}),
    ("/setup", {"project": "-7.1"}),
    ("/setup", {"project": "9" * 30}),
    ("/predict", {"project": "7.1"}),
    ("/predict", {"project": "7.1", "tasks": {}}),
    ("/predict", {"project": "7.1", "tasks": [{"id": 1}]}),
    ("/predict", {"project": "7.1", "tasks": [{"id": 1, "data": CANARY}]}),
    ("/predict", {"project": "7.1", "tasks": [{"id": CANARY, "data": {}}]}),
    ("/predict", {"project": "7.1", "tasks": [CANARY]}),
    ("/webhook", {"action": CANARY}),
    ("/webhook", {"action": 1, "project": {"id": 7}}),
    ("/webhook", {"action": "ANNOTATION_CREATED", "project": 7}),
    ("/webhook", {"action": "ANNOTATION_CREATED", "project": {"id": 7.5}}),
    ("/webhook", {"action": "ANNOTATION_CREATED", "project": {"id": 7}, "task": {"id": CANARY}}),
    ("/webhook", {"action": "ANNOTATION_CREATED", "project": {"id": 7}, "task": [[1]]}),
    ("/webhook", {"action": "ANNOTATIONS_DELETED", "project": {"id": 7}, "annotations": [CANARY]}),
]


@pytest.mark.parametrize(("path", "payload"), SHAPELESS)
def test_what_is_no_payload_gets_422(bench: Bench, lines: Any, path: str, payload: Any) -> None:
    answer = bench.ask("POST", path, json=payload)
    assert (answer.status_code, bench.changes.told) == (422, [])
    assert CANARY not in answer.text
    assert lines()[-1]["status"] == 422


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("/setup", {"project": "99.1"}),
        ("/predict", {"project": "99.1", "tasks": []}),
        ("/webhook", webhook(project={"id": 99})),
    ],
)
def test_a_project_that_nothing_was_pushed_to_gets_404(
    bench: Bench, lines: Any, path: str, payload: dict[str, Any]
) -> None:
    answer = bench.ask("POST", path, json=payload)
    assert (answer.status_code, bench.changes.told) == (404, [])
    assert "annotate push" in answer.json()["error"]
    line = lines()[-1]
    assert (line["status"], line["project"]) == (404, 99)
    bench.bind(99, Purpose.ANNOTATION)
    assert bench.ask("POST", path, json=payload).is_success, "it is looked up again"


def test_what_breaks_inside_is_a_line_without_a_traceback(
    bench: Bench, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(bench.changes, "changed", stumble)
    answer = bench.ask("POST", "/webhook", json=webhook())
    assert (answer.status_code, CANARY in answer.text) == (500, False)
    line = lines()[-1]
    assert (line["status"], line["error"]) == (500, "KeyError")


def test_an_oversized_body(tmp_path: Path, lines: Any) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        bench = Bench(store, max_body=2_000)
        content = json.dumps(webhook()).encode() + b" " * 2_000

        async def pieces() -> Any:
            for start in range(0, len(content), 100):
                yield content[start : start + 100]

        kind = {"Content-Type": "application/json"}
        for body in (content, pieces()):
            assert bench.ask("POST", "/webhook", content=body, headers=kind).status_code == 413
        assert bench.changes.told == []
        assert [line["status"] for line in lines()] == [413, 413]
        assert bench.ask("POST", "/webhook", content=content[:2_000], headers=kind).status_code == 202


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = ("action", "project", "task", "annotations", "tasks")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/setup", "/predict", "/webhook"]),
    payload=JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON)),
    real=st.fixed_dictionaries(
        {}, optional={"action": st.just("ANNOTATION_CREATED"), "project": st.sampled_from(["7.1", 7, {"id": 7}])}
    ),
)
def test_no_payload_is_more_than_it_can_bear(bench: Bench, path: str, payload: Any, real: dict[str, Any]) -> None:
    mixed = {**payload, **real} if isinstance(payload, dict) else payload
    kind = {"Content-Type": "application/json"}
    assert bench.ask("POST", path, content=json.dumps(mixed), headers=kind).status_code in {200, 202, 400, 404, 422}


# -- over a socket ---------------------------------------------------------------------------------------------------


@pytest.fixture
def short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DeadlineProtocol, "header_seconds", 0.3)


def request(path: str, body: bytes, **headers: str) -> bytes:
    """Write a request by hand."""
    lines = {"Host": HOST, "X-Annotate-Secret": SECRET, "Content-Type": "application/json"} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def everything(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    connection.settimeout(60)
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


@pytest.mark.usefixtures("short_deadlines")
@pytest.mark.parametrize("begun", [b"", b"POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_headers_that_never_end_are_not_waited_for(bench: Bench, begun: bytes) -> None:
    with serving(bench.app) as port, socket.create_connection((HOST, port)) as connection:
        connection.sendall(begun)
        assert everything(connection) == b""


@pytest.mark.usefixtures("short_deadlines")
def test_nor_those_of_a_second_request(bench: Bench) -> None:
    body = json.dumps(webhook()).encode()
    with serving(bench.app) as port, socket.create_connection((HOST, port)) as connection:
        connection.sendall(request("/webhook", body, **{"Content-Length": str(len(body))}))
        connection.sendall(b"POST /webhook HTTP/1.1\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 202 ")


def test_a_body_that_never_ends_gets_408(tmp_path: Path, lines: Any) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        bench = Bench(store, body_seconds=0.3)
        with serving(bench.app) as port, socket.create_connection((HOST, port)) as connection:
            connection.sendall(request("/webhook", b'{"action"', **{"Content-Length": "1000"}))
            assert everything(connection).startswith(b"HTTP/1.1 408 ")
        assert [line["status"] for line in lines() if line["event"] == "request"] == [408]


@pytest.mark.parametrize("length", ["Content-Length: 5000000", "Transfer-Encoding: chunked"])
def test_an_oversized_body_is_answered_and_the_connection_closed(tmp_path: Path, length: str) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        bench = Bench(store, max_body=100_000)
        name, _, value = length.partition(": ")
        piece = b" " * 50_000
        chunk = b"c350\r\n" + piece + b"\r\n" if value == "chunked" else piece
        with serving(bench.app) as port, socket.create_connection((HOST, port)) as connection:
            connection.sendall(request("/webhook", b"", **{name: value}))
            for _ in range(100):
                connection.sendall(chunk)
            if value == "chunked":
                connection.sendall(b"0\r\n\r\n")
            assert everything(connection).startswith(b"HTTP/1.1 413 ")


def test_a_wrong_secret_is_answered_also_while_much_is_still_being_sent(bench: Bench) -> None:
    wrong = {"Content-Length": "5000000", "X-Annotate-Secret": "wrong"}
    with serving(bench.app) as port, socket.create_connection((HOST, port)) as connection:
        connection.sendall(request("/predict", b"", **wrong))
        for _ in range(100):
            connection.sendall(b" " * 50_000)
        assert everything(connection).startswith(b"HTTP/1.1 401 ")


def test_who_reads_no_answer_is_not_waited_for(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DeadlineProtocol, "send_seconds", 0.3)
    size = 100_000_000

    async def answer_at_length(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for start in range(0, size, 1_000_000):
            await send({"type": "http.response.body", "body": b" " * 1_000_000, "more_body": start < size - 1_000_000})

    with serving(answer_at_length) as port, socket.create_connection((HOST, port)) as connection:
        connection.sendall(request("/predict", b"{}", **{"Content-Length": "2"}))
        deadline = time.monotonic() + 60
        while not any(line["event"] == "connection ended" for line in lines()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert len(everything(connection)) < size


def test_what_is_no_http_gets_400(bench: Bench, lines: Any) -> None:
    with serving(bench.app) as port:
        long_header = request("/webhook", b"", **{"X-Long": "x" * 100_000})
        bad_length = request("/webhook", b"", **{"Content-Length": "ten"})
        for garbage in (b"\x16\x03\x01\x02\x00\r\n\r\n", bad_length, long_header):
            with socket.create_connection((HOST, port)) as connection:
                connection.sendall(garbage)
                assert everything(connection).startswith(b"HTTP/1.1 400 ")
    assert lines()


def test_200_webhooks_at_once(bench: Bench) -> None:
    async def send_all(port: int) -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(
            base_url=f"http://{HOST}:{port}", headers=HEADERS, limits=limits, timeout=60
        ) as client:
            calls = [client.post("/webhook", json=webhook(task={"id": number})) for number in range(1, 201)]
            return await asyncio.gather(*calls)

    with serving(bench.app) as port:
        answers = asyncio.run(send_all(port))
    assert Counter(answer.status_code for answer in answers) == {202: 200}
    assert sorted(task for _, tasks, _, _ in bench.changes.told for task in tasks) == list(range(1, 201))


def test_health_is_answered_while_a_prediction_takes_long(bench: Bench) -> None:
    began, done = [], []

    def slow(of: Any) -> Any:
        began.append(time.monotonic())
        while not done:
            time.sleep(0.01)
        return record(of)

    bench.predictor._predict = slow

    async def both(port: int) -> tuple[int, int]:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", headers=HEADERS, timeout=60) as client:
            task = {"id": 1, "data": {"text": article(1).text}}
            predicting = asyncio.create_task(client.post("/predict", json={"project": "7.1", "tasks": [task]}))
            while not began:
                await asyncio.sleep(0.01)
            health = await client.get("/health")
            assert not predicting.done()
            done.append(True)
            return health.status_code, (await predicting).status_code

    with serving(bench.app) as port:
        assert asyncio.run(both(port)) == (200, 200)


def test_the_secret_is_compared_in_constant_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []
    compare = exposure.hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        lengths.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(exposure.hmac, "compare_digest", watched)
    for sent in ("", "x", SECRET, SECRET * 20):
        bench.ask("GET", "/health", headers={"X-Annotate-Secret": sent})
    assert set(lengths) == {(32, 32)}
