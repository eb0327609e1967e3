"""A dataset's version: a hash over its rows and their splits, the same with or without the texts."""

from __future__ import annotations

import hashlib

from annotate.dataset.rights import standoff
from annotate.record import Record


class VersionHash:
    """Gathers rows, in whatever order; 32 bytes a row are kept."""

    def __init__(self) -> None:
        self._digests: list[bytes] = []

    def add(self, record: Record, split: str | None) -> None:
        """Add a row that stands in this split."""
        row = standoff(record).to_json() + (f"\n{split}" if split else "")
        self._digests.append(hashlib.sha256(row.encode()).digest())

    def __str__(self) -> str:
        """Return the version, in hex."""
        return hashlib.sha256(b"".join(sorted(self._digests))).hexdigest()
