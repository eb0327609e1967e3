"""`annotate review`: what people changed, how far they agree, and who decides where they do not."""

from __future__ import annotations

import click

from annotate.cli.lazy import LazyGroup

COMMANDS = {
    "changes": "annotate.cli.review_changes:changes",
    "people": "annotate.cli.review_people:people",
    "agreement": "annotate.cli.review_agreement:agreement",
    "adjudicate": "annotate.cli.review_adjudicate:adjudicate",
    "queue": "annotate.cli.review_queue:queue",
}


@click.group(cls=LazyGroup, members=COMMANDS)
def review() -> None:
    """Look at what people did, decide where they disagree, and see what to annotate next.

    \b
    Example:
      annotate review changes
    """
