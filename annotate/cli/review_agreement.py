"""`annotate review agreement`: how far annotators of the same articles agree, and where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.agreement_files import FORMATS, Spool, write_disagreements
from annotate.cli.options import json_option, store_option

if TYPE_CHECKING:
    from annotate.errors import InputError
    from annotate.review.agreement import Given, LeftOut, Shared

_INPUT = click.Path(exists=True, path_type=Path)


def _how_many(_: click.Context, __: click.Parameter, value: str) -> int | None:
    """Read N or `all`; None stands for all."""
    if value == "all":
        return None
    if not value.isdecimal():
        raise click.BadParameter("give a number, or: all")
    return int(value)


def _known_format(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() not in FORMATS:
        raise click.BadParameter(f"{str(value)!r} ends in none of: {', '.join(FORMATS)}")
    if value is not None and not value.absolute().parent.is_dir():
        raise click.BadParameter(f"the folder {str(value.parent)!r} does not exist")
    return value


@click.command()
@click.option(
    "--from", "paths", type=_INPUT, multiple=True, metavar="PATH",
    help="Compare the readings in files or folders instead of the store; may be given several times.",
)  # fmt: skip
@click.option("--by", type=click.Choice(["pair"]), help="Add the figures of each two annotators.")
@click.option("--names", is_flag=True, help="Call annotators by their names, not annotator-1, annotator-2, ….")
@click.option("--list", "limit", metavar="N|all", default="10", show_default=True, callback=_how_many,
              help="Of the disagreements, list the first N, or all.")  # fmt: skip
@click.option(
    "--disagreements", "target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    callback=_known_format, help="Write all disagreements to a .csv or .jsonl file.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the bootstrap.")
@store_option
@json_option
def agreement(
    *,
    paths: tuple[Path, ...],
    by: str | None,
    names: bool,
    limit: int | None,
    target: Path | None,
    seed: int,
    store: str | None,
    as_json: bool,
) -> None:
    """Measure how far annotators agree, and list where they do not.

    Of the articles that at least two people annotated, every two readings are compared: F1 of whole attributions (as
    annotate evaluate counts them) and of regions; then, apart from each other, whether both found a region, gave it the
    same boundaries, label and values, joined it to the same others, and took the same mentions for one speaker. Alpha
    is Krippendorff's, over all annotators: 1 is agreement, 0 what chance would give. The order of regions, regions
    that lie over each other, and white space and punctuation at their edges make no difference to spans. Intervals are
    95 %, from a bootstrap over articles.

    What --from takes is recognised: JSON Lines of Records or rows with `text` and `attributions`, Parquet, brat
    standoff, Citron's or Label Studio's JSON, or a dataset's folder. Several readings of one id are its annotators'.

    Disagreements come with what each annotator said, the articles with most of them first.

    \b
    Example:
      annotate review agreement --by pair --disagreements to-discuss.csv
    """
    from annotate.cli.agreement_table import as_table, print_document
    from annotate.review.agreement import LeftOut, Tally, disagreements_of

    _refuse_store(paths)
    left_out, tally = LeftOut(), Tally()
    with ExitStack() as stack:
        spool = stack.enter_context(Spool())
        for article in _articles(stack, store, paths, names, left_out):
            spool.add(disagreements_of(article, tally.add(article)))
        result = tally.result(by_pair=by == "pair", seed=seed)
        if not result.articles:
            raise _nothing(left_out, bool(paths))
        if target:
            write_disagreements(target, spool, result.annotators)
        if as_json:
            print_document(result, left_out, spool)
        else:
            click.echo(as_table(result, left_out, spool, limit=limit))
    if target:
        click.echo(f"{target}: {len(spool):,} disagreements", err=True)


def _articles(
    stack: ExitStack, store: str | None, paths: tuple[Path, ...], names: bool, left_out: LeftOut
) -> Iterator[Shared]:
    from annotate.review.agreement import from_rows, from_store
    from annotate.store import Store

    if paths:
        return from_rows(_given(paths), left_out, names=names)
    return from_store(stack.enter_context(Store.open(store)), left_out, names=names)


def _given(paths: tuple[Path, ...]) -> Iterator[Given]:
    from annotate.dataset.reading import read_rows
    from annotate.review.agreement import Given

    for path in paths:
        for row in read_rows(path):
            yield Given(row.content, row.where, path.name if path.is_dir() else path.stem)


def _refuse_store(paths: tuple[Path, ...]) -> None:
    source = click.get_current_context().get_parameter_source("store")
    if paths and source is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--from reads files: it goes without --store")


def _nothing(left_out: LeftOut, from_files: bool) -> InputError:
    """Say that nothing can be compared, why, and what to do."""
    from annotate.errors import InputError

    counts = [f"{left_out.articles:,} by one person or nobody", *left_out.told()]
    if from_files:
        mend = "give files in which several readings of one id are its annotators', named in provenance.annotator"
    else:
        mend = "have tasks annotated twice, as with annotate push --annotators 2, then annotate pull"
    return InputError(f"no article was annotated by two people: {', '.join(counts)}", mend=mend)
