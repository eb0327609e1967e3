"""The link by which a person joins a Label Studio."""

from __future__ import annotations

from annotate.studio.connection import Connection

__all__ = ["invite_link"]


def invite_link(connection: Connection) -> str:
    """Return the link with which anybody who has it can sign up: to be handed on, never logged.

    Raises: StudioRefused when the token's owner may not invite; StudioUnreachable.
    """
    answer = connection.request("read the invite link", "GET", "api/invite")
    link = connection.read("read the invite link", lambda: str(answer["invite_url"]))
    return f"{connection.url}{link}" if link.startswith("/") else link
