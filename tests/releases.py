"""The next release, as the store's tests imagine it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotate.store import migrate

MIGRATION = '''
"""The next migration."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Add a second migration with this body, as the next release would bring it."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    (folder / "versions" / "0002_next.py").write_text(MIGRATION.format(body=body))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
