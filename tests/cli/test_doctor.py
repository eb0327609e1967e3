"""`annotate doctor`: what it shows, and what it calls a problem."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from annotate import __version__
from annotate.cli.doctor import PACKAGES
from annotate.cli.main import _run
from annotate.settings import data_folder
from annotate.store import Store, migrate, place
from annotate.store.engine import journal_mode
from annotate.studio.client import StudioClient
from annotate.studio.push import push
from annotate.studio.server import EmbeddedStudio
from tests.releases import LATEST
from tests.store.made_up import add
from tests.studio.fakes import article, fill

Answers = dict[str, dict[str, Any]]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Answers]]:
    """Return a function that runs `annotate doctor --json`: exit code, and the answers by name."""

    def run(*arguments: str) -> tuple[int, Answers]:
        code = _run(["doctor", "--json", *arguments])
        document = json.loads(capsys.readouterr().out)
        assert document["healthy"] == (code == 0)
        return code, {answer["name"]: answer for answer in document["answers"]}

    return run


Doctor = Callable[..., tuple[int, Answers]]


def test_a_healthy_machine_has_no_problems(doctor: Doctor, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(str(path)) as store:
        add(store, 1)
    code, answers = doctor("--store", str(path))
    assert code == 0
    assert answers["source-annotator"]["value"] == __version__
    assert answers["spaCy"]["value"].startswith("spacy 3.8")
    assert answers["SQLite"]["value"] == sqlite3.sqlite_version
    assert answers["journal mode"]["value"].startswith(f"{journal_mode()} (")
    assert answers["store"]["value"] == f"sqlite:///{path}"
    assert answers["store revision"]["value"] == migrate.latest_revision()
    assert answers["file system"]["value"] == place.file_system(tmp_path)
    assert answers["data folder"]["value"] == str(data_folder())
    assert answers["rejects files"]["value"] == "none"
    assert answers["Label Studio server"]["value"] == "not running"
    assert answers["project"]["value"] == "not checked: no Label Studio is running"


def test_nothing_needs_to_be_there_yet_and_nothing_is_made(doctor: Doctor) -> None:
    code, answers = doctor()
    assert code == 0
    assert answers["store"]["value"] == f"sqlite:///{data_folder()}/annotate.db"
    assert answers["store revision"]["value"] == "not made yet"
    assert list(data_folder().iterdir()) == []


def test_a_network_file_system_is_a_problem(doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "file_system", lambda path: "nfs4")
    code, answers = doctor("--store", str(tmp_path / "store.db"))
    assert code == 3
    assert answers["file system"] == {
        "name": "file system",
        "value": "nfs4",
        "problem": "SQLite cannot rely on a network file system's locks",
        "mend": "move the store to a local disk",
    }
    assert answers["journal mode"]["value"].startswith("TRUNCATE")


def test_an_older_store_is_a_problem(doctor: Doctor, tmp_path: Path, next_release: Callable[[str], None]) -> None:
    path = tmp_path / "store.db"
    Store.open(str(path)).close()
    next_release("pass")
    code, answers = doctor("--store", str(path))
    assert code == 3
    assert answers["store revision"] == {
        "name": "store revision",
        "value": LATEST,
        "problem": "the store was made by an older release",
        "mend": "run: annotate db upgrade",
    }


def test_a_damaged_store_is_a_problem(doctor: Doctor, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("Dear Sir or Madam, " * 100)
    code, answers = doctor("--store", str(path))
    assert code == 3
    assert answers["store revision"]["problem"] == "the database is damaged: file is not a database"


def test_an_unreachable_server_is_a_problem_without_its_password(doctor: Doctor, tmp_path: Path) -> None:
    code, answers = doctor("--store", f"postgresql://ann:canary@/db?host={tmp_path}")
    assert code == 3
    assert "the database refuses: " in answers["store revision"]["problem"]
    assert "canary" not in json.dumps(answers)


def test_what_is_no_address_is_a_problem(doctor: Doctor) -> None:
    code, answers = doctor("--store", "mysql://ann:canary@host/db")
    assert (code, answers["store"]["problem"]) == (3, "not a store address")
    assert "canary" not in json.dumps(answers)


def test_a_full_disk_is_a_problem(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 10**8))
    code, answers = doctor()
    assert code == 3
    assert answers["free space for store"]["value"] == "0.1 GB"
    assert answers["free space for data"]["problem"] == "the disk is nearly full"


def test_a_missing_package_is_a_problem(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PACKAGES, "base model", "no-such-package")
    code, answers = doctor()
    assert (code, answers["base model"]["problem"]) == (3, "no-such-package is not installed")


def test_rejects_and_a_missing_browser_are_told_but_no_problem(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ANNOTATE_CHROMIUM", raising=False)
    folder = data_folder() / "rejects"
    folder.mkdir()
    for name in ("rejects-1.jsonl", "rejects-2.jsonl"):
        (folder / name).touch()
    code, answers = doctor()
    assert code == 0
    assert answers["rejects files"]["value"] == f"2, the latest: {folder / 'rejects-2.jsonl'}"
    assert answers["Chromium"]["value"].startswith("not found")


def test_problems_go_to_standard_error_and_the_rest_is_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["doctor", "--store", "mysql://host/db"]) == 3
    out, err = capsys.readouterr()
    column = out.index(__version__)
    assert {"Python", "store", "Chromium"} <= {line[:column].strip() for line in out.splitlines()}
    assert err == (
        "store: not a store address (give the path of an SQLite file, or the URL of a PostgreSQL database:"
        " postgresql://user@host/name)\n"
    )


# -- a project ---------------------------------------------------------------------------------------------------------

TITLE = "Checked by doctor"


@pytest.fixture
def pushed(
    studio_server: EmbeddedStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str, StudioClient]:
    """A store with a title of its own for its project, and a client of the server that the environment names."""
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", studio_server.token)
    monkeypatch.setenv("ANNOTATE_STUDIO_URL", studio_server.url)
    path, title = str(tmp_path / "store.db"), f"{TITLE} {tmp_path.name}"[:50]
    client = StudioClient(studio_server.url, studio_server.token)
    with Store.open(path) as store:
        fill(store, [article(number) for number in range(3)], "v1")
        push(store, client, pipeline="v1", title=title)
    return path, title, client


@pytest.mark.studio
def test_a_project_is_healthy_until_something_is_changed(
    doctor: Doctor, pushed: tuple[str, str, StudioClient], capsys: pytest.CaptureFixture[str]
) -> None:
    path, title, client = pushed
    code, answers = doctor("--store", path, "--project", title)
    assert code == 0
    assert answers["project"]["value"].startswith(title)
    assert answers["read back"]["value"].startswith("3 tasks, 3 predictions, ")
    code, answers = doctor("--store", path, "--project", title, "--sample-tasks", "2")
    assert code == 0
    assert answers["read back"]["value"].startswith("2 tasks, 2 predictions, ")
    (project,) = client.projects(title)
    task = client.tasks(project.id)[0].id
    prediction = client.predictions(task)[0].id
    client.request("empty a prediction", "PATCH", f"api/predictions/{prediction}/", body={"result": []})
    assert _run(["doctor", "--store", path, "--project", title]) == 3
    shown = capsys.readouterr()
    lines = [line for line in shown.err.splitlines() if line.startswith("prediction, ")]
    assert lines[0] == (
        f"prediction, task {task}, prediction {prediction}: region a1 is missing (delete the task's predictions in"
        " Label Studio (Data Manager: select it, Actions, Delete Predictions), then run `annotate push --resend-gone`)"
    )
    assert len(lines) == 5
    assert "item" not in shown.out + shown.err, "no words of an article"
    client.close()


@pytest.mark.studio
def test_without_a_title_the_usual_project_is_checked_when_it_can_be_seen(
    doctor: Doctor, pushed: tuple[str, str, StudioClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _, client = pushed
    title = f"Usual {Path(path).parent.name}"[:50]
    monkeypatch.setattr("annotate.cli.doctor_project.PROJECT", title)
    code, answers = doctor("--store", path)
    assert (code, answers["project"]["value"]) == (0, f"not checked: Label Studio has none titled {title!r}")
    with Store.existing(path) as store:
        push(store, client, pipeline="v1", title=title)
    code, answers = doctor("--store", path)
    assert code == 0
    assert answers["project"]["value"].startswith(title)
    assert answers["labeling config"]["value"] == "the scheme's"
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", "f" * 40)
    code, answers = doctor("--store", path)
    assert code == 0
    assert answers["project"]["value"].startswith("not checked: could not ask whose the token is: HTTP 401")
    monkeypatch.delenv("ANNOTATE_STUDIO_TOKEN")
    assert doctor("--store", path)[1]["project"]["value"] == "not checked: there is no API token"
    client.close()


@pytest.mark.studio
def test_a_wrong_token_a_wrong_title_and_a_missing_store_are_problems(
    doctor: Doctor, pushed: tuple[str, str, StudioClient], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, title, client = pushed
    client.close()
    code, answers = doctor("--store", path, "--project", "No such project")
    assert (code, answers["project"]["problem"]) == (3, "there is no project titled 'No such project'")
    assert answers["to be pushed"]["value"] == "3 articles of v1, 0 of them not acceptable"
    code, answers = doctor("--store", str(tmp_path / "none.db"), "--project", title)
    assert (code, answers["project"]["problem"]) == (3, "there is no store here")
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", "canary" * 6)
    code, answers = doctor("--store", path, "--project", title)
    assert code == 3
    assert answers["token"]["mend"] == "check the token: ANNOTATE_STUDIO_TOKEN or --token-file"
    assert "canary" not in json.dumps(answers)


def test_a_project_on_a_server_that_is_down(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    where = ("--url", "http://127.0.0.1:9")
    code, answers = doctor(*where, "--project", "Any")
    assert (code, answers["project"]["problem"]) == (3, "there is no API token for this Label Studio")
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", "f" * 40)
    code, answers = doctor(*where, "--project", "Any")
    assert code == 3
    assert answers["Label Studio"]["value"] == "not installed yet (annotate studio start does)"
    assert answers["server of the project"]["mend"] == "start it with `annotate studio start`, or check the URL"
    code, answers = doctor(*where)
    assert code == 0
    assert answers["project"]["value"].startswith("not checked: could not ask for the version: cannot be reached")
    code, answers = doctor("--project", "Any")
    assert (code, answers["project"]["problem"]) == (3, "the embedded Label Studio is not running")
