"""Bar charts as static SVG: Vega-Lite, drawn by vl-convert in this process, which fetches nothing.

Against matplotlib: its SVG takes the colour variables of the page, so that it follows a dark page; it needs no ids and
no style sheet, so that many stand in one page; its labels are text in any script without a font of ours. Against
altair: the same drawing from a specification that is plain data, without the layers above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from annotate.report.lettering import fitted
from annotate.report.safety import label, printable

_VEGA_LITE = "6.4"
_WIDTH = 390
_LABELS = 140
_NAME = 20  # small letters, which fit into it
_STEP = 24
_FONT = "system-ui, sans-serif"
_TAG = re.compile(r"<[^<>]*>")
# What a bar chart's tags do without: roles and classes, idle attributes, backgrounds that draw nothing.
_IDLE = re.compile(
    r' (?:role|aria-[a-z]+|class|pointer-events|opacity|stroke-miterlimit|version|xmlns(?::xlink)?)="[^"]*"'
)
_STAND_IN = re.compile(r"(?<=>)(?P<what>name|note)-(?P<row>\d+)(?=</text>)")
_EMPTY = re.compile(r'<path d="[^"]*"(?: stroke="[^"]*")?(?: display="none")?/>')
_LONG_NUMBER = re.compile(r"-?\d{1,20}\.\d{3,}")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its parts in the order of the chart's series, and what stands at its end."""

    name: str
    parts: tuple[float, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart and the same in words. series: name and colour variable of each part, from left to right.

    left_out: rows that the table does not have. whole: every bar is drawn at full length, its parts being shares.
    """

    title: str
    says: str
    series: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    left_out: int = 0
    whole: bool = False

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """The series that some bar has a part of."""
        return tuple(each for part, each in enumerate(self.series) if any(bar.parts[part] for bar in self.bars))


def draw(chart: Chart) -> Markup:
    """Return the chart as an SVG element.

    No word of an article goes into the library: it draws stand-ins, which give way to the escaped words afterwards. (It
    ends the whole process over a character that XML cannot hold, and cuts emoji in two.)
    """
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(_spec(chart), vl_version=_VEGA_LITE, allowed_base_urls=[])
    svg = _TAG.sub(lambda tag: _slim(tag.group()), svg)
    svg = _STAND_IN.sub(lambda found: _words(chart, found["what"], int(found["row"])), svg)
    says = escape(printable(f"{chart.title}. {chart.says}"))
    return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{says}"', 1))  # noqa: S704


def _words(chart: Chart, what: str, row: int) -> str:
    bar = chart.bars[row]
    return str(escape(fitted(label(bar.name), _NAME) if what == "name" else label(bar.note)))


def _slim(tag: str) -> str:
    tag = _EMPTY.sub("", _IDLE.sub("", tag))
    return _LONG_NUMBER.sub(lambda number: f"{float(number.group()):.1f}", tag)


def _spec(chart: Chart) -> dict[str, Any]:
    rows = [
        {"row": f"{index}", "part": part, "value": value}
        for index, bar in enumerate(chart.bars)
        for part, value in enumerate(bar.parts)
    ]
    notes = [
        {"row": f"{index}", "end": 1 if chart.whole else sum(bar.parts), "note": f"note-{index}"}
        for index, bar in enumerate(chart.bars)
    ]
    longest = 1 if chart.whole else max((sum(bar.parts) for bar in chart.bars), default=0) or 1
    row = {
        "field": "row",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {
            "domain": False,
            "ticks": False,
            "labelLimit": 0,
            "minExtent": _LABELS,
            "maxExtent": _LABELS,
            "labelPadding": 6,
            "labelExpr": "'name-' + datum.value",
        },
    }
    length = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, longest], "nice": False},
    }
    colours = [colour for _, colour in chart.series]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": _WIDTH - _LABELS - 88,
        "height": {"step": _STEP},
        "padding": {"left": _LABELS, "right": 88, "top": 2, "bottom": 2},
        "autosize": {"type": "none"},
        "background": None,
        "config": {"view": {"stroke": None}, "font": _FONT, "aria": False,
                   "axis": {"labelColor": "var(--ink)", "labelFontSize": 12},
                   "text": {"color": "var(--ink)", "fontSize": 12}},
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "height": 14, "stroke": "var(--paper)", "strokeWidth": 1},
                "encoding": {
                    "y": row,
                    "x": {"field": "value", **length, "stack": "normalize" if chart.whole else "zero"},
                    "order": {"field": "part", "type": "ordinal"},
                    "color": {"field": "part", "type": "ordinal", "legend": None,
                              "scale": {"domain": list(range(len(colours))), "range": colours}},
                },
            },
            {
                "data": {"values": notes},
                "mark": {"type": "text", "align": "left", "dx": 5, "baseline": "middle"},
                "encoding": {"y": row, "x": {"field": "end", **length}, "text": {"field": "note", "type": "nominal"}},
            },
        ],
    }  # fmt: skip
