"""`annotate export`: verified labels out, as a dataset."""

from __future__ import annotations

import json
from pathlib import Path

import click

from annotate.cli.options import json_option, store_option

# The keys of annotate.dataset.formats.FORMATS (a test compares), which would be slow to import for a help text.
FORMATS = ("jsonl", "parquet", "spacy", "brat", "web-annotation", "citron", "conll")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("exports/sources"))
@click.option(
    "--format",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    default=("jsonl", "parquet"),
    show_default=True,
    help="What to write; may be given several times.",
)
@click.option(
    "--text",
    type=click.Choice(["all", "none"]),
    default="all",
    show_default=True,
    help="none: standoff rows (offsets and SHA-256, no text), for articles that may not be redistributed.",
)
@store_option
@json_option
def export(folder: Path, formats: tuple[str, ...], text: str, store: str | None, as_json: bool) -> None:
    """Write the verified labels as a dataset.

    Only what a person submitted is exported; skipped and unreviewed articles never are, nor articles on which
    annotators disagree. FOLDER (default: exports/sources) receives the rows, dataset.json with the dataset's version,
    and SHA256SUMS, written last.

    \b
    Example:
      annotate export exports/panjshir --text none
    """
    from annotate.dataset.export import export as write
    from annotate.dataset.verified import verified
    from annotate.store import Store

    with Store.open(store) as opened:
        summary = write(lambda: verified(opened), folder, formats=formats, with_text=text == "all")
    for item in summary.withheld:
        click.echo(f"not exported: {item.article_id}: {item.reason}", err=True)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "folder": str(summary.folder),
                    "version": summary.version,
                    "records": summary.records,
                    "attributions": summary.attributions,
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
        if not summary.records:
            click.echo("Nothing is verified yet: submit tasks in Label Studio, then run annotate pull.", err=True)
