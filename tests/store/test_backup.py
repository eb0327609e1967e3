"""Backups: complete and verified, or not there at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from annotate.errors import DamageError, StoreError
from annotate.store import Store
from annotate.store.backup import backup
from tests.store.made_up import add, article, fill, findings, foreign

FULL_DISK = """
import resource, sys
from pathlib import Path
from annotate.errors import StoreError
from annotate.store import Store
from annotate.store.backup import backup
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
with Store.existing(sys.argv[1]) as store:
    try:
        backup(store, Path(sys.argv[2]))
    except StoreError as error:
        print(error)
"""


def test_a_backup_is_the_store(sqlite_store: Store, tmp_path: Path) -> None:
    fill(sqlite_store)
    path = backup(sqlite_store, tmp_path / "safe" / "copy.db")
    assert sorted(file.name for file in path.parent.iterdir()) == ["copy.db", "copy.db.head"]
    with Store.open(str(path)) as copied:
        assert findings(copied) == []
        assert list(copied.articles()) == list(sqlite_store.articles())
        assert add(copied, 4) == ["new"]


def test_a_backup_goes_beside_the_store_under_the_time(sqlite_store: Store, tmp_path: Path) -> None:
    add(sqlite_store, 1)
    first, second = backup(sqlite_store), backup(sqlite_store)
    assert first.parent == second.parent == tmp_path / "backups"
    assert first.name < second.name
    assert backup(sqlite_store, tmp_path).parent == tmp_path


def test_a_backup_put_back_is_healthy(sqlite_store: Store, tmp_path: Path) -> None:
    fill(sqlite_store)
    path = backup(sqlite_store)
    add(sqlite_store, 4)
    sqlite_store.close()
    shutil.copyfile(path, str(sqlite_store.file))
    shutil.copyfile(f"{path}.head", str(sqlite_store.head_path))
    assert findings(sqlite_store) == []
    assert add(sqlite_store, 4) == ["new"]


def test_a_taken_name_is_refused_unless_told(sqlite_store: Store, tmp_path: Path) -> None:
    add(sqlite_store, 1)
    target = tmp_path / "copy.db"
    backup(sqlite_store, target)
    before = target.read_bytes()
    add(sqlite_store, 2)
    with pytest.raises(StoreError) as raised:
        backup(sqlite_store, target)
    assert str(raised.value) == f"{target}: the backup's name is taken (choose another name)"
    assert target.read_bytes() == before
    backup(sqlite_store, target, overwrite=True)
    with Store.open(str(target)) as copied:
        assert copied.count_articles() == 2
        assert findings(copied) == []


def test_a_store_never_overwrites_itself(sqlite_store: Store) -> None:
    add(sqlite_store, 1)
    with pytest.raises(StoreError, match="name is taken"):
        backup(sqlite_store, sqlite_store.file, overwrite=True)
    assert list(sqlite_store.articles()) == [article(1)]


def test_a_damaged_store_gives_no_backup(sqlite_store: Store, tmp_path: Path) -> None:
    fill(sqlite_store)
    sqlite_store.close()
    with foreign(Path(str(sqlite_store.file))) as connection:
        connection.execute("UPDATE article SET text = 'else' WHERE number = 2")
    with pytest.raises(DamageError) as raised:
        backup(sqlite_store, tmp_path / "safe" / "copy.db")
    assert str(raised.value) == (
        f"{sqlite_store.shown_url}: no backup was made, for the store is damaged: article 2: was changed after it had"
        " been written (run: annotate db verify)"
    )
    assert list((tmp_path / "safe").iterdir()) == []


def test_a_store_that_lost_its_tail_gives_no_backup(sqlite_store: Store, tmp_path: Path) -> None:
    add(sqlite_store, 1)
    sqlite_store.close()
    older = tmp_path / "older.db"
    shutil.copyfile(str(sqlite_store.file), older)
    add(sqlite_store, 2)
    sqlite_store.close()
    shutil.copyfile(older, str(sqlite_store.file))
    with pytest.raises(DamageError, match="the last 1 of 2 entries are missing"):
        backup(sqlite_store)


def test_a_full_disk_leaves_no_half_backup(sqlite_store: Store, tmp_path: Path) -> None:
    fill(sqlite_store)
    assert sqlite_store.file is not None
    assert sqlite_store.file.stat().st_size > 20_000
    target = tmp_path / "safe" / "copy.db"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(sqlite_store.file), str(target)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith(f"{sqlite_store.shown_url}: the database refuses: ")
    assert list(target.parent.iterdir()) == []
    assert findings(sqlite_store) == []


def test_a_backup_while_others_write_is_whole(sqlite_store: Store, tmp_path: Path) -> None:
    add(sqlite_store, 0)
    stop = Event()
    errors: list[BaseException] = []

    def write() -> None:
        try:
            with Store.open(str(sqlite_store.file)) as own:
                for number in range(1, 10_000):
                    if stop.is_set():
                        return
                    add(own, number)
        except BaseException as error:
            errors.append(error)

    writer = Thread(target=write)
    writer.start()
    try:
        copies = [backup(sqlite_store, tmp_path / f"copy-{number}.db") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    assert errors == []
    sizes = []
    for copy in copies:
        with Store.open(str(copy)) as copied:
            assert findings(copied) == []
            sizes.append(copied.count_articles())
    assert sizes == sorted(sizes)
    assert 1 <= sizes[-1] <= sqlite_store.count_articles()


def test_a_database_server_has_tools_of_its_own(postgresql: Callable[..., str], tmp_path: Path) -> None:
    with Store.open(postgresql()) as opened, pytest.raises(StoreError) as raised:
        backup(opened, tmp_path / "copy.db")
    assert str(raised.value).endswith("only SQLite files can be copied (PostgreSQL has pg_dump for it)")
    assert "canary" not in str(raised.value)
