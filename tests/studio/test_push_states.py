"""The push protocol as a state machine: whatever goes wrong, one task per article in the end."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import tempfile
from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event
from sqlmodel import select

from annotate.errors import StudioError
from annotate.review.drawing import Draw
from annotate.store import Store
from annotate.store.lease import LASTING, Busy
from annotate.store.samples import sampled_articles
from annotate.store.tables import ProjectRow, SentPredictionRow, TaskRow, TaskState
from annotate.studio.push import Pushed, push
from tests.studio.fakes import LATE, Clock, Crash, FakeStudio, Fault, article, fill

GRACE = timedelta(seconds=60)
DRAW = Draw(share=0.25)
CHECKPOINTS = (
    "project",
    "entered",
    "listed",
    "settled",
    "intended",
    "answered",
    "answer noted",
    "surplus deleted",
    "version shown",
)
faults = st.lists(st.sampled_from(Fault), max_size=6)
other_faults = st.just([]) | st.lists(
    st.sampled_from([Fault.NONE] * 9 + [Fault.LOST, Fault.TIMED_OUT_AFTER]), max_size=9
)
pick = st.integers(0, 10**6)


def unsynced(connection: sqlite3.Connection, _record: object) -> None:
    """No power fails in these tests: need not wait for the disk."""
    connection.execute("PRAGMA synchronous=OFF")


class PushMachine(RuleBasedStateMachine):
    """People, a server that fails, and a pusher that dies, in any order."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "store.db")
        self.store = Store.open(str(self.folder / "store.db"))
        self.witness = Store.open(str(self.folder / "store.db"))
        for store in (self.store, self.witness):
            event.listen(store.engine, "connect", unsynced)
        self.clock = Clock()
        self.studio = FakeStudio(self.clock, self.check_intent)
        self.pipeline = "v1"
        self.articles = 0
        self.pushes = 0
        self.deleted: set[str] = set()
        self.buried: set[str] = set()
        self.add_articles(3)

    # -- what happens --------------------------------------------------------------------------------------------

    @rule(count=st.integers(1, 4))
    def add_articles(self, count: int) -> None:
        fill(self.store, [article(self.articles + number) for number in range(count)], self.pipeline)
        self.articles += count

    @rule()
    def new_pipeline(self) -> None:
        self.pipeline = f"v{int(self.pipeline[1:]) + 1}"
        fill(self.store, [article(number) for number in range(self.articles)], self.pipeline)

    @rule(
        faults=faults, others=other_faults, resend_gone=st.sampled_from([False, False, True]), batch=st.integers(1, 4)
    )
    def push_through_faults(self, faults: list[Fault], others: list[Fault], resend_gone: bool, batch: int) -> None:
        self.studio.faults, self.studio.other_faults = deque(faults), deque(others)
        if resend_gone:
            self.buried.clear()
        self.push(resend_gone=resend_gone, batch=batch)
        self.studio.faults.clear()
        self.studio.other_faults.clear()

    @rule(faults=faults, at=st.sampled_from(CHECKPOINTS), nth=st.integers(1, 3))
    def push_and_die(self, faults: list[Fault], at: str, nth: int) -> None:
        left = nth

        def checkpoint(name: str) -> None:
            nonlocal left
            left -= name == at
            if left == 0:
                raise Crash

        self.studio.faults = deque(faults)
        self.push(checkpoint=checkpoint)
        self.studio.faults.clear()

    @rule(at=st.sampled_from(CHECKPOINTS[1:]))
    def push_while_another_starts(self, at: str) -> None:
        """A second pusher sends nothing and leaves the first alone."""
        refused: list[str] = []

        def checkpoint(name: str) -> None:
            if name == at and not refused:
                before = len(self.studio.requests)
                try:
                    self.push_once(holder="second")
                except Busy as error:
                    refused.append(str(error))
                assert refused, "two pushers at once"
                assert set(self.studio.requests[before:]) <= {"projects"}

        self.push(checkpoint=checkpoint)

    @precondition(lambda self: self.studio.live)
    @rule(which=pick, draft=st.booleans())
    def annotate(self, which: int, draft: bool) -> None:
        task = list(self.studio.live.values())[which % len(self.studio.live)]
        task.drafts = task.drafts or draft
        task.annotations += not draft

    @precondition(lambda self: self.studio.live)
    @rule(which=pick, reuse=st.booleans())
    def delete_on_the_server(self, which: int, reuse: bool) -> None:
        """A person deletes a task; with `reuse`, the highest one, whose id the next task gets."""
        ids = sorted(self.studio.live)
        task = self.studio.live.pop(ids[-1] if reuse else ids[which % len(ids)])
        if task.key:
            self.deleted.add(task.key)
            with self.witness.reading() as session:
                row = session.exec(select(TaskRow).where(TaskRow.push_key == task.key)).first()
            if row and row.state == TaskState.CONFIRMED and not self.studio.tasks_of(task.key):
                self.buried.add(task.key)
        if reuse:
            self.studio.add_foreign()

    @rule(seconds=st.sampled_from([1, 20, 61, 200, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(timedelta(seconds=seconds))

    @rule(seconds=st.sampled_from([10, 100, 5000]))
    def clock_is_set_back(self, seconds: int) -> None:
        self.clock.set_back(timedelta(seconds=seconds))

    @rule()
    def lease_of_another_machine(self) -> None:
        """A pusher elsewhere dies: its lease holds, and then runs out."""
        with self.witness.writing() as session:
            row = session.exec(select(ProjectRow).where(ProjectRow.remote_id > 0)).first()
            if row is None:
                return
            row.lease_holder, row.lease_until = "elsewhere 1 1 1", self.clock.now + LASTING
        before = len(self.studio.requests)
        with pytest.raises(Busy, match="elsewhere"):
            self.push_once()
        assert self.studio.requests[before:] == ["projects"]
        self.clock.move(LASTING)

    # -- how -----------------------------------------------------------------------------------------------------

    def push(self, **options: Any) -> None:
        try:
            self.push_once(**options)
        except StudioError:
            pass
        except Busy:
            self.clock.move(LASTING)  # a lost lease, which a clock that was set back makes last longer
        except Crash:
            self.leave_lease_behind()
        else:
            self.check_confirmed()

    def push_once(self, *, holder: str | None = None, batch: int = 3, **options: Any) -> Pushed:
        self.pushes += 1
        return push(
            self.store if holder is None else self.witness,
            self.studio,
            pipeline=self.pipeline,
            title="Sources",
            batch=batch,
            grace=GRACE,
            draw=DRAW.of,
            clock=self.clock,
            sleep=self.clock.sleep,
            holder=holder or f"machine 1 1 {self.pushes}",
            **options,
        )

    def leave_lease_behind(self) -> None:
        """A killed process gives nothing back; its number is one that no process has."""
        with self.witness.writing() as session:
            for row in session.exec(select(ProjectRow)):
                row.lease_holder = f"{socket.gethostname()} {2**30} 1.0 killed"
                row.lease_until = self.clock.now + LASTING

    # -- what must hold ------------------------------------------------------------------------------------------

    def check_intent(self, kind: str, keys: list[str]) -> None:
        """Nothing is sent without a committed intent, nor twice, nor what a person deleted."""
        assert not self.studio.under_way & set(keys), "sent again while the server may still be at it"
        assert kind == "predictions" or not self.buried & set(keys)
        table = TaskRow if kind == "tasks" else SentPredictionRow
        with self.witness.reading() as session:
            for key in keys:
                rows = session.exec(select(table).where(table.push_key == key)).all()
                assert TaskState.SENDING in {row.state for row in rows}
        for task in (task for key in keys for task in self.studio.tasks_of(key)):
            assert kind == "predictions"
            assert (
                self.pipeline not in {version for _, version in task.versions}
                or len(self.studio.tasks_of(task.key)) > 1
            )

    def check_confirmed(self) -> None:
        """A confirmed task carries its key."""
        with self.witness.reading() as session:
            for row in session.exec(select(TaskRow).where(TaskRow.state == TaskState.CONFIRMED)):
                assert row.remote_id is not None
                assert self.studio.live[row.remote_id].key == row.push_key

    @invariant()
    def nobody_else_is_touched(self) -> None:
        """Tasks of other people carry no prediction of ours."""
        assert not [task for task in self.studio.live.values() if task.key is None and task.versions]

    def teardown(self) -> None:
        if not hasattr(self, "studio"):
            return
        try:
            self.converge()
        finally:
            self.store.close()
            self.witness.close()
            shutil.rmtree(self.folder)

    def converge(self) -> None:
        """When the faults stop, two more pushes end with one task per article."""
        self.clock.move(LASTING + LATE + GRACE)
        try:
            self.push_once()
        except Busy:
            self.clock.move(LASTING)  # a lost lease, which a clock that was set back makes last longer
            self.push_once()
        pushed = self.push_once()
        assert pushed.complete
        with self.witness.reading() as session:
            rows = session.exec(select(TaskRow)).all()
        assert len(rows) == self.articles
        drawn = DRAW.of(article(number).sha256 for number in range(self.articles))
        hashes = {article(number).id: article(number).sha256 for number in range(self.articles)}
        assert {hashes[name] for name in sampled_articles(self.witness)} == drawn
        for row in rows:
            tasks = self.studio.tasks_of(row.push_key)
            if not tasks:
                assert row.state == TaskState.REMOTE_GONE
                assert row.push_key in self.deleted
            else:
                assert row.state == TaskState.CONFIRMED
                assert len(tasks) == 1 or all(task.touched for task in tasks)
                best = min(tasks, key=lambda task: (-task.annotations, not task.drafts, task.id))
                assert row.remote_id == best.id
                if row.sample is not None:
                    assert not any(task.versions for task in tasks), "a sample must be blank"
                elif not best.touched:
                    assert [version for _, version in best.versions].count(self.pipeline) == 1
        if any(row.state == TaskState.CONFIRMED for row in rows):
            assert not any(task.versions and not task.touched for task in self.studio.live.values()) or (
                self.studio.shown == self.pipeline
            )


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without articles, to begin from."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    Store.open(str(path)).close()
    return path


def test_one_task_per_article_whatever_happens(empty_store: Path) -> None:
    class Machine(PushMachine):
        template = empty_store

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=int(os.environ.get("PUSH_EXAMPLES", "30")),
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
