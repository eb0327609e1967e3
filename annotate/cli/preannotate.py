"""`annotate preannotate`: predictions for the store's articles, made here or elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.options import json_option, store_option
from annotate.cli.progress import progress

if TYPE_CHECKING:
    from annotate.record import Record
    from annotate.store import Store


@click.command()
@click.option("--base-model", metavar="NAME", help="spaCy pipeline to build on instead of the packaged one.")
@click.option(
    "--parties",
    type=click.Path(exists=True, dir_okay=False),
    help="Parties to the topic, one name a line or JSON Lines with name and aliases: their speakers are suggested as"
    " `party`.",
)
@click.option(
    "--from",
    "predicted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take over what annotate predict printed, perhaps on another machine, instead of predicting here.",
)
@store_option
@json_option
def preannotate(
    base_model: str | None, parties: str | None, predicted: Path | None, store: str | None, as_json: bool
) -> None:
    """Pre-annotate the articles that this pipeline version has not seen.

    Run again after an upgrade, it adds the new version's predictions beside the old ones.

    \b
    Example:
      annotate ingest seeds && annotate preannotate
    """
    from annotate.store import Store

    if predicted is not None and (base_model or parties):
        raise click.UsageError("--from takes predictions as they are: it goes without --base-model and --parties")
    versions: set[str] = set()
    added = attributions = 0
    with Store.open(store) as opened:
        sources = _made_elsewhere(predicted) if predicted else _made_here(opened, base_model, parties)
        with progress("pre-annotating", opened.count_articles()) as step:
            for version, records in sources:
                versions.add(version)
                for record in opened.add_predictions(version, records):
                    added += 1
                    attributions += len(record.attributions)
                    step(1)
        total = opened.count_articles()
    pipelines = ", ".join(sorted(versions))
    if as_json:
        document = {"pipeline": pipelines, "articles": total, "predicted": added, "attributions": attributions}
        click.echo(json.dumps(document))
    else:
        click.echo(f"{added} of {total} articles pre-annotated with {attributions} attributions ({pipelines})")


def _made_here(store: Store, base_model: str | None, parties: str | None) -> Iterator[tuple[str, Iterable[Record]]]:
    from annotate.cli.pipelines import build_pipeline

    pipeline = build_pipeline(base_model, parties)
    yield pipeline.version, pipeline.records(store.articles_without(pipeline.version))


def _made_elsewhere(path: Path) -> Iterator[tuple[str, Iterable[Record]]]:
    from annotate.dataset.formats import jsonl
    from annotate.errors import RecordError

    def version(record: Record) -> str:
        if record.provenance is None or record.provenance.pipeline is None:
            raise RecordError("does not say which pipeline made it", where=f"{path.name}: {record.id}")
        return record.provenance.pipeline

    yield from groupby(jsonl.read(path), key=version)
