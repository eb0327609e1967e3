"""The version of a release: a hash of what was annotated, the same with and without texts and in any order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from annotate.dataset.rights import standoff
from annotate.record import Record


def row_digest(record: Record, split: str | None) -> bytes:
    """Return the SHA-256 of a row without its text and words, and of the split it stands in."""
    row = standoff(record).to_json() + (f"\n{split}" if split else "")
    return hashlib.sha256(row.encode()).digest()


def version_of(digests: Iterable[bytes]) -> str:
    """Return the version of the rows with these digests, as a hex SHA-256."""
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()
