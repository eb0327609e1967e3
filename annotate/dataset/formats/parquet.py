"""Parquet: a row a Record, nested as in JSON, with an explicit schema so that empty lists keep their types.

Meta keys of the user's own travel as one JSON column `meta.extra`: Parquet columns must be alike in all rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from more_itertools import chunked

from annotate.record import Meta, Record

ROWS_PER_GROUP = 500

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
_REGION = pa.struct(
    [("id", pa.string()), ("label", pa.string()), ("span", _SPAN), ("attributes", pa.map_(pa.string(), pa.string()))]
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


def write(path: Path, records: Iterable[Record]) -> None:
    """Write the Records in row groups of 500, compressed with zstd."""
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for batch in chunked(records, ROWS_PER_GROUP):
            writer.write_table(pa.Table.from_pylist([_row(record) for record in batch], schema=SCHEMA))


def read(path: Path) -> Iterator[Record]:
    """Read the Records back, a row group at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_PER_GROUP):
            for row in batch.to_pylist():
                yield _record(row)


def _row(record: Record) -> dict[str, Any]:
    row = record.model_dump(mode="json", by_alias=True)
    meta = row["meta"]
    extra = {name: meta.pop(name) for name in list(meta) if name not in Meta.model_fields}
    meta["extra"] = json.dumps(extra, ensure_ascii=False) if extra else None
    return row


def _record(row: dict[str, Any]) -> Record:
    meta = row["meta"]
    extra = meta.pop("extra")
    row["meta"] = {**meta, **(json.loads(extra) if extra else {})}
    for region in row["unlinked"]["regions"]:
        region["attributes"] = dict(region["attributes"])
    provenance = row["provenance"]
    if provenance is not None and provenance.get("basis") is None:
        provenance.pop("basis", None)  # as in a Record on which one person worked, and in older files
    return Record.model_validate_json(json.dumps(row, ensure_ascii=False))
