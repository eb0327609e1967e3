"""Triggers that keep the append-only tables append-only, whoever writes to the database.

They are no part of a migration: rebuilding a table drops its triggers, so they are taken down before every migration
and put up after it, in its transaction.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, inspect

APPEND_ONLY = ("article", "annotation", "assignment", "ledger")
_FUNCTION = "annotate_only_grows"


def put_up(connection: Connection) -> None:
    """Make the database refuse to change or delete a row of the append-only tables."""
    take_down(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' only grows'; END $$"
        )
    for statement in _triggers(connection).values():
        connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Remove the guards: only for a migration, which puts them up again."""
    for table, name in _triggers(connection):
        on_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def missing(connection: Connection) -> list[str]:
    """Return the append-only tables that the database would let anyone change."""
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    present = set(connection.exec_driver_sql(query).scalars())
    absent = {table for table, name in _triggers(connection) if name not in present}
    return [table for table in APPEND_ONLY if table in absent]


def _triggers(connection: Connection) -> Mapping[tuple[str, str], str]:
    """Return the statement that makes each trigger, by (table, trigger), for the tables that are there."""
    present = set(inspect(connection).get_table_names())
    tables = [table for table in APPEND_ONLY if table in present]
    if connection.dialect.name == "postgresql":
        return {
            (table, f"{table}_only_grows"): f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            for table in tables
        }
    return {
        (table, f"{table}_no_{action}"): f"CREATE TRIGGER {table}_no_{action} BEFORE {action.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table in tables
        for action in ("update", "delete")
    }
