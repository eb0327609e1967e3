"""Panels of a diagram side by side: what something costs over how much there is of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from diagram_style import STYLE

# Where the first panel begins, how large each is, and from one to the next.
LEFT, TOP, WIDE, HIGH, NEXT = 62, 66, 270, 220, 366
OWN_STYLE = """
  .line { fill: none; stroke-width: 2; }
  .ours { stroke: #0072b2; }
  .other { stroke: #b45309; }
  .point.ours { fill: #0072b2; }
  .point.other { fill: #fff; }
  @media (prefers-color-scheme: dark) {
    .ours { stroke: #56b4e9; }
    .other { stroke: #e69f00; }
    .point.ours { fill: #56b4e9; }
    .point.other { fill: #1b1f27; }
  }
"""
KINDS = ("ours", "other")  # how the lines of a panel are drawn, in order


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: for each line its values by how much there was of what `across` names.

    ideal: whether to draw, dashed, what would be in proportion to the smallest. steps: whether each size is some times
    the one before, so that equal factors are equally far apart.
    """

    unit: str
    across: str
    lines: Mapping[str, Mapping[int, float]]
    ideal: bool = False
    steps: bool = False


def diagram(title: str, heading: str, description: str, panels: Sequence[Panel], legend: Mapping[str, str]) -> str:
    """Return the panels as one SVG. legend: how each line is called where its name alone does not say it."""
    width, height = LEFT + NEXT * (len(panels) - 1) + WIDE + 28, TOP + HIGH + (88 if legend else 56)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-labelledby="title desc" font-family="system-ui, \'DejaVu Sans\', sans-serif">',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{description}</desc>',
        f"<style>{STYLE}{OWN_STYLE}</style>",
        f'<rect class="back" width="{width}" height="{height}" rx="6"/>',
        f'<text class="title" x="{width / 2:g}" y="24">{heading}</text>',
    ]
    for number, panel in enumerate(panels):
        parts += _drawn(LEFT + number * NEXT, panel, legend)
    if legend:
        parts += _legend(width / 2 - 255, height - 18, legend)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(left: int, panel: Panel, legend: Mapping[str, str]) -> Iterator[str]:
    sizes = sorted({size for line in panel.lines.values() for size in line})
    smallest, largest = sizes[0], sizes[-1]
    top = _round_up(max(value for line in panel.lines.values() for value in line.values()))

    def across(size: float) -> float:
        share = math.log(size / smallest) / math.log(largest / smallest) if panel.steps else size / largest
        return round(left + WIDE * share, 1)

    def place(size: float, value: float) -> tuple[float, float]:
        return across(size), round(TOP + HIGH * (1 - value / top), 1)

    yield f'<text class="small" x="{left}" y="{TOP - 14}">{panel.unit}</text>'
    for part in range(5):
        y = round(TOP + HIGH * (1 - part / 4), 1)
        yield f'<path class="grid" d="M{left} {y}h{WIDE}"/>'
        yield f'<text class="small end" x="{left - 8}" y="{y + 4:g}">{_short(top * part / 4)}</text>'
    for size in _apart(sizes, across):
        yield f'<text class="small" x="{across(size)}" y="{TOP + HIGH + 18}">{size:,}</text>'
    yield f'<text class="small" x="{left + WIDE / 2:g}" y="{TOP + HIGH + 38}">{panel.across}</text>'
    if panel.ideal:
        rate = next(iter(panel.lines.values()))[smallest] / smallest
        end = min(largest, top / rate)
        (x, y), (x2, y2) = place(0, 0), place(end, rate * end)
        yield f'<path class="ideal" d="M{x} {y}L{x2} {y2}"/>'
    for kind, (name, line) in reversed(list(zip(KINDS, panel.lines.items(), strict=False))):
        points = [place(size, line[size]) for size in sorted(line)]
        yield f'<path class="line {kind}" d="M{"L".join(f"{x} {y}" for x, y in points)}"/>'
        shown = legend.get(name, name)
        for (x, y), size in zip(points, sorted(line), strict=True):
            yield f'<circle class="line point {kind}" cx="{x}" cy="{y}" r="4.5"><title>{shown}, {size:,}'
            yield f" {panel.across}: {line[size]:,} {panel.unit}</title></circle>"


def _legend(x: float, y: float, legend: Mapping[str, str]) -> Iterator[str]:
    for kind, shown in zip(KINDS, legend.values(), strict=False):
        yield f'<path class="line {kind}" d="M{x:g} {y - 4:g}h26"/>'
        yield f'<circle class="line point {kind}" cx="{x + 13:g}" cy="{y - 4:g}" r="4.5"/>'
        yield f'<text class="small start" x="{x + 32:g}" y="{y:g}">{shown}</text>'
        x += 54 + 7 * len(shown)
    yield f'<path class="ideal" d="M{x:g} {y - 4:g}h26"/>'
    yield f'<text class="small start" x="{x + 32:g}" y="{y:g}">in proportion</text>'


def _apart(sizes: Sequence[int], across: Callable[[float], float]) -> Iterator[int]:
    """Yield the sizes whose names have room beside each other: the largest, and of the others those that leave it."""
    last, end = -math.inf, across(sizes[-1])
    for size in sizes:
        at = across(size)
        if at - last >= WIDE / 7 and (size == sizes[-1] or end - at >= WIDE / 7):
            last = at
            yield size


def _round_up(value: float) -> float:
    """Return the next value that divides into four even parts."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * power >= value)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
