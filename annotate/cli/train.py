"""`annotate train`: a dataset or annotated corpora in, a model folder out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from annotate.cli.options import STYLES, json_option


@click.command()
@click.argument("data", type=click.Path(exists=True, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--from", "model", metavar="MODEL", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Start from the network of this folder instead of the packaged one.")  # fmt: skip
@click.option("--from-scratch", is_flag=True, help="Start from the plain encoder, knowing nothing of attributions.")
@click.option("--style", type=click.Choice(STYLES), default="house", show_default=True,
              help="Conventions that the annotations follow: our scheme's, or those of PolNeAR.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(1), help="How often each article is seen.  [default: 5; from scratch 14]")
@click.option(
    "--held-out", type=click.FloatRange(0, 0.9), default=0.2, show_default=True,
    help="Share of the articles to measure on, where the data have no splits of their own.",
)  # fmt: skip
@click.option("--name", default="attribution", show_default=True, help="What the model is called.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same weights.")
@click.option(
    "--share", type=click.FloatRange(0, 1, min_open=True), default=1.0, show_default=True,
    help="Train on this share of the word pieces, to try data and machine.",
)  # fmt: skip
@json_option
def train(
    data: Path,
    folder: Path,
    *,
    model: Path | None,
    from_scratch: bool,
    style: str,
    rounds: int | None,
    held_out: float,
    name: str,
    seed: int,
    share: float,
    as_json: bool,
) -> None:
    """Train the attribution network on annotated articles and write a model FOLDER.

    DATA is an exported dataset, or anything else that `annotate evaluate` reads as annotated articles. Training goes on
    from the packaged network, or that of --from, and takes some minutes on two cores. A dataset in splits teaches by
    train, is fitted and measured on dev, and its test is not read; of other data a share is held out, by whole
    stories. With few articles held out, scores and threshold stay as they were. Articles without their texts are left
    out: `annotate hydrate` puts texts back.

    DATA may also be the folder that the packaged network was made from, with house-train.jsonl, house-dev.jsonl,
    polnear-train.jsonl and polnear-dev.jsonl: then training begins with the plain encoder and takes up to two hours.

    Needs the `train` extra. An interrupted run is taken up by the same command. FOLDER receives the graphs, the config
    with scores, the metrics, the model card, and the weights for further training.

    \b
    Example:
      annotate train exports/panjshir models/mine
      annotate train exports/more models/next --from models/mine
      annotate train corpora models/anew
    """
    from annotate.training.making import holds_corpora

    if model and from_scratch:
        raise click.UsageError("--from and --from-scratch exclude each other")
    if holds_corpora(data):
        _refuse_for_corpora("model", "style", "rounds", "held_out")
        metrics = _from_corpora(data, folder, name=name, seed=seed, share=share)
    else:
        from annotate.pipeline.network.reading import MODEL
        from annotate.training.course import check_extra
        from annotate.training.dividing import read_data
        from annotate.training.retraining import Plan, check_folder, retrain

        check_folder(folder)
        check_extra(encoder=from_scratch)
        start = None if from_scratch else model or MODEL
        plan = Plan(name=name, model=start, style=style, rounds=rounds, share=share, seed=seed)
        metrics = retrain(read_data(data, dev_share=held_out, seed=seed), folder, plan, _say)
    if as_json:
        click.echo(json.dumps(metrics))
        return
    _show(metrics, folder)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _refuse_for_corpora(*names: str) -> None:
    context = click.get_current_context()
    for param in context.command.params:
        written = context.get_parameter_source(str(param.name)) is click.core.ParameterSource.COMMANDLINE
        if param.name in names and written:
            raise click.UsageError(f"{param.opts[0]} is for a dataset: the four corpora are trained on from the start")


def _from_corpora(data: Path, folder: Path, *, name: str, seed: int, share: float) -> dict[str, Any]:
    from annotate.training.course import check_extra
    from annotate.training.making import make_model, short

    check_extra()
    from annotate.training.fitting import Recipe

    return make_model(data, folder, name=name, recipe=short(Recipe(seed=seed), share), say=_say)


def _show(metrics: dict[str, Any], folder: Path) -> None:
    for style, each in metrics["figures"].items():
        figures = " ".join(f"{name} {figure['f1']}" for name, figure in each["figures"]["all"].items())
        click.echo(f"{style}: {figures}, work left {each['work_left']['value']} %")
    if against := metrics.get("against_start"):
        changes = " ".join(f"{name} {one['difference']:+}" for name, one in against["all"].items())
        work = against["work_left"]
        click.echo(f"against its start: {changes}, work left {work['difference']:+} points (p {work['p']:.2f})")
    click.echo(f"{folder} (version {metrics['version']})")
