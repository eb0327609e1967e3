"""The embedded Label Studio as it runs: what is switched off is off."""

from __future__ import annotations

import os
import re
from pathlib import Path

import httpx
import psutil
import pytest

from annotate.studio.server import EmbeddedStudio, Login, _environment

SWITCHED = {
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "CORS_ALLOW_ALL_ORIGINS": "false",
    "LOCAL_FILES_SERVING_ENABLED": "false",
    "ENABLE_LOCAL_FILES_STORAGE": "false",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "USE_DEFAULT_BANNED_SUBNETS": "false",
}


def test_its_whole_environment_is_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SENTRY_DSN", "https://somebody.example/1")
    monkeypatch.setenv("DEBUG", "true")
    given = _environment(tmp_path, Login("a@example.org", "secret", "token"), 8080, tmp_path)
    assert {name: given[name] for name in SWITCHED} == SWITCHED
    assert given["ALLOWED_HOSTS"] == "127.0.0.1,localhost"
    assert "127.0.0.0/8" not in given["USER_ADDITIONAL_BANNED_SUBNETS"]
    assert {"10.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16"} <= set(given["USER_ADDITIONAL_BANNED_SUBNETS"].split(","))
    assert "DEBUG" not in given


@pytest.mark.studio
def test_the_running_process_has_it(studio_server: EmbeddedStudio) -> None:
    port = int(studio_server.url.rpartition(":")[2])
    listening = {
        connection.pid for connection in psutil.net_connections("tcp4")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
    }  # fmt: skip
    (process,) = listening
    environment = psutil.Process(process).environ()
    assert {name: environment.get(name) for name in SWITCHED} == SWITCHED
    assert not [name for name in environment if name.startswith("ANNOTATE_")]
    assert environment["HOME"] != os.environ["HOME"]


@pytest.mark.studio
def test_its_pages_name_no_analytics_and_no_error_reports(studio_server: EmbeddedStudio) -> None:
    with httpx.Client(base_url=studio_server.url, trust_env=False, timeout=60) as client:
        page = client.get("/user/login/").text
        settings = client.get("/api/settings/", headers={"Authorization": f"Token {studio_server.token}"})
    for name in ("sentry_dsn", "FRONTEND_SENTRY_DSN"):
        assert not re.search(rf"{name}[\"']?\s*[:=]\s*[\"']https?:", page, re.IGNORECASE)
    assert "google-analytics.com/collect" not in page
    assert settings.status_code in {200, 404}


@pytest.mark.studio
def test_it_serves_no_files_of_the_machine(studio_server: EmbeddedStudio) -> None:
    headers = {"Authorization": f"Token {studio_server.token}"}
    with httpx.Client(base_url=studio_server.url, trust_env=False, timeout=60, headers=headers) as client:
        for place in ("/data/local-files/?d=etc/passwd", "/data/local-files/?d=../../../../etc/passwd"):
            answer = client.get(place)
            assert answer.status_code in {403, 404}
            assert "root:" not in answer.text
        project = client.post("/api/projects/", json={"title": "Storage"}).json()["id"]
        try:
            added = client.post("/api/storages/localfiles", json={"project": project, "path": "/etc", "title": "x"})
            assert added.status_code >= 400
        finally:
            client.delete(f"/api/projects/{project}/")
