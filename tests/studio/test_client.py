"""Every way in which Label Studio can fail to answer becomes one of our two errors, and no token shows."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from annotate.errors import StudioError, StudioRefused, StudioUnreachable
from annotate.studio.client import StudioClient

TOKEN = "canary-0123456789"
REQUEST = httpx.Request("GET", "http://made.up/")


def connected(answer: Callable[[httpx.Request], httpx.Response]) -> StudioClient:
    """Return a client over a transport that answers like this."""
    from label_studio_sdk import LabelStudio

    client = StudioClient("http://made.up", TOKEN)
    http = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False)
    client._made = LabelStudio(base_url=client.url, api_key=TOKEN, httpx_client=http, max_retries=0)
    return client


def failing(client: StudioClient) -> StudioError:
    with pytest.raises(StudioError) as caught:
        client.import_tasks(1, [{"data": {}}])
    assert TOKEN not in str(caught.value)
    assert "http://made.up" in str(caught.value)
    return caught.value


TRANSPORT_ERRORS = [
    kind
    for _, kind in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(kind, httpx.HTTPError | httpx.InvalidURL | httpx.StreamError) and kind is not httpx.HTTPStatusError
]


@pytest.mark.parametrize("kind", TRANSPORT_ERRORS, ids=lambda kind: kind.__name__)
def test_a_transport_error_leaves_open_whether_the_server_acted(kind: type[Exception]) -> None:
    class Raised(kind):  # type: ignore[misc, valid-type] - the constructors differ
        def __init__(self) -> None:
            Exception.__init__(self, TOKEN)

    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        raise Raised

    assert isinstance(failing(connected(answer)), StudioUnreachable)
    assert len(requests) == 1, "nothing is repeated"


def test_every_transport_error_is_among_those() -> None:
    assert {httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.TooManyRedirects} <= set(
        TRANSPORT_ERRORS
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, StudioRefused) for status in (400, 401, 403, 404, 405, 409, 413, 422, 429)),
        *((status, StudioUnreachable) for status in (301, 302, 307, 408, 500, 502, 503, 504, 599)),
    ],
)
def test_a_status_tells_whether_the_server_acted(status: int, expected: type[StudioError]) -> None:
    statuses: list[int] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        statuses.append(status)
        return httpx.Response(status, json={"detail": f"because {TOKEN}"}, headers={"location": "http://other.up/"})

    error = failing(connected(answer))
    assert type(error) is expected
    assert statuses == [status], "nothing is repeated, no redirect is followed"
    assert f"HTTP {status}: because …" in str(error)
    if isinstance(error, StudioRefused):
        assert error.status == status


def test_sdk_calls_are_mapped_and_not_repeated() -> None:
    requests: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request.method)
        return httpx.Response(503, text="<html>busy</html>")

    client = connected(answer)
    for call in (lambda: client.delete_task(1), lambda: client.delete_prediction(1)):
        with pytest.raises(StudioUnreachable, match="HTTP 503"):
            call()
    assert requests == ["DELETE", "DELETE"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"[", b'"text"', b"{}", b'{"tasks": [{}], "total": 1}', b"\xff"])
def test_an_answer_that_makes_no_sense_is_no_listing(content: bytes) -> None:
    client = connected(lambda _: httpx.Response(200, content=content))
    with pytest.raises(StudioUnreachable, match="cannot be used"):
        client.tasks(1)


def row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "meta": {"push_key": f"key-{number}"},
        "total_annotations": 0,
        "cancelled_annotations": number % 2,
        "total_predictions": 2,
        "annotations_ids": "",
        "draft_exists": number == 4,
        "predictions_model_versions": "v2,v1",
    }


def listing(numbers: list[int], total: int | None = None, size: int = 2) -> Callable[[httpx.Request], httpx.Response]:
    """Answer as the server does: the tasks after an id, `size` a page; or claim another total."""

    def answer(request: httpx.Request) -> httpx.Response:
        query = json.loads(request.url.params["query"])
        (condition,) = query["filters"]["items"]
        left = [number for number in numbers if number > condition["value"]]
        page = left[:size]
        return httpx.Response(200, json={"tasks": [row(number) for number in page], "total": total or len(left)})

    return answer


def test_a_listing_has_all_pages() -> None:
    tasks = connected(listing([1, 2, 4, 7, 9])).tasks(1)
    assert [task.id for task in tasks] == [1, 2, 4, 7, 9]
    assert [task.push_key for task in tasks] == ["key-1", "key-2", "key-4", "key-7", "key-9"]
    assert [task.touched for task in tasks] == [True, False, True, True, True]
    assert {task.versions for task in tasks} == {frozenset({"v1", "v2"})}


@pytest.mark.parametrize("numbers", [[1, 2], [2, 2]])
def test_a_listing_that_breaks_off_is_no_listing(numbers: list[int]) -> None:
    with pytest.raises(StudioUnreachable, match=r"a page is missing|its pages overlap"):
        connected(listing(numbers, total=5)).tasks(1)


def test_a_cut_column_is_read_from_the_predictions() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/predictions/":
            return httpx.Response(200, json=[{"id": 2, "model_version": "b"}, {"id": 1, "model_version": "a"}])
        return httpx.Response(200, json={"tasks": [row(1) | {"predictions_model_versions": "x" * 500}], "total": 1})

    (task,) = connected(answer).tasks(1)
    assert task.versions == {"a", "b"}


@contextmanager
def silent_server() -> Iterator[str]:
    """A server that takes requests and never answers."""
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            release.wait(10)
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def test_time_runs_out() -> None:
    with (
        silent_server() as url,
        StudioClient(url, TOKEN, answer_seconds=0.2) as client,
        pytest.raises(StudioUnreachable, match=r"no answer \(ReadTimeout\).*run the same command again"),
    ):
        client.projects("Sources")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://[bad"])
def test_nothing_is_there(url: str) -> None:
    with (
        StudioClient(url, TOKEN) as client,
        pytest.raises(StudioUnreachable, match=r"cannot be reached.*annotate studio start"),
    ):
        client.projects("Sources")
