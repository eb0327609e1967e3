"""`annotate train`: annotated corpora in, a model folder out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from annotate.cli.options import json_option


@click.command()
@click.argument("corpora", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="attribution", show_default=True, help="What the model is called.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same weights.")
@click.option(
    "--share", type=click.FloatRange(0, 1, min_open=True), default=1.0, show_default=True,
    help="Train on this share of the word pieces, to try data and machine.",
)  # fmt: skip
@json_option
def train(corpora: Path, folder: Path, *, name: str, seed: int, share: float, as_json: bool) -> None:
    """Train the attribution network and write a model FOLDER.

    CORPORA holds house-train.jsonl, house-dev.jsonl, polnear-train.jsonl and polnear-dev.jsonl: annotated articles,
    one a line. The whole run takes up to two hours on two cores and needs the `train` extra. An interrupted run is
    taken up by the same command. FOLDER receives the graphs, the config with scores fitted on the dev files, the
    metrics, the model card, and the weights for further training.

    \b
    Example:
      annotate train corpora models/mine
    """
    from annotate.training.course import check_extra
    from annotate.training.making import find_corpora, make_model, short

    find_corpora(corpora)
    check_extra()
    from annotate.training.fitting import Recipe

    recipe = short(Recipe(seed=seed), share)
    metrics = make_model(corpora, folder, name=name, recipe=recipe, say=lambda text: click.echo(text, err=True))
    if as_json:
        click.echo(json.dumps(metrics))
        return
    for style, each in metrics["figures"].items():
        figures = " ".join(f"{name} {figure['f1']}" for name, figure in each["figures"]["all"].items())
        click.echo(f"{style}: {figures}, work left {each['work_left']['value']} %")
    click.echo(f"{folder} (version {metrics['version']})")
