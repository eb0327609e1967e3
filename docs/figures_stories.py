"""The diagram that docs/benchmarks.md shows of docs/benchmarks/stories.json: what a collection costs as it grows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from diagram_style import STYLE

RESULTS = Path(__file__).parent / "benchmarks" / "stories.json"
SYSTEMS = {"ours": "annotate stories", "minhash": "MinHash LSH of the quotes"}
PANELS = {"processor_seconds": "processor seconds", "peak_mb": "megabytes"}
# Where the first panel begins, how large each is, and from one to the next.
LEFT, TOP, WIDE, HIGH, NEXT = 62, 66, 270, 220, 366
OWN_STYLE = """
  .line { fill: none; stroke-width: 2; }
  .ours { stroke: #0072b2; }
  .minhash { stroke: #b45309; }
  .point.ours { fill: #0072b2; }
  .point.minhash { fill: #fff; }
  @media (prefers-color-scheme: dark) {
    .ours { stroke: #56b4e9; }
    .minhash { stroke: #e69f00; }
    .point.ours { fill: #56b4e9; }
    .point.minhash { fill: #1b1f27; }
  }
"""


def growth_diagram() -> str:
    """Return an SVG of the seconds and the memory that collections of growing size take."""
    sizes = {int(size): each for size, each in json.loads(RESULTS.read_text(encoding="utf-8"))["sizes"].items()}
    largest = max(sizes)
    cost = sizes[largest]["ours"]
    width, height = LEFT + NEXT + WIDE + 28, TOP + HIGH + 88
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-labelledby="title desc" font-family="system-ui, \'DejaVu Sans\', sans-serif">',
        '<title id="title">What finding stories costs as the collection grows</title>',
        f'<desc id="desc">Processor seconds and megabytes over the number of articles: {largest:,} articles take'
        f" {cost['processor_seconds']:,.0f} processor seconds and {cost['peak_mb']:,} megabytes.</desc>",
        f"<style>{STYLE}{OWN_STYLE}</style>",
        f'<rect class="back" width="{width}" height="{height}" rx="6"/>',
        f'<text class="title" x="{width / 2:g}" y="24">{largest:,} articles:'
        f" {cost['processor_seconds']:,.0f} processor seconds, {cost['peak_mb']:,} megabytes</text>",
    ]
    for number, (key, unit) in enumerate(PANELS.items()):
        parts += _panel(LEFT + number * NEXT, key, unit, sizes)
    parts += [*_legend(width / 2 - 255, height - 18), "</svg>"]
    return "\n".join(parts) + "\n"


def _panel(left: int, key: str, unit: str, sizes: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    largest = max(sizes)
    top = _round_up(max(float(each[name][key]) for each in sizes.values() for name in SYSTEMS))

    def place(articles: float, value: float) -> tuple[float, float]:
        return round(left + WIDE * articles / largest, 1), round(TOP + HIGH * (1 - value / top), 1)

    yield f'<text class="small" x="{left}" y="{TOP - 14}">{unit}</text>'
    for part in range(5):
        y = place(0, top * part / 4)[1]
        yield f'<path class="grid" d="M{left} {y}h{WIDE}"/>'
        yield f'<text class="small end" x="{left - 8}" y="{y + 4:g}">{_short(top * part / 4)}</text>'
    for size in _apart(sorted(sizes), largest):
        yield f'<text class="small" x="{place(size, 0)[0]}" y="{TOP + HIGH + 18}">{size:,}</text>'
    yield f'<text class="small" x="{left + WIDE / 2:g}" y="{TOP + HIGH + 38}">articles</text>'
    if key == "processor_seconds":
        # As long for each article as at the smallest size.
        smallest = min(sizes)
        rate = sizes[smallest]["ours"][key] / smallest
        end = min(largest, top / rate)
        (x, y), (x2, y2) = place(0, 0), place(end, rate * end)
        yield f'<path class="ideal" d="M{x} {y}L{x2} {y2}"/>'
    for name in reversed(SYSTEMS):
        points = [place(size, sizes[size][name][key]) for size in sorted(sizes)]
        yield f'<path class="line {name}" d="M{"L".join(f"{x} {y}" for x, y in points)}"/>'
        for (x, y), size in zip(points, sorted(sizes), strict=True):
            value = sizes[size][name][key]
            yield f'<circle class="line point {name}" cx="{x}" cy="{y}" r="4.5"><title>{SYSTEMS[name]}, {size:,}'
            yield f" articles: {value:,} {unit}</title></circle>"


def _legend(x: float, y: float) -> Iterator[str]:
    for name, shown in SYSTEMS.items():
        yield f'<path class="line {name}" d="M{x:g} {y - 4:g}h26"/>'
        yield f'<circle class="line point {name}" cx="{x + 13:g}" cy="{y - 4:g}" r="4.5"/>'
        yield f'<text class="small start" x="{x + 32:g}" y="{y:g}">{shown}</text>'
        x += 54 + 7 * len(shown)
    yield f'<path class="ideal" d="M{x:g} {y - 4:g}h26"/>'
    yield f'<text class="small start" x="{x + 32:g}" y="{y:g}">in proportion</text>'


def _apart(sizes: Sequence[int], largest: int) -> Iterator[int]:
    """Yield the sizes whose names have room beside each other."""
    last = -math.inf
    for size in sizes:
        if size - last >= largest / 7 and (size == largest or largest - size >= largest / 7):
            last = size
            yield size


def _round_up(value: float) -> float:
    """Return the next value that divides into four even parts."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * power >= value)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
