"""`annotate db`: keep the store sound."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.main import PROBLEMS_FOUND
from annotate.cli.options import json_option, store_option

if TYPE_CHECKING:
    from annotate.store.verify import Finding


@click.group()
def db() -> None:
    """Upgrade, check and back up the store.

    \b
    Example:
      annotate db verify
    """


@db.command()
@click.option(
    "--backed-up", is_flag=True, help="Take no backup, for there is one: needed for PostgreSQL, which has pg_dump."
)
@store_option
@json_option
def upgrade(backed_up: bool, store: str | None, as_json: bool) -> int:
    """Bring the store to this release's tables.

    A verified backup is made first, and the upgraded store is verified. If anything would be lost, nothing is changed.

    \b
    Example:
      annotate db upgrade
    """
    from annotate.store import Store
    from annotate.store.upgrade import upgrade as bring_up

    def saved(path: Path) -> None:
        click.echo(f"backup: {path}", err=True)

    with Store.existing(store) as opened:
        done = bring_up(opened, backed_up=backed_up, saved=saved)
    if as_json:
        click.echo(json.dumps(asdict(done), default=str))
    elif done.before == done.after:
        click.echo(f"The store is up to date (revision {done.after}).")
    else:
        click.echo(f"The store was upgraded from revision {done.before} to {done.after}.")
    return _report(done.findings)


@db.command()
@store_option
@json_option
def verify(store: str | None, as_json: bool) -> int:
    """Check that nothing was lost or changed.

    Every row is compared with its digest, and the ledger with its head outside the database. That finds what the
    database itself does not: texts changed by another program, rows that vanished, an older copy put back.
    Exit code 3 when something is wrong.

    \b
    Example:
      annotate db verify --json
    """
    from annotate.store.verify import verify_at

    findings = verify_at(store)
    if as_json:
        click.echo(json.dumps({"findings": [asdict(finding) for finding in findings]}))
    elif not findings:
        click.echo("Nothing is wrong with the store.")
    return _report(findings)


@db.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
@click.option("--overwrite", is_flag=True, help="Replace an older backup of the same name.")
@store_option
@json_option
def backup(target: Path | None, overwrite: bool, store: str | None, as_json: bool) -> None:
    """Copy the store while it is in use, and verify the copy.

    TARGET is a file, or a folder for a name with the time (default: the folder `backups` beside the store). The head of
    the ledger is written beside it: keep the two together.

    \b
    Example:
      annotate db backup /mnt/safe/annotate.db
    """
    from annotate.store import Store
    from annotate.store.backup import backup as copy

    with Store.existing(store) as opened:
        path = copy(opened, target, overwrite=overwrite)
    click.echo(json.dumps({"backup": str(path)}) if as_json else f"{path}")


def _report(findings: Sequence[Finding]) -> int:
    """Print the findings and return the exit code."""
    for finding in findings:
        click.echo(str(finding), err=True)
    return PROBLEMS_FOUND if findings else 0
