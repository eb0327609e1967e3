"""Stores as each released revision had them, with data in them."""

from __future__ import annotations

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select, text

from annotate.store import Store, guards, ledger, migrate
from annotate.store.engine import make_engine, store_url
from annotate.store.tables import Base

REVISIONS = sorted(script.revision for script in ScriptDirectory.from_config(migrate._config()).walk_revisions())


def store_of(revision: str, newest: Store, url: str) -> Store:
    """Make a store as the release with this revision made it, with all that its tables can hold of a newer one."""
    migrating = make_engine(store_url(url), foreign_keys=False)
    with newest.reading() as source, migrating.begin() as connection:
        command.upgrade(migrate._config(connection), revision)
        tables = MetaData()
        tables.reflect(connection)
        for table in Base.metadata.sorted_tables:
            if table.name in tables.tables:
                old = tables.tables[table.name]
                rows = source.execute(select(*(table.c[column.name] for column in old.columns))).mappings().all()
                if rows:
                    connection.execute(old.insert(), [dict(row) for row in rows])
        _set_counters(connection)
        guards.put_up(connection)
    migrating.dispose()
    store = Store.existing(url)
    with newest.reading() as session:
        head = session.get_one(ledger.LedgerHeadRow, 1)
        store.keep_head(ledger.Head(head.seq, head.chain))
    return store


def _set_counters(connection: Connection) -> None:
    """Let PostgreSQL go on counting after the rows that were given their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for name in inspect(connection).get_table_names():
        if "number" in {column["name"] for column in inspect(connection).get_columns(name)}:
            highest = f"(SELECT coalesce(max(number), 0) FROM {name})"
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'number'), 1 + {highest})"))
