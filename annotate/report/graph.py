"""The sourcing graph: sources, the outlets that statements passed through, the articles, in layers from left to right.

The layout is our own: networkx places nodes of a layered graph at equal distances and knows neither the widths of edges
nor lanes for edges that pass a layer, and Vega-Lite draws no such graph at all. It is a small Sankey layout: nodes are
stacked in columns ordered by the middle of their neighbours (Sugiyama's barycentre heuristic).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

from annotate.report.briefs import Brief
from annotate.report.figures import Naming
from annotate.report.lettering import wrapped
from annotate.report.wording import INDEPENDENCE
from annotate.scheme import Independence

_MOST_SOURCES = 14
_MOST_OUTLETS = 14
_MOST_ARTICLES = 14
_MOST_STEPS = 3
_SWEEPS = 6
_GAP = 10.0
_LANE_GAP = 3.0
_LINE = 15.0
_PAD = 7.0
_LETTER = 0.54  # width of a small letter, in font sizes
_THINNEST = 1.2
_ROOM = 420.0  # height that the edges of one column may take together


@dataclass(frozen=True, slots=True)
class Format:
    """A size of the drawing, in CSS pixels: its width, that of the boxes, the least between them, the line
    of one statement; lines of a label."""

    name: str
    width: float
    box: float
    between: float
    font: float
    lines: int
    thickest: float


WIDE = Format("wide", width=1180, box=214, between=90, font=13, lines=2, thickest=5)
NARROW = Format("narrow", width=356, box=92, between=28, font=11, lines=3, thickest=2.2)


@dataclass(frozen=True, slots=True)
class Box:
    """A drawn node. kind: `source`, `outlet` or `article`; lines: the label; href: where it leads."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    note: str
    full: str
    side: Independence | None = None
    unnamed: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A drawn edge, from a source to an article, as wide as its number of statements."""

    path: str
    width: float
    side: Independence
    unnamed: bool
    says: str


@dataclass(frozen=True, slots=True)
class Drawing:
    name: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]
    heads: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A node of the first column."""

    name: str
    unnamed: bool
    side: Independence


_OTHER_OUTLETS = "other outlets"
_OTHER_NAMED = Source("other named sources", False, Independence.UNKNOWN)
_OTHER_UNNAMED = Source("other unnamed sources", True, Independence.UNKNOWN)
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Path:
    """Statements of one source that reached one article by one way. article: its id, None for the other articles."""

    source: Source
    via: tuple[str, ...]
    article: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Graph:
    """A sourcing graph: its drawings, and each path in words."""

    drawings: tuple[Drawing, ...]
    paths: tuple[Path, ...]
    statements: int


def graph_of(briefs: Sequence[Brief]) -> Graph | None:
    """Return the graph of a story's articles; None when they hold no statement."""
    paths = _paths(briefs)
    if not paths:
        return None
    articles = {brief.id: brief for brief in briefs}
    drawings = tuple(_Layout(paths, articles, form).drawing() for form in (WIDE, NARROW))
    return Graph(drawings, paths, sum(path.number for path in paths))


def _paths(briefs: Sequence[Brief]) -> tuple[Path, ...]:
    """Gather the routes; the sources, outlets and articles with fewest statements are put together."""
    routes = [
        (
            Source(route.source, route.naming in {Naming.UNNAMED, Naming.IMPLICIT}, route.side),
            route.via,
            brief.id,
            number,
        )
        for brief in briefs
        for route, number in brief.routes.items()
    ]
    by_source: Counter[Source] = Counter()
    by_outlet: Counter[str] = Counter()
    by_article: Counter[str] = Counter()
    for source, via, article, number in routes:
        by_source[source] += number
        by_article[article] += number
        by_outlet.update(dict.fromkeys(via, number))
    sources = {key for key, _ in sorted(by_source.items(), key=lambda item: (-item[1], item[0]))[:_MOST_SOURCES]}
    outlets = {key for key, _ in sorted(by_outlet.items(), key=lambda item: (-item[1], item[0]))[:_MOST_OUTLETS]}
    articles = {key for key, _ in by_article.most_common(_MOST_ARTICLES)}
    paths: Counter[tuple[Source, tuple[str, ...], str | None]] = Counter()
    for source, via, article, number in routes:
        kept = source if source in sources else _OTHER_UNNAMED if source.unnamed else _OTHER_NAMED
        steps = dict.fromkeys(name if name in outlets else _OTHER_OUTLETS for name in via)
        paths[kept, tuple(steps)[:_MOST_STEPS], article if article in articles else None] += number
    ranked = sorted(paths.items(), key=lambda item: (-item[1], item[0][0], item[0][1], item[0][2] or ""))
    return tuple(Path(*key, number) for key, number in ranked)


@dataclass(slots=True, eq=False)
class _Node:
    """A node of the layout, or the lane of one path through a column that it passes."""

    column: int
    key: object
    lane: bool = False
    weight: int = 0
    y: float = 0
    height: float = 0
    box: Box | None = None
    ins: list[_Edge] = field(default_factory=list)
    outs: list[_Edge] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Edge:
    tail: _Node
    head: _Node
    weight: int
    y_out: float = 0
    y_in: float = 0


class _Layout:
    """One drawing in the making."""

    def __init__(self, paths: Sequence[Path], articles: Mapping[str, Brief], form: Format) -> None:
        self.form = form
        self.articles = articles
        self.paths = paths
        self.last = 1 + max(len(path.via) for path in paths)
        self.columns: list[list[_Node]] = [[] for _ in range(self.last + 1)]
        self.nodes: dict[object, _Node] = {}
        total = sum(path.number for path in paths)
        room = (form.width - 2 - form.box * (self.last + 1)) / self.last
        self.between = max(form.between, min(room, form.box * 1.6))
        self.unit = min(form.thickest, max(_ROOM / total, 0.05))
        self.trails = [self._trail(path) for path in paths]

    def drawing(self) -> Drawing:
        for column in self.columns:
            for node in column:
                node.height = self._height(node)
        self._order()
        height = self._place()
        boxes = tuple(self._box(node) for column in self.columns for node in column if not node.lane)
        ribbons = tuple(self._ribbon(path, trail) for path, trail in zip(self.paths, self.trails, strict=True))
        width = self.form.box * (self.last + 1) + self.between * self.last + 2
        return Drawing(self.form.name, width, height, boxes, ribbons, tuple(self._heads()))

    def _heads(self) -> Iterator[tuple[float, str]]:
        yield self._x(0), "Sources"
        for column in range(1, self.last):
            yield self._x(column), "Heard by" if column == 1 else "Passed on by"
        yield self._x(self.last), "Articles"

    def _x(self, column: int) -> float:
        return 1 + column * (self.form.box + self.between)

    def _node(self, column: int, key: object, *, lane: bool = False) -> _Node:
        whole = (column, lane, key)
        if whole not in self.nodes:
            self.nodes[whole] = _Node(column, key, lane)
            self.columns[column].append(self.nodes[whole])
        return self.nodes[whole]

    def _trail(self, path: Path) -> list[_Edge]:
        stops = [self._node(0, path.source)]
        stops += [self._node(step, name) for step, name in enumerate(path.via, start=1)]
        # A lane of its own lets the edge pass the columns of outlets it has no part in.
        stops += [
            self._node(column, (path.source, path.via, path.article), lane=True)
            for column in range(len(path.via) + 1, self.last)
        ]
        stops.append(self._node(self.last, path.article))
        edges = []
        for stop in stops:
            stop.weight += path.number
        for tail, head in pairwise(stops):
            edge = _Edge(tail, head, path.number)
            tail.outs.append(edge)
            head.ins.append(edge)
            edges.append(edge)
        return edges

    def _thickness(self, weight: int) -> float:
        return max(self.unit * weight, _THINNEST)

    def _height(self, node: _Node) -> float:
        ribbons = max(
            sum(self._thickness(edge.weight) for edge in node.ins),
            sum(self._thickness(edge.weight) for edge in node.outs),
        )
        if node.lane:
            return ribbons
        node.box = self._labelled(node)
        return max(ribbons + 4, _LINE * (len(node.box.lines) + bool(node.box.note)) + 2 * _PAD)

    def _order(self) -> None:
        """Order each column by the middle of its neighbours, to and fro."""
        for column in self.columns:
            column.sort(key=lambda node: -node.weight)
            self._stack(column)
        for sweep in range(_SWEEPS):
            forward = sweep % 2 == 0
            for column in self.columns[1:] if forward else self.columns[-2::-1]:
                column.sort(key=lambda node: self._middle(node, forward))
                self._stack(column)

    @staticmethod
    def _middle(node: _Node, forward: bool) -> float:
        ends = [(e.tail if forward else e.head, e.weight) for e in (node.ins if forward else node.outs)]
        return sum((end.y + end.height / 2) * weight for end, weight in ends) / sum(weight for _, weight in ends)

    @staticmethod
    def _stack(column: Sequence[_Node]) -> float:
        y = 0.0
        for before, node in zip([None, *column], column, strict=False):
            if before is not None:
                y += _LANE_GAP if before.lane and node.lane else _GAP
            node.y = y
            y += node.height
        return y

    def _place(self) -> float:
        """Set the heights, middle to middle, below the columns' heads; return the height of the drawing."""
        heights = [self._stack(column) for column in self.columns]
        for column, own in zip(self.columns, heights, strict=True):
            for node in column:
                node.y += (max(heights) - own) / 2 + 26
        for column in self.columns:
            for node in column:
                node.outs.sort(key=lambda edge: (edge.head.y, edge.tail.y))
                node.ins.sort(key=lambda edge: (edge.tail.y, edge.head.y))
                for edges, outgoing in ((node.outs, True), (node.ins, False)):
                    room = sum(self._thickness(edge.weight) for edge in edges)
                    y = node.y + (node.height - room) / 2
                    for edge in edges:
                        middle = y + self._thickness(edge.weight) / 2
                        if outgoing:
                            edge.y_out = middle
                        else:
                            edge.y_in = middle
                        y += self._thickness(edge.weight)
        return max(heights) + 26 + 2

    def _box(self, node: _Node) -> Box:
        assert node.box is not None
        return replace(node.box, x=self._x(node.column), y=round(node.y, 1), height=round(node.height, 1))

    def _labelled(self, node: _Node) -> Box:
        number = f"{node.weight:,}"
        if isinstance(node.key, Source):
            source = node.key
            note = number if source.side == Independence.UNKNOWN else f"{number} · {INDEPENDENCE[source.side]}"
            box = self._blank("source", source.name, note)
            return replace(box, side=source.side, unnamed=source.unnamed)
        if node.column < self.last:
            return self._blank("outlet", str(node.key), number)
        if node.key is None:
            return self._blank("article", "other articles", number)
        brief = self.articles[str(node.key)]
        name = f"{brief.publisher}: {brief.name}" if brief.publisher else brief.name
        return replace(self._blank("article", name, number), href=f"#{brief.anchor}")

    def _blank(self, kind: str, name: str, note: str) -> Box:
        return Box(kind, 0, 0, self.form.box, 0, self._wrapped(name), note, name)

    def _wrapped(self, name: str) -> tuple[str, ...]:
        room = (self.form.box - 2 * _PAD - 4) / (self.form.font * _LETTER)
        return wrapped(name, room, self.form.lines)

    def _ribbon(self, path: Path, trail: Sequence[_Edge]) -> Ribbon:
        steps = []
        for index, edge in enumerate(trail):
            x1, x2 = self._x(edge.tail.column) + self.form.box, self._x(edge.head.column)
            bend = (x2 - x1) / 2
            begin = f"M{x1:g} {edge.y_out:.1f}" if index == 0 or not edge.tail.lane else f"H{x1:g}"
            steps.append(f"{begin}C{x1 + bend:g} {edge.y_out:.1f} {x2 - bend:g} {edge.y_in:.1f} {x2:g} {edge.y_in:.1f}")
        return Ribbon(
            path="".join(steps),
            width=round(self._thickness(path.number), 1),
            side=path.source.side,
            unnamed=path.source.unnamed,
            says=f"{' → '.join((path.source.name, *path.via))}: {path.number}",
        )
