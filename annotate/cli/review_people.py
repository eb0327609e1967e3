"""`annotate review people`: who did how much, and in what time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from annotate.cli.options import json_option, store_option
from annotate.cli.review_changes import names_option

if TYPE_CHECKING:
    from annotate.review.people import Person


@click.command()
@names_option
@store_option
@json_option
def people(*, names: bool, store: str | None, as_json: bool) -> None:
    """Tell how much each annotator did, and in what time.

    Lead time is what Label Studio measured with the page open, pauses included; words and attributions an hour are
    over the annotations that have one. Accepted is the share of the machine's regions that were left exactly as they
    were; touched are the regions that were added, deleted or changed.

    \b
    Example:
      annotate review people
    """
    from annotate.cli.bases import rendered_by
    from annotate.review.people import people as each_person
    from annotate.store import Store

    with Store.open(store) as opened:
        found = each_person(opened, rendered_by(opened), names=names)
    if as_json:
        click.echo(json.dumps({"people": [asdict(person) for person in found]}, ensure_ascii=False))
    elif found:
        click.echo("\n".join(_table(found)))
    if not found:
        click.echo("Nobody has annotated anything yet: submit tasks in Label Studio, then run annotate pull.", err=True)


def _table(found: Sequence[Person]) -> Iterator[str]:
    rows = [_HEADINGS, *(_row(person) for person in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        first, *rest = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *rest]).rstrip()


_HEADINGS = (
    "annotator", "done", "articles", "skipped", "unread", "touched", "words", "lead time", "median", "words/h",
    "attributions/h", "accepted", "first", "last",
)  # fmt: skip


def _row(person: Person) -> tuple[str, ...]:
    return (
        person.annotator,
        *(f"{number:,}" for number in (person.annotations, person.articles, person.skipped, person.unread)),
        f"{person.touched:,}",
        f"{person.words:,}",
        _duration(person.lead_time),
        _duration(person.median_lead_time),
        _number(person.words_per_hour),
        _number(person.attributions_per_hour),
        "–" if person.acceptance is None else f"{person.acceptance:.1f} %",
        person.first or "–",
        person.last or "–",
    )


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:,.0f}"


def _duration(seconds: float | None) -> str:
    """Tell a time in hours, minutes and seconds."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
