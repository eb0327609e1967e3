"""`annotate serve` and `annotate push --live` as a user meets them, where no Label Studio is needed."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import click
import httpx
import pytest

from annotate.cli import live, main
from annotate.cli.main import root
from annotate.settings import data_folder
from annotate.store import Store
from tests.studio.fakes import article, fill

SECRET = "canary-secret-0123456789"
RULES = ("--pipeline", "rules")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = str(tmp_path / "store.db")
    with Store.open(path) as made:
        fill(made, [article(1)], "v1")
    return path


def test_a_secret_is_needed_outside_loopback(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--store", store, "--host", "192.0.2.1") == 1
    assert capsys.readouterr().err == (
        "annotate: --host 192.0.2.1: on any address but loopback a secret is needed"
        " (set ANNOTATE_SERVE_SECRET, or name a file that holds one with --secret-file)\n"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_names_are_needed_on_all_addresses(
    store: str, host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_SERVE_SECRET", SECRET)
    assert run("serve", "--store", store, "--host", host) == 1
    shown = capsys.readouterr().err
    assert shown.endswith("the names that the service may be asked for by are needed (give --allow-host)\n")
    assert SECRET not in shown


@pytest.mark.parametrize(
    "secret", ["short", "fifteen letters", "with spaces in it, long enough", "geheim-äöü-0123456789"]
)
def test_a_bad_secret_is_refused_and_not_shown(
    store: str, secret: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(secret, encoding="utf-8")
    assert run("serve", "--store", store, "--secret-file", str(file)) == 1
    monkeypatch.setenv("ANNOTATE_SERVE_SECRET", secret)
    assert run("serve", "--store", store) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"annotate: {file}: not a usable secret: 16 or more ASCII characters")
    assert second.startswith("annotate: ANNOTATE_SERVE_SECRET: not a usable secret")
    assert secret not in first + second


def test_a_taken_port(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run("serve", "--store", store, "--port", str(port)) == 1
    assert f"cannot listen on port {port}: Address already in use" in capsys.readouterr().err


def test_a_label_studio_of_ones_own_needs_a_token(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--store", store, "--url", "http://127.0.0.1:9", "--port", "0") == 1
    assert "there is no API token for this Label Studio" in capsys.readouterr().err


def test_the_secret_is_made_once_and_kept_for_its_owner_only() -> None:
    first = live.kept_secret()
    assert live.kept_secret() == first
    (file,) = data_folder().glob("serve-secret")
    assert (stat.S_IMODE(file.stat().st_mode), file.read_text()) == (0o600, first)
    assert len(first) >= live.LEAST


def test_the_environment_comes_before_the_kept_secret_and_a_file_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live.given_secret(None) is None
    monkeypatch.setenv("ANNOTATE_SERVE_SECRET", SECRET)
    assert live.given_secret(None) == SECRET
    file = tmp_path / "secret"
    file.write_text(SECRET[::-1] + "\n")
    assert live.given_secret(str(file)) == SECRET[::-1]


def test_it_serves_before_label_studio_is_there_and_ends_well(store: str) -> None:
    command = [sys.executable, "-m", "annotate", "serve", "--port", "0", "--store", store, *RULES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        ready = json.loads(process.stderr.readline())
        assert ready["event"] == "ready"
        secret = (data_folder() / "serve-secret").read_text()
        with httpx.Client(base_url=ready["url"], trust_env=False, timeout=60) as client:
            assert client.get("/health").status_code == 401
            health = client.get("/health", headers={"X-Annotate-Secret": secret})
        assert health.json()["version"] == ready["pipeline"]
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "")
    events = [json.loads(line) for line in errors.splitlines()]
    assert [line["event"] for line in events] == ["request", "request", "stopping", "stopped"]
    assert secret not in errors


def test_live_takes_an_address_or_the_default_one() -> None:
    push = root.get_command(click.Context(root), "push")
    assert push is not None

    def parsed(*arguments: str) -> object:
        return push.make_context("push", list(arguments)).params["live"]

    assert parsed() is None
    assert parsed("--live") == "http://127.0.0.1:9090"
    assert parsed("--live", "--json") == "http://127.0.0.1:9090"
    assert parsed("--live", "https://annotate.example") == "https://annotate.example"


def test_an_address_that_is_none_is_wrong_usage(
    store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", "0" * 40)
    assert run("push", "--store", store, "--url", "http://127.0.0.1:9", "--live", "localhost:9090") == 2
    assert "--live takes the address of the service, such as http://127.0.0.1:9090" in capsys.readouterr().err
