"""Building the pipeline from the command line's options."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate import strict_json
from annotate.errors import InputError

if TYPE_CHECKING:
    from annotate.pipeline import Pipeline


def build_pipeline(**options: Any) -> Pipeline:
    """Load what the options of `pipeline_options` ask for, see `pipeline_settings`."""
    from annotate.pipeline import load_pipeline

    return load_pipeline(**pipeline_settings(**options))


def pipeline_settings(
    *,
    pipeline: str = "model",
    model: str | None = None,
    style: str | None = None,
    min_score: float | None = None,
    base_model: str | None = None,
    outlets: str | None = None,
    track_record: str | None = None,
    parties: str | None = None,
) -> dict[str, Any]:
    """Return what `load_pipeline` is to be given; outlets, track_record and parties are paths of files.

    Raises: click.UsageError when options contradict each other.
    """
    if pipeline == "rules" and not (model is None and style is None and min_score is None):
        raise click.UsageError("--model, --style and --min-score are the network's: they go without --pipeline rules")
    names = tuple(read_parties(Path(parties))) if parties else ()
    from annotate.pipeline.registry import Registry, read_outlets
    from annotate.pipeline.track_record import NO_TRACK_RECORD, TrackRecord

    own = tuple(read_outlets(Path(outlets))) if outlets else ()
    on_file = NO_TRACK_RECORD
    if track_record:
        on_file = TrackRecord.read(Path(track_record), canonical=Registry.load(own).canonical)
    return {
        "base_model": base_model,
        "pipeline": pipeline,
        "model": Path(model) if model else None,
        "style": style,
        "min_score": min_score,
        "parties": names,
        "outlets": own,
        "track_record": on_file,
    }


def read_parties(path: Path) -> Iterator[list[str]]:
    """Yield the parties of a file, each with its aliases: one a line, or JSON Lines with `name` and `aliases`.

    Empty lines are passed over. Raises: InputError for a line that is neither.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the parties cannot be read: {error}", where=str(path)) from None
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith("{"):
            yield _from_json(line, f"{path}:{number}")
        elif line.strip():
            yield [line.strip()]


def _from_json(line: str, where: str) -> list[str]:
    try:
        entry = strict_json.loads(line)
        names = [entry["name"], *entry.get("aliases", ())]
    except (ValueError, LookupError, TypeError, AttributeError):
        names = [None]
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise InputError("not a party", where=where, mend='write a name, or {"name": …, "aliases": […]}')
    return names
