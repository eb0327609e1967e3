"""`annotate predict`: articles in, Records out, nothing stored."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from annotate.cli.options import FORMATS, pipeline_options
from annotate.cli.pipelines import build_pipeline

if TYPE_CHECKING:
    from annotate.record import Article


@click.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(allow_dash=True, path_type=str))
@click.option("--format", type=click.Choice(FORMATS), help="Read every input as this; else its ending decides.")
@pipeline_options
def predict(inputs: tuple[str, ...], *, format: str | None, **chosen: Any) -> None:
    """Print the predicted Record of each article, one JSON line each.

    INPUT is a file, a folder, or - for standard input (JSON Lines, unless --format says otherwise). Records come in
    the order of the articles, a few dozen at a time. What cannot be read is reported on standard error; the exit code
    is then 1.

    \b
    Example:
      annotate predict article.txt | jq .attributions
      annotate predict news.jsonl --min-score 0.8 > certain.jsonl
    """
    articles = _Reading(inputs, format)
    for record in build_pipeline(**chosen).records(articles):
        click.echo(record.to_json())
    if articles.rejected:
        click.get_current_context().exit(1)


class _Reading:
    """The articles of the inputs; what is none is reported and counted."""

    def __init__(self, inputs: tuple[str, ...], format: str | None) -> None:
        self._inputs = inputs
        self._format = format
        self.rejected = 0

    def __iter__(self) -> Iterator[Article]:
        from annotate.articles import Rejected, read_paths

        paths: list[Path | Literal["-"]] = ["-" if given == "-" else Path(given) for given in self._inputs]
        for item in read_paths(paths, stdin=sys.stdin.buffer, format=self._format):
            if isinstance(item, Rejected):
                click.echo(str(item), err=True)
                self.rejected += 1
            else:
                yield item
