"""The flat view of the attributions that trainers want: a row an attribution, in Parquet beside the rows.

It is written where the rows are written in Parquet: the words of quote, cue and source where the article's text is
published, and null where it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from annotate.dataset.export import Release
from annotate.dataset.formats import parquet
from annotate.derive import Span
from annotate.record import Attribution, Record

FOLDER = "attributions"
ROLES = ("quote", "cue", "source")
VALUES = (
    "quote_type",
    "cue_class",
    "source_type",
    "anonymity",
    "independence",
    "directness",
    "verification",
    "reliability",
    "credibility",
)

_WORDS = pa.list_(pa.string())
_SPANS = pa.list_(pa.list_(pa.int64(), 2))
SCHEMA = pa.schema(
    [
        ("article", pa.string()),
        ("sha256", pa.string()),
        ("attribution", pa.string()),
        *((role, _WORDS) for role in ROLES),
        *((f"{role}_spans", _SPANS) for role in ROLES),
        ("speaker", pa.string()),
        ("via", _WORDS),
        *((name, pa.string()) for name in VALUES),
    ]
)


def attributions(release: Release) -> None:
    """Write the attributions of each split, where the release has its rows in Parquet."""
    if "parquet" not in release.choices.formats:
        return
    for split in release.plan.splits:
        target = f"{split}/{FOLDER}" if split else FOLDER
        rows = (row for record in release.rows(split) for row in rows_of(record))
        release.staging.write(target, lambda path, rows=rows: parquet.write_shards(path, rows, SCHEMA))  # type: ignore[misc]


def rows_of(record: Record) -> Iterator[dict[str, Any]]:
    """Yield the rows of an article's attributions."""
    for item in record.attributions:
        yield {
            "article": record.id,
            "sha256": record.sha256,
            "attribution": item.id,
            **{role: _words(record, getattr(item, role)) for role in ROLES},
            **{f"{role}_spans": getattr(item, role) for role in ROLES},
            "speaker": item.speaker.name if item.speaker else None,
            "via": [step.name for step in item.via],
            **{name: _value(item, name) for name in VALUES},
        }


def _words(record: Record, spans: tuple[Span, ...]) -> list[str] | None:
    return None if record.text is None else [record.text[start:end] for start, end in spans]


def _value(item: Attribution, name: str) -> str | None:
    value = getattr(item, name)
    return None if value is None else str(value)
