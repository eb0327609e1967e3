"""Where figures go: printed, and kept in docs/benchmarks/ with the machine that they were measured on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"


def write(name: str, figures: Mapping[str, object]) -> None:
    """Print the figures and write them to docs/benchmarks/NAME.json."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    content = json.dumps({**figures, "machine": machine}, indent=2, ensure_ascii=False) + "\n"
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(content, encoding="utf-8")
    print(content, end="")
