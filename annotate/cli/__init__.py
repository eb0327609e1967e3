"""The `annotate` command: one module per command group; each opens, calls one library function, and renders."""

from __future__ import annotations

from annotate.cli.main import main

__all__ = ["main"]
