"""Damage drills: each way of losing or changing rows that was seen, done to a real file, must be found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from annotate.errors import DamageError
from annotate.store import Store, engine
from annotate.store.ledger import Head, read_head, write_head
from annotate.store.verify import verify_at
from tests.store.made_up import PIPELINE, add, article, fill, findings, foreign, record

PAGE_SIZE = 4096


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    """Return a store with three articles, three predictions and two annotations."""
    fill(sqlite_store)
    return sqlite_store


@pytest.fixture
def path(filled: Store) -> Path:
    """Return the file of the filled store, with all connections closed."""
    filled.close()
    assert filled.file is not None
    return filled.file


def integrity(path: Path) -> str:
    """Return what SQLite itself says of the file."""
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def copy(path: Path, folder: Path, *suffixes: str) -> Path:
    """Copy the store's files as cp would: those of the given suffixes."""
    folder.mkdir()
    for suffix in suffixes:
        shutil.copyfile(f"{path}{suffix}", folder / f"{path.name}{suffix}")
    return folder / path.name


def test_a_healthy_store_has_no_findings(store: Store) -> None:
    assert findings(store) == []
    fill(store)
    assert findings(store) == []


def test_a_text_changed_in_place_is_found(filled: Store, path: Path) -> None:
    content = path.read_bytes()
    assert content.count(b"bridge 2,") >= 1
    path.write_bytes(content.replace(b"We held bridge 2,", b"We lost bridge 2,"))
    assert integrity(path) == "ok"
    assert findings(filled) == [
        "article 2: was changed after it had been written",
        "prediction 2: is not a Record: sha256 is not that of the text",
    ]


def test_bytes_that_are_no_text_any_more_are_found_by_row(filled: Store, path: Path) -> None:
    marker = article(2).text.split("\n")[0].encode()
    content = bytearray(path.read_bytes())
    content[content.index(marker)] = 0xFF
    path.write_bytes(content)
    assert findings(filled) == ["article 2: the database is damaged: Could not decode to UTF-8 column 'text'"]


def test_flipped_bytes_in_any_page_are_found(filled: Store, path: Path) -> None:
    sound = path.read_bytes()
    unnoticed = []
    for page in range(len(sound) // PAGE_SIZE):
        damaged = bytearray(sound)
        for offset in range(page * PAGE_SIZE, page * PAGE_SIZE + 8):
            damaged[offset] ^= 0xFF
        path.write_bytes(damaged)
        try:
            if not findings(filled):
                unnoticed.append(page)
        except DamageError:
            pass
        filled.close()
    assert unnoticed == []


def test_a_flipped_byte_in_the_schema_is_found(filled: Store, path: Path) -> None:
    content = path.read_bytes()
    assert content.count(b"\tlease_until DATETIME") == 1
    path.write_bytes(content.replace(b"\tlease_until DATETIME", b"\tleame_until DATETIME"))
    assert integrity(path) == "ok"
    assert findings(filled) == [f"sqlite:///{path}: the tables differ from this release's in 2 points"]


def test_a_schema_that_is_no_text_any_more_is_found(filled: Store, path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\tlease_until DATETIME", b"\tle\xffse_until DATETIME"))
    assert findings(filled) != []


def test_a_store_that_is_gone_is_told_by_its_head(filled: Store, path: Path) -> None:
    path.unlink()
    assert [finding.what for finding in verify_at(str(path))] == ["the store is gone, but not its head"]
    with Store.open(str(path)) as empty, pytest.raises(DamageError, match="rows are missing"):
        add(empty, 1)


def test_random_damage_is_told_and_never_crashes_the_check(filled: Store, path: Path) -> None:
    chance = Random(3)
    sound = path.read_bytes()
    told = 0
    for _ in range(40):
        damaged = bytearray(sound)
        start = chance.randrange(100, len(damaged) - PAGE_SIZE)
        damaged[start : start + PAGE_SIZE] = bytes(PAGE_SIZE)
        path.write_bytes(damaged)
        told += bool(verify_at(str(path)))
    # A page's worth of zeros hits something, wherever it falls, unless most of two pages was empty.
    assert told > 30


def test_a_text_changed_by_another_program_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        text = "Nobody said anything."
        digest = "0" * 64
        connection.execute("UPDATE article SET text = ?, sha256 = ? WHERE number = 1", (text, digest))
        connection.execute("UPDATE annotation SET raw = '{}' WHERE number = 2")
    assert findings(filled) == [
        "article 1: was changed after it had been written",
        "annotation 2: was changed after it had been written",
        "prediction 1: is of another text than its article's",
    ]


def test_a_changed_hash_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute("UPDATE article SET sha256 = ? WHERE number = 1", ("0" * 64,))
    assert "article 1: its SHA-256 is not that of its text" in findings(filled)


def test_a_value_of_another_type_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute("UPDATE article SET text = CAST(text AS BLOB) WHERE number = 1")
        connection.execute("UPDATE annotation SET lead_time = 'long' WHERE number = 1")
    assert findings(filled) == [
        "article 1: was changed after it had been written",
        "annotation 1: was changed after it had been written",
    ]


def test_a_deleted_row_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute("DELETE FROM annotation WHERE number = 1")
    assert integrity(path) == "ok"
    assert findings(filled) == ["annotation 1: the row is missing"]


def test_a_row_deleted_with_its_ledger_entry_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute("DELETE FROM annotation WHERE number = 1")
        connection.execute("DELETE FROM ledger WHERE kind = 'annotation' AND key = 1")
    assert findings(filled) == ["ledger: entries 4 to 4 are missing"]


def test_an_article_deleted_under_its_prediction_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute("DELETE FROM article WHERE number = 3")
    assert findings(filled) == [
        "prediction 3: refers to a row of article that is not there",
        "article 3: the row is missing",
        "prediction 3: is of another text than its article's",
    ]


def cut_tail(path: Path) -> None:
    """Remove the last annotation and every trace of it inside the database."""
    with foreign(path) as connection:
        connection.execute("DELETE FROM annotation WHERE number = 2")
        connection.execute("DELETE FROM ledger WHERE seq = 5")
        connection.execute("UPDATE ledger_head SET (seq, chain) = (SELECT seq, chain FROM ledger WHERE seq = 4)")


def test_a_cut_tail_is_told_by_the_head_outside_alone(filled: Store, path: Path) -> None:
    cut_tail(path)
    assert integrity(path) == "ok"
    assert findings(filled) == [
        "ledger: the last 1 of 5 entries are missing: an older copy, or a write-ahead log that was cut or left behind"
    ]


def test_a_missing_head_file_is_found(filled: Store, path: Path) -> None:
    cut_tail(path)
    filled.head_path.unlink()
    assert findings(filled) == [
        f"{path}.head: the ledger's head is missing, without which rows cut from the end go unnoticed"
    ]


def test_an_unreadable_head_file_is_found_and_never_overwritten(filled: Store, path: Path) -> None:
    filled.head_path.write_text('{"seq": 5')
    assert findings(filled) == [f"{path}.head: the ledger's head cannot be read"]
    with pytest.raises(DamageError, match="the ledger's head cannot be read"):
        add(filled, 4)
    assert filled.head_path.read_text() == '{"seq": 5'


def test_a_store_with_missing_rows_takes_no_further_ones(filled: Store, path: Path) -> None:
    # Otherwise new entries would soon reach the head's number and cover up the loss.
    cut_tail(path)
    with pytest.raises(DamageError, match=r"rows are missing: the store does not hold the 5 entries that .*\.head"):
        add(filled, 4)
    assert filled.count_articles() == 3


def test_a_row_written_by_another_program_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute(
            "INSERT INTO article (sha256, id, text, meta, added_at) VALUES (?, 'x', 'y', '{}', '2026-01-01')",
            ("1" * 64,),
        )
    assert findings(filled) == ["article 4: has no ledger entry: another program wrote it"]


def test_a_changed_ledger_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute("UPDATE ledger SET digest = ? WHERE seq = 2", ("0" * 64,))
        connection.execute("UPDATE ledger SET chain = ? WHERE seq = 5", ("0" * 64,))
    assert findings(filled) == [
        "ledger 2: does not follow from the entry before it",
        "ledger 5: does not follow from the entry before it",
        f"ledger 5: is not the entry that {path}.head speaks of",
        "ledger_head: is not the ledger's last entry",
        "article 2: was changed after it had been written",
    ]


def test_an_older_copy_put_back_is_found(filled: Store, path: Path, tmp_path: Path) -> None:
    older = copy(path, tmp_path / "older", "")
    add(filled, 4, 5)
    filled.close()
    shutil.copyfile(older, path)
    assert integrity(path) == "ok"
    assert findings(filled) == [
        "ledger: the last 2 of 7 entries are missing: an older copy, or a write-ahead log that was cut or left behind"
    ]


def test_an_older_copy_with_its_own_head_is_healthy(filled: Store, path: Path, tmp_path: Path) -> None:
    older = copy(path, tmp_path / "older", "", ".head")
    add(filled, 4, 5)
    with Store.open(str(older)) as restored:
        assert findings(restored) == []
        assert add(restored, 6) == ["new"]


def test_another_store_of_the_same_length_is_found(filled: Store, path: Path, tmp_path: Path) -> None:
    other_path = tmp_path / "other.db"
    with Store.open(str(other_path)) as other:
        add(other, 11, 12, 13, 14, 15)
    shutil.copyfile(other_path, path)
    assert findings(filled) == [f"ledger 5: is not the entry that {path}.head speaks of"]
    with pytest.raises(DamageError):
        add(filled, 6)


@pytest.fixture
def wal_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Return a store whose last rows are in the write-ahead log only. One process alone writes it."""
    monkeypatch.setattr(engine, "journal_mode", lambda network: "WAL")
    with Store.open(str(tmp_path / "wal.db")) as opened:
        add(opened, 1, 2)
        opened.engine.raw_connection().cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        add(opened, 3)
        add(opened, 4)
        assert Path(f"{opened.file}-wal").stat().st_size > 0
        yield opened


def test_a_write_ahead_log_left_behind_by_cp_is_found(wal_store: Store, tmp_path: Path) -> None:
    left = copy(Path(str(wal_store.file)), tmp_path / "copy", "", ".head")
    assert integrity(left) == "ok"
    with Store.open(str(left)) as copied:
        assert [found.id for found in copied.articles()] == ["article-1", "article-2"]
        assert findings(copied) == [
            "ledger: the last 2 of 4 entries are missing: an older copy, or a write-ahead log that was cut or left"
            " behind"
        ]


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_write_ahead_log_is_found(wal_store: Store, tmp_path: Path, damage: str) -> None:
    damaged = copy(Path(str(wal_store.file)), tmp_path / "copy", "", "-wal", ".head")
    log = Path(f"{damaged}-wal")
    content = bytearray(log.read_bytes())
    if damage == "cut":
        del content[len(content) - 100 :]
    else:
        content[-100] ^= 0xFF
    log.write_bytes(content)
    with Store.open(str(damaged)) as copied:
        assert copied.count_articles() == 3
        assert findings(copied) == [
            "ledger: the last 1 of 4 entries are missing: an older copy, or a write-ahead log that was cut or left"
            " behind"
        ]
    assert integrity(damaged) == "ok"


def test_a_healthy_write_ahead_log_has_no_findings(wal_store: Store, tmp_path: Path) -> None:
    whole = copy(Path(str(wal_store.file)), tmp_path / "copy", "", "-wal", ".head")
    with Store.open(str(whole)) as copied:
        assert findings(copied) == []


def test_a_prediction_with_impossible_offsets_is_found(filled: Store, path: Path) -> None:
    with foreign(path) as connection:
        broken = record(1).to_json().replace('"quote":[[0,', '"quote":[[7000,')
        connection.execute("UPDATE prediction SET record = ? WHERE number = 1", (broken,))
        connection.execute("UPDATE prediction SET record = '{' WHERE number = 2")
    found = findings(filled)
    assert [line.partition(":")[0] for line in found] == ["prediction 1", "prediction 2"]
    assert "does not lie in the text" in found[0]
    assert "Invalid JSON" in found[1]


def test_missing_triggers_are_found(store: Store) -> None:
    fill(store)
    with store.writing() as session:
        table = " ON article" if store.engine.dialect.name == "postgresql" else ""
        name = "article_only_grows" if table else "article_no_delete"
        session.connection().exec_driver_sql(f"DROP TRIGGER {name}{table}")
    assert findings(store) == ["article: rows can be changed: the table's triggers are missing"]


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(DamageError, match="the database is damaged: file is not a database"):
        Store.open(str(file))


def test_damage_on_the_way_is_told_without_the_text(filled: Store, path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(article(2).text.split("\n")[0].encode())] = 0xFF
    path.write_bytes(content)
    with pytest.raises(DamageError) as raised:
        list(filled.articles())
    assert "Could not decode to UTF-8 column 'text'" in str(raised.value)
    assert "bridge" not in str(raised.value)


def test_the_head_file_only_moves_forward(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "store.head"
    assert read_head(path) is None
    write_head(path, Head(2, "b" * 64))
    write_head(path, Head(1, "a" * 64))
    assert read_head(path) == Head(2, "b" * 64)
    write_head(path, Head(3, "c" * 64))
    assert read_head(path) == Head(3, "c" * 64)


def test_pages_are_read_to_the_end(filled: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.store.verify.PAGE", 2)
    assert findings(filled) == []
    with foreign(path) as connection:
        connection.execute("UPDATE article SET meta = '{}' WHERE number = 3")
    assert findings(filled) == ["article 3: was changed after it had been written"]
    assert len(list(filled.predictions(PIPELINE))) == 3
