"""The ledger: a chain of digests over everything that must never change, and its head outside the database.

SQLite can lose rows without noticing (a write-ahead log cut short or left behind by a copy passes its integrity
check). Each article and annotation row therefore gets a ledger entry whose chain value covers all entries before it,
and the last entry is also kept in a small file beside the database. The file is written after the commit and only ever
moves forward, so a database that holds less than its head says is damaged.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session, select

from annotate.store.tables import AnnotationRow, ArticleRow, LedgerHeadRow, LedgerRow

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last ledger entry: its number (0 when there is none) and its chain value."""

    seq: int = 0
    chain: str = GENESIS


def digest_of(row: ArticleRow | AnnotationRow) -> str:
    """Return the digest of everything in the row that a person gave or did, computed from the row's content."""
    if isinstance(row, ArticleRow):
        content: list[object] = [row.id, hashlib.sha256(row.text.encode()).hexdigest(), row.meta]
    else:
        content = [
            row.project_number,
            row.article_number,
            row.remote_task,
            row.identity,
            row.annotator,
            row.raw,
            row.skipped,
            row.ground_truth,
            row.lead_time,
            row.pipeline,
            row.annotated_at,
            row.gone,
            row.record,
            row.problem,
        ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def link(chain: str, kind: str, key: int, digest: str) -> str:
    """Return the chain value of an entry that follows `chain`."""
    return hashlib.sha256(f"{chain}:{kind}:{key}:{digest}".encode()).hexdigest()


def kind_of(row: ArticleRow | AnnotationRow) -> str:
    """Return the ledger's name for the row's table."""
    return type(row).__tablename__


def lock(session: Session) -> LedgerHeadRow:
    """Make other writers wait until this transaction ends, and return the head.

    Taken before looking at what is there already, it keeps two writers from adding the same thing.
    """
    return session.exec(select(LedgerHeadRow).with_for_update()).one()


def append(session: Session, rows: Iterable[ArticleRow | AnnotationRow]) -> Head:
    """Add ledger entries for rows that were just added, inside their transaction, and return the new head."""
    session.flush()
    head = lock(session)
    for row in rows:
        assert row.number is not None
        digest = digest_of(row)
        head.seq += 1
        head.chain = link(head.chain, kind_of(row), row.number, digest)
        session.add(LedgerRow(seq=head.seq, kind=kind_of(row), key=row.number, digest=digest, chain=head.chain))
    session.add(head)
    return Head(head.seq, head.chain)


def read_head(path: Path) -> Head | None:
    """Read the head kept outside the database; None when there is none, or when it is unreadable."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(content["seq"]), str(content["chain"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_head(path: Path, head: Head) -> None:
    """Move the head forward; an older head than the one on disk is not written."""
    known = read_head(path)
    if known is not None and known.seq >= head.seq:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(asdict(head), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
