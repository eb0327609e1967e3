"""`annotate hydrate`: texts back into a dataset that goes without them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.given_articles import articles_options, given_articles
from annotate.cli.main import PROBLEMS_FOUND
from annotate.cli.options import json_option, store_option

if TYPE_CHECKING:
    from annotate.dataset.hydrating import Hydration


@click.command()
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@articles_options("File or folder with the articles, or - for standard input; more may follow.  [default: the store]")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the hydrated dataset there, and leave the other as it is.  [default: in place]",
)
@click.option("--partial", is_flag=True, help="Put in what was found, even if texts are missing.")
@store_option
@json_option
def hydrate(
    dataset: Path,
    *,
    more: tuple[str, ...],
    paths: tuple[str, ...],
    format: str | None,
    to: Path | None,
    partial: bool,
    store: str | None,
    as_json: bool,
) -> int:
    """Put the texts of articles back into a dataset.

    The articles are read as `annotate ingest` reads them, and belong to a row by the SHA-256 of their text: one whose
    text changed since it was annotated is refused by name, and nothing is written. All files of the dataset are written
    anew, whole or not at all; its version stays the same. Exit code 3 when texts are missing or not the ones that were
    annotated.

    \b
    Example:
      annotate hydrate exports/panjshir --articles articles.jsonl more-articles/
    """
    from annotate.dataset.hydrating import hydrate as put_back

    if more and not paths:
        raise click.UsageError("name the articles with --articles")
    with given_articles((*paths, *more), format, store) as articles:
        done = put_back(dataset, articles, to=to, partial=partial)
    for missing in done.missing:
        click.echo(str(missing), err=True)
    if as_json:
        click.echo(json.dumps(_document(done)))
    elif done.summary is None:
        click.echo(
            f"Nothing was written: {len(done.missing):,} of the texts are missing or changed. Name more articles, or"
            " put in what was found with --partial.",
            err=True,
        )
    else:
        left = f"; {len(done.missing):,} go without" if done.missing else ""
        click.echo(
            f"{done.restored:,} texts put back, {done.kept:,} were there{left}: {done.summary.folder}"
            f" (version {done.summary.version[:12]})"
        )
    if done.carried and done.summary is not None:
        click.echo(
            f"note: as they were, without the words put back: {', '.join(done.carried)} (they are made from the store:"
            " annotate export --text all)",
            err=True,
        )
    return 0 if done.summary is not None else PROBLEMS_FOUND


def _document(done: Hydration) -> dict[str, object]:
    return {
        "folder": str(done.summary.folder) if done.summary else None,
        "version": done.summary.version if done.summary else None,
        "restored": done.restored,
        "kept": done.kept,
        "carried": done.carried,
        "missing": [
            {
                "id": one.article_id,
                "sha256": one.sha256,
                "found": {"where": one.changed[0], "sha256": one.changed[1]} if one.changed else None,
            }
            for one in done.missing
        ],
    }
