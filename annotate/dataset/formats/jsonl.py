"""JSON Lines: one Record a line, as schemas/record.schema.json describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotate import strict_json
from annotate.errors import RecordError
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

    Raises: RecordError with file and line when one breaks the scheme, or is JSON that others would read otherwise.
    """
    number = 0
    with path.open("rb") as file:
        try:
            for number, line in enumerate(strict_json.lines(file), start=1):
                strict_json.loads(line)
                yield parse_record(line, where=f"{path.name}:{number}")
        except strict_json.NotJson as error:
            raise RecordError(str(error), where=f"{path.name}:{number or 1}", mend="export again") from None
