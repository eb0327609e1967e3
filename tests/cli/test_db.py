"""`annotate db`: what it says, and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.cli.main import _run
from annotate.store import Store, migrate
from tests.releases import LATEST, NEXT
from tests.store.made_up import add, fill, findings, foreign

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of a store with three articles and what belongs to them."""
    file = tmp_path / "store.db"
    with Store.open(str(file)) as store:
        fill(store)
    return file


@pytest.fixture
def db(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a subcommand on the store: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = _run(["db", *map(str, arguments), "--store", str(path)])
        return code, *capsys.readouterr()

    return run


def test_a_healthy_store_verifies(db: Run) -> None:
    assert db("verify") == (0, "Nothing is wrong with the store.\n", "")
    code, out, err = db("verify", "--json")
    assert (code, json.loads(out), err) == (0, {"findings": []}, "")


def test_findings_are_lines_with_place_and_mend_and_exit_with_3(db: Run, path: Path) -> None:
    with foreign(path) as connection:
        connection.execute("UPDATE article SET meta = '{}' WHERE number = 2")
    mend = "put back the latest backup together with its .head file"
    assert db("verify") == (3, "", f"article 2: was changed after it had been written ({mend})\n")
    code, out, _ = db("verify", "--json")
    assert code == 3
    assert json.loads(out) == {
        "findings": [{"what": "was changed after it had been written", "where": "article 2", "mend": mend}],
    }


@pytest.mark.parametrize(
    ("start", "what"),
    [(0, "file is not a database"), (4096, "database disk image is malformed")],
)
def test_a_file_that_cannot_be_opened_is_a_finding(db: Run, path: Path, start: int, what: str) -> None:
    content = bytearray(path.read_bytes())
    content[start : start + 4096] = bytes(4096)
    path.write_bytes(content)
    code, out, err = db("verify")
    assert (code, out) == (3, "")
    mend = "put back the latest backup together with its .head file"
    assert err == f"sqlite:///{path}: the database is damaged: {what} ({mend})\n"


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = tmp_path / "nowhere.db"
    for command in ("verify", "upgrade", "backup"):
        assert _run(["db", command, "--store", str(nowhere)]) == 1
        line = f"annotate: sqlite:///{nowhere}: there is no store here (run: annotate ingest)\n"
        assert capsys.readouterr() == ("", line)
    assert not nowhere.exists()


def test_a_backup_prints_its_path(db: Run, tmp_path: Path) -> None:
    code, out, err = db("backup")
    made = Path(out.strip())
    assert (code, err, made.parent) == (0, "", tmp_path / "backups")
    with Store.open(str(made)) as copied:
        assert findings(copied) == []
    target = tmp_path / "safe.db"
    assert db("backup", target) == (0, f"{target}\n", "")
    assert db("backup", target) == (
        1,
        "",
        f"annotate: {target}: the backup's name is taken (choose another name)\n",
    )
    code, out, _ = db("backup", target, "--overwrite", "--json")
    assert (code, json.loads(out)) == (0, {"backup": str(target)})


def test_upgrading_the_latest_store_says_so(db: Run) -> None:
    latest = migrate.latest_revision()
    assert db("upgrade") == (0, f"The store is up to date (revision {latest}).\n", "")
    code, out, _ = db("upgrade", "--json")
    assert (code, json.loads(out)) == (0, {"before": latest, "after": latest, "backup": None, "findings": []})


def test_an_upgrade_prints_the_backup_before_it_begins(
    db: Run, path: Path, next_release: Callable[[str], None]
) -> None:
    next_release('op.execute("DELETE FROM prediction")')
    code, out, err = db("upgrade")
    said, refused = err.splitlines()
    assert (code, out) == (1, "")
    assert said.startswith(f"backup: {path.parent / 'backups'}/")
    assert refused == (
        f"annotate: sqlite:///{path}: the migration would change the number of rows (prediction 3 → 0)"
        " (report this; the store is unchanged)"
    )
    with Store.existing(said.removeprefix("backup: ")) as copied:
        assert findings(copied) == []


def test_an_upgrade_says_what_it_did(db: Run, path: Path, next_release: Callable[[str], None]) -> None:
    next_release("pass")
    code, out, err = db("upgrade")
    assert (code, out) == (0, f"The store was upgraded from revision {LATEST} to {NEXT}.\n")
    assert err.startswith("backup: ")
    with Store.open(str(path)) as store:
        assert add(store, 1, 4) == ["known", "new"]
