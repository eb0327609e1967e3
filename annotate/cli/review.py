"""`annotate review`: what people changed, how far they agree, and who decides where they do not."""

from __future__ import annotations

import click

from annotate.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "adjudicate": "annotate.cli.review_adjudicate:adjudicate",
}


@click.group(cls=LazyGroup, members=COMMANDS)
def review() -> None:
    """Look at what people did: changes, agreement, adjudication.

    \b
    Example:
      annotate review changes
    """
