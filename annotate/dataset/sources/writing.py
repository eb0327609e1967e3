"""Tables to files and back: CSV after RFC 4180 in UTF-8, Parquet with a schema of its own, and JSON-LD.

CSV: commas, CRLF, quotation marks where they are needed, a header, no byte-order mark; see `columns` for what keeps a
spreadsheet from calculating a cell. The same rows give the same bytes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from more_itertools import chunked

from annotate.dataset.sources.columns import Column, Value, cell_of, schema_of, value_of
from annotate.errors import DatasetError

ROWS_PER_GROUP = 2000
_LONGEST_CELL = 2**31 - 1


def write_rows(
    rows: Iterable[Mapping[str, Value]], columns: Sequence[Column], table: Path, parquet: Path | None = None
) -> None:
    """Write rows to a CSV file and, if wanted, to a Parquet file, in one pass."""
    with ExitStack() as stack:
        file = stack.enter_context(table.open("w", encoding="utf-8", newline=""))
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(column.name for column in columns)
        schema = schema_of(columns)
        groups = stack.enter_context(pq.ParquetWriter(parquet, schema, compression="zstd")) if parquet else None
        for batch in chunked(rows, ROWS_PER_GROUP):
            writer.writerows([cell_of(column, row[column.name]) for column in columns] for row in batch)
            if groups is not None:
                groups.write_table(pa.Table.from_pylist([dict(row) for row in batch], schema=schema))


def read_csv(path: Path, columns: Sequence[Column]) -> Iterator[dict[str, Value]]:
    """Read rows back from a CSV file.

    Raises: DatasetError for a file with other columns, or a row of another length.
    """
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        if next(reader, None) != [column.name for column in columns]:
            raise DatasetError("has other columns than this table", where=str(path), mend="export it again")
        for cells in reader:
            if len(cells) != len(columns):
                raise DatasetError(
                    f"a row has {len(cells)} cells, not {len(columns)}",
                    where=f"{path}:{reader.line_num}",
                    mend="export it again",
                )
            yield {column.name: value_of(column, cell) for column, cell in zip(columns, cells, strict=True)}


def read_parquet(path: Path) -> Iterator[dict[str, Value]]:
    """Read rows back from a Parquet file, a row group at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_PER_GROUP):
            yield from batch.to_pylist()


def write_graph(path: Path, context: str | Mapping[str, Any], nodes: Iterable[Mapping[str, Any]]) -> None:
    """Write nodes as one JSON-LD document, a node a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"@context": {_json(context)}, "@graph": [')
        for place, node in enumerate(nodes):
            file.write((",\n" if place else "\n") + _json(node))
        file.write("\n]}\n")


def read_graph(path: Path) -> Iterator[dict[str, Any]]:
    """Read the nodes of a JSON-LD document back."""
    yield from json.loads(path.read_text(encoding="utf-8"))["@graph"]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
