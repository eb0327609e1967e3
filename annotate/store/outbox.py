"""The outbox: what was, or may have been, sent to one Label Studio project.

A row per article of the project and a row per prediction in it, in these states:

    PENDING ──intend──> SENDING ──any answer, or none──> UNKNOWN ──listed──> CONFIRMED ──not listed──> REMOTE_GONE
       ^                   │                                │                                              │
       ├──refused, cut up──┘                                │                                              │
       ├──not listed, and the time of grace is over─────────┘                                              │
       └──a person says so (`resend_gone`)─────────────────────────────────────────────────────────────────┘
    PENDING or SENDING ──found invalid, here or there──> REJECTED ──next push──> PENDING

The intent is committed before anything is sent, only a listing of the server can confirm, and whatever a listing
shows is CONFIRMED from whichever state. A task of a random sample is sent without its predictions: they count as
CONFIRMED as soon as the task is. Only transactions here: talking to the server is `annotate.studio.push`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from more_itertools import chunked
from sqlalchemy import and_, delete, func, update
from sqlmodel import col, select

from annotate.derive import sha256_of
from annotate.errors import StoreError
from annotate.record import Article, Record, parse_record
from annotate.store.lease import Lease
from annotate.store.samples import SAMPLE, Draw
from annotate.store.store import PAGE, Store, article_of
from annotate.store.tables import (
    ArticleRow,
    DuplicateRow,
    PredictionRow,
    SentPredictionRow,
    TaskRow,
    TaskState,
)


class Listed(Protocol):
    """A task as the server lists it."""

    @property
    def id(self) -> int: ...
    @property
    def annotations(self) -> int: ...
    @property
    def drafts(self) -> bool: ...
    @property
    def versions(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Due:
    """A prediction to be sent: within a new task, or to the task that is there as `remote_id`.

    sample: the random sample that the task belongs to; it is sent without the prediction.
    """

    push_key: str
    remote_id: int | None
    article: Article
    record: Record
    sample: str | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """A second task with the same key: `keep` is the one that counts."""

    push_key: str
    keep: int
    extra: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of one pipeline version's predictions there are, by the states of their task and of themselves.

    withheld: how many of the CONFIRMED ones belong to tasks of a sample, which show none.
    """

    counts: Mapping[tuple[TaskState, TaskState], int]
    withheld: int = 0

    @property
    def shown(self) -> int:
        """How many predictions are known to stand in the project."""
        return self.predictions(TaskState.CONFIRMED) - self.withheld

    def tasks(self, state: TaskState) -> int:
        """Count by the task's state."""
        return sum(count for (task, _), count in self.counts.items() if task == state)

    def predictions(self, state: TaskState) -> int:
        """Count by the prediction's state."""
        return sum(count for (_, prediction), count in self.counts.items() if prediction == state)

    @property
    def pending(self) -> int:
        """What is to be sent."""
        return sum(count for states, count in self.counts.items() if TaskState.PENDING in states)

    @property
    def unknown(self) -> int:
        """What was sent without its being known whether it arrived."""
        return sum(count for states, count in self.counts.items() if TaskState.UNKNOWN in states)

    @property
    def undecided(self) -> int:
        """What is unknown, and the articles that are still without a task."""
        return self.unknown + sum(
            count
            for (task, prediction), count in self.counts.items()
            if task in {TaskState.PENDING, TaskState.SENDING} and prediction != TaskState.UNKNOWN
        )


def push_key(identity: str, article_id: str, text_sha256: str) -> str:
    """Return the key of an article in a project: SHA-256 over the three, the same on every machine."""
    return sha256_of(json.dumps([identity, article_id, text_sha256]))


class Outbox:
    """The outbox of one project, for the push that holds its lease."""

    def __init__(self, store: Store, project: int, lease: Lease) -> None:
        self._store = store
        self._project = project
        self._clock = lease.clock
        self._writing = lease.writing

    # -- what is to be sent --------------------------------------------------------------------------------------

    def take_over(self) -> None:
        """Take up what an earlier push left: its intents may or may not have been sent, its rejects may be mended.

        Nobody else can be sending, since we hold the lease.
        """
        keys = select(TaskRow.push_key).where(TaskRow.project_number == self._project)
        now = self._clock()
        with self._writing() as session:
            for old, new in ((TaskState.SENDING, TaskState.UNKNOWN), (TaskState.REJECTED, TaskState.PENDING)):
                for table in (TaskRow, SentPredictionRow):
                    session.exec(
                        update(table)
                        .where(col(table.push_key).in_(keys), col(table.state) == old)
                        .values({"state": new, "changed_at": now})
                        .execution_options(synchronize_session=False)
                    )

    def enter(self, identity: str, pipeline: str, *, draw: Draw | None = None) -> None:
        """Give every article that this pipeline version predicted its rows, PENDING where they are new.

        draw: chooses those that belong to the sample, given the hashes of the new articles and how many the sample has.
        What an article belongs to is decided here, once: it never changes.
        """
        new = self._without_task(pipeline)
        drawn = draw([sha256 for _, sha256, _ in new], self._sampled()) if draw else frozenset()
        for page in chunked(new, PAGE):
            with self._writing() as session:
                session.add_all(
                    TaskRow(
                        push_key=push_key(identity, article_id, sha256),
                        project_number=self._project,
                        article_number=number,
                        sample=SAMPLE if sha256 in drawn else None,
                    )
                    for number, sha256, article_id in page
                )
        for keys in self._without_prediction(pipeline):
            with self._writing() as session:
                session.add_all(SentPredictionRow(push_key=key, pipeline=pipeline) for key in keys)

    def _sampled(self) -> int:
        with self._store.reading() as session:
            query = select(func.count()).select_from(TaskRow).where(TaskRow.project_number == self._project)
            return session.exec(query.where(TaskRow.sample == SAMPLE)).one()

    def _without_task(self, pipeline: str) -> list[tuple[int, str, str]]:
        query = (
            select(ArticleRow.number, ArticleRow.sha256, ArticleRow.id)
            .join(PredictionRow, and_(col(PredictionRow.article_number) == col(ArticleRow.number)))
            .outerjoin(
                TaskRow,
                and_(
                    col(TaskRow.article_number) == col(ArticleRow.number), col(TaskRow.project_number) == self._project
                ),
            )
            .where(PredictionRow.pipeline == pipeline, col(TaskRow.push_key).is_(None))
            .order_by(col(ArticleRow.number))
        )
        with self._store.reading() as session:
            rows = session.exec(query).all()
        return [(number, sha256, article_id) for number, sha256, article_id in rows if number is not None]

    def _without_prediction(self, pipeline: str) -> Iterator[list[str]]:
        query = (
            select(TaskRow.push_key)
            .join(PredictionRow, col(PredictionRow.article_number) == col(TaskRow.article_number))
            .outerjoin(
                SentPredictionRow,
                and_(
                    col(SentPredictionRow.push_key) == col(TaskRow.push_key),
                    col(SentPredictionRow.pipeline) == pipeline,
                ),
            )
            .where(
                TaskRow.project_number == self._project,
                PredictionRow.pipeline == pipeline,
                col(SentPredictionRow.push_key).is_(None),
            )
        )
        with self._store.reading() as session:
            keys = session.exec(query).all()
        yield from chunked(keys, PAGE)

    def outdated(self) -> list[tuple[str, int | None]]:
        """Return the tasks that ask for something else than is wanted now, as push key and id on the server.

        None here: a newer prediction is added to a task, which stays.
        """
        return []

    def forget(self, key: str) -> None:
        """Forget a task that is not on the server (any more), so that another may be entered for its article."""
        with self._writing() as session:
            for table in (DuplicateRow, SentPredictionRow, TaskRow):
                session.exec(delete(table).where(col(table.push_key) == key))

    def due_keys(self, pipeline: str, *, tasks: bool) -> list[tuple[str, str | None]]:
        """Return the push key and the sample of what is PENDING of this version, by article number.

        tasks: the articles that are without a task; else the predictions whose tasks are CONFIRMED.
        """
        query = (
            select(TaskRow.push_key, TaskRow.sample)
            .join(SentPredictionRow, col(SentPredictionRow.push_key) == col(TaskRow.push_key))
            .where(*self._is_due(pipeline, tasks=tasks))
            .order_by(col(TaskRow.article_number))
        )
        with self._store.reading() as session:
            return list(session.exec(query).all())

    def due(self, pipeline: str, keys: Sequence[str], *, tasks: bool) -> list[Due]:
        """Return what is still PENDING under these keys, in their order."""
        query = (
            select(TaskRow, ArticleRow, PredictionRow.record)
            .join(SentPredictionRow, col(SentPredictionRow.push_key) == col(TaskRow.push_key))
            .join(ArticleRow, col(ArticleRow.number) == col(TaskRow.article_number))
            .join(PredictionRow, col(PredictionRow.article_number) == col(TaskRow.article_number))
            .where(*self._is_due(pipeline, tasks=tasks), PredictionRow.pipeline == pipeline)
            .where(col(TaskRow.push_key).in_(keys))
        )
        with self._store.reading() as session:
            rows = session.exec(query).all()
        found = {
            task.push_key: Due(
                task.push_key,
                None if tasks else task.remote_id,
                article_of(row),
                parse_record(record),
                task.sample,
            )
            for task, row, record in rows
        }
        return [found[key] for key in keys if key in found]

    def _is_due(self, pipeline: str, *, tasks: bool) -> list[Any]:
        return [
            TaskRow.project_number == self._project,
            SentPredictionRow.pipeline == pipeline,
            (TaskRow.state if tasks else SentPredictionRow.state) == TaskState.PENDING,
            TaskRow.state == (TaskState.PENDING if tasks else TaskState.CONFIRMED),
        ]

    # -- sending -------------------------------------------------------------------------------------------------

    def intend(self, keys: Sequence[str], pipeline: str, *, tasks: bool) -> None:
        """Note, before it happens, that these predictions are sent: within new tasks, or (tasks=False) on their own."""
        self._move(keys, pipeline, TaskState.PENDING, TaskState.SENDING, tasks=tasks)

    def doubt(self, keys: Sequence[str], pipeline: str, *, tasks: bool) -> None:
        """Note that these were sent, whatever the answer was: a listing will tell."""
        self._move(keys, pipeline, TaskState.SENDING, TaskState.UNKNOWN, tasks=tasks)

    def withdraw(self, keys: Sequence[str], pipeline: str, *, tasks: bool) -> None:
        """Note that the server refused these as a whole and did not act."""
        self._move(keys, pipeline, TaskState.SENDING, TaskState.PENDING, tasks=tasks)

    def reject(self, reasons: Mapping[str, str], pipeline: str, *, tasks: bool) -> None:
        """Put these aside with the reason for each."""
        now = self._clock()
        with self._writing() as session:
            for key, reason in reasons.items():
                change = {"state": TaskState.REJECTED, "reason": reason, "changed_at": now}
                if tasks:
                    session.exec(update(TaskRow).where(col(TaskRow.push_key) == key).values(change))
                session.exec(update(SentPredictionRow).where(_sent([key], pipeline)).values(change))

    def _move(self, keys: Sequence[str], pipeline: str, old: TaskState, new: TaskState, *, tasks: bool) -> None:
        now = self._clock()
        change: dict[str, Any] = {"state": new, "changed_at": now}
        with self._writing() as session:
            if tasks:
                intent = {"intended_at": now, "attempts": TaskRow.attempts + 1} if new == TaskState.SENDING else {}
                moved = session.exec(
                    update(TaskRow)
                    .where(col(TaskRow.push_key).in_(keys), col(TaskRow.state) == old)
                    .values(change | intent)
                    .execution_options(synchronize_session=False)
                )
                if moved.rowcount != len(keys):
                    raise StoreError("the outbox was changed by another process", mend="run the same command again")
            session.exec(
                update(SentPredictionRow)
                .where(_sent(keys, pipeline))
                .values(change)
                .execution_options(synchronize_session=False)
            )

    # -- what the server says ------------------------------------------------------------------------------------

    def settle(self, listing: Mapping[str, Sequence[Listed]], *, listed_at: datetime, grace: timedelta) -> list[Extra]:
        """Bring every row in line with a complete listing, and return the tasks that are there twice.

        listing: the project's tasks by push key. listed_at: when it was begun; what may have been sent less than
        `grace` before that and is not listed stays UNKNOWN, since the server may not be done with it.
        """
        kept = {key: sorted(tasks, key=_worth)[0] for key, tasks in listing.items()}
        self._settle_predictions(kept, listed_at, grace)
        self._settle_tasks(kept, listed_at, grace)
        return self._note_extras(
            [
                Extra(key, kept[key].id, task.id)
                for key, tasks in listing.items()
                for task in tasks
                if task.id != kept[key].id
            ]
        )

    def _settle_tasks(self, kept: Mapping[str, Listed], listed_at: datetime, grace: timedelta) -> None:
        with self._store.reading() as session:
            rows = session.exec(
                select(TaskRow.push_key, TaskRow.state, TaskRow.remote_id, TaskRow.changed_at).where(
                    TaskRow.project_number == self._project
                )
            ).all()
        changes = []
        for key, state, remote_id, changed_at in rows:
            found = kept.get(key)
            after, since = _after_listing(TaskState(state), found is not None, changed_at, listed_at, grace)
            at = found.id if found else None
            if (after, at, since) != (state, remote_id, changed_at):
                change = {"push_key": key, "state": after, "remote_id": at, "changed_at": since}
                changes.append(change | ({"reason": None} if found else {}))
        self._apply(TaskRow, changes)

    def _settle_predictions(self, kept: Mapping[str, Listed], listed_at: datetime, grace: timedelta) -> None:
        with self._store.reading() as session:
            rows = session.exec(
                select(SentPredictionRow, TaskRow.remote_id, TaskRow.sample)
                .join(TaskRow, col(TaskRow.push_key) == col(SentPredictionRow.push_key))
                .where(TaskRow.project_number == self._project)
            ).all()
        changes = []
        for row, remote_id, sample in rows:
            task = kept.get(row.push_key)
            found = task is not None and (sample is not None or row.pipeline in task.versions)
            after, since = _after_listing(TaskState(row.state), found, row.changed_at, listed_at, grace)
            if after == TaskState.REMOTE_GONE != row.state and task is not None and task.id != remote_id:
                after = TaskState.PENDING  # nobody deleted it: another task took the place of the one that had it
            if (after, since) != (row.state, row.changed_at):
                change = {"push_key": row.push_key, "pipeline": row.pipeline, "state": after, "changed_at": since}
                changes.append(change | ({"reason": None} if found else {}))
        self._apply(SentPredictionRow, changes)

    def _apply(self, table: type[TaskRow] | type[SentPredictionRow], changes: Iterable[dict[str, Any]]) -> None:
        # A statement takes rows with the same columns only.
        for has_reason in (True, False):
            for page in chunked((change for change in changes if ("reason" in change) == has_reason), 1000):
                with self._writing() as session:
                    session.exec(update(table), params=page)

    def _note_extras(self, extras: list[Extra]) -> list[Extra]:
        if extras:
            with self._writing() as session:
                keys = {extra.push_key for extra in extras}
                ours = set(session.exec(select(TaskRow.push_key).where(TaskRow.project_number == self._project)).all())
                known = set(session.exec(select(DuplicateRow.push_key, DuplicateRow.remote_id)).all())
                extras = [extra for extra in extras if extra.push_key in keys & ours]
                session.add_all(
                    DuplicateRow(push_key=extra.push_key, remote_id=extra.extra)
                    for extra in extras
                    if (extra.push_key, extra.extra) not in known
                )
        return extras

    def resend_gone(self, pipeline: str) -> None:
        """Let what was deleted on the server be sent once more: a person asked for it."""
        now = self._clock()
        with self._writing() as session:
            keys = session.exec(select(TaskRow.push_key).where(TaskRow.project_number == self._project)).all()
            for page in chunked(keys, PAGE):
                for table, condition in (
                    (TaskRow, col(TaskRow.push_key).in_(page)),
                    (SentPredictionRow, _sent(page, pipeline)),
                ):
                    session.exec(
                        update(table)
                        .where(condition, col(table.state) == TaskState.REMOTE_GONE)
                        .values({"state": TaskState.PENDING, "changed_at": now})
                        .execution_options(synchronize_session=False)
                    )

    def standing(self, pipeline: str) -> Standing:
        """Count this version's predictions by state."""
        with self._store.reading() as session:
            rows = session.exec(
                select(TaskRow.state, SentPredictionRow.state, func.count(), func.count(col(TaskRow.sample)))
                .join(SentPredictionRow, col(SentPredictionRow.push_key) == col(TaskRow.push_key))
                .where(TaskRow.project_number == self._project, SentPredictionRow.pipeline == pipeline)
                .group_by(TaskRow.state, SentPredictionRow.state)
            ).all()
        return Standing(
            {(TaskState(task), TaskState(prediction)): count for task, prediction, count, _ in rows},
            sum(sampled for _, prediction, _, sampled in rows if prediction == TaskState.CONFIRMED),
        )


def _worth(task: Listed) -> tuple[int, bool, int]:
    """Sort the task to keep first: the most annotated, then one that somebody has begun, then the lowest id."""
    return -task.annotations, not task.drafts, task.id


def _after_listing(
    state: TaskState, found: bool, changed_at: datetime, listed_at: datetime, grace: timedelta
) -> tuple[TaskState, datetime]:
    """Return the state that a listing leads to, and since when the row is in it."""
    if found:
        return TaskState.CONFIRMED, changed_at if state == TaskState.CONFIRMED else listed_at
    if state == TaskState.CONFIRMED:
        return TaskState.REMOTE_GONE, listed_at
    if state == TaskState.UNKNOWN:
        if changed_at > listed_at:
            return state, listed_at  # the clock was set back: the time of grace begins anew
        if listed_at - changed_at >= grace:
            return TaskState.PENDING, listed_at
    return state, changed_at


def _sent(keys: Sequence[str], pipeline: str) -> Any:
    return and_(col(SentPredictionRow.push_key).in_(keys), col(SentPredictionRow.pipeline) == pipeline)
