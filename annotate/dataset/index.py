"""The index of a release: every article with its story, its split and its licence, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotate.dataset.export import Release

INDEX, MANIFEST = "articles.jsonl", "dataset.json"  # of a release's folder


def write_index(path: Path, release: Release) -> None:
    """Write the index, in the order of the rows."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_lines(release))


def _lines(release: Release) -> Iterator[str]:
    for record in release.spool:
        placed = release.placement(record)
        if placed is None:
            continue
        meta = release.published(record).meta
        row = {
            "id": record.id,
            "sha256": record.sha256,
            "story": placed.story,
            "split": placed.split,
            "licence": meta.licence,
            "text": release.shows(record),
            "publisher": meta.publisher,
            "published": meta.published,
            "url": meta.url,
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"
