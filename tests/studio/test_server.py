"""The embedded server, for real: one process, on our port, ended exactly, found again after any crash."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from annotate.cli.main import root
from annotate.contracts import label_config
from annotate.errors import ServerError
from annotate.studio.server import EMAIL, EmbeddedStudio
from annotate.studio.server_install import CONSTRAINTS, LABEL_STUDIO_VERSION, environment_folder, installed_executable
from tests.conftest import ServerFactory

START = """
import sys
from pathlib import Path
from annotate.studio.server import EmbeddedStudio
server = EmbeddedStudio(Path(sys.argv[1]), Path(sys.argv[1]), executable=Path(sys.argv[2]))
server.start({arguments})
print(server.status().pid)
"""


def token_of(server: EmbeddedStudio) -> dict[str, str]:
    return {"Authorization": f"Token {server.token}"}


def fake_studio(folder: Path, script: str) -> EmbeddedStudio:
    executable = folder / "fake-label-studio"
    executable.write_text(f"#!{sys.executable}\n{script}")
    executable.chmod(0o700)
    return EmbeddedStudio(folder / "data", folder, executable=executable)


@pytest.mark.studio
def test_it_runs_on_loopback_alone_and_knows_its_token(studio_server: EmbeddedStudio) -> None:
    status = studio_server.status()
    assert status.running
    assert status.healthy
    assert status.url == studio_server.url
    user = httpx.get(f"{status.url}/api/current-user/whoami", headers=token_of(studio_server)).json()
    assert user["email"] == EMAIL
    assert httpx.get(f"{status.url}/api/projects/").status_code == 401
    addresses = {
        connection.laddr.ip
        for connection in psutil.Process(status.pid).net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


@pytest.mark.studio
def test_strangers_cannot_sign_up(studio_server: EmbeddedStudio) -> None:
    def people() -> list[str]:
        users = httpx.get(f"{studio_server.url}/api/users/", headers=token_of(studio_server)).json()
        return [user["email"] for user in users]

    before = people()
    assert EMAIL in before
    with httpx.Client(base_url=studio_server.url) as stranger:
        stranger.get("/user/signup/")
        form = {
            "email": "stranger@example.org",
            "password": "a-long-enough-password",
            "csrfmiddlewaretoken": stranger.cookies["csrftoken"],
        }
        assert stranger.post("/user/signup/", data=form).status_code == 403
    assert people() == before, "others have joined by the invite link, the stranger has not"


@pytest.mark.studio
def test_it_answers_to_its_own_name_alone_and_lets_no_other_origin_in(studio_server: EmbeddedStudio) -> None:
    health = f"{studio_server.url}/health"
    assert httpx.get(health, headers={"Host": "evil.example"}).status_code == 400
    answer = httpx.get(health, headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.studio
def test_the_login_is_private_and_stays(studio_server: EmbeddedStudio) -> None:
    file = studio_server.data_folder / "login.json"
    assert file.stat().st_mode & 0o777 == 0o600
    again = EmbeddedStudio(studio_server.data_folder, studio_server.cache_folder)
    assert again.login == studio_server.login
    assert len(again.token) == 40
    assert int(again.token, 16)
    log = studio_server.log.read_text()
    assert studio_server.token not in log
    assert studio_server.login.password not in log


@pytest.mark.studio
def test_a_second_start_reuses_the_running_server(studio_server: EmbeddedStudio, studio_executable: Path) -> None:
    other = EmbeddedStudio(studio_server.data_folder, studio_server.cache_folder, executable=studio_executable)
    messages: list[str] = []
    assert other.start(progress=messages.append).pid == studio_server.status().pid
    assert messages == []


@pytest.mark.studio
def test_stop_ends_the_process_and_the_next_start_takes_the_same_port(make_server: ServerFactory) -> None:
    server = make_server()
    first = server.status()
    assert server.stop()
    assert not psutil.pid_exists(first.pid or 0)
    assert not server.stop()
    with pytest.raises(ServerError, match="not running"):
        _ = server.url
    second = server.start()
    assert (second.url, second.healthy) == (first.url, True)
    assert second.pid != first.pid


@pytest.mark.studio
def test_a_busy_port_is_left_to_its_owner(make_server: ServerFactory) -> None:
    server = make_server()
    port = int(server.url.rpartition(":")[2])
    server.stop()
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        status = server.start()
        assert status.healthy
        assert status.url != f"http://127.0.0.1:{port}"


@pytest.mark.studio
def test_two_starts_at_once_start_one_server(make_server: ServerFactory, studio_executable: Path) -> None:
    server = make_server()
    server.stop()
    command = [sys.executable, "-c", START.format(arguments=""), str(server.data_folder), str(studio_executable)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    pids = [racer.communicate(timeout=120)[0].strip() for racer in racers]
    assert pids == [str(server.status().pid)] * 2


@pytest.mark.studio
def test_a_server_whose_starter_was_killed_is_still_stopped(
    make_server: ServerFactory, studio_executable: Path
) -> None:
    server = make_server()
    server.stop()
    command = [sys.executable, "-c", START.format(arguments=""), str(server.data_folder), str(studio_executable)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as starter:
        while not server.status().running:
            time.sleep(0.02)
        starter.send_signal(signal.SIGKILL)
    pid = server.status().pid
    assert pid
    assert server.stop()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_server_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    server = fake_studio(tmp_path, "import time; print('no such table: projects', flush=True); time.sleep(1)")
    with pytest.raises(ServerError, match=r"ended while it was starting: no such table: projects") as failure:
        server.start()
    assert failure.value.where == str(server.log)


def test_a_server_that_never_answers_is_ended_and_its_secrets_stay_unsaid(tmp_path: Path) -> None:
    server = fake_studio(
        tmp_path, "import os, time; print(os.environ['LABEL_STUDIO_PASSWORD'], flush=True); time.sleep(60)"
    )
    messages: list[str] = []
    with pytest.raises(ServerError, match="did not answer within 2 s: …") as failure:
        server.start(timeout=2, progress=messages.append)
    assert server.login.password not in str(failure.value)
    assert messages == ["starting Label Studio"]
    assert not server.status().running


def test_a_server_that_ignores_sigterm_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotate.studio.server.STOP_SECONDS", 1)
    script = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
print(child.pid, flush=True)
time.sleep(60)
"""
    server = fake_studio(tmp_path, script)
    with pytest.raises(ServerError, match="did not answer"):
        server.start(timeout=2)
    child = int(server.log.read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_process_that_is_not_ours_is_never_stopped(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        server = EmbeddedStudio(tmp_path, tmp_path, executable=Path("unused"))
        (tmp_path / "server.json").write_text(json.dumps({"pid": stranger.pid, "port": 8080}))
        assert not server.status().running
        assert not server.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_younger_process_under_the_same_pid_is_never_stopped(tmp_path: Path) -> None:
    environment = {**os.environ, "LABEL_STUDIO_BASE_DATA_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=environment) as stranger:
        server = EmbeddedStudio(tmp_path, tmp_path, executable=Path("unused"))
        state = tmp_path / "server.json"
        state.write_text(json.dumps({"pid": stranger.pid, "port": 8080}))
        assert server.status().running
        os.utime(state, (time.time() - 3600,) * 2)
        assert not server.stop()
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x", "port": null}'])
def test_a_damaged_state_file_means_not_running(tmp_path: Path, content: str) -> None:
    (tmp_path / "server.json").write_text(content)
    status = EmbeddedStudio(tmp_path, tmp_path, executable=Path("unused")).status()
    assert (status.running, status.url, status.pid) == (False, None, None)


def test_a_damaged_login_is_said_and_kept(tmp_path: Path) -> None:
    (tmp_path / "login.json").write_text("{}")
    with pytest.raises(ServerError, match="the login cannot be read"):
        _ = EmbeddedStudio(tmp_path, tmp_path).login
    assert (tmp_path / "login.json").read_text() == "{}"


def test_an_interrupted_install_counts_as_none(tmp_path: Path) -> None:
    folder = environment_folder(tmp_path)
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "label-studio").touch()
    assert installed_executable(tmp_path) is None
    (folder / "complete").touch()
    assert installed_executable(tmp_path) == folder / "bin" / "label-studio"


def test_a_failed_install_says_why_and_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'No space left on device'\nexit 1\n")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    messages: list[str] = []
    with pytest.raises(ServerError, match="could not be installed: No space left on device") as failure:
        EmbeddedStudio(tmp_path / "data", tmp_path).start(progress=messages.append)
    assert failure.value.mend
    assert messages == ["installing Label Studio 1.23.2 once, about 1 GB: this takes a few minutes"]
    assert installed_executable(tmp_path) is None


def test_the_constraints_pin_names_and_versions_only() -> None:
    lines = CONSTRAINTS.read_text().splitlines()
    assert f"label-studio=={LABEL_STUDIO_VERSION}" in lines
    assert all(line.count("==") == 1 and not set(line) & set(":/@ ") for line in lines)


class TestCommands:
    def test_status_and_stop_without_a_server(self) -> None:
        runner = CliRunner()
        state = json.loads(runner.invoke(root, ["studio", "status", "--json"]).output)
        assert (state["running"], state["installed"], state["url"]) == (False, False, None)
        assert "not installed yet" in runner.invoke(root, ["studio", "status"]).output
        assert runner.invoke(root, ["studio", "stop"]).output == "was not running\n"

    def test_config_prints_the_labeling_config(self) -> None:
        assert CliRunner().invoke(root, ["studio", "config"]).output == label_config()

    @pytest.mark.studio
    def test_start_status_stop(
        self, home: Path, studio_template: Path, studio_executable: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import shutil

        monkeypatch.setenv("ANNOTATE_STUDIO_BIN", str(studio_executable))
        folder = home / "data" / "annotate" / "studio"
        shutil.copytree(studio_template, folder, ignore=shutil.ignore_patterns("server.*"))
        runner = CliRunner()
        try:
            started = runner.invoke(root, ["studio", "start"])
            assert started.exit_code == 0
            assert EMAIL in started.stdout
            assert started.stderr.startswith("annotate: starting Label Studio\n")
            state = json.loads(runner.invoke(root, ["studio", "status", "--json"]).stdout)
            assert state["healthy"]
            assert state["url"] in started.stdout
        finally:
            assert runner.invoke(root, ["studio", "stop"]).stdout == "stopped\n"
