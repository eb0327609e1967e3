"""Copies of a store that have been checked: made, verified, and only then given their name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from annotate.errors import DamageError, StoreError
from annotate.flushing import flush_file, flush_folder
from annotate.store import ledger
from annotate.store.engine import plainly
from annotate.store.store import Store
from annotate.store.tables import LedgerHeadRow
from annotate.store.verify import verify_against


def backup(store: Store, target: Path | None = None, *, overwrite: bool = False) -> Path:
    """Copy an SQLite store, with its ledger's head beside it, while others may go on writing; return the copy's path.

    target: a file, or a folder for a name that tells the time; None: the folder `backups` beside the store.
    The copy is complete or not there at all: it is made under another name, verified against the head of the store
    itself, and brought to disk before it gets its name. Raises: StoreError when the target exists and `overwrite` is
    not set, or when the database server has tools of its own; DamageError when the store is damaged.
    """
    file = _file(store)
    if target is None or target.is_dir():
        folder = target or file.parent / "backups"
        target = folder / f"{file.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}{file.suffix}"
    if target.exists() and (not overwrite or target.samefile(file)):
        raise StoreError("the backup's name is taken", where=str(target), mend="choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Read before the copy is made: the copy may hold more than this, never less.
    outside = ledger.read_head(store.head_path) if store.head_path else None
    with _draft(target) as draft:
        _copy(store, draft)
        head = _verified_head(draft, outside, store.shown_url)
        with draft.open("rb+") as copied:
            flush_file(copied.fileno(), draft)
        _give_name(draft, target, head)
    return target


def _give_name(draft: Path, target: Path, head: ledger.Head) -> None:
    """Put the copy and its head in place; whoever is killed in between leaves no copy that lacks its head.

    A head alone is no copy yet. Beside an older copy that is replaced, the older head goes with the newer copy too,
    which holds more than it says.
    """
    head_path = Path(f"{target}.head")
    if not target.exists():
        ledger.replace_head(head_path, head)
    draft.replace(target)
    flush_folder(target.parent)
    ledger.replace_head(head_path, head)


def _file(store: Store) -> Path:
    if store.file is None:
        raise StoreError("only SQLite files can be copied", where=store.shown_url, mend="PostgreSQL has pg_dump for it")
    return store.file


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    ledger.remove_drafts(target)
    draft = ledger.draft_of(target)
    try:
        yield draft
    finally:
        for remains in target.parent.glob(f"{draft.name}*"):
            remains.unlink()


def _copy(store: Store, draft: Path) -> None:
    connection = store.engine.raw_connection()
    try:
        # VACUUM cannot run inside a transaction, which every connection of the engine would open.
        with plainly(store.url):
            connection.cursor().execute("VACUUM INTO ?", (str(draft),))
    finally:
        connection.close()


def _verified_head(draft: Path, outside: ledger.Head | None, where: str) -> ledger.Head:
    """Check the copy, and return the head of its ledger."""
    with Store.existing(str(draft)) as copied:
        finding = next(verify_against(copied, outside), None)
        if finding is not None:
            raise DamageError(
                f"no backup was made, for the store is damaged: {finding.where}: {finding.what}",
                where=where,
                mend="run: annotate db verify",
            )
        with copied.reading() as session:
            head = session.get_one(LedgerHeadRow, 1)
            return ledger.Head(head.seq, head.chain)
