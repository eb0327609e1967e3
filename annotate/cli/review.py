"""`annotate review`: what people changed, how far they agree, and who decides where they do not."""

from __future__ import annotations

import click

from annotate.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "changes": "annotate.cli.review_changes:changes",
    "people": "annotate.cli.review_people:people",
}


@click.group(cls=LazyGroup, members=COMMANDS)
def review() -> None:
    """Look at what people did: changes, agreement, adjudication.

    \b
    Example:
      annotate review changes
    """
