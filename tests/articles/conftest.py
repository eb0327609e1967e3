"""Reading a file of given bytes, the way a user would."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.articles import Limits, Rejected, read_paths
from annotate.record import Article

Outcome = tuple[list[Article], list[Rejected]]
Read = Callable[..., Outcome]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that writes a file, reads it, and sorts what comes out into articles and rejections."""

    def read(name: str, content: bytes, limits: Limits | None = None) -> Outcome:
        file = tmp_path / name
        file.write_bytes(content)
        return sort_out(file, limits)

    return read


def sort_out(file: Path, limits: Limits | None = None) -> Outcome:
    """Read one file and sort what comes out into articles and rejections."""
    items = list(read_paths([file], stdin=io.BytesIO(), limits=limits))
    return (
        [item for item in items if isinstance(item, Article)],
        [item for item in items if isinstance(item, Rejected)],
    )
