"""The drawings: charts from the library, and the sourcing graph."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from annotate.report.briefs import Brief, Route
from annotate.report.charts import Bar, Chart, draw
from annotate.report.figures import Naming
from annotate.report.graph import Graph, graph_of
from annotate.report.lettering import fitted, width, wrapped
from annotate.scheme import Independence

CHART = Chart(
    title="Whose words",
    says="Words by speaker.",
    series=(("party", "var(--c-party)"), ("third party", "var(--c-third)")),
    bars=(Bar("Ada Example", (4, 0), "4"), Bar("Jane Doe", (1, 3), "4")),
    columns=("Speaker", "Words"),
    table=(("Ada Example", "4"), ("Jane Doe", "4")),
)
EMPTY = Brief(
    number=1, id="a", name="An article", titled=True, publisher=None, published=None, url=None, human=False,
    attributions=0, unnamed=None,
)  # fmt: skip


def graph(routes: dict[Route, int], **more: object) -> Graph:
    made = graph_of([replace(EMPTY, routes=routes, **more)])  # type: ignore[arg-type]
    assert made is not None
    return made


def route(source: str, *via: str, naming: Naming = Naming.NAMED, side: Independence = Independence.UNKNOWN) -> Route:
    return Route(source, via, naming, side)


def test_a_chart_is_drawn_without_ids_or_addresses_in_the_colours_of_the_page() -> None:
    svg = draw(CHART)
    assert etree.fromstring(svg.encode()).tag == "svg"
    assert 'fill="var(--c-party)"' in svg
    assert 'role="img" aria-label="Whose words. Words by speaker."' in svg
    assert not re.search(r"\bid=|href|http|<style|class=", svg)


def test_a_chart_has_the_same_bytes_every_time() -> None:
    assert draw(CHART) == draw(CHART)


@given(st.text(st.characters(), max_size=30))
def test_a_chart_takes_any_name(name: str) -> None:
    svg = draw(replace(CHART, says=name, bars=(Bar(name, (1, 2), name),)))
    assert etree.fromstring(svg.encode()).tag == "svg"


def test_a_chart_escapes_its_labels() -> None:
    nasty = "</text><script>alert(1)</script>\x00\u202e'\"\\ $x$ خبر 中文"
    svg = draw(replace(CHART, says=nasty, title=nasty, bars=(Bar(nasty, (1, 1), nasty),)))
    assert "<script" not in svg
    texts = etree.fromstring(svg.encode()).xpath("//text/text()")
    assert texts[0] == "</text><script>aler…"
    assert texts[1].startswith("</text><script>alert(1)</script>\ufffd'\"\\ $x$")


def test_speakers_with_alike_short_names_stay_two_bars() -> None:
    twins = tuple(Bar(f"The very long name of a ministry of {what}", (1, 0), "1") for what in ("rain", "snow"))
    assert draw(replace(CHART, bars=twins)).count("<path") == draw(replace(CHART, bars=CHART.bars)).count("<path")


def test_an_empty_chart_is_drawn() -> None:
    assert draw(replace(CHART, bars=())).startswith("<svg")


def test_the_layers_are_sources_outlets_and_articles() -> None:
    made = graph({route("Ada Example", "Radio Sample", "Sample Wire"): 2, route("Jane Doe"): 1})
    wide = made.drawings[0]
    assert [words for _, words in wide.heads] == ["Sources", "Heard by", "Passed on by", "Articles"]
    columns: dict[float, set[str]] = {}
    for box in wide.boxes:
        columns.setdefault(box.x, set()).add(box.full)
    in_order = [columns[x] for x in sorted(columns)]
    assert in_order == [{"Ada Example", "Jane Doe"}, {"Radio Sample"}, {"Sample Wire"}, {"An article"}]
    assert made.statements == 3


def test_a_line_is_as_wide_as_its_number_of_statements() -> None:
    wide = graph({route("Ada Example"): 6, route("Jane Doe"): 3}).drawings[0]
    widths = {ribbon.says: ribbon.width for ribbon in wide.ribbons}
    assert widths["Ada Example: 6"] == 2 * widths["Jane Doe: 3"]


def test_unnamed_sources_and_parties_differ_by_more_than_colour() -> None:
    wide = graph({route("unnamed insider", naming=Naming.UNNAMED, side=Independence.PARTY): 1}).drawings[0]
    source = next(box for box in wide.boxes if box.kind == "source")
    assert (source.unnamed, source.note) == (True, "1 · party")
    assert wide.ribbons[0].unnamed


def test_no_boxes_overlap() -> None:
    routes = {route(f"Speaker {n}", *(["Radio Sample"] if n % 2 else [])): n % 5 + 1 for n in range(12)}
    for drawing in graph(routes).drawings:
        by_column: dict[float, list[tuple[float, float]]] = {}
        for box in drawing.boxes:
            assert box.y >= 0
            assert box.y + box.height <= drawing.height
            assert box.x + box.width <= drawing.width
            by_column.setdefault(box.x, []).append((box.y, box.y + box.height))
        for boxes in by_column.values():
            boxes.sort()
            assert all(one[1] < other[0] for one, other in pairwise(boxes))


def test_what_is_many_is_put_together() -> None:
    briefs = [
        replace(EMPTY, number=n, id=f"a{n}", routes={route(f"Speaker {n}-{m}", f"Radio {n}"): 1 for m in range(9)})
        for n in range(40)
    ]
    made = graph_of(briefs)
    assert made is not None
    names = [box.full for box in made.drawings[0].boxes]
    assert {"other named sources", "other outlets", "other articles"} <= set(names)
    assert len(names) < 50
    assert sum(path.number for path in made.paths) == 360


def test_long_names_and_other_scripts_fit_into_their_boxes() -> None:
    made = graph(
        {route("Wolfeschlegelsteinhausenbergerdorff" * 3): 1, route("中華人民共和國外交部發言人辦公室新聞"): 1}
    )
    for drawing in made.drawings:
        for box in drawing.boxes:
            assert 1 <= len(box.lines) <= 3
            assert all(line for line in box.lines)


def test_without_statements_there_is_no_graph() -> None:
    assert graph_of([EMPTY]) is None
    assert graph_of([]) is None


@given(st.text(max_size=80), st.integers(3, 30), st.integers(1, 3))
def test_lines_are_no_wider_than_their_room(text: str, room: int, most: int) -> None:
    lines = wrapped(text, room, most)
    assert 1 <= len(lines) <= most
    assert all(width(line) <= room + 1 for line in lines)
    assert width(fitted(text, room)) <= room
