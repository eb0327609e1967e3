"""A bulk run from beginning to end: planned, run by an executor, finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.bulk import BulkError
from annotate.bulk.annotator import Annotator
from annotate.bulk.inputs import find_files
from annotate.bulk.pieces import cut
from annotate.bulk.plan import DEFAULTS, Patience, Place, Plan


def make_plan(
    inputs: Sequence[str],
    output: Path,
    *,
    tasks: int,
    settings: Mapping[str, Any] | None = None,
    patience: Patience | None = None,
    format: str | None = None,
    on_skip: Callable[[str], None] = lambda url: None,
) -> Plan:
    """Find, hash and cut the inputs, and ask the pipeline for its version.

    settings: what `load_pipeline` is given, see `settings_of`.
    Raises: BulkError when inputs cannot be read, lie around the output, or the pipeline cannot be loaded.
    """
    patience = patience or Patience()
    for given in inputs:
        if "://" not in given and output.resolve().is_relative_to(Path(given).resolve()):
            raise BulkError("the output lies in the input, and would be read the next time", where=str(output),
                            mend="choose a folder outside of it")  # fmt: skip
    found = [file for given in inputs for file in find_files(given, format=format, on_skip=on_skip)]
    files = tuple({file.url: file for file in found}.values())
    whole = {**DEFAULTS, **(settings or {})}
    annotator = Annotator(whole, patience)
    try:
        pipeline, model = annotator.versions()
    finally:
        annotator.close()
    plan = Plan(files, (), tasks, whole, patience, pipeline, model)
    return Plan(files, cut(files, plan.limits), tasks, whole, patience, pipeline, model)


def settings_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what `load_pipeline` is given into JSON, so that no worker needs the user's files but a model's folder."""
    model = settings["model"]
    return {
        **settings,
        "model": str(Path(model).absolute()) if model else None,
        "parties": [list(party) for party in settings["parties"]],
        "outlets": [dict(outlet) for outlet in settings["outlets"]],
        "track_record": settings["track_record"].rows(),
    }


def place_of(output: Path, plan: Plan) -> Place:
    """Make the folder that the run works in."""
    place = Place.of(output.absolute(), plan)
    place.prepare(plan)
    return place
