"""The chain of custody: what happened to each article, when, and with which tool; a row for each event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.dataset.sources.articles import in_utc
from annotate.dataset.sources.columns import Column, Value, checked
from annotate.dataset.sources.comparison import Reading
from annotate.dataset.sources.inputs import SourceInputs
from annotate.dataset.sources.rows import readings
from annotate.dataset.sources.writing import write_rows
from annotate.record import Provenance
from annotate.scheme import Policy

COLUMNS: tuple[Column, ...] = (
    Column("time_utc", "when, in UTC (ISO 8601); blank where it was not recorded"),
    Column(
        "event",
        "`accessed`: fetched, by the metadata; `ingested`: taken into the store; `annotated`; `settled`: "
        "made one reading of several annotations; `adjudicated`; `predicted`: by the machine alone",
    ),
    Column("file", "`file` or `path` of the metadata: what it was read from"),
    Column("url", "the address it came from, from the metadata"),
    Column("sha256", "SHA-256 of the text: the same in every row of an article"),
    Column("actor", "pseudonym of who did it"),
    Column("tool", "the program, for what it made"),
    Column("tool_version", "its version"),
    Column("pipeline", "version of the pipeline, where one pre-annotated"),
    Column("article_id", "the article's id"),
    Column("licence", "licence of the text, from the metadata"),
)

_Event = dict[str, object]


def rows(inputs: SourceInputs) -> Iterator[dict[str, Value]]:
    """Yield the events of each article, what has no time at its place in the course of things."""
    for reading in readings(inputs):
        head = reading.head
        about = {
            "file": head.file,
            "url": head.url,
            "sha256": head.sha256,
            "article_id": head.id,
            "licence": head.licence,
        }
        for event in _events(reading, inputs):
            yield checked(COLUMNS, {**about, **event})


def write(folder: Path, inputs: SourceInputs) -> None:
    """Write custody.csv."""
    write_rows(rows(inputs), COLUMNS, folder / "custody.csv")


def _events(reading: Reading, inputs: SourceInputs) -> Iterator[_Event]:
    accessed, added = reading.head.accessed, inputs.facts(reading.head.id).accessed
    if accessed:
        yield {"time_utc": in_utc(accessed), "event": "accessed"}
    if added or not accessed:
        yield {"time_utc": in_utc(added), "event": "ingested"}
    provenance = reading.record.provenance
    if provenance is not None:
        yield from _labelling(provenance)


def _labelling(provenance: Provenance) -> Iterator[_Event]:
    tool: _Event = {"tool": provenance.tool, "tool_version": provenance.version, "pipeline": provenance.pipeline}
    for one in sorted(provenance.basis, key=lambda one: (in_utc(one.created) or "", one.annotation)):
        yield {**tool, "time_utc": in_utc(one.created), "event": "annotated", "actor": one.annotator}
    if provenance.basis or provenance.policy:
        event = "adjudicated" if provenance.policy == Policy.ADJUDICATED else "settled"
    else:
        event = "annotated" if provenance.annotator else "predicted"
    yield {**tool, "time_utc": in_utc(provenance.created), "event": event, "actor": provenance.annotator}
