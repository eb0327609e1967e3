"""The whole road with the commands a newcomer runs, against a real Label Studio."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from annotate.settings import data_folder
from annotate.studio.client import StudioClient

pytestmark = pytest.mark.studio

PROJECT = Path(__file__).parents[2]
SEEDS = 5


def annotate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )


@pytest.fixture(autouse=True)
def installed(studio_executable: Path, studio_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A newcomer's home in which Label Studio is installed and was started once; whatever still runs is stopped."""
    monkeypatch.setenv("ANNOTATE_STUDIO_BIN", str(studio_executable))
    shutil.copytree(studio_template, data_folder() / "studio", ignore=shutil.ignore_patterns("server.*"))
    yield
    annotate("studio", "stop")


def status() -> dict[str, object]:
    answer = annotate("studio", "status", "--json")
    assert answer.returncode in (0, 1)
    document: dict[str, object] = json.loads(answer.stdout)
    return document


def tasks(url: str, password_file: Path) -> list[dict[str, object]]:
    token = json.loads(password_file.read_text(encoding="utf-8"))["token"]
    with StudioClient(url, token) as client:
        (project,) = client.projects("Sources")
        return client.export(project.id)


def test_from_the_seeds_to_a_dataset(tmp_path: Path) -> None:
    first = annotate("demo", "--detach")
    assert first.returncode == 0, first.stderr
    assert "5 new, 0 already there, 0 rejected" in first.stdout
    login = data_folder() / "studio" / "login.json"
    secret = json.loads(login.read_text(encoding="utf-8"))
    assert secret["email"] in first.stdout
    assert secret["password"] in first.stdout
    url = str(status()["url"])
    assert url in first.stdout
    before = tasks(url, login)
    assert len(before) == SEEDS
    assert all(task["predictions"] for task in before)

    again = annotate("demo", "--detach")
    assert again.returncode == 0, again.stderr
    assert "0 new, 5 already there" in again.stdout
    assert [task["id"] for task in tasks(url, login)] == [task["id"] for task in before]

    nothing = annotate("export", str(tmp_path / "nothing"), "--json")
    assert json.loads(nothing.stdout)["records"] == 0
    for task in before[:2]:
        httpx.post(
            f"{url}/api/tasks/{task['id']}/annotations/",
            json={"result": task["predictions"][0]["result"]},  # type: ignore[index]
            headers={"Authorization": f"Token {secret['token']}"},
            trust_env=False,
        ).raise_for_status()
    pulled = annotate("pull", "--json")
    assert pulled.returncode == 0, pulled.stderr
    assert json.loads(pulled.stdout)["new"] == 2
    exported = annotate("export", str(tmp_path / "some"), "--json")
    assert json.loads(exported.stdout)["records"] == 2

    assert annotate("studio", "stop").returncode == 0
    assert status()["running"] is False
    stopped = annotate("pull")
    assert stopped.returncode == 1
    assert "annotate studio start" in stopped.stderr
    assert stopped.stderr.count("\n") == 1


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_stays_up_until_it_is_interrupted(sign: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "annotate", "demo"],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    shown = ""
    while "press Ctrl-C" not in shown:
        line = process.stderr.readline()
        assert line, shown
        shown += line
    server = psutil.Process(int(str(status()["pid"])))
    process.send_signal(sign)
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0
    assert rest == "annotate: stopping Label Studio\n"
    deadline = time.monotonic() + 10
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_without_articles_the_demo_says_what_to_give(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "annotate", "demo"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "'seeds' does not exist" in result.stderr
