"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

# The keys of annotate.articles.READERS (a test compares), which would be slow to import for a help text.
FORMATS = ("text", "jsonl", "csv", "parquet", "html", "warc")

# As annotate.pipeline has them (a test compares).
PIPELINES = ("model", "rules")
STYLES = ("house", "polnear")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

store_option: Decorator = click.option(
    "--store",
    envvar="ANNOTATE_STORE",
    metavar="URL",
    help="SQLAlchemy URL of the store, or the path of an SQLite file.  [env: ANNOTATE_STORE; default: the user's data"
    " folder]",
)

json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on standard output."
)


def studio_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which project of which Label Studio is meant: `url`, `token_file`, `project`."""
    option = click.option("--project", metavar="TITLE", default="Sources", show_default=True,
                          help="Title of the project.")  # fmt: skip
    return server_options(option(command))


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which Label Studio to speak to: `url`, `token_file`.

    Without them the embedded server is used. The token itself comes from ANNOTATE_STUDIO_TOKEN or a file, never from
    a flag that others could see.
    """
    for option in (
        click.option(
            "--token-file",
            type=click.Path(exists=True, dir_okay=False),
            envvar="ANNOTATE_STUDIO_TOKEN_FILE",
            help="File that holds the API token; else the environment's ANNOTATE_STUDIO_TOKEN.",
        ),
        click.option(
            "--url",
            envvar="ANNOTATE_STUDIO_URL",
            metavar="URL",
            help="Label Studio to use instead of the embedded one.  [env: ANNOTATE_STUDIO_URL]",
        ),
    ):
        command = option(command)
    return command


pipeline_option: Decorator = click.option(
    "--pipeline", type=click.Choice(PIPELINES), default="model", show_default=True, help="What predicts."
)

model_option: Decorator = click.option(
    "--model",
    type=click.Path(exists=True, file_okay=False),
    help="Folder of a network of your own, from `annotate train`, instead of the packaged one.",
)

style_option: Decorator = click.option(
    "--style",
    type=click.Choice(STYLES),
    help="Conventions the model follows: our scheme's, or those of PolNeAR.  [default: house]",
)


def pipeline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what predicts, and how: `build_pipeline` takes them all."""
    for option in (
        click.option(
            "--parties",
            type=click.Path(exists=True, dir_okay=False),
            help="Parties to the topic, one name a line or JSON Lines with name and aliases: their speakers are"
            " suggested as `party`.",
        ),
        click.option(
            "--track-record",
            type=click.Path(exists=True, dir_okay=False),
            help="Your own ratings, CSV or JSON Lines with source or outlet, reliability (A to F) and note: the only"
            " road to a suggested reliability other than F.",
        ),
        click.option(
            "--outlets",
            type=click.Path(exists=True, dir_okay=False),
            help="Outlets to know besides the packaged ones, CSV or JSON Lines with name, aliases (in CSV separated by"
            " |), domain, kind, country and parent; one of a known name takes its place.",
        ),
        click.option("--base-model", metavar="NAME", help="spaCy pipeline to build on instead of the packaged one."),
        click.option(
            "--min-score",
            type=click.FloatRange(0, 1),
            help="Leave out attributions with a lower score; the model has a default of its own for each style.",
        ),
        style_option,
        model_option,
        pipeline_option,
    ):
        command = option(command)
    return command
