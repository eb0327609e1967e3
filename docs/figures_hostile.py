"""The tables that docs/hostile-input.md shows of docs/benchmarks/fuzzing.json and regexes.json."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "benchmarks"


def fuzzing_table() -> str:
    """Return one row a target: how often it ran, for how long, and what it reached."""
    rows = json.loads((FOLDER / "fuzzing.json").read_text(encoding="utf-8"))
    lines = [
        "| target | executions | seconds | edges of our code | inputs kept | findings left |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| {row['target']} | {row['executions']:,} | {row['seconds']:.0f} | {row['edges']:,} | {row['inputs']:,}"
        f" | {1 if row['finding'] else 0} |"
        for row in rows
    ]
    total = sum(row["executions"] for row in rows)
    spent, found = sum(row["seconds"] for row in rows), sum(bool(row["finding"]) for row in rows)
    lines.append(f"| together | {total:,} | {spent:,.0f} | | | {found} |")
    return "\n".join(lines) + "\n"


def regexes_table() -> str:
    """Return the patterns that take longest, and how their work grows."""
    figures = json.loads((FOLDER / "regexes.json").read_text(encoding="utf-8"))
    short, long = figures["lengths"]
    lines = [
        f"{figures['patterns']} patterns on {figures['strings']:,} strings; of {figures['superlinear'] or 'none'}"
        f" the work grows faster than the length ({short} to {long} characters).",
        "",
        "| pattern | longest search, ms | growth |",
        "| --- | --: | --: |",
    ]
    for row in figures["worst"][:12]:
        growth = "–" if row["growth"] is None else f"{row['growth']:.1f}"
        lines.append(f"| {row['where']} | {row['milliseconds']:.1f} | {growth} |")
    return "\n".join(lines) + "\n"
