"""An empty shelf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.store import Store
from tests.review.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Store.open(str(tmp_path / "store.db")) as store:
        yield Shelf(store)
