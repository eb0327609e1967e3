"""People with logins of their own on a real Label Studio: they join by its invite link, as annotators do.

Users made through the API cannot log in; whoever signs up by the link can, in Chromium too, and has a token.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import httpx

from annotate.studio.server import EmbeddedStudio

__all__ = ["Person", "annotators_of", "join"]

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log in at `url` with `email` and `password`, and whose programs use `token`."""

    url: str
    id: int
    email: str
    password: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Ask the server for something as this person; return its JSON answer."""
        headers = {"Authorization": f"Token {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=_SECONDS) as client:
            answer = client.request(method, path, json=body).raise_for_status()
            return answer.json() if answer.content else None

    def submit(self, task: int, result: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
        """Submit an annotation of a task; `fields` are further fields of it. Return it as the server made it."""
        body = {"result": result, "lead_time": 2.5, **fields}
        made: dict[str, Any] = self.call("POST", f"/api/tasks/{task}/annotations/", body)
        return made


def join(server: EmbeddedStudio, name: str = "person") -> Person:
    """Sign a new person up through the server's invite link; the e-mail begins with `name`."""
    email = f"{name}-{secrets.token_hex(4)}@example.org"
    password = secrets.token_urlsafe(12)
    with httpx.Client(base_url=server.url, trust_env=False, timeout=_SECONDS) as session:
        owner = {"Authorization": f"Token {server.token}"}
        link = httpx.get(f"{server.url}/api/invite", headers=owner, trust_env=False, timeout=_SECONDS)
        page = link.raise_for_status().json()["invite_url"]
        session.get(page).raise_for_status()
        form = {
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
            "email": email,
            "password": password,
            "allow_newsletters": "false",
        }
        answer = session.post(page, data=form, headers={"Referer": f"{server.url}{page}"})
        # A form that is not accepted comes back as a page.
        assert answer.is_redirect, answer.text[:2000]
        who = session.get("/api/current-user/whoami").raise_for_status().json()
        assert who["email"] == email
        token = session.get("/api/current-user/token").raise_for_status().json()["token"]
    return Person(server.url, int(who["id"]), email, password, token)


def annotators_of(server: EmbeddedStudio, *names: str) -> list[Person]:
    """Sign several new people up, one for each name."""
    return [join(server, name) for name in names]
