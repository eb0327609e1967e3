"""`annotate review queue`: what to annotate next, and why; nothing is sent or written."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from annotate.cli.options import json_option, store_option
from annotate.cli.queueing import ORDERS, chosen_pipeline, ordered

if TYPE_CHECKING:
    from annotate.review.queue import Queued


@click.command()
@click.option("--order", type=click.Choice(ORDERS), default="useful", show_default=True, help="What to annotate first.")
@click.option("--top", type=click.IntRange(1), metavar="N", default=20, show_default=True, help="How many to print.")
@click.option("--pipeline", metavar="VERSION", help="Pipeline version to go by.  [default: the latest]")
@store_option
@json_option
def queue(*, order: str, top: int, pipeline: str | None, store: str | None, as_json: bool) -> None:
    """Print the articles that are worth annotating next, each with the reason.

    Annotated articles and those of the evaluation sample, which --json names, are left out. Nothing is sent or
    written: `annotate push --order` brings Label Studio into the same order.

    \b
    Example:
      annotate review queue --order rare --top 10
    """
    from annotate.store import Store
    from annotate.store.samples import sampled_articles

    with Store.open(store) as opened:
        version, _ = chosen_pipeline(opened, pipeline)
        apart = sampled_articles(opened)
        waiting = [
            item for item in ordered(opened, version, order) if not item.annotated and item.article_id not in apart
        ]
    if as_json:
        articles = [{"place": place, **asdict(item)} for place, item in enumerate(waiting[:top], start=1)]
        document = {"order": order, "pipeline": version, "waiting": len(waiting), "articles": articles,
                    "sample": sorted(apart)}  # fmt: skip
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for place, item in enumerate(waiting[:top], start=1):
        click.echo(_line(place, item))
    click.echo(f"{len(waiting)} articles wait in the order {order} ({version})", err=True)


def _line(place: int, item: Queued) -> str:
    return f"{place:>4}  {item.score:8.3f}  {item.article_id}  {item.reason}"
