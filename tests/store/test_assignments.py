"""The splits of released articles: noted once, checked, never changed, on every database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from annotate.errors import StoreError
from annotate.store import Store, guards, migrate
from annotate.store.assignments import Assigned, assign, assigned
from annotate.store.backup import backup
from annotate.store.engine import make_engine
from annotate.store.tables import AssignmentRow
from annotate.store.upgrade import upgrade
from tests.store.made_up import add, article, fill, findings, foreign


def one(number: int, split: str = "train") -> Assigned:
    of = article(number)
    return Assigned(of.sha256, of.id, split, "a-story", "stories", '{"salt": "x"}')


def test_an_assignment_is_noted_once_and_comes_back_as_it_was(store: Store) -> None:
    add(store, 1)
    # The second article is of another store.
    assert assign(store, [one(1), one(2, "test")], known=0) == 2
    assert assign(store, [one(1), one(3, "dev")], known=2) == 1
    assert assigned(store) == [one(1), one(2, "test"), one(3, "dev")]
    assert findings(store) == []


def test_no_article_moves_and_nothing_is_noted_by_half(store: Store) -> None:
    assign(store, [one(1)], known=0)
    with pytest.raises(StoreError) as raised:
        assign(store, [one(2), one(1, "test")], known=1)
    assert str(raised.value) == "article-1: was released in train, and cannot move to test"
    assert assigned(store) == [one(1)]


def test_a_release_in_between_is_noticed(store: Store) -> None:
    assign(store, [one(1)], known=0)
    with pytest.raises(StoreError, match=r"another release was written meanwhile.*\(export again\)"):
        assign(store, [one(2)], known=0)
    assert assigned(store) == [one(1)]


@pytest.mark.parametrize("statement", ["UPDATE assignment SET split = 'test'", "DELETE FROM assignment"])
def test_the_database_itself_keeps_them(store: Store, statement: str) -> None:
    assign(store, [one(1)], known=0)
    with pytest.raises((DBAPIError, StoreError), match="assignment only grows"), store.writing() as session:
        session.connection().exec_driver_sql(statement)
    assert assigned(store) == [one(1)]


def test_what_another_program_changed_or_deleted_is_found(sqlite_store: Store) -> None:
    assign(sqlite_store, [one(1), one(2)], known=0)
    sqlite_store.close()
    assert sqlite_store.file is not None
    with foreign(sqlite_store.file) as connection:
        connection.execute("UPDATE assignment SET split = 'test' WHERE number = 1")
        connection.execute("DELETE FROM assignment WHERE number = 2")
    assert findings(sqlite_store) == [
        "assignment 1: was changed after it had been written",
        "assignment 2: the row is missing",
    ]


def test_a_backup_holds_them(sqlite_store: Store) -> None:
    assign(sqlite_store, [one(1)], known=0)
    with Store.existing(str(backup(sqlite_store))) as copied:
        assert assigned(copied) == [one(1)]
        assert findings(copied) == []


def test_two_processes_cannot_both_assign_by_what_they_saw(url: str, tmp_path: Path) -> None:
    with Store.open(url) as store:
        code = (
            "import sys, json\n"
            "from annotate.store import Store\n"
            "from annotate.store.assignments import Assigned, assign\n"
            "from annotate.errors import StoreError\n"
            "item = Assigned(*json.loads(sys.argv[2]))\n"
            "with Store.open(sys.argv[1]) as store:\n"
            "    try:\n        print(assign(store, [item], known=0))\n"
            "    except StoreError as error:\n        print(error.what)\n"
        )
        items = [one(1), one(2, "test")]
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", code, url, json.dumps([getattr(item, name) for name in Assigned.__slots__])],
                stdout=subprocess.PIPE,
                text=True,
            )
            for item in items
        ]
        said = sorted(process.communicate()[0].strip() for process in processes)
        assert said[0] == "1"
        assert said[1].startswith("another release was written meanwhile")
        assert len(assigned(store)) == 1
        assert findings(store) == []


def older(url: str) -> Store:
    """Make a store as the release before had it: without assignments."""
    store = Store.open(url)
    fill(store)
    migrating = make_engine(store.url, foreign_keys=False)
    with migrating.begin() as connection:
        guards.take_down(connection)
        command.downgrade(migrate._config(connection), "0002")
        guards.put_up(connection)
    migrating.dispose()
    return store


def test_a_store_of_the_release_before_is_sound_and_upgraded(url: str) -> None:
    store = older(url)
    with store.reading() as session:
        assert "assignment" not in inspect(session.connection()).get_table_names()
        assert guards.missing(session.connection()) == []
    assert findings(store) == []
    done = upgrade(store, backed_up=True)
    assert (done.before, done.findings) == ("0002", ())
    with store.reading() as session:
        assert guards.missing(session.connection()) == []
        assert session.execute(text("SELECT count(*) FROM annotation")).scalar_one() == 2
    assert assign(store, [one(1)], known=0) == 1
    assert findings(store) == []
    store.close()


def test_going_back_loses_no_assignment(store: Store) -> None:
    assign(store, [one(1)], known=0)
    migrating = make_engine(store.url, foreign_keys=False)
    with migrating.connect() as connection:
        guards.take_down(connection)
        with pytest.raises(StoreError, match="the splits of released articles would be lost"):
            command.downgrade(migrate._config(connection), "0002")
        connection.rollback()
    migrating.dispose()
    assert assigned(store) == [one(1)]
    assert findings(store) == []


def test_the_row_names_when(store: Store) -> None:
    assign(store, [one(1)], known=0)
    with store.reading() as session:
        row = session.get_one(AssignmentRow, 1)
    assert (row.released_at.year >= 2026, row.story) == (True, "a-story")
