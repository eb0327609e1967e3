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

revision = "{revision}"
down_revision = "{latest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


LATEST = migrate.latest_revision()
NEXT = f"{int(LATEST) + 1:04}"


def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Add one more migration with this body, as the next release would bring it."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    migration = MIGRATION.format(revision=NEXT, latest=LATEST, body=body)
    (folder / "versions" / f"{NEXT}_next.py").write_text(migration)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
