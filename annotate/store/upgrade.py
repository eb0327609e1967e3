"""Upgrading a store of an older release: verified backup, migration, verification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotate.errors import StoreError
from annotate.store import guards, migrate
from annotate.store.backup import backup
from annotate.store.store import Store
from annotate.store.verify import Finding, verify


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: the revisions before and after, where the backup is (None when none was needed or the
    user took it), and what the check of the upgraded store found.
    """

    before: str
    after: str
    backup: Path | None
    findings: tuple[Finding, ...]


def upgrade(store: Store, *, backed_up: bool = False, saved: Callable[[Path], object] = lambda _: None) -> Upgrade:
    """Bring a store to this release's tables.

    backed_up: the user took a backup already; a must on a database server, which has tools of its own for it.
    saved: called with the backup's path as soon as it is there. Raises: StoreError when the store cannot be backed up
    or migrated; it is then as it was.
    """
    before = migrate.revision_of(store.engine)
    assert before is not None, "Store.existing has looked"
    path = None
    if migrate.is_latest(store.engine, before):
        with store.writing() as session:
            guards.put_up(session.connection())
    else:
        if not backed_up:
            path = _backed_up(store)
            saved(path)
        migrate.upgrade(store.engine)
    return Upgrade(before, migrate.latest_revision(), path, tuple(verify(store)))


def _backed_up(store: Store) -> Path:
    if store.file is None:
        raise StoreError(
            "no backup can be taken from here before the upgrade",
            where=store.shown_url,
            mend="run pg_dump, then: annotate db upgrade --backed-up",
        )
    return backup(store)
