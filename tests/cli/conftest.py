"""What the tests of the commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.releases import release


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that adds a second migration, as the next release would bring it."""
    return partial(release, tmp_path, monkeypatch)
