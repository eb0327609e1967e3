"""Store → Label Studio: every article with a prediction becomes exactly one task, whatever goes wrong on the way.

An import that was answered with an error, or not at all, may still have happened, or may happen yet; nothing on the
server keeps a task from being added twice. So each batch is noted in the outbox before it is sent, only a complete
listing of the project tells what became of it, and what is not listed is sent again only after a time of grace. The
sweep at every start removes what a late server doubled all the same. See `annotate.store.outbox` for the states.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psutil
from more_itertools import chunked

from annotate.contracts import label_config
from annotate.errors import StudioError, StudioRefused, StudioUnreachable
from annotate.store import Store
from annotate.store.lease import Lease
from annotate.store.outbox import Extra, Outbox, Standing
from annotate.store.projects import bind_project, bind_title, knows_project, purpose_of
from annotate.store.samples import Draw
from annotate.store.tables import Purpose, TaskState, utc_now
from annotate.studio.cargo import Cargo, Parcel, Predictions
from annotate.studio.client import Remote, RemoteProject, RemoteTask
from annotate.studio.instruction import renewed
from annotate.studio.placing import UNPLACED, Placing
from annotate.studio.validate import prediction_problems, problems_of

__all__ = ["BATCH", "GRACE", "Checkpoint", "Pushed", "find_project", "project_for", "push"]

BATCH = 250
BATCH_BYTES = 20_000_000
GRACE = timedelta(seconds=60)
ROUNDS = 5
_POLL = timedelta(seconds=5)
_SHORTEST = timedelta(milliseconds=50)
# What a server answers to content it does not accept; any other refusal is of the whole push.
_INVALID = frozenset({400, 413, 422})

Checkpoint = Callable[[str], None]
Progress = Callable[[int], None]


@dataclass(slots=True)
class Pushed:
    """What a push came to. Counts are of articles, `extras` of tasks.

    added: tasks that are there now and were not before; present: that were there; predictions: added to tasks that
    were there; left_alone: tasks that a person has worked on, which get no new prediction; rejected: reason by article
    id; undecided: sent, and the server does not say whether it arrived; gone: deleted on the server, not sent again;
    removed, doubled: surplus tasks that were deleted, and those that were kept because people worked on them.
    """

    project: RemoteProject
    pipeline: str
    added: int = 0
    present: int = 0
    predictions: int = 0
    left_alone: int = 0
    undecided: int = 0
    gone: int = 0
    removed: int = 0
    doubled: list[Extra] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether nothing is left for a person to look at or to run again."""
        return not self.rejected and not self.undecided

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        content = asdict(self)
        content["project"] = {"id": self.project.id, "title": self.project.title}
        return content


def find_project(store: Store, remote: Remote, title: str) -> RemoteProject | None:
    """Return the project with this title: the one pushed to before, or the only one.

    Raises: StudioError when several have this title and none of them is known.
    """
    found = remote.projects(title)
    known = [project for project in found if knows_project(store, project.identity)]
    if len(found) > 1 and not known:
        raise StudioError(
            f"{len(found)} projects are titled {title!r}",
            where=remote.url,
            mend="rename all but one, or give --project",
        )
    candidates = known or found
    return candidates[0] if candidates else None


def push(
    store: Store,
    remote: Remote,
    *,
    pipeline: str | None = None,
    cargo: Cargo | None = None,
    title: str,
    batch: int = BATCH,
    resend_gone: bool = False,
    guideline_url: str | None = None,
    grace: timedelta = GRACE,
    draw: Draw | None = None,
    placing: Placing = UNPLACED,
    progress: Progress = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
    checkpoint: Checkpoint = lambda _: None,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
    holder: str | None = None,
) -> Pushed:
    """Bring a project up to date with the articles that a pipeline version predicted, or with another cargo.

    pipeline or cargo: what is pushed, one of them. title: of the project, made when there is none. batch: tasks per
    request. resend_gone: send again what was deleted on the server. guideline_url: where annotators find the whole
    guideline, for the project's instruction. grace: how long a request without a clear answer may still take effect.
    draw: which of the new articles belong to the evaluation sample: their tasks are sent without a prediction, and
    marked. placing: where new tasks come in the queue; they are sent in that order. progress: called with the number of
    articles just found there or sent. say: called when there is something to wait for. checkpoint: called with the name
    of each step that has just been taken.
    Raises: Busy when another push to the project runs; StudioRefused; StudioUnreachable when the server stops answering
    (what was sent is remembered: run it again).
    """
    if cargo is None:
        assert pipeline is not None
        cargo = Predictions(pipeline)
    project = project_for(store, remote, title, config=cargo.config, purpose=cargo.purpose)
    instruction = renewed(project.instruction, guideline_url) if cargo.purpose is Purpose.ANNOTATION else None
    if instruction:
        # Only a new one is shown unasked: whoever switched that off wants it off.
        remote.set_instruction(project.id, instruction, show=not project.instruction)
    checkpoint("project")
    number = bind_project(store, project.identity, project.id, title, purpose=cargo.purpose)
    lease = Lease(store, number, holder or _own_name(), is_gone=_is_gone, clock=clock)
    with lease.held(), ThreadPoolExecutor(1, thread_name_prefix="push") as courier:
        run = _Push(
            cargo.outbox(store, number, lease),
            remote,
            Pushed(project, cargo.version),
            cargo,
            batch=batch,
            grace=grace,
            placing=placing,
            courier=courier,
            progress=progress,
            say=say,
            checkpoint=checkpoint,
            clock=clock,
            sleep=sleep,
        )
        return run.run(resend_gone=resend_gone, draw=draw)


@dataclass(frozen=True, slots=True)
class _Item:
    """One task or prediction, built and checked."""

    push_key: str
    article_id: str
    body: dict[str, Any]


class _Push:
    def __init__(
        self,
        outbox: Outbox,
        remote: Remote,
        pushed: Pushed,
        cargo: Cargo,
        *,
        batch: int,
        grace: timedelta,
        placing: Placing,
        courier: ThreadPoolExecutor,
        progress: Progress,
        say: Callable[[str], None],
        checkpoint: Checkpoint,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._outbox = outbox
        self._remote = remote
        self._pushed = pushed
        self._project = pushed.project
        self._pipeline = pushed.pipeline
        self._batch = batch
        self._grace = grace
        self._placing = placing
        self._courier = courier
        self._progress = progress
        self._say = say
        self._checkpoint = checkpoint
        self._clock = clock
        self._sleep = sleep
        self._cargo = cargo
        self._touched: set[str] = set()
        self._left_alone: set[str] = set()
        self._done = 0

    def run(self, *, resend_gone: bool, draw: Draw | None) -> Pushed:
        outbox, pushed = self._outbox, self._pushed
        outbox.take_over()
        outbox.enter(self._project.identity, self._pipeline, draw=draw)
        self._checkpoint("entered")
        self._sweep()
        self._renew()
        if resend_gone:
            outbox.resend_gone(self._pipeline)
        before = outbox.standing(self._pipeline)
        self._progress(before.tasks(TaskState.CONFIRMED))
        for _ in range(ROUNDS):
            sent = self._send_all(tasks=True) + self._send_all(tasks=False)
            if sent:
                self._sweep()
            if not self._wait_for_doubts() and not sent:
                break
        after = outbox.standing(self._pipeline)
        pushed.present = before.tasks(TaskState.CONFIRMED)
        pushed.added = after.tasks(TaskState.CONFIRMED) - pushed.present
        predicted = after.predictions(TaskState.CONFIRMED) - before.predictions(TaskState.CONFIRMED)
        pushed.predictions = max(predicted - pushed.added, 0)
        pushed.left_alone = len(self._left_alone)
        pushed.gone = after.tasks(TaskState.REMOTE_GONE)
        pushed.undecided = after.undecided
        self._show_version(after)
        return pushed

    def _show_version(self, standing: Standing) -> None:
        # An import makes its own version the one shown, so only an idle push may trust what the project said.
        if standing.shown and (self._done or self._project.shown_version != self._pipeline):
            self._remote.show_version(self._project.id, self._pipeline)
            self._checkpoint("version shown")

    # -- sending -------------------------------------------------------------------------------------------------

    def _send_all(self, *, tasks: bool) -> int:
        """Send all tasks, or all predictions, that are due, and return how many.

        A doubtful answer ends it early: first a listing shall tell what came of it.
        """
        sent = 0
        batches = self._batches(tasks=tasks)
        batch = next(batches, None)
        while batch:
            answer = self._dispatch(batch, tasks=tasks)
            following = next(batches, None)  # read, built and checked while the server works
            sent += len(batch)
            if not self._received(answer, batch, tasks=tasks):
                break
            self._done += len(batch)
            if tasks:
                self._progress(len(batch))
            batch = following
        return sent

    def _dispatch(self, batch: Sequence[_Item], *, tasks: bool) -> Future[None]:
        self._outbox.intend([item.push_key for item in batch], self._pipeline, tasks=tasks)
        self._checkpoint("intended")
        send = self._remote.import_tasks if tasks else self._remote.import_predictions
        return self._courier.submit(send, self._project.id, [item.body for item in batch])

    def _received(self, answer: Future[None], batch: Sequence[_Item], *, tasks: bool) -> bool:
        """Note the answer to a batch; False when it leaves in doubt whether the server is well."""
        keys = [item.push_key for item in batch]
        try:
            answer.result()
        except StudioUnreachable as error:
            self._outbox.doubt(keys, self._pipeline, tasks=tasks)
            self._pushed.doubts.append(str(error))
            return False
        except StudioRefused as error:
            self._outbox.withdraw(keys, self._pipeline, tasks=tasks)
            if error.status not in _INVALID:
                raise
            return self._cut_up(error, batch, tasks=tasks)
        self._checkpoint("answered")
        self._outbox.doubt(keys, self._pipeline, tasks=tasks)
        self._checkpoint("answer noted")
        return True

    def _cut_up(self, error: StudioRefused, batch: Sequence[_Item], *, tasks: bool) -> bool:
        """Find the item that made the server refuse a batch, by halves; the good rest goes through."""
        if len(batch) == 1:
            self._reject({batch[0].push_key: (batch[0].article_id, str(error))}, tasks=tasks)
            return True
        middle = len(batch) // 2
        return all(
            self._received(self._dispatch(half, tasks=tasks), half, tasks=tasks)
            for half in (batch[:middle], batch[middle:])
        )

    def _reject(self, reasons: Mapping[str, tuple[str, str]], *, tasks: bool) -> None:
        self._outbox.reject({key: reason for key, (_, reason) in reasons.items()}, self._pipeline, tasks=tasks)
        self._pushed.rejected.update(reasons.values())

    # -- what is sent --------------------------------------------------------------------------------------------

    def _batches(self, *, tasks: bool) -> Iterator[list[_Item]]:
        batch: list[_Item] = []
        total = 0
        for item in self._items(tasks=tasks):
            size = len(json.dumps(item.body))
            if batch and (len(batch) == self._batch or total + size > BATCH_BYTES):
                yield batch
                batch, total = [], 0
            batch.append(item)
            total += size
        if batch:
            yield batch

    def _items(self, *, tasks: bool) -> Iterator[_Item]:
        due_keys = self._placing.in_order(self._outbox.due_keys(self._pipeline, tasks=tasks))
        for keys in chunked(due_keys, self._batch):
            due = self._cargo.parcels(self._outbox, keys, tasks=tasks)
            wrong: dict[str, tuple[str, str]] = {}
            for one in due:
                if one.remote_id is not None and one.push_key in self._touched:
                    self._left_alone.add(one.push_key)
                    continue
                body, problems = self._built(one)
                if problems:
                    wrong[one.push_key] = (one.article_id, "; ".join(problems))
                else:
                    yield _Item(one.push_key, one.article_id, body)
            if wrong:
                self._reject(wrong, tasks=tasks)

    def _built(self, due: Parcel) -> tuple[dict[str, Any], list[str]]:
        vocabulary = self._cargo.vocabulary
        marks = self._placing.marks(due.push_key, due.sample)
        data = due.data | marks
        if due.remote_id is not None:
            return {**due.prediction, "task": due.remote_id}, prediction_problems(data, due.prediction, vocabulary)
        # The key and the marks stand in `meta` as well: a listing can then do without the texts.
        meta = {"push_key": due.push_key, **marks}
        # A sample judges the machine: people shall not be led by what it says.
        task = {"data": data, "meta": meta, "predictions": [] if due.sample else [due.prediction]}
        return task, problems_of(task, vocabulary)

    # -- looking -------------------------------------------------------------------------------------------------

    def _sweep(self) -> None:
        """List the project, bring the outbox in line with it, and remove what is there twice."""
        listed_at = self._clock()
        listing: defaultdict[str, list[RemoteTask]] = defaultdict(list)
        for task in self._remote.tasks(self._project.id):
            if task.push_key is not None:
                listing[task.push_key].append(task)
        self._checkpoint("listed")
        extras = self._outbox.settle(listing, listed_at=listed_at, grace=self._grace)
        self._checkpoint("settled")
        self._touched = {key for key, tasks in listing.items() if any(task.touched for task in tasks)}
        self._pushed.doubled = [extra for extra in extras if not self._removed(extra)]
        for tasks in listing.values():
            if len(tasks) == 1:
                self._remove_double_predictions(tasks[0])

    def _renew(self) -> None:
        """Take back the tasks that ask for something else than is wanted now, unless a person has worked on them."""
        outdated = self._outbox.outdated()
        for key, remote_id in outdated:
            if key not in self._touched and (remote_id is None or self._taken_back(key, remote_id)):
                self._outbox.forget(key)
                self._checkpoint("forgotten")
        if outdated:
            self._outbox.enter(self._project.identity, self._pipeline)

    def _taken_back(self, key: str, task: int) -> bool:
        """Delete a task unless a person has begun it meanwhile; return whether it is gone."""
        found = self._remote.tasks(self._project.id, only=task)
        if not found or found[0].push_key != key:
            return False  # it stands elsewhere: the next listing tells
        if found[0].touched:
            return False
        self._remote.delete_task(task)
        self._checkpoint("taken back")
        return True

    def _removed(self, extra: Extra) -> bool:
        """Delete a surplus task unless a person has worked on it; return whether it is gone.

        Both are looked at anew just before: neither may have been annotated, deleted or renumbered meanwhile.
        """
        surplus, keep = (self._remote.tasks(self._project.id, only=task) for task in (extra.extra, extra.keep))
        if not surplus or surplus[0].push_key != extra.push_key:
            return True
        if surplus[0].touched or not keep or keep[0].push_key != extra.push_key:
            return False
        try:
            self._remote.delete_task(extra.extra)
        except StudioRefused:
            return False
        self._pushed.removed += 1
        self._checkpoint("surplus deleted")
        return True

    def _remove_double_predictions(self, task: RemoteTask) -> None:
        if task.touched or task.predictions <= len(task.versions):
            return
        same = [one for one in self._remote.predictions(task.id) if one.version == self._pipeline]
        for prediction in same[1:]:
            self._remote.delete_prediction(prediction.id)

    def _wait_for_doubts(self) -> bool:
        """Look again and again until no request is in doubt; return whether there was any."""
        step = min(_POLL, max(self._grace / 4, _SHORTEST))
        waited = timedelta()
        while self._outbox.standing(self._pipeline).unknown and waited <= 2 * self._grace:
            if not waited:
                self._say("Label Studio gave no clear answer: looking whether the articles arrive before sending again")
            self._sleep(step.total_seconds())
            waited += step
            self._sweep()
        return bool(waited)


def project_for(
    store: Store,
    remote: Remote,
    title: str,
    *,
    config: str | None = None,
    purpose: Purpose = Purpose.ANNOTATION,
) -> RemoteProject:
    """Return the project with this title and our labeling config, made when there is none.

    config: the labeling config, by default the one for annotators. purpose: what the project must be for.
    Raises: StudioError when it is somebody else's or for something else, or when it is not clear which one is meant.
    """
    config = (config or label_config()).strip()  # as the server keeps it
    project = find_project(store, remote, title)
    if project is None:
        # Two that look at the same moment would both find none, and both make one.
        with Lease(store, bind_title(store, title), _own_name(), is_gone=_is_gone).held():
            project = find_project(store, remote, title)
            if project is None:
                return remote.create_project(title, config)
    known = purpose_of(store, project.identity)
    if known not in (None, purpose):
        raise StudioError(
            f"the project {title!r} is for {known}", where=remote.url, mend="give another title with --project"
        )
    if project.label_config != config:
        if known is None:
            raise StudioError(
                f"the project {title!r} is not ours: it has another labeling config",
                where=remote.url,
                mend="give another title with --project",
            )
        remote.set_label_config(project.id, config)
    return project


def _own_name() -> str:
    created = psutil.Process().create_time()
    return f"{socket.gethostname()} {os.getpid()} {created:.2f} {secrets.token_hex(4)}"


def _is_gone(holder: str) -> bool:
    """Tell whether the process behind a name has certainly ended: it ran on this machine and is not there any more."""
    host, pid, created, _ = holder.rsplit(" ", 3)
    if host != socket.gethostname():
        return False
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(created)) > 1
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
