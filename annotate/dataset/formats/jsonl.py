"""JSON Lines: one Record a line, as schemas/record.schema.json describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotate.record import Record, parse_record

LOSES = ""


def kept(record: Record) -> Record:
    """Return the Record: nothing is lost."""
    return record


def write(path: Path, records: Iterable[Record]) -> None:
    """Write the Records, one a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(record.to_json() + "\n")


def read(path: Path) -> Iterator[Record]:
    """Read the Records back.

    Raises: RecordError with file and line when one breaks the scheme.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            yield parse_record(line, where=f"{path.name}:{number}")
