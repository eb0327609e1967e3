"""`annotate studio`: the embedded Label Studio, started and stopped by hand."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.options import json_option, server_options
from annotate.contracts import label_config
from annotate.settings import cache_folder, data_folder

if TYPE_CHECKING:
    from annotate.studio.server import EmbeddedStudio, ServerStatus


def embedded_studio() -> EmbeddedStudio:
    """Return the user's embedded Label Studio; ANNOTATE_STUDIO_BIN names a label-studio to run instead of our own."""
    from annotate.studio.server import EmbeddedStudio

    executable = os.environ.get("ANNOTATE_STUDIO_BIN")
    return EmbeddedStudio(
        data_folder() / "studio", cache_folder(), executable=Path(executable).absolute() if executable else None
    )


def note(message: str) -> None:
    """Show a stage of a long step on stderr."""
    click.echo(f"annotate: {message}", err=True)


@click.group()
def studio() -> None:
    """Start, stop and inspect the embedded Label Studio.

    \b
    Example:
      annotate studio start
    """


@studio.command()
@json_option
def start(as_json: bool) -> None:
    """Start the embedded Label Studio, installing it first if need be, and print its address and login.

    \b
    Example:
      annotate studio start
    """
    server = embedded_studio()
    status = server.start(progress=note)
    login = server.login
    if as_json:
        click.echo(json.dumps({**_document(status), "login": {"email": login.email, "password": login.password}}))
        return
    click.echo(f"Label Studio   {status.url}\nlogin          {login.email}\npassword       {login.password}")


@studio.command()
def stop() -> None:
    """Stop the embedded Label Studio; its data stays.

    \b
    Example:
      annotate studio stop
    """
    click.echo("stopped" if embedded_studio().stop() else "was not running")


@studio.command()
@json_option
def status(as_json: bool) -> None:
    """Tell whether the embedded Label Studio runs, and where.

    \b
    Example:
      annotate studio status --json
    """
    state = embedded_studio().status()
    if as_json:
        click.echo(json.dumps(_document(state)))
        return
    word = "running" if state.healthy else "running, not answering" if state.running else "stopped"
    for name, value in (("state", word), ("address", state.url), ("data", state.data_folder), ("log", state.log)):
        if value:
            click.echo(f"{name:<10} {value}")
    if not state.installed:
        click.echo("Label Studio is not installed yet: `annotate studio start` does it")


@studio.command()
def config() -> None:
    """Print the labeling config, for a Label Studio of your own.

    \b
    Example:
      annotate studio config > label_config.xml
    """
    click.echo(label_config(), nl=False)


@studio.command()
@server_options
@json_option
def invite(*, url: str | None, token_file: str | None, as_json: bool) -> None:
    """Print the link by which another person joins as an annotator.

    Whoever has the link can sign up, so hand it to nobody else. The embedded Label Studio lets nobody in without it,
    and is reached from this machine only.

    \b
    Example:
      annotate studio invite
    """
    from annotate.cli.connect import connect
    from annotate.studio.invite import invite_link

    with connect(url, token_file) as client:
        link = invite_link(client)
    click.echo(json.dumps({"invite": link}) if as_json else link)


def _document(state: ServerStatus) -> dict[str, object]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(state).items()}
