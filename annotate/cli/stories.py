"""`annotate stories`: which articles tell the same, who said it first, what changed on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.collection import open_collection
from annotate.cli.files import write_whole
from annotate.cli.identities import identities_option, read_identities
from annotate.cli.options import json_option, store_option
from annotate.cli.progress import progress

if TYPE_CHECKING:
    from annotate.record import Record


@click.command()
@click.argument("inputs", metavar="[INPUT]...", nargs=-1, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@store_option
@identities_option
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the findings to this file, as JSON."
)
@json_option
@click.pass_context
def stories(
    context: click.Context,
    /,
    *,
    inputs: tuple[str, ...],
    store: str | None,
    identities: Path | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Find what articles say together: stories, claims and their origins, what changed, who is who.

    INPUT is a file of Records, as predict and export write them, or - for standard input; without one, the store's
    articles are read: what people verified, else the newest prediction. A claim is one statement that several articles
    or sources tell; its origins are counted apart only when they are known. The document that --json prints and -o
    keeps is described by schemas/stories.schema.json. What cannot be read is reported on standard error; the exit code
    is then 1.

    \b
    Example:
      annotate predict seeds > records.jsonl && annotate stories records.jsonl
    """
    known = read_identities(identities)
    with open_collection(inputs, store) as collection, progress("reading", len(collection)) as step:
        from annotate.cli.stories_summary import summary
        from annotate.stories import find_stories

        found = find_stories(_counted(collection.records(), step), identities=known)
    if output:
        write_whole(output, found.model_dump_json() + "\n")
    click.echo(found.model_dump_json() if as_json else summary(found))
    if not found.articles:
        click.echo(collection.hint, err=True)
    if collection.rejected:
        context.exit(1)


def _counted(records: Iterable[Record], step: Callable[[int], object]) -> Iterator[Record]:
    for record in records:
        yield record
        step(1)
