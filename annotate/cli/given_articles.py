"""Articles that a user names: files and folders, or the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.options import FORMATS

if TYPE_CHECKING:
    from annotate.dataset.shelf import Located


def articles_options(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --articles and --format, and let further paths follow the dataset; help: of --articles."""
    given = click.Path(allow_dash=True, path_type=str)
    options = (
        click.argument("more", metavar="[PATH]...", nargs=-1, type=given),
        click.option("--articles", "paths", multiple=True, type=given, metavar="PATH", help=help),
        click.option("--format", type=click.Choice(FORMATS), help="Read every file of --articles as this; else its"
                     " ending decides."),
    )  # fmt: skip

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@contextmanager
def given_articles(paths: tuple[str, ...], format: str | None, store: str | None) -> Iterator[Iterator[Located]]:
    """Give the articles of files and folders, or else those of the store; what cannot be read is told on stderr."""
    if paths:
        yield _read(paths, format)
        return
    from annotate.store import Store

    with Store.existing(store) as opened:
        yield _of(opened)


def _of(store: object) -> Iterator[Located]:
    from annotate.dataset.shelf import Located
    from annotate.store import Store

    assert isinstance(store, Store)
    yield from (Located(article, f"the store, article {article.id}") for article in store.articles())


def _read(paths: tuple[str, ...], format: str | None) -> Iterator[Located]:
    import sys

    from annotate.articles import Rejected, locate_articles
    from annotate.dataset.shelf import Located

    places = ["-" if path == "-" else Path(path) for path in paths]
    for item in locate_articles(places, stdin=sys.stdin.buffer, format=format):  # type: ignore[arg-type]
        if isinstance(item, Rejected):
            click.echo(f"not read: {item}", err=True)
        else:
            yield Located(item.article, item.where if item.line is None else f"{item.where}:{item.line}")
