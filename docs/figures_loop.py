"""The table that docs/benchmarks.md shows of docs/benchmarks/loop.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "benchmarks" / "loop.json"
MEASURES = {
    "content": "quote found",
    "content_exact": "the very quote",
    "attributed": "right source",
    "cue": "right cue",
}
WAYS = {"retrained": "going on from the packaged weights", "plain": "the same corrections from the plain encoder"}
LOOPS = {
    "house": "house-dev, house style",
    "polnear": "PolNeAR-dev, PolNeAR style",
    "other conventions": "PolNeAR-dev, given as house style",
}


def loop_table() -> str:
    """Return one Markdown table for each loop: before, after, change, and the p of the paired test."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    return "\n".join(line for name, each in results["loops"].items() for line in _tables(name, each))


def _tables(name: str, each: Mapping[str, Any]) -> Iterator[str]:
    taught = [fold["articles"] for fold in each["folds"]]
    marked = [fold["attributions"] for fold in each["folds"]]
    yield (
        f"**{LOOPS[name]}**: {each['articles']} articles with {each['attributions']:,} attributions measured in"
        f" {len(taught)} turns; each network learned from {_span(taught)} articles with {_span(marked)} attributions.\n"
    )
    for way, title in WAYS.items():
        if way in each:
            yield f"| {title} | packaged | afterwards | change | p | adjusted |"
            yield "| --- | --- | --- | --- | --- | --- |"
            found = {shown: each[way]["all"][key] for key, shown in MEASURES.items()}
            for shown, one in {**found, "work left, % (less is better)": each[way]["work_left"]}.items():
                yield _row(shown, one)
            yield ""


def _span(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _row(shown: str, one: Mapping[str, Any]) -> str:
    between = ""
    if one["interval"]:
        between = " <small>{:+.1f}&nbsp;to&nbsp;{:+.1f}</small>".format(*one["interval"])
    return (
        f"| {shown} | {one['first']:.1f} | {one['second']:.1f} | {one['difference']:+.1f}{between} | {one['p']:.4f} |"
        f" {one['adjusted']:.4f} |"
    )
