"""`annotate preannotate`: the pipeline over the store's articles."""

from __future__ import annotations

import json

import click

from annotate.cli.options import json_option, store_option
from annotate.cli.progress import progress


@click.command()
@click.option("--base-model", metavar="NAME", help="spaCy pipeline to build on instead of the packaged one.")
@click.option(
    "--parties",
    type=click.Path(exists=True, dir_okay=False),
    help="Parties to the topic, one name a line: their speakers are suggested as `party`.",
)
@store_option
@json_option
def preannotate(base_model: str | None, parties: str | None, store: str | None, as_json: bool) -> None:
    """Pre-annotate the articles that this pipeline version has not seen.

    Run again after an upgrade, it adds the new version's predictions beside the old ones.

    \b
    Example:
      annotate ingest seeds && annotate preannotate
    """
    from annotate.cli.pipelines import build_pipeline
    from annotate.store import Store

    with Store.open(store) as opened:
        pipeline = build_pipeline(base_model, parties)
        todo = opened.articles_without(pipeline.version)
        added = attributions = 0
        with progress("pre-annotating", opened.count_articles()) as step:
            for record in opened.add_predictions(pipeline.version, pipeline.records(todo)):
                added += 1
                attributions += len(record.attributions)
                step(1)
        total = opened.count_articles()
    if as_json:
        click.echo(
            json.dumps(
                {"pipeline": pipeline.version, "articles": total, "predicted": added, "attributions": attributions}
            )
        )
    else:
        click.echo(f"{added} of {total} articles pre-annotated with {attributions} attributions ({pipeline.version})")
