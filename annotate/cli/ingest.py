"""`annotate ingest`: files into the store."""

from __future__ import annotations

import json
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.options import FORMATS, json_option, store_option
from annotate.cli.rejects import Rejects

if TYPE_CHECKING:
    from annotate.articles import Located, Rejected
    from annotate.record import Article
    from annotate.store import Outcome, Store


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(allow_dash=True, path_type=str))
@click.option("--format", type=click.Choice(FORMATS), help="Read every file as this; else its ending decides.")
@click.option(
    "--rejects",
    "rejects_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to keep what was rejected, with the reasons.  [default: a file in the user's data folder]",
)
@click.option(
    "--max-line",
    type=click.IntRange(min=1),
    default=10_000_000,
    show_default=True,
    metavar="BYTES",
    help="Longest line, row, page or text file that is read as an article.",
)
@store_option
@json_option
def ingest(
    paths: tuple[str, ...],
    *,
    format: str | None,
    rejects_file: Path | None,
    max_line: int,
    store: str | None,
    as_json: bool,
) -> None:
    """Add articles to the store.

    PATH is a file, a folder (with its subfolders), or - for standard input (JSON Lines, unless --format says
    otherwise). Read are .txt, .jsonl, .csv, .parquet, .html and .warc, also .warc.gz. Tables and JSON Lines have a
    column text and, if you like, id, title, url, publisher, published, language, licence; other columns of strings and
    numbers are kept with them. An article that is there already changes nothing. What cannot be read is reported and
    kept in a rejects file; all else is added, and the exit code is then 1.

    \b
    Example:
      annotate ingest seeds more-articles.jsonl
    """
    from annotate.articles import Limits, locate_articles
    from annotate.store import Store

    counts: Counter[str] = Counter()
    with Store.open(store) as opened, Rejects(rejects_file) as rejects:
        items = locate_articles(
            ["-" if path == "-" else Path(path) for path in paths],
            stdin=sys.stdin.buffer,
            format=format,
            limits=Limits(article_bytes=max_line),
            on_skip=lambda path: counts.update(skipped=1),
        )
        # Nobody knows how many there will be: the bar shows that something moves, and how many are in.
        added = _add(items, opened, rejects)
        with click.progressbar(
            added, label="adding", show_pos=True, file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as outcomes:
            counts.update(outcome.value for outcome in outcomes)
    _render(counts, rejects, as_json=as_json)
    if rejects.count:
        click.get_current_context().exit(1)


def _add(items: Iterable[Located | Rejected], store: Store, rejects: Rejects) -> Iterator[Outcome]:
    """Store the articles, set the others aside, and yield what became of each article."""
    from annotate.articles import Rejected
    from annotate.store import Outcome

    # The store answers in order, some articles later: here wait the places of those it has not answered yet.
    places: deque[Located] = deque()

    def articles() -> Iterator[Article]:
        for item in items:
            if isinstance(item, Rejected):
                rejects.add(item)
            else:
                places.append(item)
                yield item.article

    for article, outcome, reason in store.add_articles(articles()):
        place = places.popleft()
        if outcome is Outcome.CLASH:
            rejects.add(Rejected(place.where, place.line, article.id, reason or outcome.value, article.text))
        yield outcome


def _render(counts: Counter[str], rejects: Rejects, *, as_json: bool) -> None:
    path = None if rejects.path is None else str(rejects.path)
    if as_json:
        summary = {
            "new": counts["new"],
            "known": counts["known"],
            "rejected": rejects.count,
            "skipped": counts["skipped"],
            "rejects": path,
        }
        click.echo(json.dumps(summary))
        return
    others = f", {counts['skipped']} left aside (not a kind of file that is read)" if counts["skipped"] else ""
    click.echo(f"{counts['new']} new, {counts['known']} already there, {rejects.count} rejected{others}")
    if path:
        click.echo(f"rejected articles are kept in {path}", err=True)
