"""A process of its own for the parsers that hostile files can make slow, huge or crash."""

from __future__ import annotations

import json
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from annotate.errors import InputError

_LENGTH = struct.Struct(">Q")
_GRACE = 5


class Confined:
    """Run the jobs of `annotate.articles.worker` under limits of processor time, clock time and memory.

    The process starts with the first job, serves one after the other, and is started anew after it died of one.
    seconds: processor time for each answer, three times as much by the clock; memory: bytes.
    """

    def __init__(self, *, seconds: int, memory: int) -> None:
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, job: str, *, body: bytes = b"", **arguments: Any) -> Iterator[dict[str, Any]]:
        """Yield the answers of one job.

        Raises: InputError when the job exceeds a limit, crashes, or finds its input unreadable.
        """
        channel = self._start()
        done = False
        try:
            send(channel, json.dumps({"job": job, **arguments}).encode())
            send(channel, body)
            while answer := json.loads(receive(channel)):
                if "problem" in answer:
                    done = True
                    raise InputError(answer["problem"])
                yield answer
            done = True
        except TimeoutError:
            raise InputError(f"parsing it takes longer than {3 * self._seconds} s") from None
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise InputError(self._cause_of_death()) from None
        finally:
            # Whoever stops in the middle leaves answers behind that nobody must take for those of the next job.
            if not done:
                self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process and self._socket:
            self._socket.close()
            self._process.kill()
            self._process.wait()
        self._process = self._socket = None

    def _start(self) -> socket.socket:
        if self._process and self._process.poll() is not None:
            self.close()
        if self._socket is None:
            ours, theirs = socket.socketpair()
            ours.settimeout(3 * self._seconds)
            with theirs:
                self._process = subprocess.Popen(
                    # -P: a file in the user's folder must not stand in for a module of the same name.
                    [sys.executable, "-P", "-m", "annotate.articles.worker", str(self._seconds), str(self._memory)],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            self._socket = ours
        return self._socket

    def _cause_of_death(self) -> str:
        assert self._process is not None
        try:
            code = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            code = 0
        if code == -signal.SIGXCPU:
            return f"parsing it takes more than {self._seconds} s of processor time"
        return f"parsing it needs more than {self._memory / 1e6:.0f} MB of memory, or crashes the parser"


def send(channel: socket.socket, frame: bytes) -> None:
    """Send one frame: its length, then its bytes."""
    channel.sendall(_LENGTH.pack(len(frame)) + frame)


def receive(channel: socket.socket) -> bytes:
    """Receive one frame.

    Raises: EOFError when the other side has gone.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return _exactly(channel, length)


def _exactly(channel: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        chunk = channel.recv(min(length - len(data), 1 << 20))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)
