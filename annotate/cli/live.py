"""What `annotate serve` and `annotate push --live` must agree on: the service's address and the shared secret."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.errors import SettingsError
from annotate.settings import data_folder

if TYPE_CHECKING:
    from annotate.studio.client import StudioClient
    from annotate.studio.push import Pushed

HOST, PORT = "127.0.0.1", 9090
URL = f"http://{HOST}:{PORT}"
SECRET = "ANNOTATE_SERVE_SECRET"  # noqa: S105 - the variable's name
SECRET_FILE = "ANNOTATE_SERVE_SECRET_FILE"  # noqa: S105
LEAST = 16  # characters


def given_secret(file: str | None) -> str | None:
    """Return the secret of a file, or else of the environment; None when neither names one.

    Raises: SettingsError when it cannot be read, or is too short or not plain for a header.
    """
    if file is not None:
        try:
            found = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError("cannot be read as a secret", where=file, mend="put one into it") from None
    elif not (found := os.environ.get(SECRET, "").strip()):
        return None
    if len(found) < LEAST or not found.isascii() or not found.isprintable() or " " in found:
        raise SettingsError(
            f"not a usable secret: {LEAST} or more ASCII characters without spaces are needed",
            where=file or SECRET,
            mend="make one with `openssl rand -hex 32`",
        )
    return found


def kept_secret() -> str:
    """Return the secret that is kept in the data folder, readable by its owner only; it is made on first use."""
    file = data_folder() / "serve-secret"
    if not file.exists():
        draft = file.with_name(f".serve-secret.{os.getpid()}")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as output:  # noqa: PTH123 - from a descriptor
            output.write(secrets.token_urlsafe(32))
            output.flush()
            os.fsync(output.fileno())
        with suppress(FileExistsError):  # another process was quicker: its secret counts
            file.hardlink_to(draft)
        draft.unlink()
    kept = given_secret(str(file))
    assert kept is not None
    return kept


def check(url: str | None) -> None:
    """Refuse what is no address, before anything is pushed.

    Raises: click.UsageError.
    """
    if url is not None and not url.startswith(("http://", "https://")):
        raise click.UsageError(f"--live takes the address of the service, such as {URL}: not {url!r}")


def register(client: StudioClient, pushed: Pushed, url: str) -> None:
    """Register the live service for the project that was pushed to, and say what was done.

    Raises: StudioError when Label Studio cannot use the service.
    """
    from annotate.studio.live import go_live

    secret = given_secret(os.environ.get(SECRET_FILE)) or kept_secret()
    live = go_live(client, pushed.project.id, url=url, secret=secret, pipeline=pushed.pipeline)
    click.echo(f"live: {live.url}: ML backend {live.backend}, webhook {live.webhook}", err=True)
    if live.version != pushed.pipeline:
        click.echo(
            f"live: the service predicts with {live.version}, not with {pushed.pipeline}, which the project shows:"
            " start `annotate serve` with the options of `annotate preannotate`, or pre-annotate and push again",
            err=True,
        )
