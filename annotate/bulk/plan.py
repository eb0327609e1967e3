"""What a run is: which pieces of which files, by what pipeline, under what limits, in how many tasks.

datatrove marks a task as done by its number alone. Everything a run writes before it is finished therefore stands in a
folder named after the digest of its plan: other inputs, another setting or another model is another folder, and finds
nothing there to skip.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from annotate import __version__
from annotate.articles import Limits
from annotate.bulk import BulkError
from annotate.flushing import flush_file, flush_folder

FOLDER = ".bulk"
_PLAN = "plan.json"
# What `annotate.pipeline.load_pipeline` is given for the parts of its own that are no JSON.
DEFAULTS: Mapping[str, Any] = {
    "base_model": None,
    "pipeline": "model",
    "model": None,
    "style": None,
    "min_score": None,
    "parties": (),
    "outlets": (),
    "track_record": (),
}


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file as it was found. url: fsspec's; sha256: of its bytes."""

    url: str
    format: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that a task reads by itself.

    file: its number in the plan. start, stop: bytes, or row groups of a Parquet file. line: how many lines, rows or
    records come before it. whole: that it is the file itself.
    """

    file: int
    start: int
    stop: int
    line: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How much one article may ask for before it is set aside.

    longest: code points of its text; seconds: processor time, three times as much by the clock; memory: bytes of the
    process that annotates.
    """

    longest: int = 1_000_000
    seconds: int = 60
    memory: int = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """A run. settings: what `load_pipeline` is given, as JSON; pipeline, model: the versions that it then has."""

    files: tuple[InputFile, ...]
    pieces: tuple[Piece, ...]
    tasks: int
    settings: Mapping[str, Any]
    patience: Patience
    pipeline: str
    model: str

    @property
    def limits(self) -> Limits:
        """What the readers may cost."""
        return Limits(text_length=self.patience.longest)

    @property
    def digest(self) -> str:
        """The run's name: the same inputs, settings, versions and tasks have the same."""
        content = [self.to_json(), __version__.encode()]
        return hashlib.sha256(b"\0".join(content)).hexdigest()[:32]

    def of_task(self, rank: int) -> tuple[Piece, ...]:
        """Return the pieces of a task: every n-th, as datatrove deals out files, so that tasks are alike in size."""
        return self.pieces[rank :: self.tasks]

    def to_json(self) -> bytes:
        """Return the plan as canonical JSON."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Place:
    """The folder in which a run works: below the output, readable by its owner alone."""

    folder: Path

    @classmethod
    def of(cls, output: Path, plan: Plan) -> Place:
        """Return the place of a plan."""
        return cls(output / FOLDER / plan.digest)

    @property
    def output(self) -> Path:
        """Where the finished run goes."""
        return self.folder.parent.parent

    @property
    def logging(self) -> str:
        """The folder in which datatrove keeps logs, statistics and its marks."""
        return str(self.folder / "datatrove")

    @property
    def shards(self) -> Path:
        """The folder of what the tasks wrote."""
        return self.folder / "shards"

    def prepare(self, plan: Plan) -> None:
        """Make the folder and write the plan."""
        for folder in (self.output, self.folder.parent, self.folder, self.shards):
            folder.mkdir(mode=0o777 if folder == self.output else 0o700, parents=True, exist_ok=True)
        self.folder.parent.chmod(0o700)
        self.folder.chmod(0o700)
        write_durably(self.folder / _PLAN, plan.to_json())

    def plan(self) -> Plan:
        """Read the plan back.

        Raises: BulkError when it is missing or is not the one that the folder is named after.
        """
        path = self.folder / _PLAN
        try:
            found = orjson.loads(path.read_bytes())
            plan = Plan(
                files=tuple(InputFile(**file) for file in found["files"]),
                pieces=tuple(Piece(**piece) for piece in found["pieces"]),
                tasks=found["tasks"],
                settings=found["settings"],
                patience=Patience(**found["patience"]),
                pipeline=found["pipeline"],
                model=found["model"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BulkError(f"the plan of the run cannot be read: {error}", where=str(path),
                            mend="start the run again") from None  # fmt: skip
        if plan.digest != self.folder.name:
            raise BulkError(
                "the plan of the run is of another version or was changed", where=str(path),
                mend="use the same version of source-annotator everywhere and start the run again",
            )  # fmt: skip
        return plan


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that stands under its name only when it is whole and on disk."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        flush_file(file.fileno(), path)
    part.replace(path)
    flush_folder(path.parent)
