"""`annotate studio invite`: with the link a person joins, without it nobody does."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from annotate.cli import main
from annotate.studio.server import EmbeddedStudio

pytestmark = pytest.mark.studio

PASSWORD = "made-up-password-1"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["studio", "invite", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def where(studio_server: EmbeddedStudio, tmp_path: Path) -> tuple[str, ...]:
    file = tmp_path / "token"
    file.write_text(studio_server.token)
    return ("--url", studio_server.url, "--token-file", str(file))


def sign_up(session: httpx.Client, link: str, email: str) -> httpx.Response:
    """Fill in the form behind a link, as a person would."""
    session.get(link)
    form = {
        "csrfmiddlewaretoken": session.cookies.get("csrftoken", ""),
        "email": email,
        "password": PASSWORD,
        "allow_newsletters": "false",
    }
    return session.post(link, data=form, headers={"Referer": link})


def log_in(server: EmbeddedStudio, email: str) -> str | None:
    """Log in through the form, and return who the server then says one is; None when it lets nobody in."""
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as session:
        session.get("/user/login/")
        form = {"csrfmiddlewaretoken": session.cookies["csrftoken"], "email": email, "password": PASSWORD}
        session.post("/user/login/", data=form, headers={"Referer": f"{server.url}/user/login/"})
        who = session.get("/api/current-user/whoami")
        return str(who.json()["email"]) if who.status_code == 200 else None


def test_a_second_person_joins_by_the_link(
    where: tuple[str, ...], studio_server: EmbeddedStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*where) == 0
    shown = capsys.readouterr()
    link = shown.out.strip()
    assert link.startswith(f"{studio_server.url}/user/signup/?token=")
    assert shown.err == ""
    assert run(*where, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"invite": link}
    with httpx.Client(trust_env=False, timeout=60) as session:
        assert sign_up(session, link, "second@example.org").is_redirect
    assert log_in(studio_server, "second@example.org") == "second@example.org"


def test_the_link_is_in_no_log_until_somebody_follows_it(
    make_server: Callable[[], EmbeddedStudio],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = make_server()
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", server.token)
    with caplog.at_level(logging.DEBUG):
        assert run("--url", server.url) == 0
    secret = capsys.readouterr().out.strip().partition("token=")[2]
    assert len(secret) > 20
    assert secret not in server.log.read_text(encoding="utf-8", errors="replace")
    assert secret not in caplog.text


@pytest.mark.parametrize("query", ["", "?token=", "?token=made-up"])
def test_without_the_link_nobody_joins(studio_server: EmbeddedStudio, query: str) -> None:
    with httpx.Client(trust_env=False, timeout=60) as session:
        assert sign_up(session, f"{studio_server.url}/user/signup/{query}", "third@example.org").status_code == 403
    assert log_in(studio_server, "third@example.org") is None


def test_a_wrong_token_is_one_clear_line(
    studio_server: EmbeddedStudio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", "0" * 40)
    assert run("--url", studio_server.url) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"annotate: {studio_server.url}: could not read the invite link: HTTP 401")
    assert shown.err.count("\n") == 1
