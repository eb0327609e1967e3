"""`annotate evaluate`: how near predictions come to annotated articles, and where they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.evaluation_comparison import (
    Target,
    compared,
    is_predictions,
    pipeline_settings,
    refuse_beside_compare,
)
from annotate.cli.evaluation_table import as_document, as_table
from annotate.cli.options import json_option, model_option, pipeline_option, style_option
from annotate.cli.pipelines import build_pipeline
from annotate.cli.progress import progress
from annotate.derive import sha256_of

if TYPE_CHECKING:
    from annotate.corpora import AnnotatedArticle
    from annotate.evaluation import ErrorKind, Figure
    from annotate.pipeline import Pipeline

Row = Mapping[str, Any]

# The keys of annotate.evaluation.KEYS (a test compares), which would be slow to import for a help text.
GROUPINGS = ("outlet", "kind", "cue_class", "size")
_INPUT = click.Path(exists=True, path_type=Path)


def _how_many(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """Read N or `all`; None stands for all."""
    if value == "all":
        return None
    if value is None or not value.isdecimal():
        raise click.BadParameter("give a number, or: all")
    return int(value)


def _kinds(_: click.Context, __: click.Parameter, values: Sequence[str]) -> frozenset[ErrorKind]:
    if not values:
        return frozenset()
    from annotate.evaluation import ErrorKind

    known = {str(kind): kind for kind in ErrorKind}
    for value in values:
        if value not in known:
            raise click.BadParameter(f"{value!r} is none of: {', '.join(known)}")
    return frozenset(known[value] for value in values)


@click.command()
@click.argument("gold", type=_INPUT)
@click.option("--split", metavar="NAME", help="Of a dataset in splits, measure against this one: train, dev or test.")
@click.option("--pred", type=_INPUT, help="Predictions to measure; without it the pipeline makes them.")
@pipeline_option
@model_option
@style_option
@click.option("--min-score", type=click.FloatRange(0, 1), help="Leave out predictions scored below this.")
@click.option("--statements", is_flag=True, help="Leave out attitudes on both sides, unless their words are quoted.")
@click.option("--by", type=click.Choice(GROUPINGS), help="Add the figures of each group of attributions.")
@click.option(
    "--sourcing",
    is_flag=True,
    help="Add figures of outlets, speakers, chains, verification statements, notices and disputes; GOLD and the"
    " predictions are then Records.",
)
@click.option(
    "--errors", "limit", metavar="N|all", default="0", callback=_how_many, help="List the first N errors, or all."
)
@click.option("--kind", "kinds", metavar="KIND", multiple=True, callback=_kinds,
              help="Of the errors, list this kind alone; may be given several times.")  # fmt: skip
@click.option(
    "--compare",
    "target",
    type=Target(),
    help="Measure these against the same articles and test the differences: a second file of predictions, the folder"
    " of a model, or a pipeline's name. With --errors, list what only one of the two found.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="Seed of the bootstrap and of the test.")  # fmt: skip
@json_option
def evaluate(
    gold: Path,
    *,
    split: str | None,
    pred: Path | None,
    pipeline: str,
    model: str | None,
    style: str | None,
    min_score: float | None,
    statements: bool,
    by: str | None,
    sourcing: bool,
    limit: int | None,
    kinds: frozenset[ErrorKind],
    target: str | None,
    seed: int,
    as_json: bool,
) -> None:
    """Compare predictions with annotated articles.

    GOLD and the predictions are files or folders: JSON Lines with `text` and `attributions` (Records, or rows with
    spans `source`, `cue` and `content`), Parquet, brat standoff, Citron's or Label Studio's JSON, a dataset's folder.
    What they hold is recognised. Of several readings of one article the first counts. An attribution is found when its
    quote and an annotated one share at least half of their characters; content_exact asks for the very quote,
    attributed for the right source, cue for the right cue. Work left is how many operations in the labeling page the
    prediction leaves to an annotator, over those from an empty page. Intervals are 95 %, from a bootstrap over
    articles.

    With --by, recall is over the annotated attributions of a group and precision over the predicted ones, whatever
    the group of their counterparts.

    With --sourcing, outlets are counted by their exact names, verification statements and notices by half of their
    characters; what follows each (its name, role, kind) is a share of those found. Speakers, types and via are those
    of the attributions found with the right source.

    With --compare, each figure has a p of its own, from approximate randomisation over articles, and one adjusted for
    the number of figures; a change is second minus first, its interval of a paired bootstrap. --style and --min-score
    hold for both.

    \b
    Example:
      annotate evaluate annotated.jsonl --by cue_class --errors 20
      annotate evaluate annotated.jsonl --compare models/mine
      annotate evaluate annotated.jsonl --pred before.jsonl --compare after.jsonl
    """
    from annotate import evaluation
    from annotate.corpora import first_annotators
    from annotate.dataset.reading import read_annotated

    if target:
        refuse_beside_compare("by", "sourcing", "kinds")
    articles = first_annotators(read_annotated(gold, split=split, quoteless=True))
    predicted_rows: dict[str, Row] = {}
    if pred:
        _refuse_settings("pipeline", "model", "style")
        predictions = read_annotated(pred, quoteless=True)
        predicted_rows = _rows(pred) if sourcing else {}
    else:
        asked = None if pipeline == "rules" else min_score
        built = build_pipeline(pipeline=pipeline, model=model, style=style, min_score=asked)
        predictions = _predicted(articles, built, predicted_rows if sourcing else None)
    comparisons = evaluation.compare(articles, (_scored_enough(article, min_score or 0) for article in predictions))
    if statements:
        comparisons = evaluation.statements_only(comparisons)
    if target:
        if is_predictions(target):
            others = read_annotated(Path(target), quoteless=True)
        else:
            others = _predicted(
                articles, build_pipeline(**pipeline_settings(target, style=style, min_score=min_score)), None
            )
        against = evaluation.compare(articles, (_scored_enough(article, min_score or 0) for article in others))
        against = evaluation.statements_only(against) if statements else against
        names = str(pred or model or pipeline), target
        click.echo(compared(comparisons, against, names=names, seed=seed, limit=limit, as_json=as_json))
        return
    result = evaluation.evaluate(comparisons, by=by, seed=seed)
    errors = list(evaluation.find_errors(comparisons))
    listed = [error for error in errors if not kinds or error.kind in kinds][:limit]
    more = _sourcing(_rows(gold, split), predicted_rows, seed) if sourcing else None
    show = as_document if as_json else as_table
    click.echo(show(result, evaluation.count_kinds(errors), listed, more))


def _refuse_settings(*names: str) -> None:
    """Raise a usage error when one of these was written on the command line: predictions are given, not made."""
    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} is for predictions that are made here: it goes without --pred")


def _predicted(
    articles: Sequence[AnnotatedArticle], pipeline: Pipeline, rows: dict[str, Row] | None
) -> Iterator[AnnotatedArticle]:
    """Predict the articles; rows, where given, is filled with the Records as JSON has them."""
    from annotate.evaluation import from_record
    from annotate.record import Article

    with progress("Predicting", len(articles)) as advance:
        for record in pipeline.records(Article.of(item.text, id=item.id) for item in articles):
            if rows is not None:
                rows[record.id] = json.loads(record.to_json())
            yield from_record(record)
            advance(1)


def _rows(path: Path, split: str | None = None) -> dict[str, Row]:
    """Return the first row of each article; `read_annotated` has checked that every one is one."""
    from annotate.dataset.reading import read_rows

    rows: dict[str, Row] = {}
    for row in (row.content for row in read_rows(path, split=split)):
        rows.setdefault(str(row.get("id") or sha256_of(row["text"])[:16]), row)
    return rows


def _sourcing(annotated: dict[str, Row], predicted: dict[str, Row], seed: int) -> dict[str, Figure]:
    from annotate.evaluation import evaluate_sourcing
    from annotate.pipeline.registry import Registry

    registry = Registry.load()
    return evaluate_sourcing(
        list(annotated.values()),
        [predicted[name] for name in annotated],
        canonical=lambda name: registry.canonical(name) or name,
        seed=seed,
    )


def _scored_enough(article: AnnotatedArticle, least: float) -> AnnotatedArticle:
    kept = (item for item in article.attributions if item.score is None or item.score >= least)
    return replace(article, attributions=tuple(kept))
