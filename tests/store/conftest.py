"""A store on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from annotate.store import Store
from tests.releases import release


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Return an empty store, on each database in turn."""
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """Return an empty store on SQLite."""
    with Store.open(str(tmp_path / "store.db")) as opened:
        yield opened


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that adds a second migration, as the next release would bring it."""
    return partial(release, tmp_path, monkeypatch)
