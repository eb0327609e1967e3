"""`annotate push` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.cli import main
from annotate.store import Store
from annotate.store.outbox import Extra
from annotate.studio.client import RemoteProject
from annotate.studio.push import Pushed
from annotate.studio.server import EmbeddedStudio
from tests.studio.fakes import article, fill

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = str(tmp_path / "store.db")
    with Store.open(path) as made:
        fill(made, [article(number) for number in range(3)], "v1")
        fill(made, [article(0)], "v2")
    return path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["push", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.studio
def test_pushing_to_a_server_by_address(
    store: str, studio_server: EmbeddedStudio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "token"
    file.write_text(studio_server.token + "\n")
    where = ("--url", studio_server.url, "--token-file", str(file), "--store", store, "--project", "Pushed by address")
    assert run(*where, "--pipeline", "v1") == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "3 articles added, 0 already there, 0 given predictions of v1\n"
    assert run(*where, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["project"]["title"] == "Pushed by address"
    assert (document["pipeline"], document["present"], document["predictions"]) == ("v2", 1, 1)


def test_a_token_is_needed(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", store, "--url", "http://127.0.0.1:9") == 1
    assert capsys.readouterr().err == (
        "annotate: http://127.0.0.1:9: there is no API token for this Label Studio"
        " (set ANNOTATE_STUDIO_TOKEN, or name a file that holds it with --token-file)\n"
    )


def test_nobody_listens(store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", TOKEN)
    assert run("--store", store, "--url", "http://127.0.0.1:9") == 1
    shown = capsys.readouterr().err
    assert shown == (
        "annotate: http://127.0.0.1:9: could not list the projects: cannot be reached (ConnectError)"
        " (start it with `annotate studio start`, or check the URL)\n"
    )
    assert TOKEN not in shown


def test_the_embedded_server_does_not_run(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", store) == 1
    assert capsys.readouterr().err == (
        "annotate: the embedded Label Studio is not running (run `annotate studio start`)\n"
    )


def test_nothing_is_pre_annotated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", str(tmp_path / "empty.db")) == 1
    assert capsys.readouterr().err.endswith("empty.db: nothing is pre-annotated yet (run `annotate preannotate`)\n")


def test_an_unknown_version(store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", TOKEN)
    assert run("--store", store, "--url", "http://127.0.0.1:9", "--pipeline", "v9") == 1
    assert capsys.readouterr().err.endswith(": no predictions of v9 (choose one of v1, v2)\n")


def test_what_needs_a_person_makes_the_exit_code_1(
    store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = RemoteProject(7, "Sources", "created", "", None)
    pushed = Pushed(
        project,
        "v2",
        added=1,
        undecided=2,
        gone=3,
        removed=4,
        left_alone=5,
        doubled=[Extra("key", 1, 2)],
        rejected={"article-9": "score 2 is not in 0..1"},
        doubts=["HTTP 504"],
    )
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", TOKEN)
    monkeypatch.setattr("annotate.studio.push.push", lambda *_arguments, **_options: pushed)
    assert run("--store", store, "--url", "http://127.0.0.1:9") == 1
    assert capsys.readouterr().err.splitlines() == [
        "rejected article-9: score 2 is not in 0..1",
        "task 2 doubles task 1; it was kept, since somebody has worked on it",
        "1 articles added, 0 already there, 0 given predictions of v2",
        "5 left as people have annotated them",
        "4 surplus tasks removed",
        "3 deleted in Label Studio and not sent again (--resend-gone does)",
        "1 rejected",
        "2 undecided: run `annotate push` again (HTTP 504)",
    ]


@pytest.mark.studio
def test_an_order_a_sample_and_two_annotators(
    store: str, studio_server: EmbeddedStudio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "token"
    file.write_text(studio_server.token)
    where = ("--url", studio_server.url, "--token-file", str(file), "--store", store, "--project", "Pushed in order")
    what = ("--pipeline", "v1", "--order", "uncertainty", "--sample", "1", "--annotators", "2")
    assert run(*where, *what) == 0
    first, *others = capsys.readouterr().err.splitlines()
    assert first == "3 articles added, 0 already there, 0 given predictions of v1"
    assert [line.partition(": http")[0] for line in others] == [
        "made the view 'Queue: uncertainty'",
        "articles in the evaluation sample: 1",
        "made the view 'Evaluation sample'",
        "annotators of each article: 2",
    ]
    # Again: nothing is to be done, and --json says where the views are.
    assert run(*where, *what, "--json") == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert (document["order"], document["moved"], document["sample"], document["annotators"]) == (
        "uncertainty",
        0,
        1,
        2,
    )
    assert set(document["views"]) == {"Queue: uncertainty", "Evaluation sample"}
    assert shown.err == "articles in the evaluation sample: 1\n"
    # What is in the queue is not drawn any more.
    assert run(*where, "--pipeline", "v1", "--sample", "2") == 0
    assert capsys.readouterr().err.splitlines()[1:] == [
        "articles in the evaluation sample: 1",
        "1 too few: the other articles are in the queue already, and stay there",
    ]


@pytest.mark.parametrize("size", ["0", "-1", "0%", "101%", "many", "1.5", "nan%", ""])
def test_a_sample_that_is_no_size(store: str, capsys: pytest.CaptureFixture[str], size: str) -> None:
    assert run("--store", store, "--sample", size) == 2
    assert "is neither a number of articles nor a share such as 5%" in capsys.readouterr().err
