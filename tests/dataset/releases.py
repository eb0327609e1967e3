"""Releases for tests: made-up articles of several outlets and licences, undivided or in splits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from annotate.dataset.describing.card import Account
from annotate.dataset.describing.changelog import Changelog
from annotate.dataset.describing.companions import describing
from annotate.dataset.export import Choices, ExportSummary
from annotate.dataset.export import export as write
from annotate.dataset.rights import Texts
from annotate.dataset.splitting import SPLITS, Placement, Plan
from annotate.dataset.spool import Spool
from annotate.record import Meta, Provenance, Record, Region, Unlinked
from annotate.scheme import Label
from tests.records import TEXT, sample_record

FREE, CLOSED = "CC BY 4.0", "all rights reserved"


def article(number: int, licence: str | None = FREE, **meta: str) -> Record:
    """Return the number-th article: its text is its own."""
    record = sample_record(f"{TEXT}\n\nNumber {number}.")
    return record.model_copy(
        update={
            "id": f"article-{number:03}",
            "meta": Meta(
                title=f"Bridge {number}",
                publisher="Sample Post",
                licence=licence,
                published=f"2026-01-{number:02}",
                **meta,
            ),
            "unlinked": Unlinked(
                regions=(Region(id="u1", label=Label.CUE, span=(0, 3), attributes={"cue_class": "deny"}),)
            ),
            "provenance": Provenance(
                version="1",
                pipeline="rules-1",
                model="network-2" if number % 2 else None,
                annotator=f"annotator-{1 + number % 2}",
                created=datetime(2026, 2, number, 12, tzinfo=UTC),
            ),
        }
    )


def articles(count: int = 6) -> list[Record]:
    """Return articles of which every third may not show its text."""
    return [article(number, CLOSED if number % 3 == 0 else FREE) for number in range(1, count + 1)]


def in_turn(spool: Spool) -> Plan:
    """Place articles into train, dev and test by turns."""
    placed = {record.id: Placement(f"story-{number}", SPLITS[number % 3]) for number, record in enumerate(spool)}
    return Plan("stories", placed)


def released(
    folder: Path,
    records: Sequence[Record],
    *,
    split: bool = False,
    texts: Texts = Texts.LICENSED,
    formats: Sequence[str] = ("jsonl", "parquet"),
    account: Account | None = None,
    since: Path | None = None,
) -> ExportSummary:
    """Write a release with all that describes it."""
    licence = account.licence if account else None
    choices = Choices(formats, texts, *([in_turn] if split else []), licence=licence)
    return write(records, folder, choices, describing(account or Account(), Changelog(since) if since else None))
