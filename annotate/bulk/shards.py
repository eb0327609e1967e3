"""What one task writes: Records as Parquet, their places, and what was set aside; a manifest last.

The manifest holds the hashes of the others and is what a task is known by to be done. datatrove's own mark, an empty
file that is never flushed to disk, is only a hint.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from annotate.articles import Rejected
from annotate.bulk import BulkError
from annotate.bulk.plan import write_durably
from annotate.dataset.formats.parquet import ROWS_PER_GROUP, SCHEMA, read_rows, row_of
from annotate.flushing import flush_file
from annotate.hashing import file_sha256
from annotate.record import Record

# key: the beginning of the SHA-256 of the article's id, which is what articles are told apart by; text: of its text.
PLACES = pa.schema(
    [("key", pa.binary(16)), ("text", pa.binary(16)), ("piece", pa.int32()), ("line", pa.int64()), ("row", pa.int64())]
)


@dataclass(slots=True)
class _Open:
    records: pq.ParquetWriter
    places: pq.ParquetWriter
    rejects: Any
    rows: list[dict[str, Any]] = field(default_factory=list)
    where: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    rejected: int = 0


class Shard:
    """The files of one task in a folder."""

    def __init__(self, folder: Path, rank: int) -> None:
        self.folder = folder
        self.rank = rank
        self.records = folder / f"part-{rank:05}.parquet"
        self.places = folder / f"part-{rank:05}.places.parquet"
        self.rejects = folder / f"part-{rank:05}.rejects.jsonl"
        self._manifest = folder / f"part-{rank:05}.json"

    def manifest(self) -> dict[str, Any] | None:
        """Return what is stated of the shard, when every file of it is there with the hash that is stated."""
        try:
            stated: dict[str, Any] = orjson.loads(self._manifest.read_bytes())
            for path in (self.records, self.places, self.rejects):
                if file_sha256(path) != stated["files"][path.name]:
                    return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return stated

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Give a writer; when the block ends without an error the shard is whole, checked and on disk."""
        parts = {path: _part(path) for path in (self.records, self.places, self.rejects)}
        try:
            with (
                parts[self.records].open("wb") as records,
                parts[self.places].open("wb") as places,
                parts[self.rejects].open("wb") as rejects,
            ):
                with (
                    pq.ParquetWriter(records, SCHEMA, compression="zstd") as one,
                    pq.ParquetWriter(places, PLACES, compression="zstd") as two,
                ):
                    opened = _Open(one, two, rejects)
                    yield (writer := Writer(opened))
                    writer.flush()
                for path, file in zip(parts, (records, places, rejects), strict=True):
                    file.flush()
                    flush_file(file.fileno(), path)
            self._check(parts[self.records], opened.count)
            digests = {path.name: file_sha256(part) for path, part in parts.items()}
            self._manifest.unlink(missing_ok=True)
            for path, part in parts.items():
                part.replace(path)
            stated = {"rank": self.rank, "records": opened.count, "rejects": opened.rejected, "files": digests}
            write_durably(self._manifest, orjson.dumps(stated))
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)

    def _check(self, part: Path, count: int) -> None:
        found = sum(1 for _ in read_rows(part))
        if found != count:
            raise BulkError(f"holds {found:,} rows on reopening, not {count:,}", where=str(self.records),
                            mend="check the disk and run the same command again")  # fmt: skip


class Writer:
    """Takes the Records and rejections of one task, and holds some hundreds of them at most."""

    def __init__(self, opened: _Open) -> None:
        self._open = opened

    def record(self, record: Record, *, piece: int, line: int) -> None:
        """Add a Record; piece, line: its place, by which the first of several with the same id is told."""
        opened = self._open
        opened.where.append(
            {
                "key": hashlib.sha256(record.id.encode()).digest()[:16],
                "text": bytes.fromhex(record.sha256)[:16],
                "piece": piece,
                "line": line,
                "row": opened.count,
            }
        )
        opened.rows.append(row_of(record))
        opened.count += 1
        if len(opened.rows) == ROWS_PER_GROUP:
            self.flush()

    def reject(self, rejected: Rejected) -> None:
        """Add what was set aside."""
        self._open.rejects.write(orjson.dumps(asdict(rejected)) + b"\n")
        self._open.rejected += 1

    def flush(self) -> None:
        """Write the rows that are held."""
        opened = self._open
        if opened.rows:
            opened.records.write_table(pa.Table.from_pylist(opened.rows, schema=SCHEMA))
            opened.places.write_table(pa.Table.from_pylist(opened.where, schema=PLACES))
        opened.rows.clear()
        opened.where.clear()


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.uname().nodename}-{os.getpid()}.part")
