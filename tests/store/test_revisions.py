"""Upgrading from every released revision, with data in it, on each database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from annotate.cli import main
from annotate.store import Store, migrate
from annotate.store.annotations import append
from annotate.store.projects import bind_project, known_projects
from annotate.store.tables import Purpose
from annotate.store.upgrade import upgrade
from tests.revisions import REVISIONS, store_of
from tests.store.made_up import PIPELINE, add, annotation, article, fill, findings, project


def counts(store: Store) -> dict[str, int]:
    with store.reading() as session:
        connection = session.connection()
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}


@pytest.fixture
def newest(tmp_path: Path) -> Store:
    with Store.open(str(tmp_path / "newest.db")) as store:
        fill(store)
        return store


def test_there_are_older_revisions() -> None:
    assert REVISIONS[:3] == ["0001", "0002", "0003"]
    assert REVISIONS[-1] == migrate.latest_revision()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_row_of_every_released_revision_survives(newest: Store, url: str, revision: str) -> None:
    with store_of(revision, newest, url) as store:
        assert migrate.revision_of(store.engine) == revision
        assert findings(store) == []
        before = counts(store)
        assert (before["article"], before["prediction"], before["annotation"], before["project"]) == (3, 3, 2, 1)
        done = upgrade(store, backed_up=True)
        assert (done.before, done.after, done.findings) == (revision, REVISIONS[-1], ())
        after = counts(store)
        assert {name: after[name] for name in before} == before
        assert set(after) == set(counts(newest))
        assert {name: count for name, count in after.items() if name not in before and count} == {}
        # And it is a store like any other: read, and written to.
        assert list(store.articles()) == list(newest.articles()) == [article(number) for number in (1, 2, 3)]
        assert list(store.predictions(PIPELINE)) == list(newest.predictions(PIPELINE))
        assert [known.purpose for known in known_projects(store)] == [Purpose.ANNOTATION]
        assert add(store, 3, 4) == ["known", "new"]
        assert append(store, project(store), [annotation(1, 1), annotation(3, 3)]) == 1
        assert bind_project(store, "2@2026", 2, "More", purpose=Purpose.ADJUDICATION) > 1
        assert findings(store) == []
    with Store.open(url) as again:
        assert again.count_articles() == 4


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_the_command_upgrades_each_and_keeps_a_backup_of_it(newest: Store, tmp_path: Path, revision: str) -> None:
    path = tmp_path / "old.db"
    store_of(revision, newest, str(path)).close()
    with pytest.raises(SystemExit) as ended:
        main(["db", "upgrade", "--store", str(path)])
    assert ended.value.code == 0
    (saved,) = (tmp_path / "backups").glob("*.db")
    with Store.existing(str(saved)) as backup, Store.open(str(path)) as store:
        assert migrate.revision_of(backup.engine) == revision
        assert findings(backup) == findings(store) == []
        assert list(backup.articles()) == list(store.articles()) == list(newest.articles())
