"""The diagram that docs/benchmarks.md shows of docs/benchmarks/throughput.json: what an article costs."""

from __future__ import annotations

import json
from pathlib import Path

from growth_panels import Panel, diagram

RESULTS = Path(__file__).parent / "benchmarks" / "throughput.json"


def throughput_diagram() -> str:
    """Return an SVG of what articles take: time over their number and over their length, and memory."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    number, length = ({int(size): each for size, each in results[key].items()} for key in ("articles", "length"))
    each, thousand = "milliseconds_an_article", "milliseconds_a_thousand_characters"
    most = max(number)
    longest = max(length)
    return diagram(
        "What pre-annotation costs as collections and articles grow",
        f"Of {most:,} articles one costs {number[most][each] / number[min(number)][each]:.2f} × one of {min(number):,};"
        f" of {longest:,} characters each costs {length[longest][thousand] / length[min(length)][thousand]:.2f} ×"
        f" one of {min(length):,}",
        f"Milliseconds for one article over the number of articles: {number[min(number)][each]:,} to"
        f" {number[most][each]:,}. Milliseconds for a thousand characters over the length of an article:"
        f" {length[min(length)][thousand]:,} to {length[longest][thousand]:,}."
        f" Megabytes over the length: {length[min(length)]['peak_mb']:,} to {length[longest]['peak_mb']:,}.",
        (
            Panel("ms an article", "articles", {"ours": {n: of[each] for n, of in number.items()}}, steps=True),
            Panel(
                "ms a thousand characters",
                "thousand characters in one article",
                {"ours": {n // 1_000: of[thousand] for n, of in length.items()}},
                steps=True,
            ),
            Panel(
                "megabytes",
                "thousand characters in one article",
                {"ours": {n // 1_000: of["peak_mb"] for n, of in length.items()}},
                steps=True,
            ),
        ),
        {},
    )
