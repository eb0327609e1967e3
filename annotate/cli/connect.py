"""How a command finds its Label Studio: the one that flags or the environment name, else the embedded one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from annotate.errors import SettingsError

if TYPE_CHECKING:
    from annotate.studio.client import StudioClient

TOKEN = "ANNOTATE_STUDIO_TOKEN"  # noqa: S105 - the variable's name


def connect(url: str | None, token_file: str | None) -> StudioClient:
    """Return a client of the Label Studio at `url`, or of the embedded one, which must be running.

    Raises: SettingsError when there is no token for the address; ServerError when the embedded one does not run.
    """
    from annotate.studio.client import StudioClient

    if url is None:
        from annotate.cli.studio import embedded_studio

        server = embedded_studio()
        return StudioClient(server.url, server.token)
    _check_address(url)
    return StudioClient(url, _token(url, token_file))


def _check_address(url: str) -> None:
    """Refuse an address with a password: libraries write addresses into their logs, and the token opens the door."""
    try:
        named = urlsplit(url).password is not None or urlsplit(url).username is not None
    except ValueError:
        return  # no address at all: the client says so
    if named:
        raise SettingsError(
            "the address of Label Studio holds a name or password", where=url, mend=f"leave it out, and set {TOKEN}"
        )


def _token(url: str, token_file: str | None) -> str:
    if token_file is not None:
        try:
            token = Path(token_file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(
                "cannot be read as a token", where=token_file, mend="put the API token into it"
            ) from None
    else:
        token = os.environ.get(TOKEN, "").strip()
    if not token or not token.isprintable() or not token.isascii():
        raise SettingsError(
            "there is no API token for this Label Studio",
            where=url,
            mend=f"set {TOKEN}, or name a file that holds it with --token-file",
        )
    return token
