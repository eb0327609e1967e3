"""A webhook says that something has changed; what it is, is read again from Label Studio.

Webhooks are sent once, unsigned, and not at all while nobody listens: nothing in them is believed but the numbers of
the project and its tasks, and those only say where to look. One thread looks, so that the webhook is answered at once
and a burst of them becomes a few requests. What could not be read is tried again, ever more slowly, until the
service ends; at its start everything is read once, since webhooks may have been missed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from more_itertools import chunked

from annotate.errors import AnnotateError, StudioRefused
from annotate.store import Store
from annotate.store.annotations import newest, tasks_of
from annotate.store.projects import KnownProject, known_projects
from annotate.studio.client import StudioClient
from annotate.studio.connection import Connection
from annotate.studio.journal import note
from annotate.studio.pull import PullSummary, pull

__all__ = ["Rereader", "identity_of", "selected_tasks"]

GATHER_SECONDS = 0.1
FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 60.0
_AT_ONCE = 100  # tasks in one request: their ids stand in its address
_TOO_MANY = 1000  # from here on the whole project is read at less cost
_NOT_FOUND = 404
_PERSON = ("id", "email", "first_name", "last_name")


def identity_of(connection: Connection, project: int) -> str:
    """Return what tells the project with this number from every other; StudioRefused when there is none."""
    answer = connection.request("look at the project", "GET", f"api/projects/{project}/")
    return connection.read("look at the project", lambda: f"{answer['id']}@{answer['created_at']}")


def selected_tasks(connection: Connection, project: int, tasks: Iterable[int]) -> list[dict[str, Any]] | None:
    """Return these tasks of a project, each as the full JSON export has it; None when this server cannot do that.

    Tasks that are gone are left out. The server names annotators by number here; they are put in as the full export
    has them, so that an annotation is the same whichever way it came.
    """
    doing = "read tasks again"
    found: list[dict[str, Any]] = []
    for ids in chunked(sorted(set(tasks)), _AT_ONCE):
        wanted = {"exportType": "JSON", "download_all_tasks": "true", "ids[]": ids}
        try:
            answer = connection.request(doing, "GET", f"api/projects/{project}/export", wanted)
        except StudioRefused as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        if not isinstance(answer, list):
            raise connection.unusable(doing, "it is not a list of tasks")
        found += answer
    users = connection.request("list the people", "GET", "api/users/")
    people = connection.read("list the people", lambda: {user["id"]: {k: user[k] for k in _PERSON} for user in users})

    def named() -> bool:
        for task in found:
            for annotation in task["annotations"]:
                by = annotation["completed_by"]
                if by is not None and by not in people:
                    return False
                annotation["completed_by"] = people.get(by)
        return True

    # Somebody who has left is named by the full export alone.
    return found if connection.read(doing, named) else None


@dataclass(slots=True)
class _Change:
    """Where to look in a project: at these tasks, at those that had these annotations, or everywhere."""

    tasks: set[int] = field(default_factory=set)
    annotations: set[int] = field(default_factory=set)
    everything: bool = False

    def add(self, other: _Change) -> None:
        self.tasks |= other.tasks
        self.annotations |= other.annotations
        self.everything |= other.everything


class Rereader:
    """The thread that reads again; `changed` may be called from any other.

    store: the thread's own from `start` on; connect: returns a client of the Label Studio as it can be reached now.
    """

    def __init__(self, store: Store, connect: Callable[[], StudioClient]) -> None:
        self._store = store
        self._connect = connect
        self._wake = threading.Condition()
        self._changes: dict[int, _Change] = {}
        self._due = 0.0
        self._delay = 0.0
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="rereader", daemon=True)

    def start(self) -> None:
        """Begin, with everything in every project that the store knows."""
        everywhere = {project.remote_id: _Change(everything=True) for project in known_projects(self._store)}
        self._add(everywhere, time.monotonic())
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """End after what is being read now, or after `timeout` seconds: what is left is read at the next start."""
        with self._wake:
            self._ending = True
            self._wake.notify_all()
        self._thread.join(timeout)

    def changed(
        self, project: int, *, tasks: Iterable[int] = (), annotations: Iterable[int] = (), everything: bool = False
    ) -> None:
        """Note that something has changed there, all numbers being the server's; return at once."""
        self._add({project: _Change(set(tasks), set(annotations), everything)}, time.monotonic() + GATHER_SECONDS)

    # -- the thread ----------------------------------------------------------------------------------------------

    def _add(self, changes: dict[int, _Change], due: float) -> None:
        with self._wake:
            for project, change in changes.items():
                self._changes.setdefault(project, _Change()).add(change)
            # Whoever sends webhooks is there again: no need to wait for the next try.
            self._due = min(self._due, due) if self._due > time.monotonic() else due
            self._wake.notify_all()

    def _take(self) -> dict[int, _Change]:
        """Wait until something is due, and take it; nothing when the thread is to end."""
        with self._wake:
            while not self._ending:
                left = self._due - time.monotonic()
                if self._changes and left <= 0:
                    taken, self._changes = self._changes, {}
                    return taken
                self._wake.wait(left if self._changes else None)
            return {}

    def _run(self) -> None:
        while taken := self._take():
            failed = {project: change for project, change in taken.items() if not self._read(project, change)}
            self._delay = min(max(2 * self._delay, FIRST_RETRY_SECONDS), LAST_RETRY_SECONDS) if failed else 0.0
            if failed:
                self._add(failed, time.monotonic() + self._delay)

    def _read(self, project: int, change: _Change) -> bool:
        """Read what changed in a project; return whether that is settled."""
        began = time.monotonic()
        try:
            with self._connect() as client:
                known = self._known(client, project)
                if known is None:
                    note("not read again", level=logging.WARNING, project=project, reason="unknown project")
                    return True
                summary = _reread(self._store, client, known, change)
        except AnnotateError as error:
            note("not read again", level=logging.WARNING, project=project, reason=type(error).__name__)
            return False
        except Exception as error:  # whatever an odd answer breaks must not end the thread
            note("not read again", level=logging.ERROR, project=project, reason=type(error).__name__)
            return False
        note(
            "read again",
            project=project,
            tasks=summary.tasks,
            new=summary.new,
            gone=summary.gone,
            unreadable=len(summary.unread),
            ms=round(1000 * (time.monotonic() - began), 1),
        )
        return True

    def _known(self, client: StudioClient, project: int) -> KnownProject | None:
        try:
            identity = identity_of(client, project)
        except StudioRefused as error:
            if error.status != _NOT_FOUND:
                raise
            return None
        return next((known for known in known_projects(self._store) if known.identity == identity), None)


def _reread(store: Store, client: StudioClient, project: KnownProject, change: _Change) -> PullSummary:
    """Bring the store up to date with what changed in a project."""
    after = newest(store)
    tasks: Sequence[dict[str, Any]] | None = None
    if not change.everything:
        wanted = change.tasks | tasks_of(store, project.number, change.annotations)
        if len(wanted) <= _TOO_MANY:
            tasks = selected_tasks(client, project.remote_id, wanted) if wanted else []
    if tasks is None:
        tasks = client.export(project.remote_id)
    return pull(store, project.number, tasks, complete=True, after=after)
