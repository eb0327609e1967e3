"""`annotate export`: verified labels out, as a dataset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from annotate.cli.export_splits import split_options, wanted_split
from annotate.cli.options import json_option, store_option

# The keys of annotate.dataset.formats.FORMATS and annotate.dataset.sources.TABLES (a test compares), which would be
# slow to import for a help text.
FORMATS = ("jsonl", "parquet", "spacy", "brat", "web-annotation", "citron", "label-studio", "conll")
TABLES = ("sources", "acled", "ucdp", "gmmp", "ggt", "claimreview", "custody")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("exports/sources"))
@click.option(
    "--format",
    "formats",
    type=click.Choice((*FORMATS, *TABLES)),
    multiple=True,
    default=("jsonl", "parquet"),
    show_default=True,
    help="What to write; may be given several times. From `sources` on: tables of the sources quoted, and views of them"
    " in the columns of codebooks.",
)
@click.option(
    "--text",
    type=click.Choice(["licensed", "all", "none"]),
    default="licensed",
    show_default=True,
    help="Which articles carry their texts. licensed: those whose licence lets anybody pass them on; the others are"
    " standoff rows (offsets and SHA-256, no text). all: where you hold the rights yourself. none: standoff alone.",
)
@click.option(
    "--policy",
    type=click.Choice(["agreed", "majority", "single"]),
    default="agreed",
    show_default=True,
    help="What counts where several people annotated an article. agreed: what was adjudicated, marked as ground truth,"
    " or read alike by all. majority: besides, each value that more than half of them gave. single: one person's"
    " reading.",
)
@click.option("--annotator", metavar="NAME", help="With --policy single: whose reading.  [default: the first one's]")
@click.option(
    "--articles",
    type=click.Choice(["all", "sample", "queue"]),
    default="all",
    show_default=True,
    help="sample: those that `annotate push --sample` kept apart, to measure a pipeline by. queue: all others.",
)
@split_options
@click.option(
    "--licence",
    metavar="NAME",
    help="The licence of the annotations, as in the dataset card: CC-BY-4.0. Articles keep their own.",
)
@click.option(
    "--about",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Markdown of your own for the dataset card: where the articles are from, who annotated, what was decided.",
)
@click.option(
    "--since",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="An earlier release: write what changed since (CHANGELOG.md, changes.jsonl), and carry on what it told.",
)
@click.option(
    "--event-country",
    metavar="CODE",
    help="With --format acled: the country in which the events are, as in AF, to tell national sources from others.",
)
@store_option
@json_option
def export(
    *,
    folder: Path,
    formats: tuple[str, ...],
    text: str,
    policy: str,
    annotator: str | None,
    articles: str,
    licence: str | None,
    about: Path | None,
    since: Path | None,
    event_country: str | None,
    store: str | None,
    as_json: bool,
    **splitting: Any,
) -> None:
    """Write the verified labels as a dataset.

    Only what a person submitted is exported; skipped and unreviewed articles never are, nor articles on which
    annotators disagree and nobody has decided (`annotate review adjudicate`), unless --policy says so. FOLDER (default:
    exports/sources) receives the rows of each split in a folder of its own (train, dev, test), articles.jsonl,
    dataset.json with the dataset's version, a dataset card (README.md) with counts and agreement, croissant.json,
    provenance.json, and SHA256SUMS, written last.

    Articles that tell one story (near-duplicates, shared quotes, the same claims or events) never part, and an article
    that was released once stays in its split in every later release.

    \b
    Example:
      annotate export exports/panjshir --text none
      annotate export exports/panjshir --split time --until 2021-09-01,2021-10-01
      annotate export exports/panjshir --split outlet --held-out Reuters
    """
    from annotate.cli.release_account import account_of, source_tables
    from annotate.dataset.describing.changelog import Changelog
    from annotate.dataset.describing.companions import describing
    from annotate.dataset.export import Choices
    from annotate.dataset.export import export as write
    from annotate.dataset.rights import Texts
    from annotate.dataset.verified import verified
    from annotate.scheme import Policy
    from annotate.store import Store

    if annotator is not None and policy != "single":
        raise click.UsageError("--annotator goes with --policy single")
    chosen = Policy(policy)
    wanted = wanted_split(articles=articles, **splitting)
    sampled = {"all": None, "sample": True, "queue": False}[articles]
    changelog = Changelog(since) if since else None
    with Store.open(store) as opened:
        summary = write(
            verified(opened, policy=chosen, annotator=annotator, sampled=sampled),
            folder,
            Choices(
                formats=[name for name in FORMATS if name in formats],
                texts=Texts(text),
                divide=wanted.divide(opened),
                policy=None if chosen is Policy.AGREED else chosen,
                articles=None if articles == "all" else articles,
                licence=licence,
            ),
            [
                *source_tables(opened, [name for name in TABLES if name in formats], event_country),
                *describing(account_of(opened, licence, about), changelog),
            ],
        )
    if changelog and changelog.tally.moved:
        moved = len(changelog.tally.moved)
        click.echo(f"WARNING: {moved:,} article(s) moved from one split to another: see CHANGELOG.md", err=True)
    for item in summary.withheld:
        click.echo(f"not exported: {item.article_id}: {item.reason}", err=True)
    for note in summary.notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "folder": str(summary.folder),
                    "version": summary.version,
                    "records": summary.records,
                    "attributions": summary.attributions,
                    "textless": summary.textless,
                    "unlicensed": summary.withholding.unlicensed,
                    "unknown_licences": dict(summary.withholding.unknown),
                    "stories": summary.stories,
                    "splits": {
                        name: {"articles": count, "stories": summary.stories_in[name]}
                        for name, count in summary.splits.items()
                    },
                    "notes": list(summary.notes),
                    "files": summary.files,
                    "withheld": {item.article_id: item.reason for item in summary.withheld},
                }
            )
        )
    else:
        click.echo(
            f"{summary.records} articles with {summary.attributions} attributions in {folder}"
            f" (version {summary.version[:12]})"
        )
        for name, count in summary.splits.items():
            click.echo(f"{name:>6}: {count} articles of {summary.stories_in[name]} stories")
        if summary.textless:
            click.echo(f"{summary.textless} of them without their texts: see `annotate export --help` on --text.")
        for line in summary.withholding.lines():
            click.echo(f"  {line}")
        if not summary.records:
            click.echo("Nothing is verified yet: submit tasks in Label Studio, then run annotate pull.", err=True)
