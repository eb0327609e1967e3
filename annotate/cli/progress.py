"""Progress on stderr, and only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress(label: str, length: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar while the block runs; the block calls the given function with the number of items just done."""
    with click.progressbar(
        length=length or 0, label=label, file=sys.stderr, hidden=not sys.stderr.isatty() or not length
    ) as bar:
        yield bar.update
