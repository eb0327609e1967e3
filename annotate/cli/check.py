"""`annotate check`: whether a dataset is what it says."""

from __future__ import annotations

import json
from pathlib import Path

import click

from annotate.cli.options import json_option


@click.command()
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@click.pass_context
def check(ctx: click.Context, dataset: Path, *, as_json: bool) -> None:
    """Look whether a dataset is whole, true to the scheme, within rights and without leakage.

    Files are held against SHA256SUMS; every row against the scheme (offsets, relations, labels, hashes), the index, the
    counts and the version; the formats against each other; texts against licences. Between splits it looks for
    articles, stories, near-duplicates and long quotes that stand in two of them. Exit code 3 when anything is wrong:
    one line each, at most 20 of a kind.

    \b
    Example:
      annotate check exports/panjshir
    """
    from annotate.cli.main import PROBLEMS_FOUND
    from annotate.dataset.checking import AT_MOST
    from annotate.dataset.checking import check as look

    done = look(dataset)
    problems = sum(done.counts.values())
    if as_json:
        content = {
            "dataset": str(dataset),
            "files": done.files,
            "records": done.records,
            "problems": {str(kind): count for kind, count in done.counts.items()},
            "findings": [
                {"kind": str(one.kind), "where": one.where, "what": one.what, "mend": one.mend} for one in done.findings
            ],
            "notes": done.notes,
        }
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        for finding in done.findings:
            click.echo(str(finding), err=True)
        for kind, count in done.counts.items():
            if count > AT_MOST:
                click.echo(f"{kind}: {count - AT_MOST:,} more", err=True)
        for note in done.notes:
            click.echo(f"note: {note}", err=True)
        verdict = f"{problems:,} problem(s)" if problems else "nothing wrong"
        click.echo(f"{dataset}: {done.records:,} articles, {done.files:,} files: {verdict}")
    ctx.exit(PROBLEMS_FOUND if problems else 0)
