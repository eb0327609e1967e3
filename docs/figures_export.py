"""The table that docs/benchmarks.md shows of docs/benchmarks/export.json: what writing a release costs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

RESULTS = Path(__file__).parent / "benchmarks" / "export.json"
SHOWN = {
    "jsonl": "JSON Lines",
    "pandas_json": "pandas, `to_json`",
    "parquet": "Parquet",
    "pandas_parquet": "pandas, `to_parquet`",
    "datasets_parquet": "`datasets`, `to_parquet`",
    "web-annotation": "Web Annotation",
    "brat": "brat",
    "citron": "Citron",
    "conll": "CoNLL",
    "spacy": "spaCy",
    "release": "a release, undivided",
    "store_release": "a release from a store, by story",
    "check": "`annotate check`",
}


def export_table() -> str:
    """Return a Markdown table: milliseconds of processor time an article and megabytes at the peak, by size."""
    systems = json.loads(RESULTS.read_text(encoding="utf-8"))["systems"]
    sizes = sorted({int(size) for each in systems.values() for size in each})
    return "\n".join(_lines(systems, sizes)) + "\n"


def _lines(systems: dict[str, dict[str, dict[str, float]]], sizes: list[int]) -> Iterator[str]:
    yield f"| ms an article, MB at the peak | {' | '.join(f'{size:,} articles' for size in sizes)} |"
    yield f"| --- |{' ---: |' * len(sizes)}"
    for name, title in SHOWN.items():
        cells = [
            f"{of['processor_milliseconds']:.1f} ms, {of['peak_mb']:,} MB" if of else ""
            for of in (systems[name].get(str(size)) for size in sizes)
        ]
        yield f"| {title} | {' | '.join(cells)} |"
