"""What stands between the network and the live service: who may ask, how much, and how slowly.

Whatever is refused gets a 4xx with one sentence, and is logged with its reason. The checks come in this order: the
Host that was asked for, no Origin (no page in a browser has business here), the shared secret, JSON only, the size of
the body by its header and again while it arrives, and how long it takes. uvicorn waits for ever for headers that
never end; `DeadlineProtocol` does not.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Generator, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from annotate.studio.journal import note

__all__ = ["SECRET_HEADER", "DeadlineProtocol", "Exposure", "Guard", "Refused", "Server", "is_loopback", "logged"]

SECRET_HEADER = "X-Annotate-Secret"  # noqa: S105 - the header's name
HEADER_SECONDS = 10.0
BODY_SECONDS = 30.0
SEND_SECONDS = 60.0
AT_ONCE = 1000  # connections; more get 503
MAX_BODY = 32_000_000
_DRAIN_SECONDS = 5.0
_LOG_KEY = "annotate.log"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """A request is not acted on: the HTTP status, and why, in one clause."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(status, why)
        self.status = status
        self.why = why


class _Disconnected(Exception):
    """The client has gone before its request was complete."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the service lets through. secret: shared with Label Studio; hosts: names it may be asked for by, in lower
    case and without a port; max_body: bytes; body_seconds: how long a body may take to arrive."""

    secret: bytes
    hosts: frozenset[str]
    max_body: int = MAX_BODY
    body_seconds: float = BODY_SECONDS


def is_loopback(host: str) -> bool:
    """Tell whether a host, by name or address, is this machine's loopback."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def logged(scope: Scope, **fields: object) -> None:
    """Add fields to the line that will be logged for a request."""
    scope.setdefault(_LOG_KEY, {}).update(fields)


class Guard:
    """The ASGI application in front of the service's own one; see the module's docstring."""

    def __init__(self, app: App, exposure: Exposure) -> None:
        self._app = app
        self._exposure = exposure
        self._secret = hashlib.sha256(exposure.secret).digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.monotonic()
        status = 0
        body: bytes | None = None

        async def answer(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            try:
                self._check(scope)
                body = await self._body(receive)
                await self._app(scope, _again(body, receive), answer)
            except Refused as refused:
                logged(scope, reason=refused.why)
                await _refuse(refused, answer, unread=receive if body is None and refused.status != 408 else None)
        except _Disconnected:
            logged(scope, reason="the client has gone")
        except Exception as error:
            # Nothing of ours may end in a traceback: it would show what the payload held.
            logged(scope, error=type(error).__name__)
            if not status:
                await _answer(answer, 500, "this should not have happened; see the service's log")
        finally:
            spent = round(1000 * (time.monotonic() - began), 1)
            level = logging.INFO if status < 400 else logging.WARNING
            fields = {"method": scope["method"], "status": status, "ms": spent, **scope.get(_LOG_KEY, {})}
            note("request", level=level, **fields)

    def _check(self, scope: Scope) -> None:
        headers: Headers = scope["headers"]
        hosts = list(_values(headers, b"host"))
        if len(hosts) != 1 or _without_port(hosts[0]) not in self._exposure.hosts:
            raise Refused(421, "this service does not go by that Host; --allow-host adds a name")
        if any(_values(headers, b"origin")):
            raise Refused(403, "requests from web pages are not answered")
        # Hashed first: what is compared always has the same length.
        given = [hmac.compare_digest(hashlib.sha256(one).digest(), self._secret) for one in _secrets(headers)]
        if not any(given):
            raise Refused(401, "the shared secret is missing or wrong")
        if scope["method"] == "POST":
            kind = b"".join(_values(headers, b"content-type")).split(b";")[0].strip().lower()
            if kind != b"application/json":
                raise Refused(415, "only JSON is read: Content-Type must be application/json")
        for length in _values(headers, b"content-length"):
            if not length.isdigit() or len(length) > 18 or int(length) > self._exposure.max_body:
                raise Refused(413, f"the body is over the limit of {self._exposure.max_body:,} bytes")

    async def _body(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._exposure.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Disconnected
                    size += len(message.get("body", b""))
                    if size > self._exposure.max_body:
                        raise Refused(413, f"the body is over the limit of {self._exposure.max_body:,} bytes")
                    parts.append(message.get("body", b""))
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError:
            raise Refused(408, f"the body took longer than {self._exposure.body_seconds:g} s") from None


async def _refuse(refused: Refused, answer: Send, *, unread: Receive | None) -> None:
    await _answer(answer, refused.status, refused.why, more=unread is not None)
    if unread is not None:
        # A client that is still sending would otherwise see a broken connection instead of the answer.
        await _drain(unread)
        await answer({"type": "http.response.body", "body": b"", "more_body": False})


async def _answer(send: Send, status: int, why: str, *, more: bool = False) -> None:
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="annotate"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = json.dumps({"error": why}).encode("ascii")
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _drain(receive: Receive) -> None:
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                pass
    except TimeoutError:
        return


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body, which has been read already, once more."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return left.pop() if left else await receive()

    return replay


def _values(headers: Headers, name: bytes) -> Iterator[bytes]:
    return (value for key, value in headers if key.lower() == name)


def _without_port(host: bytes) -> str:
    name = host.decode("latin-1").lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].rstrip(".")


def _secrets(headers: Headers) -> Iterator[bytes]:
    """Yield every secret that a request carries: in our header, or as the password of basic authentication."""
    yield from _values(headers, SECRET_HEADER.lower().encode("ascii"))
    for value in _values(headers, b"authorization"):
        scheme, _, coded = value.partition(b" ")
        if scheme.lower() == b"basic":
            try:
                yield base64.b64decode(coded.strip(), validate=True).partition(b":")[2]
            except binascii.Error:
                continue


class DeadlineProtocol(H11Protocol):
    """HTTP/1.1 that ends a connection whose next headers are not there in time, or which reads no answer."""

    header_seconds = HEADER_SECONDS
    send_seconds = SEND_SECONDS
    _headers_due: asyncio.TimerHandle | None = None
    _reading_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does it only for sockets that name their protocol: without it an answer waits 40 ms for nothing.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._headers_due, self._reading_due):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._wait_for_headers()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading_due = self.loop.call_later(self.send_seconds, self._end, "it reads no answer")

    def resume_writing(self) -> None:
        if self._reading_due is not None:
            self._reading_due.cancel()
        super().resume_writing()

    def _wait_for_headers(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
        self._headers_due = self.loop.call_later(self.header_seconds, self._too_slow)

    def _too_slow(self) -> None:
        # A request that is under way has a deadline of its own, and starts this one anew when it is answered.
        if self.cycle is None or self.cycle.response_complete:
            self._end("its headers took too long")

    def _end(self, why: str) -> None:
        note("connection ended", level=logging.WARNING, reason=why)
        self.transport.abort()


class Server(uvicorn.Server):
    """uvicorn as the live service runs it; signals are its owner's, who sets `should_exit`."""

    def __init__(self, app: App, *, stop_seconds: int = 10) -> None:
        settings = uvicorn.Config(
            app,
            http=DeadlineProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=AT_ONCE,
            timeout_graceful_shutdown=stop_seconds,
        )
        super().__init__(settings)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals alone."""
        yield
