"""Bringing a store to this release's tables, without losing a row.

A batch migration with foreign keys switched on deletes the children of a rebuilt table and still reports success. So
an upgrade takes a verified backup, switches foreign keys off before it begins, works in one transaction, and compares
the rows of every table before and after; any difference rolls everything back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from annotate.errors import StoreError
from annotate.store import guards
from annotate.store.engine import READER, make_engine, plainly, shown
from annotate.store.ledger import GENESIS
from annotate.store.tables import Base, LedgerHeadRow

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def latest_revision() -> str:
    """Return the revision of this release's tables."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def revision_of(engine: Engine) -> str | None:
    """Return the store's revision; None when it has no tables yet."""
    with plainly(engine.url), engine.execution_options(**{READER: True}).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_latest(engine: Engine, revision: str | None) -> bool:
    """Tell whether a store of this revision needs no upgrade.

    Raises: StoreError when the revision is one that this release does not know.
    """
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"the store was made by a newer release (revision {revision})",
            where=shown(engine.url),
            mend="upgrade source-annotator",
        )
    return revision == latest_revision()


def bring_up(engine: Engine) -> None:
    """Make the tables of an empty store; refuse one that another release made.

    Raises: StoreError that says whether to upgrade the store or the program.
    """
    revision = revision_of(engine)
    if revision is None:
        _create(engine)
    elif not is_latest(engine, revision):
        raise StoreError(
            f"the store was made by an older release (revision {revision})",
            where=shown(engine.url),
            mend="run: annotate db upgrade",
        )


def _create(engine: Engine) -> None:
    with engine.begin() as connection:
        # Another process may have made the tables while this one waited for its turn.
        if MigrationContext.configure(connection).get_current_revision() is not None:
            return
        if set(inspect(connection).get_table_names()) & set(Base.metadata.tables):
            raise StoreError(
                "the database holds other tables of the same names", where=shown(engine.url), mend="choose another"
            )
        _refuse_narrow_encoding(connection)
        command.upgrade(_config(connection), "head")
        connection.execute(LedgerHeadRow.__table__.insert().values(id=1, seq=0, chain=GENESIS))  # type: ignore[attr-defined]
        guards.put_up(connection)


def _refuse_narrow_encoding(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"the database's encoding {encoding} cannot hold every character",
            where=shown(connection.engine.url),
            mend="make it with: createdb --encoding=UTF8 --template=template0",
        )


def upgrade(engine: Engine, target: str = "head") -> None:
    """Migrate the store to this release in one transaction.

    The caller takes the backup. Raises: StoreError when the migration fails, a row would be lost or a reference
    broken; the store is then as it was.
    """
    migrating = make_engine(engine.url, foreign_keys=False)
    try:
        with plainly(engine.url), migrating.begin() as connection:
            rows_before = _row_counts(connection)
            guards.take_down(connection)
            command.upgrade(_config(connection), target)
            _compare(rows_before, _row_counts(connection), shown(engine.url))
            _check(connection, shown(engine.url))
            guards.put_up(connection)
    except CommandError as error:
        raise StoreError(f"the migration failed: {error}", where=shown(engine.url), mend="report this") from None
    finally:
        migrating.dispose()


def _compare(before: Mapping[str, int], after: Mapping[str, int], where: str) -> None:
    """Refuse to lose a row: a table that is gone has lost all of its own."""
    changed = [
        f"{name} {count} → {after.get(name, 0)}" for name, count in before.items() if after.get(name, 0) != count
    ]
    if changed:
        raise StoreError(
            f"the migration would change the number of rows ({', '.join(changed)})",
            where=where,
            mend="report this; the store is unchanged",
        )


def _row_counts(connection: Connection) -> dict[str, int]:
    names = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one()  # noqa: S608
        for name in sorted(names)
    }


def _check(connection: Connection, where: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    answer = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    if broken or answer != "ok":
        raise StoreError(
            f"the migrated store would be broken ({len(broken)} dangling references; {answer})",
            where=where,
            mend="report this; the store is unchanged",
        )
