"""`annotate pull`: what people did, into the store."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.connect import connect
from annotate.cli.options import json_option, store_option, studio_options
from annotate.cli.progress import progress

if TYPE_CHECKING:
    from annotate.store import Store
    from annotate.store.tables import Purpose
    from annotate.studio.client import RemoteProject, StudioClient
    from annotate.studio.pull import PullSummary


@click.command()
@click.option(
    "--from",
    "exported",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read a JSON export that was downloaded from Label Studio instead of asking the server.",
)
@click.option("--watch", type=click.IntRange(min=1), metavar="SECONDS", help="Repeat until interrupted.")
@studio_options
@store_option
@json_option
def pull(
    *,
    exported: Path | None,
    watch: int | None,
    url: str | None,
    token_file: str | None,
    project: str,
    store: str | None,
    as_json: bool,
) -> None:
    """Fetch what people annotated, skipped and deleted.

    Every version of every annotation is kept, with who made it, when and how long it took; nothing is overwritten. An
    annotation that cannot be read is reported with its task, kept as it came, and makes the exit code 1. The project
    that `annotate review adjudicate` made beside this one is fetched too.

    \b
    Example:
      annotate pull --watch 60
    """
    from annotate.errors import ServerError, StudioUnreachable
    from annotate.store import Store

    if exported is not None and watch:
        raise click.UsageError("--from reads a file: it goes without --watch")
    unread = 0
    with Store.open(store) as opened:
        for fetch in _repeatedly(watch):
            try:
                summary = _from_file(opened, exported) if exported else _from_server(opened, url, token_file, project)
            except (StudioUnreachable, ServerError) as error:
                if not fetch:
                    raise
                click.echo(f"annotate: {error}", err=True)  # it may be back the next time
                continue
            _render(summary, as_json=as_json, quiet=fetch > 0 and not (summary.new or summary.gone))
            unread = len(summary.unread)
    if unread:
        click.get_current_context().exit(1)


def _repeatedly(seconds: int | None) -> Iterator[int]:
    yield 0
    fetch = 0
    while seconds:
        time.sleep(seconds)
        fetch += 1
        yield fetch


def _from_server(store: Store, url: str | None, token_file: str | None, title: str) -> PullSummary:
    from annotate.errors import StudioError
    from annotate.studio.adjudication import adjudication_title
    from annotate.studio.push import find_project

    with connect(url, token_file) as client:
        project = find_project(store, client, title)
        if project is None:
            raise StudioError(f"has no project titled {title!r}", where=client.url, mend="run annotate push first")
        summary = _project(store, client, project, title)
        # What was decided on belongs to it: the project that `annotate review adjudicate` made beside this one.
        beside = find_project(store, client, adjudication_title(title))
        if beside is not None:
            summary.add(_project(store, client, beside, beside.title))
        return summary


def _project(store: Store, client: StudioClient, project: RemoteProject, title: str) -> PullSummary:
    from annotate.store.annotations import newest
    from annotate.store.projects import bind_project

    after = newest(store)
    tasks = client.export(project.id)
    purpose = _purpose(tasks)
    number = bind_project(store, project.identity, project.id, title, purpose=purpose)
    return _file(store, number, tasks, complete=True, after=after)


def _purpose(tasks: Iterable[Mapping[str, Any]]) -> Purpose:
    """Tell by its tasks what a project is for, should it not be known yet."""
    from annotate.store.tables import Purpose
    from annotate.studio.adjudication import is_adjudication

    return Purpose.ADJUDICATION if any(is_adjudication(task) for task in tasks) else Purpose.ANNOTATION


def _from_file(store: Store, path: Path) -> PullSummary:
    from annotate.errors import InputError
    from annotate.store.projects import bind_project

    try:
        tasks = json.loads(path.read_bytes())
        if not isinstance(tasks, list):
            raise TypeError
        remote_id = int(tasks[0]["project"]) if tasks else 0
        if not all(isinstance(task["annotations"], list) and isinstance(task["data"], dict) for task in tasks):
            raise TypeError
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise InputError(
            "is not a project's JSON export", where=str(path), mend="in Label Studio choose Export, then JSON"
        ) from None
    # Not a complete picture of the project: what the file lacks may have come later.
    number = bind_project(store, "file", remote_id, path.name, purpose=_purpose(tasks))
    return _file(store, number, tasks, complete=False)


def _file(
    store: Store, project: int, tasks: Iterable[Mapping[str, Any]], *, complete: bool, after: int | None = None
) -> PullSummary:
    from annotate.studio.pull import pull as pull_tasks

    tasks = list(tasks)
    with progress("pulling", len(tasks)) as step:
        return pull_tasks(store, project, tasks, complete=complete, after=after, progress=step)


def _render(summary: PullSummary, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(summary), ensure_ascii=False))
        return
    for warning in summary.warnings:
        click.echo(f"look again: {warning}", err=True)
    for trouble in summary.unread:
        click.echo(f"cannot be read, kept as it came: {trouble}", err=True)
    if not quiet:
        click.echo(
            f"{summary.annotations} annotations on {summary.tasks} tasks: {summary.new} new or changed,"
            f" {summary.gone} deleted, {summary.skipped} skipped, {len(summary.unread)} unreadable"
        )
