"""`annotate check`: is a dataset what it says?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.given_articles import articles_options, given_articles
from annotate.cli.main import PROBLEMS_FOUND
from annotate.cli.options import json_option

if TYPE_CHECKING:
    from annotate.dataset.checking import Report
    from annotate.dataset.shelf import Located


@click.command()
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@articles_options("File or folder with the articles, for rows without their texts; more may follow.")
@click.option(
    "--besides",
    multiple=True,
    metavar="NAME",
    help="A file or folder of your own in the dataset's folder; may be given several times.",
)
@json_option
def check(
    dataset: Path,
    *,
    more: tuple[str, ...],
    paths: tuple[str, ...],
    format: str | None,
    besides: tuple[str, ...],
    as_json: bool,
) -> int:
    """Check that a dataset is whole, consistent, and without leaks.

    Every file is compared with SHA256SUMS, every row with the scheme, the index, the licences and the other formats;
    counts and version are computed again; and no article, story or long quote may stand in two splits. Exit code 3 when
    something is wrong, with a line for each problem (at most 20 of a kind), 2 when the folder holds no dataset.

    \b
    Example:
      annotate check exports/panjshir
      annotate check exports/panjshir --articles articles.jsonl
    """
    from annotate.dataset.checking import NoDataset
    from annotate.dataset.checking import check as look_at

    if more and not paths:
        raise click.UsageError("name the articles with --articles")
    try:
        with _articles((*paths, *more), format) as articles:
            report = look_at(dataset, besides=besides, articles=articles)
    except NoDataset as error:
        raise click.UsageError(str(error)) from None
    _render(report, as_json=as_json)
    return PROBLEMS_FOUND if report.findings.problems else 0


@contextmanager
def _articles(paths: tuple[str, ...], format: str | None) -> Iterator[Iterator[Located] | None]:
    if not paths:
        yield None
        return
    with given_articles(paths, format, None) as articles:
        yield articles


def _render(report: Report, *, as_json: bool) -> None:
    findings = report.findings
    if as_json:
        problems = [
            {"kind": str(one.kind), "where": one.where, "what": one.what, "mend": one.mend} for one in findings.problems
        ]
        click.echo(
            json.dumps(
                {
                    "folder": str(report.folder),
                    "version": report.version,
                    "records": report.records,
                    "attributions": report.attributions,
                    "problems": problems,
                    "counts": {str(kind): count for kind, count in findings.counts.items()},
                    "notes": report.notes,
                }
            )
        )
        return
    for problem in findings.problems:
        click.echo(str(problem))
    for kind, count in findings.counts.items():
        listed = sum(problem.kind is kind for problem in findings.problems)
        if count > listed:
            click.echo(f"and {count - listed:,} more problems of kind {kind}")
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    if findings.problems:
        click.echo(f"{findings.counts.total():,} problems in {report.folder}", err=True)
    else:
        click.echo(
            f"Nothing is wrong with {report.folder}: {report.records:,} articles, {report.attributions:,} attributions"
            f" (version {(report.version or '')[:12]})."
        )
