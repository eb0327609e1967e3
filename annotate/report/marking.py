"""An article's text as paragraphs of marked pieces that nest properly, whatever way the spans overlap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from annotate.derive import Span
from annotate.record import Record

_LINE = re.compile(r"[^\n]+")
# Marks inside marks beyond this are left out of the drawing; real articles have three or four.
DEEPEST = 12


class Kind(StrEnum):
    """What a mark stands for; where spans coincide, the earlier kind is the outer one."""

    NOTICE = "notice"
    VERIFICATION = "verification"
    QUOTE = "quote"
    PLACE = "place"
    SOURCE = "source"
    CUE = "cue"
    OUTLET = "outlet"


_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that stand for something. number: of the attribution; ref: whether its note is called here."""

    kind: Kind
    span: Span
    anchor: str | None = None
    number: int | None = None
    detail: str | None = None
    ref: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of writing a paragraph: some text, the beginning of a mark, or its end.

    first: whether the mark begins here, rather than goes on; last: whether it ends here. level: how many quotes lie
    inside.
    """

    text: str = ""
    opens: Mark | None = None
    closes: Mark | None = None
    first: bool = False
    last: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    pieces: tuple[Piece, ...]
    notes: tuple[int, ...] = field(default=())


def marks_of(record: Record, prefix: str, places: Iterable[Span] = ()) -> Iterator[Mark]:
    """Yield the marks of a Record; anchors begin with `prefix`.

    places: further spans that something links to.
    """
    for number, item in enumerate(record.attributions, start=1):
        for index, span in enumerate(item.quote):
            anchor = f"{prefix}-q{number}" if index == 0 else None
            yield Mark(Kind.QUOTE, span, anchor, number, str(item.quote_type), ref=index == 0)
    # One noun phrase may be the source of several attributions: it is marked once.
    for kind, spans in (
        (Kind.SOURCE, {span for item in record.attributions for span in item.source}),
        (Kind.CUE, {span for item in record.attributions for span in item.cue}),
        (Kind.OUTLET, {item.span for item in record.outlets}),
    ):
        yield from (Mark(kind, span) for span in sorted(spans))
    for check in record.verifications:
        yield Mark(Kind.VERIFICATION, check.span, f"{prefix}-{_id(check.span)}", detail=check.kind)
    yield from (Mark(Kind.NOTICE, notice.span, detail=notice.kind) for notice in record.notices)
    anchored = {item.span for item in record.verifications}
    yield from (Mark(Kind.PLACE, span, f"{prefix}-{_id(span)}") for span in sorted(set(places) - anchored))


def place_anchor(prefix: str, span: Span) -> str:
    """Return the anchor of a place in an article."""
    return f"{prefix}-{_id(span)}"


def _id(span: Span) -> str:
    return f"s{span[0]}-{span[1]}"


def paragraphs(text: str, marks: Iterable[Mark]) -> Iterator[Paragraph]:
    """Yield the lines of `text` that hold something, with their marks; a mark over several lines is in each."""
    waiting = sorted(
        (mark for mark in marks if mark.span[0] < len(text)),
        key=lambda mark: (mark.span[0], -mark.span[1], _RANK[mark.kind], mark.number or 0),
    )
    levels = _levels([mark for mark in waiting if mark.kind == Kind.QUOTE])
    position, going = 0, list[Mark]()
    for line in _LINE.finditer(text):
        start, end = line.span()
        while position < len(waiting) and waiting[position].span[0] < end:
            going.append(waiting[position])
            position += 1
        here = [mark for mark in going if mark.span[1] > start]
        yield Paragraph(
            tuple(_pieces(text, (start, end), here, levels)),
            tuple(sorted({m.number for m in here if m.ref and m.number and start <= m.span[0] < end})),
        )
        going = [mark for mark in here if mark.span[1] > end]


def _levels(quotes: Sequence[Mark]) -> dict[int, int]:
    """Return for each quote, by its identity, how many layers of quotes lie inside it (sorted: outer ones first)."""
    levels: dict[int, int] = {}
    around: list[Mark] = []
    for quote in quotes:
        while around and around[-1].span[1] <= quote.span[0]:
            around.pop()
        levels[id(quote)] = 0
        for height, outer in enumerate(reversed(around[-DEEPEST:]), start=1):
            levels[id(outer)] = max(levels[id(outer)], height)
        around.append(quote)
    return levels


def _pieces(text: str, line: Span, marks: Sequence[Mark], levels: dict[int, int]) -> Iterator[Piece]:
    """Yield the pieces of one line. A mark that crosses another's end is closed with it and opened again."""
    start, end = line
    stack: list[Mark] = []
    position = start
    queue = list(marks)
    taken = 0
    while position < end or taken < len(queue):
        while taken < len(queue) and max(queue[taken].span[0], start) <= position:
            mark = queue[taken]
            taken += 1
            yield _opening(mark, levels, first=mark.span[0] >= start)
            if len(stack) < DEEPEST:
                stack.append(mark)
            else:  # an empty mark: what links to it still finds it
                yield Piece(closes=mark, last=mark.span[1] <= end)
        if position >= end:
            break
        upcoming = min(queue[taken].span[0], end) if taken < len(queue) else end
        stop = min([upcoming, end, *(mark.span[1] for mark in stack if mark.span[1] > position)])
        yield Piece(text=text[position:stop])
        position = stop
        yield from _close(stack, position, end, levels)
    while stack:
        mark = stack.pop()
        yield Piece(closes=mark, last=mark.span[1] <= end)


def _close(stack: list[Mark], position: int, end: int, levels: dict[int, int]) -> Iterator[Piece]:
    """Close what ends at `position`, and open again what had to be closed with it."""
    ending = [index for index, mark in enumerate(stack) if mark.span[1] <= position]
    if not ending:
        return
    above = stack[ending[0] :]
    for mark in reversed(above):
        yield Piece(closes=mark, last=mark.span[1] <= position)
    del stack[ending[0] :]
    # At the line's end nothing is opened again: the next line does.
    for mark in above if position < end else ():
        if mark.span[1] > position:
            stack.append(mark)
            yield _opening(mark, levels, first=False)


def _opening(mark: Mark, levels: dict[int, int], *, first: bool) -> Piece:
    return Piece(opens=mark, first=first, level=levels.get(id(mark), 0))
