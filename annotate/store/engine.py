"""The one engine factory: how connections to SQLite and PostgreSQL are set up.

Both databases behave alike: one writer at a time, so that what a transaction read is still true when it writes, and
readers that see one state of the store. On SQLite pysqlite's own transaction handling, which lets two read-then-write
transactions lose each other's updates, is switched off: writers begin with BEGIN IMMEDIATE, readers with a plain
BEGIN. On PostgreSQL writers take an advisory lock, and readers a snapshot.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from annotate.errors import DamageError, StoreError
from annotate.store.place import on_network

BUSY_TIMEOUT_MS = 30_000
CONNECT_TIMEOUT_S = 10
READER = "annotate_reader"
RESTORE = "put back the latest backup together with its .head file"

# The one driver that is tested for each database.
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_DAMAGE = ("malformed", "not a database", "decode to UTF-8", "no such table", "no such column")
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtext('source-annotator'))"


def store_url(where: str) -> URL:
    """Read a store's address: the SQLAlchemy URL of an SQLite or PostgreSQL database, or the path of an SQLite file.

    Raises: StoreError when it is neither.
    """
    if not re.match(r"\w+(\+\w+)?:/", where):
        return URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = make_url(where)
        return url.set(drivername=_DRIVERS[url.drivername.partition("+")[0]])
    except (ArgumentError, KeyError, ValueError):
        raise StoreError(
            "not a store address",
            where=_without_password(where),
            mend="give the path of an SQLite file, or the URL of a PostgreSQL database: postgresql://user@host/name",
        ) from None


def shown(url: URL) -> str:
    """Return the address as it may be printed: a password may stand before the host or among the parameters."""
    harmless = {name: value for name, value in url.query.items() if "password" not in name}
    return url.set(query=harmless).render_as_string(hide_password=True)


def _without_password(where: str) -> str:
    scheme, _, rest = where.partition(":")
    address = rest.rpartition("@")[2].partition("?")[0].lstrip("/")
    return f"{scheme}://…@{address}" if "@" in rest else f"{scheme}://{address}"


def journal_mode(version: tuple[int, int, int] = sqlite3.sqlite_version_info, *, network: bool = False) -> str:
    """Choose the journal: WAL only where SQLite's corruption bug with two WAL connections is fixed.

    Fixed in 3.51.3, and in the backports 3.44.6 and 3.50.7. network: the file lies on a network file system, where
    WAL's shared memory does not work.
    """
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if fixed and not network else "TRUNCATE"


def make_engine(url: URL, *, foreign_keys: bool = True) -> Engine:
    """Build the engine for a store.

    foreign_keys: off only while migrating, where rebuilding a table would otherwise delete its children.
    Raises: StoreError when the database driver is not installed.
    """
    sqlite = url.get_backend_name() == "sqlite"
    connect_args: dict[str, Any] = (
        {"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000}
        if sqlite
        else {"connect_timeout": CONNECT_TIMEOUT_S}
    )
    try:
        # Parameters hold article texts: they reach neither errors nor logs.
        engine = sqlalchemy.create_engine(
            url, connect_args=connect_args, hide_parameters=True, pool_pre_ping=not sqlite
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"the driver {error.name} is not installed",
            where=shown(url),
            mend="pip install 'source-annotator[postgresql]'",
        ) from None
    if sqlite:
        _set_up_sqlite(engine, foreign_keys=foreign_keys)
    else:
        _set_up_postgresql(engine)
    return engine


def _set_up_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            f"journal_mode={journal_mode(network=on_network(Path(engine.url.database or '.')))}",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            # Without it INSERT OR REPLACE deletes the old row past the triggers that guard it.
            "recursive_triggers=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _reads(connection) else "BEGIN IMMEDIATE")


def _set_up_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if _reads(connection):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
            connection.exec_driver_sql(_TAKE_TURNS)


def _reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(READER, False))


@contextmanager
def plainly(url: URL) -> Iterator[None]:
    """Turn the database's errors into one clear line.

    Raises: DamageError when the file is no longer a sound database, StoreError for everything else.
    """
    try:
        yield
    except UnicodeDecodeError:
        # Even the message about a damaged schema can be damaged.
        raise DamageError("the database is damaged: its schema is no text", where=shown(url), mend=RESTORE) from None
    except (DBAPIError, sqlite3.Error) as error:
        what = reason_of(error)
        if any(sign in what for sign in _DAMAGE):
            raise DamageError(f"the database is damaged: {what}", where=shown(url), mend=RESTORE) from None
        busy = "locked" in what or "lock timeout" in what
        mend = "another process holds the store: wait for it, then repeat" if busy else None
        raise StoreError(f"the database refuses: {what}", where=shown(url), mend=mend) from None


def reason_of(error: Exception) -> str:
    """Return the database's own words, without SQL, parameters and content (they hold article texts)."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    # PostgreSQL adds the offending values after DETAIL, pysqlite after "with text".
    return " ".join(re.split(r"\nDETAIL:| with text ", str(cause))[0].split())
