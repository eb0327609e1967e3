"""`annotate preannotate`: predictions for the store's articles, made here or elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from annotate.cli.options import json_option, pipeline_options, store_option
from annotate.cli.progress import progress

if TYPE_CHECKING:
    from annotate.record import Record
    from annotate.store import Store


@click.command()
@pipeline_options
@click.option(
    "--from",
    "predicted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take over what annotate predict printed, perhaps on another machine, instead of predicting here.",
)
@click.option(
    "--stories/--no-stories",
    default=True,
    show_default=True,
    help="Compare the articles with each other, and bring the suggestions of all of them up to date.",
)
@store_option
@json_option
@click.pass_context
def preannotate(
    context: click.Context, /, *, predicted: Path | None, stories: bool, store: str | None, as_json: bool, **chosen: Any
) -> None:
    """Pre-annotate the articles that this pipeline version has not seen.

    Run again after an upgrade, it adds the new version's predictions beside the old ones. What other articles say of a
    claim changes the suggestions of all articles that tell it: those in the store are renewed, those that Label Studio
    has already been sent stay there as they are.

    \b
    Example:
      annotate ingest seeds && annotate preannotate
    """
    from annotate.store import Store

    given = [name for name in chosen if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if predicted is not None and given:
        raise click.UsageError(f"--from takes predictions as they are: it goes without {_flags(given)}")
    versions: set[str] = set()
    added = attributions = 0
    with Store.open(store) as opened:
        sources = _made_elsewhere(predicted) if predicted else _made_here(opened, chosen)
        with progress("pre-annotating", opened.count_articles()) as step:
            for version, records in sources:
                versions.add(version)
                for record in opened.add_predictions(version, records):
                    added += 1
                    attributions += len(record.attributions)
                    step(1)
        renewed = sum(_compare(opened, version) for version in sorted(versions)) if stories and not predicted else 0
        total = opened.count_articles()
    pipelines = ", ".join(sorted(versions))
    if as_json:
        document = {"pipeline": pipelines, "articles": total, "predicted": added, "attributions": attributions,
                    "suggestions_renewed": renewed}  # fmt: skip
        click.echo(json.dumps(document))
    else:
        click.echo(f"{added} of {total} articles pre-annotated with {attributions} attributions ({pipelines})")
        if renewed:
            click.echo(f"{renewed} of them have other suggestions since the articles were compared", err=True)


def _flags(names: Iterable[str]) -> str:
    return " and ".join("--" + name.replace("_", "-") for name in sorted(names))


def _made_here(store: Store, chosen: dict[str, Any]) -> Iterator[tuple[str, Iterable[Record]]]:
    from annotate.cli.pipelines import build_pipeline

    pipeline = build_pipeline(**chosen)
    yield pipeline.version, pipeline.records(store.articles_without(pipeline.version))


def _compare(store: Store, version: str) -> int:
    """Renew the suggestions that other articles change; return how many Records that makes different."""
    from annotate.stories import find_stories, suggestions

    with progress("comparing", store.count_articles()) as step:
        found = find_stories(_counted(store.predictions(version), step))
    before, after = store.predictions(version), suggestions(found, store.predictions(version))
    return store.renew_predictions(version, (new for old, new in zip(before, after, strict=True) if new != old))


def _counted(records: Iterable[Record], step: Callable[[int], object]) -> Iterator[Record]:
    for record in records:
        yield record
        step(1)


def _made_elsewhere(path: Path) -> Iterator[tuple[str, Iterable[Record]]]:
    from annotate.dataset.formats import jsonl
    from annotate.errors import RecordError

    def version(record: Record) -> str:
        if record.provenance is None or record.provenance.pipeline is None:
            raise RecordError("does not say which pipeline made it", where=f"{path.name}: {record.id}")
        return record.provenance.pipeline

    yield from groupby(jsonl.read(path), key=version)
