"""The same tasks on a Ray cluster: a pool of actors, each with a loaded model, each at one task at a time.

There is no stage before the actors that could starve: an actor reads, annotates and writes by itself. The pool leaves
one processor of the cluster free for anything else, where there is more than one; an actor that finds no place is
waited for without holding up the others, and a lost one's task is begun again elsewhere.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datatrove.executor.ray import RayPipelineExecutor

from annotate.bulk import BulkError
from annotate.bulk.executors import TRIES, ByShards, OnDone, raise_for, run_task
from annotate.bulk.plan import Place
from annotate.bulk.processes import ENVIRONMENT
from annotate.bulk.steps import steps_of

_PATIENCE = 30  # seconds until the user is told that nothing moves


class RayExecutor(ByShards, RayPipelineExecutor):  # type: ignore[misc]
    """Runs the tasks on actors.

    address: of a running cluster, whose nodes all see the output folder; None for a Ray of this machine's own, which
    ends with the run.
    """

    def __init__(
        self,
        place: Place,
        *,
        workers: int = 1,
        address: str | None = None,
        token: Path | None = None,
        on_done: OnDone = lambda rank: None,
        tell: Callable[[str], None] = lambda message: None,
    ) -> None:
        self.place = place
        self._address = address
        self._token = token
        self._on_done = on_done
        self._tell = tell
        super().__init__(steps_of(place), tasks=place.plan().tasks, workers=workers, logging_dir=place.logging)

    def run(self) -> None:
        """Run every task that is not done.

        Raises: BulkError when the cluster cannot be reached or tasks failed; the others are done all the same.
        """
        ranks = self.get_incomplete_ranks()
        if not ranks:
            return
        ray = _imported(self._token)
        # Ray prints what it thinks of lost nodes on standard output, which is for the results alone.
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            _connect(ray, self._address, self.workers)
            try:
                pool = _Actors(ray, str(self.place.folder), self.workers, ranks, self._on_done, self._tell)
                pool.run()
            finally:
                ray.shutdown()
        raise_for(pool.problems)


class _Worker:
    """The actor: its process loads the model with its first task and keeps it."""

    def ready(self) -> None:
        """Answer, once the actor has a place."""

    def work(self, folder: str, rank: int) -> str:
        """Run a task."""
        return run_task(Place(Path(folder)), rank)


@dataclass(slots=True)
class _Actors:
    ray: Any
    folder: str
    workers: int
    waiting: list[int]
    on_done: OnDone
    tell: Callable[[str], None]
    problems: dict[int, str] = field(default_factory=dict)
    tries: dict[int, int] = field(default_factory=dict)
    lost: int = 0
    # answer that is waited for -> the actor, and its task; None for one that has yet to find a place.
    asked: dict[Any, tuple[Any, int | None]] = field(default_factory=dict)

    def run(self) -> None:
        """Run all tasks."""
        while self.waiting or any(rank is not None for _, rank in self.asked.values()):
            self._fill()
            answered, _ = self.ray.wait(list(self.asked), num_returns=1, timeout=_PATIENCE)
            if not answered and all(rank is None for _, rank in self.asked.values()):
                self.tell("waiting for a free processor in the Ray cluster")
            for answer in answered:
                self._heard(answer, *self.asked.pop(answer))

    def _fill(self) -> None:
        """Start actors, as many as there are tasks, workers and processors for."""
        free_for_us = places_for(self.ray.cluster_resources().get("CPU", 0), self.workers)
        busy = sum(rank is not None for _, rank in self.asked.values())
        while len(self.asked) < min(free_for_us, busy + len(self.waiting)) or not self.asked:
            actor = self.ray.remote(_Worker).options(num_cpus=1, max_restarts=0).remote()
            self.asked[actor.ready.remote()] = (actor, None)

    def _heard(self, answer: Any, actor: Any, rank: int | None) -> None:
        try:
            problem = self.ray.get(answer)
        except self.ray.exceptions.RayError:
            # The actor is gone, by itself or with its node.
            if rank is not None:
                self._again(rank)
                return
            self.lost += 1
            if self.lost > TRIES + self.workers:
                raise BulkError(
                    "no worker could be started in the Ray cluster",
                    mend="see that source-annotator[bulk] is installed on every node",
                ) from None
            return
        if rank is not None:
            if problem:
                self.problems[rank] = problem
            else:
                self.on_done(rank)
        if self.waiting:
            rank = self.waiting.pop(0)
            self.asked[actor.work.remote(self.folder, rank)] = (actor, rank)
        else:
            self.ray.kill(actor)

    def _again(self, rank: int) -> None:
        self.tries[rank] = self.tries.get(rank, 0) + 1
        if self.tries[rank] < TRIES:
            self.tell(f"task {rank}: its worker was lost; it is begun again")
            self.waiting.insert(0, rank)
        else:
            self.problems[rank] = f"its worker died {TRIES} times"


def places_for(processors: float, workers: int) -> int:
    """Return how many actors there may be: never all processors of a cluster that has more than one."""
    return max(1, min(workers, int(processors) - 1))


def _imported(token: Path | None) -> Any:
    """Import ray, with token authentication, no dashboard's noise and no reports on use."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    if token is not None and "RAY_AUTH_TOKEN" not in os.environ and "RAY_AUTH_TOKEN_PATH" not in os.environ:
        _make_token(token)
        os.environ["RAY_AUTH_TOKEN_PATH"] = str(token)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray
    import ray.exceptions

    logger = logging.getLogger("ray")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return ray


def _connect(ray: Any, address: str | None, workers: int) -> None:
    own = {} if address else {"num_cpus": workers + 1, "include_dashboard": False}
    try:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            configure_logging=False,
            runtime_env={"env_vars": ENVIRONMENT},
            **own,
        )
    except Exception as error:  # ray's errors of connecting have no common base
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise BulkError(
            f"Ray cannot be reached: {first[:300]}", where=address,
            mend="see that the cluster runs and that RAY_AUTH_TOKEN_PATH names its token",
        ) from None  # fmt: skip


def _make_token(path: Path) -> None:
    """Make a token that only its owner can read, unless there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        path.chmod(0o600)
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
