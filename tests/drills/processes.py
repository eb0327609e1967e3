"""Drills that kill or disturb commands run in a process of their own, which prints what it found as JSON."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from annotate.studio.server import EmbeddedStudio

PROJECT = Path(__file__).parents[2]


def drilled(studio: EmbeddedStudio, module: str, *arguments: object, keep: Path | None = None) -> str:
    """Return what a drill printed. keep: where it is written down, too."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, "ANNOTATE_STUDIO_TOKEN": studio.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if keep is not None:
        keep.write_text(done.stdout, encoding="utf-8")
    return done.stdout
