"""`annotate review changes`: the correction ledger."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from annotate.cli.options import json_option, store_option

# The keys of annotate.review.ledger.KEYS (a test compares), which would be slow to import for a help text.
GROUPINGS = ("pipeline", "annotator", "outlet", "day", "week", "month")

names_option = click.option("--names", is_flag=True, help="Call annotators by their names, not annotator-1 and so on.")


@click.command()
@click.option("--by", type=click.Choice(GROUPINGS), multiple=True,
              help="Add the figures of each group of annotations; may be given several times.")  # fmt: skip
@click.option("--top", type=click.IntRange(0), default=20, show_default=True, metavar="N",
              help="In the table, show the N most frequent corrections.")  # fmt: skip
@click.option("--examples", type=click.IntRange(0), default=1, show_default=True, metavar="N",
              help="Show up to N places of each of them.")  # fmt: skip
@names_option
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the bootstrap.")
@store_option
@json_option
def changes(
    *, by: tuple[str, ...], top: int, examples: int, names: bool, seed: int, store: str | None, as_json: bool
) -> None:
    """Tell what people made of the pre-annotations, and how right the machine was.

    Each current annotation is compared with the prediction that its person started from: what was accepted, moved,
    relabelled, relinked, changed and deleted, and what was added. Precision, recall and F1 are the machine's, a
    person's final page being taken as right: of regions with their very spans (exact) and with any shared character
    (partial), of relations with both ends and the label right, and of the attributes of regions that both have.
    Intervals are 95 %, from a bootstrap over articles. Skipped annotations, and those that began on an empty page, are
    counted but not compared; so are the two Admiralty ratings, which the machine never sets.

    \b
    Example:
      annotate review changes --by pipeline --examples 2
    """
    from annotate.cli.bases import rendered_by
    from annotate.cli.ledger_table import as_table
    from annotate.review.ledger import make_ledger
    from annotate.store import Store

    with Store.open(store) as opened:
        ledger = make_ledger(opened, rendered_by(opened), by=by, names=names, examples=examples, seed=seed)
    if as_json:
        click.echo(json.dumps(asdict(ledger), ensure_ascii=False))
    else:
        click.echo(as_table(ledger, top=top))
    if not ledger.annotations:
        click.echo("Nobody has annotated anything yet: submit tasks in Label Studio, then run annotate pull.", err=True)
