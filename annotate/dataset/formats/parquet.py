"""Parquet as the Hugging Face Hub lays it out: a folder of shards, a row a Record, nested as in JSON.

The schema is explicit, so that empty lists keep their types. Meta keys of the user's own travel as one JSON column
`meta.extra`, and the attributes of an unlinked region as a list of names and values: columns must be alike in all rows,
and the `datasets` library knows no maps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq
from more_itertools import chunked, peekable
from pydantic import ValidationError

from annotate.errors import DatasetError
from annotate.record import Meta, Record

ROWS_PER_GROUP = 500
ROWS_PER_SHARD = 50_000
BYTES_PER_SHARD = 256_000_000  # the Hub's viewer and most readers do best with shards of a few hundred megabytes
FOLDER = "data"
# As annotate.articles has them: rows decoded at once, and how much a file may unpack to.
ROWS_AT_ONCE = 16
DECODED_BYTES = 250_000_000
EXPANSION = 100

_SPAN = pa.list_(pa.int64(), 2)
_SPANS = pa.list_(_SPAN)
_SPEAKER_REF = pa.struct([("id", pa.string()), ("name", pa.string())])
_EVIDENCE = pa.struct([("kind", pa.string()), ("text", pa.string()), ("span", _SPAN)])
_SUGGESTION = pa.struct([("reliability", pa.string()), ("credibility", pa.string()), ("evidence", pa.list_(_EVIDENCE))])
_VIA = pa.struct([("name", pa.string()), ("span", _SPAN), ("step", pa.int64())])
_SCORES = pa.list_(pa.float64())
_SPAN_SCORES = pa.struct([("quote", _SCORES), ("cue", _SCORES), ("source", _SCORES)])
_ATTRIBUTION = pa.struct(
    [
        ("id", pa.string()),
        ("quote", _SPANS),
        ("cue", _SPANS),
        ("source", _SPANS),
        ("quote_type", pa.string()),
        ("cue_class", pa.string()),
        ("speaker", _SPEAKER_REF),
        ("source_type", pa.string()),
        ("anonymity", pa.string()),
        ("independence", pa.string()),
        ("via", pa.list_(_VIA)),
        ("directness", pa.string()),
        ("verification", pa.string()),
        ("reliability", pa.string()),
        ("credibility", pa.string()),
        ("suggestion", _SUGGESTION),
        ("score", pa.float64()),
        ("span_scores", _SPAN_SCORES),
    ]
)
_OUTLET = pa.struct(
    [
        ("id", pa.string()),
        ("span", _SPAN),
        ("name", pa.string()),
        ("role", pa.string()),
        ("domain", pa.string()),
        ("listed", pa.bool_()),
    ]
)
_ALIASES = pa.list_(pa.string())
_SPEAKER = pa.struct([("id", pa.string()), ("name", pa.string()), ("aliases", _ALIASES), ("mentions", _SPANS)])
_VERIFICATION = pa.struct(
    [("id", pa.string()), ("span", _SPAN), ("kind", pa.string()), ("about", pa.list_(pa.string()))]
)
_NOTICE = pa.struct([("id", pa.string()), ("span", _SPAN), ("kind", pa.string())])
_ATTRIBUTE = pa.struct([("name", pa.string()), ("value", pa.string())])
_REGION = pa.struct(
    [("id", pa.string()), ("label", pa.string()), ("span", _SPAN), ("attributes", pa.list_(_ATTRIBUTE))]
)
_LINK = pa.struct([("from", pa.string()), ("to", pa.string()), ("label", pa.string())])
_META = pa.struct([*((name, pa.string()) for name in Meta.model_fields), ("extra", pa.string())])
_BASIS = pa.struct(
    [("annotation", pa.string()), ("content", pa.string()), ("annotator", pa.string()), ("created", pa.string())]
)
_PROVENANCE = pa.struct(
    [
        ("tool", pa.string()),
        ("version", pa.string()),
        ("pipeline", pa.string()),
        ("model", pa.string()),
        ("scheme", pa.int64()),
        ("annotator", pa.string()),
        ("created", pa.string()),
        ("policy", pa.string()),
        ("basis", pa.list_(_BASIS)),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("sha256", pa.string()),
        ("meta", _META),
        ("attributions", pa.list_(_ATTRIBUTION)),
        ("outlets", pa.list_(_OUTLET)),
        ("speakers", pa.list_(_SPEAKER)),
        ("verifications", pa.list_(_VERIFICATION)),
        ("notices", pa.list_(_NOTICE)),
        ("disputes", pa.list_(pa.list_(pa.string(), 2))),
        ("unlinked", pa.struct([("regions", pa.list_(_REGION)), ("relations", pa.list_(_LINK))])),
        ("quality", pa.string()),
        ("provenance", _PROVENANCE),
    ]
)


LOSES = ""


def kept(record: Record) -> Record:
    """Return the Record: nothing is lost."""
    return record


def write(folder: Path, records: Iterable[Record]) -> None:
    """Write the Records as shards `part-00000.parquet`, …, in row groups of 500, compressed with zstd."""
    write_shards(folder, map(row_of, records), SCHEMA)


def write_shards(folder: Path, rows: Iterable[dict[str, Any]], schema: pa.Schema) -> None:
    """Write rows as a folder of shards; without a row, one shard that has the columns alone."""
    folder.mkdir(parents=True)
    groups = peekable(chunked(rows, ROWS_PER_GROUP))
    number = 0
    while number == 0 or groups:
        path, held = folder / f"part-{number:05}.parquet", 0
        with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
            while groups and held < ROWS_PER_SHARD and file.tell() < BYTES_PER_SHARD:
                group = next(groups)
                writer.write_table(pa.Table.from_pylist(group, schema=schema))
                held += len(group)
        number += 1


def shards_of(path: Path) -> list[Path]:
    """Return the shards of a folder, or the file itself.

    Raises: DatasetError when the folder holds none, or one of several is missing.
    """
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.parquet"))
    if not found:
        raise DatasetError("holds no Parquet file", where=str(path), mend="name the folder of the shards")
    parts = [part for part in found if part.stem.startswith("part-")]
    if parts and parts[-1].name != f"part-{len(parts) - 1:05}.parquet":
        raise DatasetError("a shard is missing", where=str(path), mend="copy the whole folder again, or export again")
    return found


def read(path: Path) -> Iterator[Record]:
    """Read the Records back, a row group at a time, from a folder of shards or a single file.

    Raises: DatasetError, with the file, for one that is cut short, damaged or not ours.
    """
    for shard in shards_of(path):
        for row in read_rows(shard):
            try:
                yield _record(row)
            except (ValidationError, ValueError, LookupError, TypeError, AttributeError) as error:
                _damaged(shard, error)


def read_rows(shard: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of one file, a few at a time.

    Raises: DatasetError, with the file, for one that is cut short, damaged, or unpacks to too much.
    """
    try:
        with pq.ParquetFile(shard) as file:
            for batch in bounded_batches(file, shard):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        _damaged(shard, error)


def bounded_batches(
    file: pq.ParquetFile, shard: Path, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of an open file in small batches, checked in full, up to what the file may unpack to.

    What the metadata says of sizes proves nothing: a repeated text of a megabyte takes a byte a row. Raises:
    DatasetError when the file unpacks to more than 250 MB, or 100 times its size if that is more.
    """
    budget = max(DECODED_BYTES, EXPANSION * shard.stat().st_size)
    unpacked = 0
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns, use_threads=False):
        batch.validate(full=True)
        unpacked += batch.nbytes
        if unpacked > budget:
            raise DatasetError(
                f"unpacks to more than {budget:,} bytes", where=str(shard), mend="look where the file comes from"
            )
        yield batch


def _damaged(shard: Path, error: Exception) -> NoReturn:
    what = " ".join(str(error).split())[:200]
    raise DatasetError(
        f"is cut short, damaged, or no Parquet file of ours: {what}",
        where=str(shard),
        mend="fetch the file again, or export again",
    ) from None


def row_of(record: Record) -> dict[str, Any]:
    """Return a Record as a row of the schema."""
    row = record.model_dump(mode="json", by_alias=True)
    meta = row["meta"]
    extra = {name: meta.pop(name) for name in list(meta) if name not in Meta.model_fields}
    meta["extra"] = json.dumps(extra, ensure_ascii=False) if extra else None
    for region in row["unlinked"]["regions"]:
        region["attributes"] = [{"name": name, "value": value} for name, value in region["attributes"].items()]
    return row


def json_of(row: dict[str, Any]) -> str:
    """Return a row of ours as the JSON of a Record."""
    meta = row["meta"]
    extra = meta.pop("extra")
    row["meta"] = {**meta, **(json.loads(extra) if extra else {})}
    for region in row["unlinked"]["regions"]:
        region["attributes"] = dict(map(_name_and_value, region["attributes"]))
    provenance = row["provenance"]
    if provenance is not None and provenance.get("basis") is None:
        provenance.pop("basis", None)  # as in a Record on which one person worked, and in older files
    return json.dumps(row, ensure_ascii=False)


def _record(row: dict[str, Any]) -> Record:
    return Record.model_validate_json(json_of(row))


def _name_and_value(attribute: dict[str, str] | tuple[str, str]) -> tuple[str, str]:
    """Return an attribute of a region; files of earlier versions hold maps, which are read as pairs."""
    return (attribute["name"], attribute["value"]) if isinstance(attribute, dict) else attribute
