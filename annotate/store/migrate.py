"""Bringing a store to this release's tables, without losing a row.

A batch migration with foreign keys switched on deletes the children of a rebuilt table and still reports success. So
an upgrade takes a verified backup, switches foreign keys off before it begins, works in one transaction, and compares
the rows of every table before and after; any difference rolls everything back.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from annotate.errors import StoreError
from annotate.store.engine import READER, make_engine
from annotate.store.tables import Base, LedgerHeadRow

VERSION_TABLE = "alembic_version"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def latest_revision() -> str:
    """Return the revision of this release's tables."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def revision_of(engine: Engine) -> str | None:
    """Return the store's revision; None when it has no tables yet."""
    with engine.execution_options(**{READER: True}).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def bring_up(engine: Engine) -> None:
    """Make the tables of an empty store; refuse one that another release made.

    Raises: StoreError that says whether to upgrade the store or the program.
    """
    revision = revision_of(engine)
    latest = latest_revision()
    if revision == latest:
        return
    where = engine.url.render_as_string(hide_password=True)
    if revision is None:
        _create(engine, where)
    elif revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}:
        raise StoreError("the store was made by an older release", where=where, mend="run: annotate db upgrade")
    else:
        raise StoreError("the store was made by a newer release", where=where, mend="upgrade source-annotator")


def _create(engine: Engine, where: str) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two users may open a new shared store at the same moment.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('source-annotator:create'))"))
        tables = set(inspect(connection).get_table_names())
        if MigrationContext.configure(connection).get_current_revision() is not None:
            return
        if tables & set(Base.metadata.tables):
            raise StoreError("the database holds other tables of the same names", where=where, mend="choose another")
        command.upgrade(_config(connection), "head")
        connection.execute(LedgerHeadRow.__table__.insert().values(id=1, seq=0, chain="0" * 64))  # type: ignore[attr-defined]


def upgrade(engine: Engine, target: str = "head") -> tuple[str | None, str | None]:
    """Migrate the store to this release in one transaction, and return the revisions before and after.

    The caller takes the backup. Raises: StoreError when a row would be lost or a reference broken; the store is then
    as it was.
    """
    where = engine.url.render_as_string(hide_password=True)
    migrating = make_engine(engine.url, foreign_keys=False)
    try:
        with migrating.begin() as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            rows_before = _row_counts(connection)
            command.upgrade(_config(connection), target)
            rows_after = _row_counts(connection)
            lost = {
                name: (count, rows_after[name])
                for name, count in rows_before.items()
                if name in rows_after and rows_after[name] != count
            }
            if lost:
                raise StoreError(f"the migration would change row counts {lost}", where=where, mend="report this")
            _check(connection, where)
            after = MigrationContext.configure(connection).get_current_revision()
    finally:
        migrating.dispose()
    return before, after


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
