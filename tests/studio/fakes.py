"""A Label Studio in memory that goes wrong on demand, and what else the push tests share."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from annotate.contracts import label_config
from annotate.errors import StudioRefused, StudioUnreachable
from annotate.record import Article, Record, canonical, make_attribution
from annotate.store import Store
from annotate.studio.client import RemotePrediction, RemoteProject, RemoteTask

Json = Mapping[str, Any]
# Within the time of grace of these tests, and beyond it.
SLOW = timedelta(seconds=30)
LATE = timedelta(seconds=100)


class Fault(StrEnum):
    """What goes wrong with one request."""

    NONE = "none"
    REFUSED_CONNECTION = "refused connection"  # nothing happens
    LOST = "lost"  # a time-out, and it never happens
    TIMED_OUT_AFTER = "timed out after"  # it happened, the answer is lost
    ERROR_AFTER_PART = "error after part"  # a 500, and half of it stays
    SLOW = "slow"  # a time-out, and it happens soon after
    LATE = "late"  # a time-out, and it happens long after
    NOT_NOW = "not now"  # 429: it did not act


DELAYS = {Fault.SLOW: SLOW, Fault.LATE: LATE}


class Crash(BaseException):
    """The pusher's process ends here."""


@dataclass
class Clock:
    """A clock that only the test moves; setting it does not make time pass."""

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    passed: timedelta = timedelta()
    waiting: list[tuple[timedelta, Callable[[], None]]] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def set_back(self, by: timedelta) -> None:
        self.now -= by

    def move(self, by: timedelta) -> None:
        """Let time pass, and what was due by then happen."""
        self.now += by
        self.passed += by
        due = [action for moment, action in self.waiting if moment <= self.passed]
        self.waiting = [(moment, action) for moment, action in self.waiting if moment > self.passed]
        for action in due:
            action()

    def after(self, delay: timedelta, action: Callable[[], None]) -> None:
        self.waiting.append((self.passed + delay, action))

    def sleep(self, seconds: float) -> None:
        self.move(timedelta(seconds=seconds))


@dataclass
class FakeTask:
    """A task on the server; `uid` tells it from a later task with the same id."""

    id: int
    uid: int
    key: str | None
    versions: list[tuple[int, str]]
    annotations: int = 0
    drafts: bool = False

    @property
    def touched(self) -> bool:
        return self.annotations > 0 or self.drafts


class FakeStudio:
    """Remote in memory. Ids of deleted tasks are used again, as SQLite does.

    faults are taken one an import, other_faults one any other request.

    on_send is called with the kind and the push keys of everything that is about to be sent.
    """

    url = "http://fake"

    def __init__(self, clock: Clock, on_send: Callable[[str, list[str]], None] = lambda _kind, _keys: None) -> None:
        self.found: list[RemoteProject] = []
        self.live: dict[int, FakeTask] = {}
        self.shown: str | None = None
        self.faults: deque[Fault] = deque()
        self.other_faults: deque[Fault] = deque()
        self.requests: list[str] = []
        self.unacceptable: set[str] = set()
        self.under_way: set[str] = set()
        self.clock = clock
        self._on_send = on_send
        self._numbers = 0
        self._lock = threading.RLock()

    # -- what people do ------------------------------------------------------------------------------------------

    def tasks_of(self, key: str) -> list[FakeTask]:
        return [task for task in self.live.values() if task.key == key]

    def add_foreign(self) -> None:
        """Somebody adds a task of their own."""
        self._add(None, [])

    # -- Remote --------------------------------------------------------------------------------------------------

    def projects(self, title: str) -> list[RemoteProject]:
        return self._serve(
            "projects",
            lambda: [replace(project, shown_version=self.shown) for project in self.found if project.title == title],
        )

    def create_project(self, title: str, label_config: str) -> RemoteProject:
        def create() -> RemoteProject:
            number = len(self.found) + 1
            self.found.append(RemoteProject(number, title, f"created-{number}", label_config, None))
            return self.found[-1]

        return self._serve("create project", create)

    def set_label_config(self, project: int, label_config: str) -> None:
        def change() -> None:
            self.found = [replace(one, label_config=label_config) if one.id == project else one for one in self.found]

        self._serve("set labeling config", change)

    def set_instruction(self, project: int, instruction: str, *, show: bool) -> None:
        def change() -> None:
            self.found = [replace(one, instruction=instruction) if one.id == project else one for one in self.found]

        self._serve("set instruction", change)

    def show_version(self, project: int, version: str) -> None:
        def show() -> None:
            self.shown = version

        self._serve("show version", show)

    def tasks(self, project: int, *, only: int | None = None) -> list[RemoteTask]:
        def listing() -> list[RemoteTask]:
            return [
                RemoteTask(
                    task.id,
                    task.key,
                    task.annotations,
                    task.drafts,
                    len(task.versions),
                    frozenset(version for _, version in task.versions),
                )
                for task in sorted(self.live.values(), key=lambda task: task.id)
                if only in (None, task.id)
            ]

        return self._serve("tasks", listing)

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> None:
        assert len({task["data"]["push_key"] for task in tasks}) == len(tasks)
        self._on_send("tasks", [task["data"]["push_key"] for task in tasks])
        if any(task["data"]["article_id"] in self.unacceptable for task in tasks):
            raise StudioRefused("could not import tasks: HTTP 400", status=400)
        for task in tasks:
            assert task["data"]["push_key"] == task["meta"]["push_key"]
        self._serve_parts(
            "import tasks",
            [
                lambda task=task: self._add(
                    task["data"]["push_key"], [one["model_version"] for one in task["predictions"]]
                )
                for task in tasks
            ],
            [task["data"]["push_key"] for task in tasks],
        )

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        meant = [(self.live.get(one["task"]), one["model_version"]) for one in predictions]
        self._on_send("predictions", [task.key or "" for task, _ in meant if task])
        if any(task is None for task, _ in meant):
            raise StudioRefused("could not import predictions: HTTP 400: no such task", status=400)
        self._serve_parts(
            "import predictions",
            [lambda task=task, version=version: self._predict(task, version) for task, version in meant],
            [task.key or "" for task, _ in meant if task],
        )

    def delete_task(self, task: int) -> None:
        def delete() -> None:
            assert not self.live[task].touched, "an annotated task must never be deleted"
            del self.live[task]

        self._serve("delete task", delete)

    def predictions(self, task: int) -> list[RemotePrediction]:
        return self._serve(
            "predictions", lambda: [RemotePrediction(number, version) for number, version in self.live[task].versions]
        )

    def delete_prediction(self, prediction: int) -> None:
        def delete() -> None:
            for task in self.live.values():
                task.versions = [one for one in task.versions if one[0] != prediction]

        self._serve("delete prediction", delete)

    # -- how it acts ---------------------------------------------------------------------------------------------

    def _add(self, key: str | None, versions: list[str]) -> None:
        number = max(self.live, default=0) + 1
        self.live[number] = FakeTask(number, self._number(), key, [(self._number(), version) for version in versions])
        if versions:
            self.shown = versions[-1]

    def _predict(self, task: FakeTask | None, version: str) -> None:
        if task is not None and task in self.live.values():
            task.versions.append((self._number(), version))

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _serve(self, what: str, act: Callable[[], Any]) -> Any:
        results: list[Any] = []
        self._serve_parts(what, [lambda: results.append(act())])
        return results[0]

    def _serve_parts(self, what: str, parts: Sequence[Callable[[], None]], keys: Sequence[str] = ()) -> None:
        with self._lock:
            self.requests.append(what)
            faults = self.faults if keys else self.other_faults
            fault = faults.popleft() if faults else Fault.NONE
            if fault == Fault.NOT_NOW:
                raise StudioRefused(f"could not {what}: HTTP 429", status=429)
            for part in parts if keys and fault in DELAYS else ():  # anything but an import is then lost
                self.clock.after(DELAYS[fault], part)
            if fault == Fault.SLOW:
                self.under_way |= set(keys)
                self.clock.after(SLOW, lambda: self.under_way.difference_update(keys))
            acting = {
                Fault.NONE: len(parts),
                Fault.TIMED_OUT_AFTER: len(parts),
                Fault.ERROR_AFTER_PART: len(parts) // 2,
            }
            for part in parts[: acting.get(fault, 0)]:
                part()
            if fault != Fault.NONE:
                raise StudioUnreachable(f"could not {what}: {fault}")


def article(number: int) -> Article:
    """Return a made-up article."""
    return Article.of(f"“It is item {number},” said Ada Example.", id=f"article-{number}")


def record(of: Article) -> Record:
    """Return the Record that a pipeline might make of it."""
    quote = (0, of.text.index("”") + 1)
    start = of.text.index("said")
    attribution = make_attribution(
        of.text, id="a1", quote=[quote], cue=[(start, start + 4)], source=[(start + 5, len(of.text) - 1)], score=0.9
    )
    return canonical(Record(id=of.id, text=of.text, sha256=of.sha256, attributions=(attribution,)))


def fill(store: Store, articles: Sequence[Article], pipeline: str) -> None:
    """Put articles into the store, with a prediction each."""
    list(store.add_articles(articles))
    list(store.add_predictions(pipeline, map(record, articles)))


def our_project(title: str = "Sources") -> RemoteProject:
    """Return a project as it stands on the server after our first push."""
    return RemoteProject(1, title, "created-1", label_config().strip(), None)
