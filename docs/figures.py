"""The table and the diagrams that docs/benchmarks.md shows of docs/benchmarks/accuracy.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from diagram_style import STYLE

RESULTS = Path(__file__).parent / "benchmarks" / "accuracy.json"
HEADINGS = {"house-dev": "House corpus", "polnear-dev": "PolNeAR"}
MEASURES = {"content": "content", "content_exact": "exact", "attributed": "attributed"}


def accuracy_table() -> str:
    """Return one Markdown table for each corpus, a system a column, with 95 % intervals in small print."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    return "\n".join(line for corpus in HEADINGS for line in _table(corpus, results))


def _table(corpus: str, results: Mapping[str, Any]) -> Iterator[str]:
    systems = {name: system for name, system in results["systems"].items() if corpus in system}
    yield f"### {HEADINGS[corpus]}\n"
    yield f"`{corpus}`: {results['articles'][corpus]} articles, {results['words'][corpus]:,} words.\n"
    yield f"| | {' | '.join(systems)} |"
    yield "| --- | " + " | ".join(["---:"] * len(systems)) + " |"
    for part in ("all", "direct"):
        for measure, name in MEASURES.items():
            figures = (system[corpus][part][measure] for system in systems.values())
            cells = " | ".join(_cell(figure["f1"], figure["interval"]) for figure in figures)
            yield f"| {'direct: ' * (part == 'direct')}{name} | {cells} |"
    work = (system[corpus]["work_left"] for system in systems.values())
    yield f"| work left | {' | '.join(_cell(each['per_cent'], each['interval'], ' %') for each in work)} |"
    speeds = (system.get("words_per_second") for system in systems.values())
    yield f"| words per second | {' | '.join(_round(speed) for speed in speeds)} |"
    yield ""


def _round(speed: float | None) -> str:
    return f"{float(f'{speed:.2g}'):,.0f}" if speed else ""


def _cell(value: float, interval: tuple[float, float] | None, unit: str = "") -> str:
    between = f"<br><small>{interval[0]:.1f}–{interval[1]:.1f}</small>" if interval else ""
    return f"{value:.1f}{unit}{between}"


# Where the diagram's square begins, and how long its sides are; a histogram of the scores stands below it.
LEFT, TOP, SIDE, BELOW, HIGH = 64, 52, 320, 34, 56
OWN_STYLE = """
  .range { stroke: #0072b2; stroke-width: 2; }
  .point { fill: #0072b2; }
  .bar { fill: #0072b2; fill-opacity: .45; }
  @media (prefers-color-scheme: dark) {
    .range { stroke: #56b4e9; }
    .point, .bar { fill: #56b4e9; }
  }
"""


def reliability_diagram(system: str, corpus: str) -> str:
    """Return an SVG of how often attributions of each score are right, with 95 % intervals and how many there are."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    calibration = results["systems"].get(system, {}).get(corpus, {}).get("calibration")
    if calibration is None:
        raise SystemExit(f"{RESULTS}: no calibration of {system!r} on {corpus}: run python -m benchmarks.accuracy")
    width, height = LEFT + SIDE + 24, TOP + SIDE + BELOW + HIGH + 62
    error, count = calibration["error"], calibration["count"]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-labelledby="title desc" font-family="system-ui, \'DejaVu Sans\', sans-serif">',
        f'<title id="title">Reliability of the scores: {system}, {corpus}</title>',
        f'<desc id="desc">Share of right attributions over their score, in bins of a tenth; the expected calibration'
        f" error is {error} points over {count:,} attributions.</desc>",
        f"<style>{STYLE}{OWN_STYLE}</style>",
        f'<rect class="back" width="{width}" height="{height}" rx="6"/>',
        f'<text class="title" x="{width / 2:g}" y="22">{system}: {corpus}</text>',
        f'<text class="small" x="{width / 2:g}" y="40">expected calibration error {error:.1f} points,'
        f" {count:,} attributions</text>",
        *_axes(),
        *(part for each in calibration["bins"] for part in _bin(each, calibration["bins"])),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(score: float) -> float:
    return round(LEFT + SIDE * score, 1)


def _y(share: float) -> float:
    return round(TOP + SIDE * (1 - share), 1)


def _axes() -> Iterator[str]:
    for tenth in range(0, 11, 2):
        share = tenth / 10
        yield f'<path class="grid" d="M{_x(0)} {_y(share)}H{_x(1)}M{_x(share)} {_y(0)}V{_y(1)}"/>'
        yield f'<text class="small end" x="{LEFT - 8}" y="{_y(share) + 4:g}">{share:.1f}</text>'
        yield f'<text class="small" x="{_x(share)}" y="{_y(0) + 18:g}">{share:.1f}</text>'
    yield f'<path class="ideal" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>'
    middle = _y(0.5)
    yield f'<text x="18" y="{middle:g}" transform="rotate(-90 18 {middle:g})">share that is right</text>'
    yield f'<text x="{_x(0.5)}" y="{_y(0) + BELOW + HIGH + 44:g}">score (bars: how many attributions have it)</text>'


def _bin(each: Mapping[str, Any], bins: list[Mapping[str, Any]]) -> Iterator[str]:
    x, (low, high) = _x(each["score"]), each["interval"]
    yield f'<path class="range" d="M{x} {_y(low)}V{_y(high)}M{x - 5:g} {_y(low)}h10M{x - 5:g} {_y(high)}h10"/>'
    yield f'<circle class="point" cx="{x}" cy="{_y(each["right"])}" r="5"/>'
    bar = round(HIGH * each["count"] / max(other["count"] for other in bins), 1)
    foot = _y(0) + BELOW + HIGH + 14
    yield (
        f'<rect class="bar" x="{_x(each["low"]) + 1:g}" y="{foot - bar:g}" width="{SIDE / 10 - 2:g}" height="{bar}"/>'
    )
    yield f'<text class="small" x="{_x((each["low"] + each["high"]) / 2)}" y="{foot + 13:g}">{each["count"]}</text>'
