"""Parquet rows as plain values. Runs in the confined process: a few hundred kilobytes can unpack to gigabytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from annotate.articles.checks import check_columns
from annotate.articles.lines import decode
from annotate.errors import InputError

if TYPE_CHECKING:
    import pyarrow

# Rows decoded at once: their texts are in memory together.
BATCH = 16


def rows(job: Mapping[str, Any], body: bytes) -> Iterator[dict[str, Any]]:
    """Yield `{"line", "row"}` for each row, or `{"line", "refused"}` with the reason.

    job: `path` of the file, `limit` of a row in bytes, `groups` the half-open range of row groups to read, or None for
    all. Only columns of strings, numbers and times are read.
    Raises: InputError when the file is no Parquet or has no text column.
    """
    import pyarrow
    from pyarrow import parquet

    # The system's own allocator gives memory back and respects the limit set on the process.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    try:
        file = parquet.ParquetFile(job["path"], pre_buffer=False, buffer_size=1 << 16)
        schema = file.schema_arrow
        check_columns(schema.names)
        flat = [field.name for field in schema if not pyarrow.types.is_nested(field.type)]
        groups = list(range(*job["groups"])) if job["groups"] else None
        line = 0
        for batch in file.iter_batches(batch_size=BATCH, row_groups=groups, columns=flat, use_threads=False):
            # A whole batch is checked at once; row by row only where that fails, to find the bad ones.
            sound = _is_sound(batch)
            for index in range(batch.num_rows):
                line += 1
                row = batch.slice(index, 1)
                answer = _row(row, job["limit"]) if sound or _is_sound(row) else {"refused": "not UTF-8"}
                yield {"line": line, **answer}
    except pyarrow.ArrowMemoryError:
        raise MemoryError from None
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"not readable as Parquet: {str(error).splitlines()[0][:200]}") from None


def _is_sound(batch: pyarrow.RecordBatch) -> bool:
    try:
        batch.validate(full=True)
    except ValueError:
        return False
    return True


def _row(batch: pyarrow.RecordBatch, limit: int) -> dict[str, Any]:
    (row,) = batch.to_pylist()
    if isinstance(row["text"], bytes):
        try:
            row["text"] = decode(row["text"])
        except InputError as error:
            return {"refused": str(error)}
    size = sum(len(value) for value in row.values() if isinstance(value, str | bytes))
    if size > limit:
        return {"refused": f"a row of {size:,} characters is over the limit of {limit:,}"}
    return {"row": {name: _plain(value) for name, value in row.items() if not isinstance(value, bytes)}}


def _plain(value: Any) -> Any:
    """Turn times into ISO 8601 and decimals into strings: what JSON has no type for."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
