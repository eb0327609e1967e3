"""Disagreements on their way to a file or a page: kept on disk, the articles with most of them first."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from annotate.cli.files import writing_whole
from annotate.dataset.sources.columns import guarded

if TYPE_CHECKING:
    from annotate.review.agreement import Disagreement

FORMATS = (".csv", ".jsonl")
Row = dict[str, Any]


class Spool:
    """A temporary file of disagreements: however many there are, one article's are in memory at a time."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115, closed with the spool
        self._places: list[tuple[int, int]] = []  # of each article: how many, and where they begin
        self.kinds: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        return sum(count for count, _ in self._places)

    def add(self, disagreements: Sequence[Disagreement]) -> None:
        """Keep the disagreements of one article."""
        if disagreements:
            self._places.append((len(disagreements), self._file.seek(0, 2)))
            for item in disagreements:
                self.kinds[item.kind] += 1
                self._file.write(json.dumps(asdict(item), ensure_ascii=False).encode() + b"\n")

    def __iter__(self) -> Iterator[Row]:
        """Yield them, the articles with most disagreements first, else in the order in which they came."""
        for count, offset in sorted(self._places, key=lambda place: (-place[0], place[1])):
            self._file.seek(offset)
            lines = [self._file.readline() for _ in range(count)]
            yield from map(json.loads, lines)


def write_disagreements(target: Path, spool: Spool, annotators: Sequence[str]) -> None:
    """Write a .csv file, one column an annotator, or a .jsonl file; it stands under its name only when it is whole."""
    with writing_whole(target) as file:
        if target.suffix.lower() == ".jsonl":
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in spool)
        else:
            table = csv.writer(file, lineterminator="\n")
            columns = ("article", "kind", "what", "start", "end", "excerpt")
            table.writerow([*columns, *map(_cell, annotators)])
            for row in spool:
                said = [row["said"].get(name, "") for name in annotators]
                table.writerow([_cell(value) for value in (*(row[column] for column in columns), *said)])


def _cell(value: object) -> object:
    return guarded(value) if isinstance(value, str) else value
