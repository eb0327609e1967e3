"""What the user knows of speakers, from a file: variants of one name, and names that are not one person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotate.cli.options import Decorator
from annotate.errors import InputError

if TYPE_CHECKING:
    from annotate.stories import Identities

_COLUMNS = ("name", "variants", "apart")
_MEND = "give name, its other forms in variants, and in apart the names that are somebody else's"

identities_option: Decorator = click.option(
    "--identities",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Speakers you know, CSV or JSON Lines with name, variants and apart (in CSV separated by |): variants are"
    " joined under the name, and it is never joined with those in apart.",
)


def read_identities(path: Path | None) -> Identities:
    """Read a file of identities; without one, nothing is known.

    Raises: InputError, with the line, for a row that says nothing of its name, and for rows that contradict each other.
    """
    from annotate.pipeline.tables import read_rows
    from annotate.stories import NO_IDENTITIES, Identities

    if path is None:
        return NO_IDENTITIES
    names: dict[str, list[str]] = {}
    apart: list[tuple[str, str]] = []
    owner: dict[str, str] = {}
    for where, row in read_rows(path, columns=_COLUMNS, needed=("name",), lists=("variants", "apart"), mend=_MEND):
        name = row["name"]
        if not row["variants"] and not row["apart"]:
            raise InputError(f"nothing is said of {name!r}", where=where, mend=_MEND)
        forms = (name, *row["variants"])
        for form in forms if row["variants"] else ():
            if owner.setdefault(form.casefold(), name) != name:
                what = f"{form!r} is given to {owner[form.casefold()]!r} and to {name!r}"
                raise InputError(what, where=where, mend="give it to one of the two")
        both = {form.casefold() for form in forms} & {other.casefold() for other in row["apart"]}
        if both:
            raise InputError(f"{min(both)!r} is joined with {name!r} and kept apart from it", where=where, mend=_MEND)
        if row["variants"]:
            names.setdefault(name, []).extend(row["variants"])
        apart.extend((form, other) for form in forms for other in row["apart"])
    return Identities(names, tuple(apart))
