"""datatrove's executors, made to last: what is done is told by the shards, and no worker's death hangs a run.

Each runs the same steps by datatrove's own `_run_for_rank`. What is changed: a task counts as done only when its shard
stands there with the hashes that its manifest states; the local executor supervises its workers (datatrove's process
pool waits for ever for one that was killed); the one on Ray keeps a pool of actors, each with a loaded model; the one
on Slurm starts tasks by a command instead of a pickled file.
"""

from __future__ import annotations

import math
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any

import orjson
from datatrove.executor.base import DistributedEnvVars, PipelineExecutor
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.executor.slurm import SlurmPipelineExecutor, launch_slurm_job
from loguru import logger

from annotate.bulk import BulkError
from annotate.bulk.plan import Place, write_durably
from annotate.bulk.processes import Child, start
from annotate.bulk.shards import Shard
from annotate.bulk.steps import steps_of

OnDone = Callable[[int], None]

# How often a task is begun again after its worker died. An article that kills is set aside long before.
TRIES = 5
_ARRAY = 1000


class ByShards(PipelineExecutor):  # type: ignore[misc]
    """Tells by its shard whether a task is done."""

    place: Place

    def is_rank_completed(self, rank: int) -> bool:
        """Tell whether a task's shard is whole."""
        return Shard(self.place.shards, rank).manifest() is not None

    def get_incomplete_ranks(self, ranks: Any = None, skip_completed: bool | None = None) -> list[int]:
        """Return the tasks whose shards are missing or damaged."""
        return [
            rank for rank in (range(self.world_size) if ranks is None else ranks) if not self.is_rank_completed(rank)
        ]


class LocalExecutor(ByShards, LocalPipelineExecutor):  # type: ignore[misc]
    """Runs the tasks in processes of this machine, each of which is replaced when it dies."""

    def __init__(self, place: Place, *, workers: int = 1, on_done: OnDone = lambda rank: None) -> None:
        self.place = place
        self._on_done = on_done
        super().__init__(
            steps_of(place), tasks=place.plan().tasks, workers=workers, logging_dir=place.logging, skip_completed=True
        )

    def run(self) -> None:
        """Run every task that is not done.

        Raises: BulkError when tasks failed; the others are done all the same.
        """
        ranks = self.get_incomplete_ranks()
        with DefaultSelector() as selector:
            pool = _Pool(self.place, ranks, selector, self._on_done)
            try:
                pool.run(min(self.workers, len(ranks)))
            finally:
                pool.end()
        raise_for(pool.problems)


@dataclass(slots=True)
class _Pool:
    """Worker processes, each at one task at a time."""

    place: Place
    waiting: list[int]
    selector: DefaultSelector
    on_done: OnDone
    problems: dict[int, str] = field(default_factory=dict)
    tries: dict[int, int] = field(default_factory=dict)
    at_work: dict[int, tuple[Child, int]] = field(default_factory=dict)

    def run(self, workers: int) -> None:
        for _ in range(workers):
            self._next(start("annotate.bulk.job", "serve", str(self.place.folder)))
        while self.at_work:
            for key, _ in self.selector.select():
                child, rank = self.at_work.pop(key.fd)
                self.selector.unregister(key.fd)
                self._heard(child, rank)

    def _heard(self, child: Child, rank: int) -> None:
        try:
            answer = child.hear()
        except (EOFError, ConnectionError):
            child.end()
            self.tries[rank] = self.tries.get(rank, 0) + 1
            if self.tries[rank] < TRIES:
                self.waiting.insert(0, rank)
            else:
                self.problems[rank] = f"its worker died {TRIES} times"
            if self.waiting:
                self._next(start("annotate.bulk.job", "serve", str(self.place.folder)))
            return
        if answer["problem"]:
            self.problems[rank] = answer["problem"]
        else:
            self.on_done(rank)
        self._next(child)

    def _next(self, child: Child) -> None:
        if not self.waiting:
            child.end()
            return
        rank = self.waiting.pop(0)
        self.at_work[child.channel.fileno()] = (child, rank)
        self.selector.register(child.channel, EVENT_READ)
        # One that died meanwhile is noticed when it is listened to.
        with suppress(ConnectionError):
            child.tell(rank)

    def end(self) -> None:
        for child, _ in self.at_work.values():
            child.end()


class SlurmExecutor(ByShards, SlurmPipelineExecutor):  # type: ignore[misc]
    """Runs the tasks as a job array, and finishes the run in a job that waits for it."""

    def __init__(
        self,
        place: Place,
        *,
        workers: int = -1,
        partition: str = "",
        time: str = "",
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.place = place
        tasks = place.plan().tasks
        super().__init__(
            steps_of(place),
            tasks=tasks,
            time=time,
            partition=partition,
            workers=workers,
            job_name="annotate-bulk",
            qos="",
            mem_per_cpu_gb=math.ceil(place.plan().patience.memory / 1e9) + 2,
            sbatch_args=dict(options or {}),
            logging_dir=place.logging,
            slurm_logs_folder=str(place.folder / "slurm"),
            tasks_per_job=math.ceil(tasks / _ARRAY),
        )

    def launch_job(self) -> None:
        """Write the scripts and submit them."""
        scripts = self.write_scripts()
        try:
            self.job_id = launch_slurm_job(scripts[0].read_text(encoding="utf-8"), self.job_id_retriever)
            launch_slurm_job(
                scripts[1].read_text(encoding="utf-8"), self.job_id_retriever, f"--dependency=afterok:{self.job_id}"
            )
        except FileNotFoundError:
            raise BulkError(
                "sbatch is not on the PATH", mend="run the command where Slurm is, or choose --executor local"
            ) from None
        except (subprocess.CalledProcessError, IndexError) as error:
            raise BulkError(
                f"sbatch refused the job: {error}", where=str(scripts[0]), mend="see what it printed"
            ) from None

    def write_scripts(self) -> tuple[Path, Path]:
        """Write the script of the tasks that are not done, and the one that finishes the run."""
        folder = self.place.folder
        if any(character.isspace() for character in str(folder)):
            raise BulkError("Slurm takes no path with spaces", where=str(folder), mend="choose another output folder")
        ranks = self.get_incomplete_ranks()
        Path(self.place.logging).mkdir(mode=0o700, exist_ok=True)
        write_durably(Path(self.place.logging) / "ranks_to_run.json", orjson.dumps(ranks))
        jobs = max(1, math.ceil(len(ranks) / self.tasks_per_job))
        command = shlex.join([sys.executable, "-P", "-m", "annotate.bulk.job"])
        tasks = self.get_launch_file_contents(
            _given(self.get_sbatch_args(jobs)), f"srun -l -n 1 {command} slurm {shlex.quote(str(folder))}"
        )
        finish = self.get_launch_file_contents(
            _given({**self.get_sbatch_args(1), "array": "0-0"}), f"{command} finish {shlex.quote(str(folder))}"
        )
        paths = folder / "tasks.slurm", folder / "finish.slurm"
        for path, content in zip(paths, (tasks, finish), strict=True):
            write_durably(path, content.encode())
        return paths

    def get_distributed_env(self, node_rank: int = -1) -> DistributedEnvVars:
        """Return what datatrove's steps for several nodes would want to know; ours ask nothing of it."""
        return DistributedEnvVars(
            datatrove_node_ips=os.environ.get("SLURM_NODELIST", ""),
            datatrove_cpus_per_task="1",
            datatrove_mem_per_cpu=str(self.mem_per_cpu_gb),
            datatrove_gpus_on_node="0",
            datatrove_executor="SLURM",
        )


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the cluster's own defaults are to decide."""
    return {name: value for name, value in options.items() if value or name == "requeue"}


def run_task(place: Place, rank: int) -> str:
    """Run one task in this process; return what went wrong, or nothing."""
    try:
        # local_rank 1: datatrove then shows nothing on the terminal.
        LocalExecutor(place)._run_for_rank(rank, 1)
    except BulkError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename or 'the disk'}: {error.strerror or error}"
    except Exception as error:
        # Messages of unknown errors may quote an article; the task's log has the traceback.
        return f"{type(error).__name__} (see the task's log in {place.logging})"
    return ""


def raise_for(problems: Mapping[int, str]) -> None:
    """Raise BulkError when tasks failed."""
    if problems:
        rank, problem = min(problems.items())
        raise BulkError(
            f"{len(problems):,} of the tasks failed; task {rank}: {problem}",
            mend="mend that and run the same command again: it goes on from there",
        )


def quiet() -> None:
    """Keep datatrove's log off the terminal; tasks have logs of their own."""
    logger.remove()
