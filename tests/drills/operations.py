"""Counting what a command does to the world, and making the n-th of it go wrong.

Counted are requests to the server, commits, and changes to files: opened for writing, renamed, removed, made, flushed.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.engine.default import DefaultDialect

# fail: it does not happen, and says so. lost: it happens, and what says so is an error. kill: the process dies there.
MODES = ("fail", "lost", "kill")
_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "shutil.rmtree")


class Operations:
    """Counts operations, and spoils the one with the number `at`.

    folder: of whose files the changes count. tell: called with the name of the operation that is spoiled.
    """

    def __init__(self, folder: Path, mode: str, at: int, tell: Callable[[str], None]) -> None:
        self.folder = str(folder)
        self.mode = mode
        self.at = at
        self.seen = 0
        self.tell = tell

    def watch(self) -> None:
        """Count from now on, in this process."""
        sys.addaudithook(self._file)
        self._wrap(os, "fsync", "fsync", OSError(errno.EIO, os.strerror(errno.EIO)))
        self._wrap(DefaultDialect, "do_commit", "commit", sqlite3.OperationalError("disk I/O error"))
        self._wrap(httpx.Client, "send", "request", httpx.ReadError("made up"))

    def _file(self, event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[1], str) and any(sign in arguments[1] for sign in "wax+")
        if not (writes or event in _CHANGES) or not str(arguments[0]).startswith(self.folder):
            return
        # Whether a change to a file happened is told by the system itself: it is never lost.
        if self.mode != "lost" and self._is_next(event):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))

    def _wrap(self, owner: Any, name: str, what: str, error: Exception) -> None:
        real = getattr(owner, name)

        def spoiled(*arguments: Any, **named: Any) -> Any:
            if not self._is_next(what):
                return real(*arguments, **named)
            if self.mode == "lost":
                real(*arguments, **named)
            raise error

        setattr(owner, name, spoiled)

    def _is_next(self, what: str) -> bool:
        self.seen += 1
        if self.seen != self.at:
            return False
        self.tell(what)
        if self.mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return True
