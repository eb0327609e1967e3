"""`annotate report`: a collection as one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.collection import Collection, open_collection
from annotate.cli.identities import identities_option, read_identities
from annotate.cli.options import store_option
from annotate.cli.progress import progress
from annotate.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from annotate.report.briefs import Pair
    from annotate.review.ledger import Ledger
    from annotate.stories.model import Stories

_MEND = "annotate stories RECORDS --json > FILE makes them"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("inputs", metavar="[INPUT]...", nargs=-1, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The HTML file.")
@click.option("--title", metavar="TEXT", default="Who said it", show_default=True, help="Title of the report.")
@click.option("--stories", type=_FILE, help="Findings of `annotate stories --json` on the same articles.")
@store_option
@identities_option
@click.pass_context
def report(
    context: click.Context,
    /,
    *,
    inputs: tuple[str, ...],
    output: Path,
    title: str,
    stories: Path | None,
    store: str | None,
    identities: Path | None,
) -> None:
    """Write a collection as one HTML page: who says what, through whom, from how many origins.

    INPUT is a file of Records, as predict and export write them, or - for standard input; without one, the store's
    articles are read, and what people corrected in them is told. The page loads nothing and runs no script: it can be
    mailed, archived and printed. The same input gives the same bytes. What cannot be read is reported on standard
    error; the exit code is then 1.

    \b
    Example:
      annotate predict seeds > records.jsonl && annotate report records.jsonl -o report.html --title "Panjshir"
    """
    if stories and identities:
        raise click.UsageError("--identities is for findings that are made here: it goes without --stories")
    if not output.absolute().parent.is_dir():
        raise InputError("there is no such folder to write into", where=str(output.parent), mend="create it first")
    with open_collection(inputs, store) as collection:
        found = _read(stories, collection) if stories else _find(collection, identities)
        ledger = _ledger(collection)
        _write(output, found, collection, title, ledger)
        number = len(collection)
    click.echo(f"{output}: {_size(output)}{number:,} {'article' if number == 1 else 'articles'}")
    if not number:
        click.echo(collection.hint, err=True)
    if collection.rejected:
        context.exit(1)


class _Counted:
    """The articles, each counted as it passes."""

    def __init__(self, articles: Iterable[Pair], step: Callable[[int], object]) -> None:
        self._articles = articles
        self._step = step

    def __iter__(self) -> Iterator[Pair]:
        for pair in self._articles:
            yield pair
            self._step(1)


def _read(path: Path, collection: Collection) -> Stories:
    """Read findings.

    Raises: InputError for what are none, and for those of other articles.
    """
    from pydantic import ValidationError

    from annotate.stories.model import Stories

    try:
        found = Stories.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"not the findings of a collection: {f'{place}: ' if place else ''}{first['msg']}"
        raise InputError(what, where=str(path), mend=_MEND) from None
    for claim in (claim for story in found.stories for claim in story.claims):
        if sorted(index for origin in claim.origins for index in origin.statements) != list(
            range(len(claim.statements))
        ):
            what = f"claim {claim.id}: its origins do not hold each of its statements once"
            raise InputError(what, where=str(path), mend=_MEND)
    told = {name for story in found.stories for name in story.articles}
    missing = len(told.difference(record.id for record in collection.records()))
    if missing and missing == len(told):
        raise InputError("the findings are of other articles", where=str(path), mend="give the Records they are from")
    if missing:
        click.echo(f"{path}: {missing:,} of its {len(told):,} articles are not among the given ones", err=True)
    return found


def _find(collection: Collection, identities: Path | None) -> Stories:
    from annotate.stories import find_stories

    known = read_identities(identities)
    with progress("reading", len(collection)) as step:
        return find_stories((human or prediction for prediction, human in _Counted(collection, step)), identities=known)


def _size(path: Path) -> str:
    """Tell the size of a file; what is none has no size."""
    if not path.is_file():
        return ""
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB, " if size >= 1e6 else f"{size / 1e3:.0f} kB, "


def _ledger(collection: Collection) -> Ledger | None:
    """Compare what people left with what the machine had given; Record files do not tell what that was."""
    if collection.store is None:
        return None
    from annotate.cli.bases import rendered_by
    from annotate.review.ledger import make_ledger

    by = ("pipeline", "month", "annotator", "outlet")
    return make_ledger(collection.store, rendered_by(collection.store), by=by)


def _write(output: Path, found: Stories, collection: Collection, title: str, ledger: Ledger | None) -> None:
    from annotate.report import write_report

    with progress("writing", 2 * len(collection)) as step:
        write_report(output, found, _Counted(collection, step), title=title, corrections=ledger)
