"""The ledger: a chain of digests over everything that must never change, and its head outside the database.

SQLite can lose rows without noticing (a write-ahead log cut short or left behind by a copy passes its integrity
check). Each article, annotation and assignment row therefore gets a ledger entry whose chain value covers all entries
before it, and the last entry is also kept in a small file beside the database. The file is written after the commit
and only ever moves forward, so a database that holds less than its head says is damaged; such a store takes no further
rows.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlmodel import Session, select

from annotate import settings
from annotate.errors import DamageError
from annotate.flushing import flush_file, flush_folder
from annotate.store.engine import READER, RESTORE, shown
from annotate.store.tables import AnnotationRow, ArticleRow, AssignmentRow, LedgerHeadRow, LedgerRow

GENESIS = "0" * 64

# What a row's digest covers, in this order: everything that a person gave or did, how it was read, and in which split
# it was released. Entries of every age are checked against this list, so it may never change for a table that exists.
COVERED: Mapping[str, tuple[str, ...]] = {
    "article": ("id", "text", "meta"),
    "annotation": (
        "project_number",
        "article_number",
        "remote_task",
        "identity",
        "annotator",
        "raw",
        "skipped",
        "ground_truth",
        "lead_time",
        "pipeline",
        "annotated_at",
        "gone",
        "record",
        "problem",
    ),
    "assignment": ("sha256", "article_id", "split", "story", "method", "detail"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """The last ledger entry: its number (0 when there is none) and its chain value."""

    seq: int = 0
    chain: str = GENESIS


def digest_of(kind: str, row: object) -> str:
    """Return the digest of a row of the table `kind`, computed from the row's content."""
    content = [_plain(getattr(row, name)) for name in COVERED[kind]]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, default=repr).encode()).hexdigest()


def _plain(value: object) -> object:
    """Return numbers as floats: 5 and 5.0, or True and 1, are one value, given to a database and read from it."""
    return float(value) if isinstance(value, int | float) else value


def link(chain: str, kind: str, key: int, digest: str) -> str:
    """Return the chain value of an entry that follows `chain`."""
    return hashlib.sha256(f"{chain}:{kind}:{key}:{digest}".encode()).hexdigest()


def lock(session: Session) -> LedgerHeadRow:
    """Make other writers wait until this transaction ends, and return the head.

    Taken before looking at what is there already, it keeps two writers from adding the same thing.
    """
    return session.exec(select(LedgerHeadRow).with_for_update()).one()


def append(session: Session, rows: Iterable[ArticleRow | AnnotationRow | AssignmentRow]) -> Head:
    """Add ledger entries for rows that were just added, inside their transaction, and return the new head.

    Raises: DamageError when the store does not hold what its head outside the database says.
    """
    session.flush()
    head = lock(session)
    _refuse_when_behind(session, head)
    for row in rows:
        assert row.number is not None
        kind = type(row).__tablename__
        digest = digest_of(kind, row)
        head.seq += 1
        head.chain = link(head.chain, kind, row.number, digest)
        session.add(LedgerRow(seq=head.seq, kind=kind, key=row.number, digest=digest, chain=head.chain))
    session.add(head)
    return Head(head.seq, head.chain)


def _refuse_when_behind(session: Session, head: LedgerHeadRow) -> None:
    # Growing past the head would cover up that rows are missing.
    url = session.get_bind().engine.url
    path = head_path(url)
    outside = read_head(path) if path else None
    if path is None or outside is None or outside == Head():
        return
    chain = session.exec(select(LedgerRow.chain).where(LedgerRow.seq == outside.seq)).first()
    if head.seq < outside.seq or chain != outside.chain:
        raise DamageError(
            f"rows are missing: the store does not hold the {outside.seq} entries that {path} speaks of",
            where=shown(url),
            mend=f"run: annotate db verify; then {RESTORE}, or, if you began anew on purpose, remove that file",
        )


def head_path(url: URL) -> Path | None:
    """Return the file that keeps the head outside the database (None for a store in memory).

    Beside an SQLite file; for a database server, in the user's own data folder.
    """
    if url.get_backend_name() == "sqlite":
        return Path(f"{url.database}.head") if url.database not in (None, "", ":memory:") else None
    name = hashlib.sha256(shown(url).encode()).hexdigest()[:16]
    return settings.data_folder() / "heads" / f"{name}.head"


def read_head(path: Path) -> Head | None:
    """Read the head kept outside the database; None when there is none.

    Raises: DamageError when the file is there but holds no head.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(content["seq"]), str(content["chain"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise DamageError(
            "the ledger's head cannot be read",
            where=str(path),
            mend="put it back from the latest backup, then run: annotate db verify",
        ) from None


def begin_head(engine: Engine) -> None:
    """Write the head of a store on this machine that holds nothing yet.

    Only then can it be told from one that was lost, should the process that adds the first rows be killed.
    """
    path = head_path(engine.url)
    if path is None or path.exists() or engine.url.get_backend_name() != "sqlite":
        return
    with Session(engine.execution_options(**{READER: True})) as session:
        seq = session.exec(select(LedgerHeadRow.seq)).first()
    if seq == 0:
        write_head(path, Head())


def write_head(path: Path, head: Head) -> None:
    """Move the head forward; an older head than the one on disk is not written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        known = read_head(path)
        if known is None or known.seq < head.seq:
            replace_head(path, head)


def replace_head(path: Path, head: Head) -> None:
    """Write the head whatever was there before: for a copy of the store."""
    remove_drafts(path)
    temporary = draft_of(path)
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(head), file)
            file.flush()
            flush_file(file.fileno(), temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def draft_of(path: Path) -> Path:
    """Return where this process makes a file before it gets its name."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def remove_drafts(path: Path) -> None:
    """Remove what processes that were killed had begun to make for a file; those that still run are left alone."""
    start = f".{path.name}."
    for left in path.parent.glob(f"{start}*.part*"):
        number = left.name.removeprefix(start).partition(".part")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            left.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep two writers from comparing with the same old head, after which the lower one might be written last."""
    with path.with_name(f".{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
