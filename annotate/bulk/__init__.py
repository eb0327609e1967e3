"""Bulk runs: the pipeline as datatrove steps, over many tasks, workers and machines, and through their failure.

plan.py says what a run is and by which digest it is known; inputs.py and pieces.py divide its files among the tasks;
steps.py are the datatrove steps; annotator.py keeps the model in a process that may be killed; executors.py runs the
steps here, on Ray or on Slurm; finishing.py makes the output of what all tasks wrote.
"""

from __future__ import annotations

import importlib.util

from annotate.errors import BulkError

__all__ = ["BulkError", "check_extra"]

_EXTRA = ("datatrove", "orjson", "ray")


def check_extra() -> None:
    """Raise BulkError when a package of the `bulk` extra is missing."""
    missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise BulkError(
            f"bulk runs need {', '.join(missing)}", mend="install the extra: pip install 'source-annotator[bulk]'"
        )
