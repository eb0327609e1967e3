"""The diagram that docs/benchmarks.md shows of docs/benchmarks/stories.json: what a collection costs as it grows."""

from __future__ import annotations

import json
from pathlib import Path

from growth_panels import Panel, diagram

RESULTS = Path(__file__).parent / "benchmarks" / "stories.json"
SYSTEMS = {"ours": "annotate stories", "minhash": "MinHash LSH of the quotes"}


def growth_diagram() -> str:
    """Return an SVG of the seconds and the memory that collections of growing size take."""
    sizes = {int(size): each for size, each in json.loads(RESULTS.read_text(encoding="utf-8"))["sizes"].items()}
    largest = max(sizes)
    cost = sizes[largest]["ours"]

    def lines(key: str) -> dict[str, dict[int, float]]:
        return {name: {size: each[name][key] for size, each in sizes.items()} for name in SYSTEMS}

    return diagram(
        "What finding stories costs as the collection grows",
        f"{largest:,} articles: {cost['processor_seconds']:,.0f} processor seconds, {cost['peak_mb']:,} megabytes",
        f"Processor seconds and megabytes over the number of articles: {largest:,} articles take"
        f" {cost['processor_seconds']:,.0f} processor seconds and {cost['peak_mb']:,} megabytes.",
        (
            Panel("processor seconds", "articles", lines("processor_seconds"), ideal=True),
            Panel("megabytes", "articles", lines("peak_mb")),
        ),
        SYSTEMS,
    )
