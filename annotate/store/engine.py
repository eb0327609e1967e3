"""The one engine factory: how connections to SQLite and PostgreSQL are set up.

pysqlite's own transaction handling lets two read-then-write transactions lose each other's updates, so it is switched
off: writers begin with BEGIN IMMEDIATE, readers with a plain BEGIN.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from annotate.errors import StoreError

BUSY_TIMEOUT_MS = 30_000
READER = "annotate_reader"


def store_url(where: str) -> URL:
    """Read a store's address: an SQLAlchemy URL, or the path of an SQLite file.

    Raises: StoreError when it is neither.
    """
    if "://" not in where:
        return URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = make_url(where)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise StoreError(
            "not a store address", where=_without_password(where), mend="give a path or an SQLAlchemy URL"
        ) from None
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return url


def _without_password(where: str) -> str:
    scheme, _, rest = where.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if "@" in rest else where


def journal_mode(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """Choose the journal: WAL only where SQLite's corruption bug with two WAL connections is fixed.

    Fixed in 3.51.3, and in the backports 3.44.6 and 3.50.7.
    """
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if fixed else "TRUNCATE"


def make_engine(url: URL, *, foreign_keys: bool = True) -> Engine:
    """Build the engine for a store.

    foreign_keys: off only while migrating, where rebuilding a table would otherwise delete its children.
    Raises: StoreError when the database driver is not installed.
    """
    connect_args: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        connect_args = {"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000}
    try:
        engine = sqlalchemy.create_engine(url, connect_args=connect_args)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"the driver {error.name} is not installed",
            where=url.render_as_string(hide_password=True),
            mend="pip install 'source-annotator[postgresql]'",
        ) from None
    if url.get_backend_name() == "sqlite":
        _set_up_sqlite(engine, foreign_keys=foreign_keys)
    return engine


def _set_up_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"journal_mode={journal_mode()}",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READER, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
