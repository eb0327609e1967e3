"""Checking a store against its own digests: what SQLite's integrity check cannot see.

A database from which rows have vanished, or in which another program changed a text, is still a sound database. Every
row is therefore compared with its ledger entry, the entries with their chain, and the chain with the head kept outside
the database. Reading goes page by page: memory stays flat, and writers wait for no more than one page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Row, Select, func, inspect, select

from annotate.derive import sha256_of
from annotate.errors import DamageError, RecordError
from annotate.record import parse_record
from annotate.store import guards, ledger
from annotate.store.engine import RESTORE
from annotate.store.ledger import Head
from annotate.store.migrate import latest_revision
from annotate.store.store import PAGE, Store
from annotate.store.tables import Base

# Columns are read by name, not rows as objects: a store of an older release can be checked too.
_TABLES = Base.metadata.tables
_ARTICLE, _PREDICTION, _LEDGER, _HEAD = (_TABLES[name] for name in ("article", "prediction", "ledger", "ledger_head"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what, where (a table and number, or a file), and how to mend it."""

    what: str
    where: str
    mend: str = RESTORE

    def __str__(self) -> str:
        return f"{self.where}: {self.what} ({self.mend})"


def verify_at(where: str | None = None) -> list[Finding]:
    """Open the store at an address, check it, and return what is wrong.

    Damage that keeps it from being opened is a finding too. Raises: StoreError when there is no store.
    """
    try:
        with Store.existing(where) as store:
            return list(verify(store))
    except DamageError as error:
        return [Finding(error.what, str(error.where), error.mend or RESTORE)]


def verify(store: Store) -> Iterator[Finding]:
    """Check everything that can be checked, and yield what is wrong: nothing for a healthy store.

    Raises: StoreError when the store cannot be read for another reason, such as a lock.
    """
    try:
        outside = ledger.read_head(store.head_path) if store.head_path else None
    except DamageError as error:
        outside = None
        yield Finding(error.what, error.where or store.shown_url, error.mend or RESTORE)
    else:
        yield from _head_file_missing(store, outside)
    yield from verify_against(store, outside)


def verify_against(store: Store, outside: Head | None) -> Iterator[Finding]:
    """Check the store against a head that the caller knows, instead of the one beside the store."""
    for check in (
        _database(store),
        _tables(store),
        _guards(store),
        _chain(store, outside),
        _rows(store),
        _predictions(store),
    ):
        try:
            yield from check
        except DamageError as error:
            yield Finding(error.what, store.shown_url)


def _head_file_missing(store: Store, outside: Head | None) -> Iterator[Finding]:
    # On a database server each machine keeps a head of its own, from its first write on.
    if store.file is None or outside is not None:
        return
    with store.reading() as session:
        entries = session.execute(select(func.count()).select_from(_LEDGER)).scalar_one()
    if entries:
        yield Finding(
            "the ledger's head is missing, without which rows cut from the end go unnoticed",
            str(store.head_path),
            "put it back from the latest backup, or let the next annotate ingest make it anew",
        )


def _database(store: Store) -> Iterator[Finding]:
    if store.url.get_backend_name() != "sqlite":
        return
    with store.reading() as session:
        connection = session.connection()
        for answer in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
            if answer != "ok":
                yield Finding(f"the database is damaged: {answer}", store.shown_url)
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield Finding(f"refers to a row of {parent} that is not there", f"{table} {row}")


def _tables(store: Store) -> Iterator[Finding]:
    """Compare the tables with this release's: damage can hit a name or a constraint, and no row."""
    with store.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        latest = context.get_current_revision() == latest_revision()
        differences = compare_metadata(context, Base.metadata) if latest else []
    if differences:
        yield Finding(f"the tables differ from this release's in {len(differences)} points", store.shown_url)


def _guards(store: Store) -> Iterator[Finding]:
    with store.reading() as session:
        unguarded = guards.missing(session.connection())
    for table in unguarded:
        yield Finding("rows can be changed: the table's triggers are missing", table, "run: annotate db upgrade")


def _chain(store: Store, outside: Head | None) -> Iterator[Finding]:
    """Walk the ledger from its first entry."""
    last = Head()
    for row in _paged(store, select(_LEDGER), _LEDGER.c.seq):
        if isinstance(row, Finding):
            yield row
            continue
        where = f"ledger {row.seq}"
        if row.seq != last.seq + 1:
            yield Finding(f"entries {last.seq + 1} to {row.seq - 1} are missing", "ledger")
        elif row.chain != ledger.link(last.chain, row.kind, row.key, row.digest):
            yield Finding("does not follow from the entry before it", where)
        if row.kind not in ledger.COVERED:
            yield Finding(f"speaks of the unknown table {row.kind}", where)
        if outside and row.seq == outside.seq and row.chain != outside.chain:
            yield Finding(f"is not the entry that {store.head_path} speaks of", where)
        last = Head(row.seq, row.chain)
    if outside and outside.seq > last.seq:
        yield Finding(
            f"the last {outside.seq - last.seq} of {outside.seq} entries are missing: an older copy, or a write-ahead"
            " log that was cut or left behind",
            "ledger",
        )
    yield from _end(store)


def _end(store: Store) -> Iterator[Finding]:
    last = select(_LEDGER.c.seq, _LEDGER.c.chain).order_by(_LEDGER.c.seq.desc()).limit(1)
    with store.reading() as session:
        heads = [Head(*row) for row in session.execute(select(_HEAD.c.seq, _HEAD.c.chain))]
        ends = [Head(*row) for row in session.execute(last)] or [Head()]
    if heads != ends:
        yield Finding("is not the ledger's last entry", "ledger_head")


def _rows(store: Store) -> Iterator[Finding]:
    """Compare each row with its ledger entry, in both directions."""
    with store.reading() as session:
        present = set(inspect(session.connection()).get_table_names())
    for kind, covered in ledger.COVERED.items():
        if kind not in present:  # a store of an older release; of this one's, `_tables` misses it
            continue
        table = _TABLES[kind]
        number = table.c.number
        of_row = (_LEDGER.c.kind == kind) & (_LEDGER.c.key == number)
        columns = [table.c[name] for name in ("number", *covered)] + ([table.c.sha256] if kind == "article" else [])
        rows = select(_LEDGER.c.digest.label("entry"), *columns).select_from(table.outerjoin(_LEDGER, of_row))
        for row in _paged(store, rows, number):
            yield from [row] if isinstance(row, Finding) else _row(kind, row)
        orphans = select(_LEDGER.c.seq, _LEDGER.c.key).select_from(_LEDGER.outerjoin(table, of_row))
        for row in _paged(store, orphans.where(_LEDGER.c.kind == kind, number.is_(None)), _LEDGER.c.seq):
            yield row if isinstance(row, Finding) else Finding("the row is missing", f"{kind} {row.key}")


def _row(kind: str, row: Row[Any]) -> Iterator[Finding]:
    where = f"{kind} {row.number}"
    if row.entry is None:
        yield Finding("has no ledger entry: another program wrote it", where)
    elif row.entry != ledger.digest_of(kind, row):
        yield Finding("was changed after it had been written", where)
    elif kind == "article" and sha256_of(row.text) != row.sha256:
        yield Finding("its SHA-256 is not that of its text", where)


def _predictions(store: Store) -> Iterator[Finding]:
    """Read each prediction as a Record of its article's text: JSON, offsets and references."""
    of_article = _PREDICTION.outerjoin(_ARTICLE, _ARTICLE.c.number == _PREDICTION.c.article_number)
    query = select(_PREDICTION.c.number, _PREDICTION.c.record, _ARTICLE.c.sha256).select_from(of_article)
    for row in _paged(store, query, _PREDICTION.c.number):
        if isinstance(row, Finding):
            yield row
            continue
        where = f"prediction {row.number}"
        try:
            record = parse_record(row.record)
        except RecordError as error:
            yield Finding(f"is not a Record: {error.what}", where)
        else:
            if record.sha256 != row.sha256:
                yield Finding("is of another text than its article's", where)


def _paged(store: Store, query: Select[Any], key: Column[int]) -> Iterator[Row[Any] | Finding]:
    """Yield the query's rows in the order of `key`; of a page that cannot be read, those rows that can be."""
    last: int | None = None
    while True:
        beyond = query if last is None else query.where(key > last)
        page = beyond.order_by(key).limit(PAGE)
        try:
            rows: list[Row[Any] | Finding] = list(_fetch(store, page))
            keys = [row._mapping[key] for row in rows if not isinstance(row, Finding)]
        except DamageError:
            keys = [row[0] for row in _fetch(store, page.with_only_columns(key))]
            rows = [_one(store, query.where(key == number), f"{key.table} {number}") for number in keys]
        if not rows:
            return
        if sorted(keys) != keys or (last is not None and keys[0] <= last):
            # A broken tree could lead round in circles.
            yield Finding("the database is damaged: rows are out of order", str(key.table))
            return
        yield from rows
        last = keys[-1]


def _one(store: Store, query: Select[Any], where: str) -> Row[Any] | Finding:
    try:
        return _fetch(store, query)[0]
    except DamageError as error:
        return Finding(error.what, where)


def _fetch(store: Store, query: Select[Any]) -> list[Row[Any]]:
    with store.reading() as session:
        return list(session.execute(query).all())
