"""What workers run: `python -m annotate.bulk.job serve|slurm|finish FOLDER`.

serve: the tasks that the other side of standard input names; slurm: those of this job of an array; finish: what is
still missing, then the output.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import orjson

from annotate.bulk.plan import Place
from annotate.bulk.processes import ENVIRONMENT


def serve(place: Place) -> None:
    """Run tasks until the other side hangs up."""
    from annotate.articles.confined import receive, send
    from annotate.bulk.executors import run_task
    from annotate.bulk.processes import parent

    channel = parent()
    while True:
        try:
            rank = orjson.loads(receive(channel))
        except EOFError:
            return
        problem = run_task(place, rank)
        send(channel, orjson.dumps({"problem": problem}))


def slurm(place: Place) -> None:
    """Run the tasks of this job; a failed one fails the job."""
    from annotate.bulk.executors import SlurmExecutor

    SlurmExecutor(place).run()


def finish(place: Place) -> None:
    """Run what is missing, and make the output."""
    from annotate.bulk.executors import LocalExecutor
    from annotate.bulk.finishing import finish, held

    with held(place):
        LocalExecutor(place).run()
        finish(place)


def main(what: str, folder: str) -> None:
    """Do one of the three."""
    os.environ.update(ENVIRONMENT)
    {"serve": serve, "slurm": slurm, "finish": finish}[what](Place(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
