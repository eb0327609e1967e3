"""Making, refusing and upgrading stores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from annotate.errors import StoreError
from annotate.store import Store, guards, migrate
from annotate.store.tables import Base
from annotate.store.upgrade import upgrade
from tests.releases import LATEST, NEXT
from tests.store.made_up import add, fill, findings

REBUILD_ARTICLE = """rebuild = "always" if op.get_context().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("article", recreate=rebuild) as batch:
        batch.alter_column("id", existing_type=sa.String(), nullable=False)"""


def counts(store: Store) -> dict[str, int]:
    with store.reading() as session:
        connection = session.connection()
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in inspect(connection).get_table_names()
        }


def test_the_models_equal_the_migrations(store: Store) -> None:
    with store.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert unnamed(session.connection()) == set()


def unnamed(connection: object) -> set[str]:
    """Return the tables with a constraint that a batch migration could not find by name."""
    found = inspect(connection)
    return {
        table
        for table in found.get_table_names()
        for constraint in (*found.get_foreign_keys(table), *found.get_unique_constraints(table))
        if not constraint["name"]
    }


def test_opening_again_changes_nothing(store: Store, url: str) -> None:
    add(store, 1)
    with Store.open(url) as again:
        assert again.count_articles() == 1


def test_a_store_of_an_older_release_is_refused(store: Store, url: str, next_release: Callable[[str], None]) -> None:
    next_release(REBUILD_ARTICLE)
    with pytest.raises(StoreError) as raised:
        Store.open(url)
    assert str(raised.value) == (
        f"{store.shown_url}: the store was made by an older release (revision {LATEST}) (run: annotate db upgrade)"
    )


def test_a_store_of_a_newer_release_is_refused(store: Store, url: str) -> None:
    with store.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    expected = f"{store.shown_url}: the store was made by a newer release (revision 9999) (upgrade source-annotator)"
    with pytest.raises(StoreError) as raised:
        Store.open(url)
    assert str(raised.value) == expected
    with pytest.raises(StoreError) as raised:
        upgrade(store)
    assert str(raised.value) == expected


def test_an_address_without_a_store_is_refused_and_stays_empty(tmp_path: Path) -> None:
    nowhere, empty = tmp_path / "nowhere.db", tmp_path / "empty.db"
    empty.touch()
    for path in (nowhere, empty):
        with pytest.raises(StoreError) as raised:
            Store.existing(str(path))
        assert str(raised.value) == f"sqlite:///{path}: there is no store here (run: annotate ingest)"
    assert not nowhere.exists()
    assert empty.stat().st_size == 0


def test_an_upgrade_keeps_every_row(store: Store, next_release: Callable[[str], None]) -> None:
    # Rebuilding a table with foreign keys switched on would delete the predictions and annotations that refer to it.
    fill(store)
    before = counts(store)
    next_release(REBUILD_ARTICLE)
    done = upgrade(store, backed_up=True)
    assert (done.before, done.after, done.findings) == (LATEST, NEXT, ())
    assert counts(store) == before
    assert migrate.revision_of(store.engine) == NEXT
    with store.reading() as session:
        assert guards.missing(session.connection()) == []


def test_the_backup_of_an_upgrade_is_the_store_before_it(
    sqlite_store: Store, next_release: Callable[[str], None]
) -> None:
    fill(sqlite_store)
    next_release(REBUILD_ARTICLE)
    seen: list[Path] = []
    done = upgrade(sqlite_store, saved=seen.append)
    assert done.backup is not None
    assert seen == [done.backup]
    with Store.existing(str(done.backup)) as copied:
        assert migrate.revision_of(copied.engine) == LATEST
        assert counts(copied) == counts(sqlite_store)
        assert findings(copied) == []


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('op.execute("DELETE FROM annotation WHERE number = 1")', "annotation 2 → 1"),
        ('op.drop_table("annotation")', "annotation 2 → 0"),
        ('op.execute("DELETE FROM prediction")', "prediction 3 → 0"),
    ],
)
def test_a_migration_that_loses_rows_is_undone(
    store: Store, next_release: Callable[[str], None], body: str, what: str
) -> None:
    fill(store)
    before = counts(store)
    next_release(body)
    with pytest.raises(StoreError) as raised:
        upgrade(store, backed_up=True)
    assert str(raised.value) == (
        f"{store.shown_url}: the migration would change the number of rows ({what})"
        " (report this; the store is unchanged)"
    )
    assert counts(store) == before
    assert migrate.revision_of(store.engine) == LATEST
    assert findings(store) == []


def test_a_migration_that_deletes_children_is_undone_and_the_backup_is_there(
    sqlite_store: Store, next_release: Callable[[str], None]
) -> None:
    fill(sqlite_store)
    before = counts(sqlite_store)
    # What a batch migration does when it runs with foreign keys switched on.
    next_release(f'op.execute("DELETE FROM prediction")\n    {REBUILD_ARTICLE}')
    seen: list[Path] = []
    with pytest.raises(StoreError, match="would change the number of rows"):
        upgrade(sqlite_store, saved=seen.append)
    assert counts(sqlite_store) == before
    assert findings(sqlite_store) == []
    with Store.existing(str(seen[0])) as copied:
        assert counts(copied) == before


def test_a_migration_that_breaks_a_reference_is_undone(
    sqlite_store: Store, next_release: Callable[[str], None]
) -> None:
    fill(sqlite_store)
    next_release('op.execute("UPDATE prediction SET article_number = 77 WHERE number = 1")')
    with pytest.raises(StoreError, match="1 dangling references; ok"):
        upgrade(sqlite_store)
    assert findings(sqlite_store) == []


def test_a_migration_that_fails_is_one_line_and_undone(store: Store, next_release: Callable[[str], None]) -> None:
    fill(store)
    next_release('op.execute("ALTER TABLE nothing ADD COLUMN x INTEGER")')
    with pytest.raises(StoreError, match=r"the database refuses: .*nothing") as raised:
        upgrade(store, backed_up=True)
    assert "\n" not in str(raised.value)
    assert migrate.revision_of(store.engine) == LATEST
    assert findings(store) == []


def test_an_upgrade_that_changes_content_is_found(store: Store, next_release: Callable[[str], None]) -> None:
    fill(store)
    next_release("op.execute(\"UPDATE article SET meta = '{{}}' WHERE number = 1\")".replace("{{}}", "{}"))
    done = upgrade(store, backed_up=True)
    assert [str(finding.where) for finding in done.findings] == ["article 1"]


def test_a_postgresql_store_asks_for_its_own_backup(
    postgresql: Callable[..., str], next_release: Callable[[str], None]
) -> None:
    with Store.open(postgresql()) as opened:
        next_release(REBUILD_ARTICLE)
        with pytest.raises(StoreError, match=r"run pg_dump, then: annotate db upgrade --backed-up") as raised:
            upgrade(opened)
    assert "canary" not in str(raised.value)


def test_upgrading_the_latest_store_puts_missing_triggers_up(store: Store) -> None:
    with store.writing() as session:
        guards.take_down(session.connection())
    done = upgrade(store)
    assert (done.before, done.after, done.backup, done.findings) == (done.after, done.after, None, ())
