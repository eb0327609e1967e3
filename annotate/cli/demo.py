"""`annotate demo`: from a folder of articles to a labeling page, in one command."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.options import pipeline_options, store_option
from annotate.cli.studio import embedded_studio, note

if TYPE_CHECKING:
    from annotate.studio.client import RemoteProject
    from annotate.studio.server import EmbeddedStudio

LOOK_SECONDS = 2.0
PARTIES = "PARTIES"  # the seeds have one


@click.command()
@click.argument("articles", type=click.Path(exists=True, path_type=Path), default=Path("seeds"))
@click.option("--detach", is_flag=True, help="Return when the tasks are there; `annotate studio stop` ends it.")
@click.option("--project", metavar="TITLE", default="Sources", show_default=True, help="Title of the project.")
@pipeline_options
@store_option
@click.pass_context
def demo(
    context: click.Context, /, *, articles: Path, detach: bool, project: str, store: str | None, **chosen: Any
) -> None:
    """Ingest, pre-annotate and push a folder of articles, and show them in an embedded Label Studio.

    ARTICLES is a file or folder that `annotate ingest` reads (default: the seeds folder of a checkout). Label Studio
    is installed on first use, into an environment of its own. A file PARTIES beside the articles is taken for
    --parties. The server stays up until Ctrl-C. Run again, everything is reused and no task is added twice.

    \b
    Example:
      annotate demo --detach && annotate studio status
    """
    from annotate.studio.client import StudioClient

    beside = (articles if articles.is_dir() else articles.parent) / PARTIES
    if chosen.get("parties") is None and beside.is_file():
        chosen["parties"] = str(beside)
    # Each step is the command a user would run; an article that cannot be read does not stop the rest.
    _step(context, "ingest", paths=(str(articles),), store=store)
    _step(context, "preannotate", store=store, **chosen)
    server = embedded_studio()
    server.start(progress=note)
    try:
        _step(context, "push", url=None, token_file=None, project=project, store=store)
        with StudioClient(server.url, server.token) as client:
            (found,) = client.projects(project)
        _welcome(server, found)
    except BaseException:
        if not detach:
            server.stop()
        raise
    if not detach:
        _stay_up(server)


def _step(context: click.Context, name: str, **arguments: Any) -> None:
    """Run another command of this program; what it rejects is reported and does not end the demo."""
    root = context.find_root().command
    assert isinstance(root, click.Group)
    command = root.get_command(context, name)
    assert command is not None
    try:
        context.invoke(command, **arguments)
    except click.exceptions.Exit as ended:
        if name == "push" and ended.exit_code:
            raise


def _welcome(server: EmbeddedStudio, project: RemoteProject) -> None:
    login = server.login
    click.echo(
        f"""
The articles are in Label Studio:

  address   {server.url}/projects/{project.id}/data
  e-mail    {login.email}
  password  {login.password}

Open an article, correct the marked quotes, cues, sources and outlets, and submit it. Then, in a second terminal:

  annotate pull      fetch what you submitted
  annotate export    write the dataset
"""
    )


def _stay_up(server: EmbeddedStudio) -> None:
    """Wait for Ctrl-C (or SIGTERM), then stop the server; say so if it ends by itself."""
    ended = threading.Event()
    before = {sign: signal.signal(sign, lambda *_: ended.set()) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        note("press Ctrl-C to stop Label Studio")
        while not ended.wait(LOOK_SECONDS):
            if not server.status().running:
                note("Label Studio has stopped")
                return
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
    note("stopping Label Studio")
    server.stop()
