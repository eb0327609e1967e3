"""Processes that a bulk run starts: they speak frames, compute on one thread, and end with whoever started them."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

import orjson

from annotate.articles.confined import receive, send

# Many workers on a machine, each with as many threads as it has cores, only hinder each other. And loguru's tracebacks
# would show the values of variables, articles among them.
ENVIRONMENT = {
    **{
        f"{library}_NUM_THREADS": "1"
        for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM", "RAYON", "ARROW_IO")
    },
    "TOKENIZERS_PARALLELISM": "false",
    "LOGURU_DIAGNOSE": "NO",
}


@dataclass(slots=True)
class Child:
    """A process and the channel to it."""

    process: subprocess.Popen[bytes]
    channel: socket.socket

    def tell(self, message: Any) -> None:
        """Send one message."""
        send(self.channel, orjson.dumps(message))

    def hear(self) -> Any:
        """Receive one message.

        Raises: EOFError or ConnectionError when the process is gone, TimeoutError when the channel has a limit.
        """
        return orjson.loads(receive(self.channel))

    def end(self) -> int:
        """Kill the process; return its exit status."""
        self.channel.close()
        self.process.kill()
        return self.process.wait()


def start(module: str, *arguments: str) -> Child:
    """Start `python -m module` with a channel as its standard input."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            # -P: a file in the user's folder must not stand in for a module of the same name.
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **ENVIRONMENT},
            # Ctrl-C is for the command, which then ends its processes.
            start_new_session=True,
        )
    return Child(process, ours)


def parent() -> socket.socket:
    """Return the channel to whoever started this process; from now on this process ends when they do."""
    channel = socket.socket(fileno=0)
    threading.Thread(target=_end_with, args=(channel.fileno(),), daemon=True).start()
    return channel


def _end_with(descriptor: int) -> None:
    watch = select.poll()
    watch.register(descriptor, getattr(select, "POLLRDHUP", 0))
    while not any(event & ~select.POLLIN for _, event in watch.poll()):
        pass
    os._exit(1)
