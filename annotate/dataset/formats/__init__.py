"""One file a format. A format writes plain Records to one file and reads them back.

A new format is a new module with a `write` and a `read`, and one entry in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate.dataset.formats import jsonl, parquet
from annotate.record import Record


@dataclass(frozen=True, slots=True)
class Format:
    """How a dataset is written and read.

    write: streams Records into a file (in the order given); read: streams them back, equal to what was written.
    """

    filename: str
    write: Callable[[Path, Iterable[Record]], None]
    read: Callable[[Path], Iterator[Record]]


FORMATS = {
    "jsonl": Format("records.jsonl", jsonl.write, jsonl.read),
    "parquet": Format("records.parquet", parquet.write, parquet.read),
}
