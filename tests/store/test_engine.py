"""How connections are set up: addresses, journal, turns, guards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from annotate.errors import StoreError
from annotate.store import Store, engine
from annotate.store.engine import journal_mode, make_engine, shown, store_url
from annotate.store.place import file_system, is_network
from annotate.store.tables import ArticleRow, ProjectRow, TaskRow
from tests.store.made_up import add, article, fill, project


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("store.db", "sqlite:///store.db"),
        ("sqlite:///store.db", "sqlite:///store.db"),
        ("postgresql://ann@host/db", "postgresql+psycopg://ann@host/db"),
        ("postgres://ann@host/db", "postgresql+psycopg://ann@host/db"),
        ("postgresql+psycopg2://ann@host/db", "postgresql+psycopg://ann@host/db"),
    ],
)
def test_an_address_is_a_url_or_a_path(where: str, expected: str) -> None:
    assert str(store_url(where)) == expected


@pytest.mark.parametrize("path", ["/srv/a b/100%25.db", "odd:name.db", "what?.db"])
def test_a_path_is_taken_as_it_is(path: str) -> None:
    assert store_url(path).database == path


@pytest.mark.parametrize(
    "where",
    [
        "mysql://ann:canary@host/db",
        "postgresql:/ann:canary@host/db",
        "postgresql://ann:canary@host:port/db",
        "http://host/db?password=canary",
        "nothing://ann:can/ary@host",
    ],
)
def test_what_is_no_address_is_refused_without_its_password(where: str) -> None:
    with pytest.raises(StoreError, match="not a store address") as raised:
        store_url(where)
    assert "canary" not in str(raised.value)
    assert "can/ary" not in str(raised.value)


def test_a_shown_address_has_no_password() -> None:
    url = store_url("postgresql://ann:canary@host/db?sslpassword=canary&password=canary&host=%2Ftmp")
    assert shown(url) == "postgresql+psycopg://ann:***@host/db?host=%2Ftmp"


def test_an_unreachable_server_is_one_line_without_the_password(tmp_path: Path) -> None:
    for where in (
        f"postgresql://ann:canary@/db?host={tmp_path}",
        f"postgresql:///db?user=ann&password=canary&host={tmp_path}",
    ):
        with pytest.raises(StoreError) as raised:
            Store.open(where)
        assert "canary" not in str(raised.value)
        assert "\n" not in str(raised.value)
        assert "No such file or directory" in str(raised.value)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(str(tmp_path / "file" / "store.db"))


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_wal_is_used_only_where_its_bug_is_mended(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode
    assert journal_mode(version, network=True) == "TRUNCATE"


def test_file_systems_are_told_apart() -> None:
    assert file_system(Path("/proc/self")) == "proc"
    assert file_system(Path("/proc/there is no such thing")) == "proc"
    assert is_network("nfs4")
    assert is_network("fuse.sshfs")
    assert not is_network("ext4")
    assert not is_network("fuseblk")


def test_each_connection_is_set_up(sqlite_store: Store) -> None:
    with sqlite_store.reading() as session:
        answers = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers")
        }
    full = 2
    assert answers == {
        "journal_mode": journal_mode().lower(),
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "recursive_triggers": 1,
    }


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store.writing() as session:
        session.add(TaskRow(push_key="k", project_number=7, article_number=7))


@pytest.mark.parametrize("table", ["article", "annotation", "ledger"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_people_did_cannot_be_changed_or_deleted(store: Store, table: str, change: str) -> None:
    fill(store)
    column = "digest" if table == "ledger" else "number"
    statement = change.format(table, column, column)
    with pytest.raises(StoreError, match=f"the database refuses: {table} only grows"), store.writing() as session:
        session.connection().exec_driver_sql(statement)
    with store.reading() as session:
        kept = {
            name: session.connection().exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in ("article", "annotation", "ledger")
        }
    assert kept == {"article": 3, "annotation": 2, "ledger": 5}


def test_replacing_a_row_is_refused_too(sqlite_store: Store) -> None:
    add(sqlite_store, 1)
    columns = "number, sha256, id, text, meta, added_at"
    with pytest.raises(StoreError, match="article only grows"), sqlite_store.writing() as session:
        session.connection().exec_driver_sql(
            f"INSERT OR REPLACE INTO article ({columns}) SELECT 1, sha256, id, 'another', meta, added_at FROM article"
        )
    assert sqlite_store.article("article-1") == article(1)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def change_and_fail() -> None:
        with store.writing() as session:
            session.add(ProjectRow(server="http://127.0.0.1:1", remote_id=1, title="Sources"))
            session.flush()
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError):
        change_and_fail()
    with store.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM project")).scalar_one() == 0


def test_threads_that_read_then_write_lose_no_update(store: Store, url: str) -> None:
    number = project(store)
    errors: list[BaseException] = []

    def increment() -> None:
        try:
            with Store.open(url) as own:
                for _ in range(25):
                    with own.writing() as session:
                        row = session.get_one(ProjectRow, number)
                        row.remote_id += 1
                        session.add(row)
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=increment) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with store.reading() as session:
        assert session.connection().execute(text("SELECT remote_id FROM project")).scalar_one() == 101


def test_a_reader_sees_one_state(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # With SQLite's rollback journal the writer would wait for the reader instead.
    monkeypatch.setattr(engine, "journal_mode", lambda network: "WAL")
    with Store.open(url) as opened:
        add(opened, 1)
        with opened.reading() as session:
            count = text("SELECT count(*) FROM article")
            assert session.connection().execute(count).scalar_one() == 1
            add(opened, 2)
            assert session.connection().execute(count).scalar_one() == 1
        assert opened.count_articles() == 2


def test_a_reader_cannot_write_on_postgresql(postgresql: Callable[..., str]) -> None:
    refused = pytest.raises(StoreError, match="read-only transaction")
    with Store.open(postgresql()) as opened, refused, opened.reading() as session:
        session.connection().exec_driver_sql("UPDATE ledger_head SET seq = 7")


def test_a_locked_database_is_one_clear_line(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 200)
    with Store.open(url) as first, Store.open(url) as second:
        with first.writing() as session:
            session.connection()
            with pytest.raises(StoreError) as raised:
                add(second, 1)
        line = str(raised.value)
        assert line.startswith(f"{second.shown_url}: the database refuses: ")
        assert line.endswith(" (another process holds the store: wait for it, then repeat)")
        assert "\n" not in line
        assert "INSERT" not in line
        assert add(second, 1) == ["new"]


def test_errors_hold_no_article_text(store: Store) -> None:
    add(store, 1)
    twice = ArticleRow(sha256=article(1).sha256, id="i", text="canary", meta="{}")
    with pytest.raises(StoreError) as raised, store.writing() as session:
        session.add(twice)
    assert "canary" not in str(raised.value)
    assert article(1).sha256 not in str(raised.value)


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_driver(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr("sqlalchemy.create_engine", without_driver)
    with pytest.raises(StoreError) as raised:
        make_engine(store_url("postgresql://ann:canary@host/db"))
    assert str(raised.value) == (
        "postgresql+psycopg://ann:***@host/db: the driver psycopg is not installed"
        " (pip install 'source-annotator[postgresql]')"
    )


def test_a_database_of_narrow_encoding_is_refused(postgresql: Callable[..., str]) -> None:
    url = postgresql("--encoding=LATIN1", "--locale=C", "--template=template0")
    with pytest.raises(StoreError, match="the database's encoding LATIN1 cannot hold every character"):
        Store.open(url)


def test_a_database_with_other_tables_of_our_names_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE article (price INTEGER)")
    with pytest.raises(StoreError, match="the database holds other tables of the same names"):
        Store.open(str(path))
