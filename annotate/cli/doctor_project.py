"""The part of `annotate doctor` that looks at a project in Label Studio."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.connect import TOKEN, connect
from annotate.cli.options import server_options
from annotate.errors import AnnotateError

if TYPE_CHECKING:
    from annotate.store import Store
    from annotate.studio.checkup import Finding

PROJECT = "Sources"  # what push calls it by default


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which project to check: `project`, `url`, `token_file`, `sample_tasks`."""
    for option in (
        click.option(
            "--sample-tasks",
            type=click.IntRange(min=1),
            metavar="N",
            help="Read back N tasks chosen at random instead of all; missing, doubled and unknown tasks may then not"
            " show.",
        ),
        click.option(
            "--project",
            metavar="TITLE",
            help=f"Project to check.  [default: {PROJECT}, when a Label Studio runs that has it]",
        ),
    ):
        command = option(command)
    return server_options(command)


def check(
    store: str | None, *, project: str | None, url: str | None, token_file: str | None, sample_tasks: int | None
) -> Iterator[Finding]:
    """Check the project; without one named, the usual one if it can be seen."""
    from annotate.store import Store
    from annotate.studio.checkup import Finding, check_project, check_queue, check_server
    from annotate.studio.checkup_tasks import check_tasks

    if project is None and (why := _unseen(url, token_file)):
        yield Finding("project", f"not checked: {why}")
        return
    try:
        with connect(url, token_file) as client:
            server = list(check_server(client))
            if problem := server[-1].problem:
                yield from server if project else [Finding("project", f"not checked: {problem}")]
                return
            title = project or PROJECT
            if project is None and not client.projects(title):
                yield Finding("project", f"not checked: Label Studio has none titled {title!r}")
                return
            yield from server
            with Store.existing(store) as opened:
                _refuse_older(opened)
                found, findings = check_project(opened, client, title)
                yield from findings
                yield from check_queue(opened, found)
                if found is not None:
                    yield from check_tasks(opened, client, found, sample=sample_tasks)
    except AnnotateError as error:
        yield Finding("project", f"{project or PROJECT}: not checked", error.what, error.mend or "see above")


def _refuse_older(store: Store) -> None:
    from annotate.errors import StoreError
    from annotate.store.migrate import is_latest, revision_of

    revision = revision_of(store.engine)
    if revision is None or not is_latest(store.engine, revision):
        raise StoreError(
            "the store was made by an older release", where=store.shown_url, mend="run: annotate db upgrade"
        )


def _unseen(url: str | None, token_file: str | None) -> str | None:
    """Return why no project can be looked at where nobody named one."""
    if url is not None:
        known = token_file is not None or os.environ.get(TOKEN, "").strip()
        return None if known else "there is no API token"
    from annotate.cli.studio import embedded_studio

    status = embedded_studio().status()
    return None if status.running and status.healthy else "no Label Studio is running"
