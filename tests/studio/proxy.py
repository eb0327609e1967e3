"""A proxy before a real Label Studio that spoils the answers to what is imported."""

from __future__ import annotations

import http.client
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, urlsplit

ERROR = b'{"detail": "made up"}'


class Proxy(ThreadingHTTPServer):
    """Forwards to `target`; each import takes the next of `spoiling`, when there is one.

    answer late: the answer comes `seconds` after the import; error after: an error 500 instead of it; drop after: the
    connection ends instead of it; act late: an error 504 at once, and the import `seconds` later.
    """

    daemon_threads = True

    def __init__(self, target: str, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target)
        self.seconds = seconds
        self.spoiling: deque[str] = deque()
        self.imports = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        # By the time a late one is forwarded, this handler serves the connection's next request.
        ask = partial(_ask, self.server.target, self.command, self.path, body, self.headers)
        importing = self.command == "POST" and "/import" in self.path
        self.server.imports += importing
        how = self.server.spoiling.popleft() if importing and self.server.spoiling else ""
        if how == "act late":
            threading.Timer(self.server.seconds, ask).start()
            return self._answer(504, ERROR)
        status, content = ask()
        if how == "answer late":
            time.sleep(self.server.seconds)
        if how == "drop after":
            self.close_connection = True
            return None
        return self._answer(500, ERROR) if how == "error after" else self._answer(status, content)

    do_GET = do_POST = do_PATCH = do_DELETE = _forward  # noqa: N815 - the names that http.server looks for

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


def _ask(target: SplitResult, command: str, path: str, body: bytes, headers: Message) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
    passed = {name: headers[name] for name in ("authorization", "content-type") if name in headers}
    connection.request(command, path, body, passed)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


@contextmanager
def proxy_to(target: str, *, seconds: float) -> Iterator[Proxy]:
    """Run a proxy to a server."""
    server = Proxy(target, seconds)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
