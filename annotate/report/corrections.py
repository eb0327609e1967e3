"""The section on corrections: what people made of the machine's work, and how right it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from annotate.evaluation.figures import Figure
from annotate.evaluation.intervals import Interval
from annotate.report.charts import Bar, Chart
from annotate.report.pictures import percent
from annotate.review.confusions import Confusion, Example
from annotate.review.counting import ALL, Fates, Section
from annotate.review.ledger import Ledger
from annotate.review.walk import Base
from annotate.scheme import Label

_MOST = 12  # kinds of corrections; what is left out is told
_MOST_GROUPS = 24
_SPACE = "\u00a0"
_NOTHING = "–"
_LABEL = re.compile(rf"(\[(?:{'|'.join(Label)}) )")
_FATES = ("given", "accepted", "moved", "relabelled", "relinked", "changed", "deleted", "added")
_MEASURES = {
    "exact": "Regions, with their very spans",
    "partial": "Regions, with any shared character",
    "relations": "Relations",
    "attributes": "Attributes, of regions that both have",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of numbers: the first column names the row. left_out: rows that it does not have."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """An example. machine, people: pieces of text, every other one the bracket and label of a region."""

    article: str
    annotator: str
    machine: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of correction with places to look at."""

    what: str
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the section shows. numbers: the figures at its top; notes: what is not in them, a sentence each."""

    annotations: int
    articles: int
    numbers: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    kinds: tuple[Kind, ...]
    left_out: int


def view_corrections(ledger: Ledger) -> Corrections:
    """Put the ledger into the words and numbers of the section."""
    whole = ledger.whole
    return Corrections(
        annotations=whole.annotations,
        articles=whole.articles,
        numbers=tuple(_numbers(whole)),
        notes=tuple(_notes(ledger)),
        charts=tuple(_charts(whole)),
        tables=(*_groups(ledger.groups), *_fate_tables(whole), *_figure_tables(whole)),
        kinds=tuple(_kind(each) for each in ledger.confusions[:_MOST]),
        left_out=len(ledger.confusions[_MOST:]),
    )


def _numbers(whole: Section) -> Iterator[tuple[str, str, str]]:
    """Yield what is measured, the figure, and its interval."""
    if whole.acceptance.share is not None:
        yield "of regions accepted as they were", _rate(whole.acceptance.share), _interval(whole.acceptance.interval)
    for measure, words in (("exact", "F1 of regions"), ("relations", "F1 of relations")):
        if ALL in whole.figures[measure]:
            figure = whole.figures[measure][ALL]
            yield words, _rate(figure.f1), _interval(figure.interval)
    if ALL in whole.accuracy:
        yield "of attributes right", _rate(whole.accuracy[ALL]), ""


def _notes(ledger: Ledger) -> Iterator[str]:
    empty, lost = (ledger.bases.get(base, 0) for base in (Base.EMPTY_PAGE, Base.LOST))
    if ledger.skipped:
        yield f"{_times(ledger.skipped, 'annotation was', 'annotations were')} skipped and not compared."
    if ledger.unread:
        yield f"{_times(ledger.unread, 'annotation', 'annotations')} could not be read."
    if empty:
        yield (
            f"{_times(empty, 'annotation', 'annotations')} began on an empty page, where nothing was pre-annotated,"
            f" with {_times(ledger.drawn, 'region', 'regions')} in all; not compared."
        )
    if lost:
        yield f"{_times(lost, 'annotation names', 'annotations name')} a prediction that is nowhere to be found."
    if ledger.ratings:
        yield f"People gave {_times(ledger.ratings, 'rating', 'ratings')}, which the machine never does."


def _charts(whole: Section) -> Iterator[Chart]:
    named = [(name, fates) for name, fates in whole.fates["regions"].items() if name != ALL]
    if not named:
        return
    yield Chart(
        title="What became of the machine’s regions",
        says="Regions by label: accepted as they were, corrected in some way, deleted; and what people added. The"
        " figure is the share accepted, of those that the machine gave.",
        series=(
            ("accepted", "var(--c-third)"),
            ("corrected", "var(--c-document)"),
            ("deleted", "var(--c-party)"),
            ("added by people", "var(--c-unknown)"),
        ),
        bars=tuple(
            Bar(
                name,
                (
                    float(fates.accepted),
                    float(fates.given - fates.accepted - fates.deleted),
                    float(fates.deleted),
                    float(fates.added),
                ),
                percent(fates.accepted, fates.given) if fates.given else "none given",
            )
            for name, fates in named
        ),
        columns=("Label", *(fate.capitalize() for fate in _FATES)),
        table=tuple((name, *_counts(fates)) for name, fates in named),
    )
    parts = ("exact", "relations")
    rated = [(part, name, figure) for part in parts for name, figure in whole.figures[part].items() if name != ALL]
    yield Chart(
        title="How right the machine was",
        says="F1 of regions with their very spans, and of relations between the right regions: both what the machine"
        " gave wrongly and what it missed count against it.",
        series=(("regions", "var(--c-own)"), ("relations", "var(--c-passed)")),
        bars=tuple(
            Bar(name, (figure.f1, 0.0) if part == "exact" else (0.0, figure.f1), _rate(figure.f1))
            for part, name, figure in rated
        ),
        columns=("", "F1", "95 %", "Machine’s", "People’s"),
        table=tuple(
            (name, _rate(figure.f1), _interval(figure.interval) or _NOTHING, f"{figure.predicted:,}",
             f"{figure.annotated:,}")
            for _, name, figure in rated
        ),
    )  # fmt: skip


def _counts(fates: Fates) -> tuple[str, ...]:
    return tuple(f"{getattr(fates, fate):,}" for fate in _FATES)


def _groups(groups: Mapping[str, Mapping[str, Section]]) -> Iterator[Table]:
    """Yield a table for what there are several groups of."""
    for by, parts in groups.items():
        if len(parts) < 2:
            continue
        latest = list(parts.items())[-_MOST_GROUPS:] if by in {"day", "week", "month"} else list(parts.items())
        yield Table(
            title=f"By {by}",
            columns=(by.capitalize(), "Annotations", "Articles", "Accepted", "F1 of regions", "F1 of relations",
                     "Attributes right"),
            rows=tuple((name, *_summary(section)) for name, section in latest[:_MOST_GROUPS]),
            left_out=len(parts) - len(latest[:_MOST_GROUPS]),
        )  # fmt: skip


def _summary(section: Section) -> Iterator[str]:
    yield f"{section.annotations:,}"
    yield f"{section.articles:,}"
    share = section.acceptance.share
    yield _NOTHING if share is None else _with_interval(share, section.acceptance.interval)
    for measure in ("exact", "relations"):
        figure = section.figures[measure].get(ALL)
        yield _NOTHING if figure is None else _with_interval(figure.f1, figure.interval)
    yield _rate(section.accuracy[ALL]) if ALL in section.accuracy else _NOTHING


def _fate_tables(whole: Section) -> Iterator[Table]:
    for what in ("relations", "attributes"):
        names = whole.fates[what]
        shown = [fate for fate in _FATES if fate in {"given", "accepted", "deleted", "added"}
                 or any(getattr(fates, fate) for fates in names.values())]  # fmt: skip
        if names:
            yield Table(
                title=f"What became of the {what}",
                columns=(what.removesuffix("s").capitalize(), *(fate.capitalize() for fate in shown)),
                rows=tuple(
                    (name, *(f"{getattr(fates, fate):,}" for fate in shown)) for name, fates in names.items()
                ),
            )  # fmt: skip


def _figure_tables(whole: Section) -> Iterator[Table]:
    for measure, title in _MEASURES.items():
        figures = whole.figures[measure]
        right = {name: (_rate(whole.accuracy[name]),) for name in figures} if measure == "attributes" else {}
        if figures:
            yield Table(
                title=title,
                columns=("", "Precision", "Recall", "F1", "Machine’s", "People’s", *(["Right"] if right else [])),
                rows=tuple((name, *_figure(figure), *right.get(name, ())) for name, figure in figures.items()),
            )


def _figure(figure: Figure) -> tuple[str, ...]:
    return (
        _rate(figure.precision),
        _rate(figure.recall),
        _with_interval(figure.f1, figure.interval),
        f"{figure.predicted:,}",
        f"{figure.annotated:,}",
    )


def _kind(confusion: Confusion) -> Kind:
    return Kind(confusion.what, confusion.count, tuple(_place(example) for example in confusion.examples))


def _place(example: Example) -> Place:
    return Place(example.article, example.annotator, _pieces(example.machine), _pieces(example.people))


def _pieces(line: str | None) -> tuple[str, ...]:
    return tuple(_LABEL.split(line)) if line else ()


def _times(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _rate(value: float) -> str:
    return f"{value:.1f}{_SPACE}%"


def _interval(interval: Interval | None) -> str:
    return f"{interval[0]:.1f}–{interval[1]:.1f}" if interval else ""


def _with_interval(value: float, interval: Interval | None) -> str:
    return f"{_rate(value)} ({_interval(interval)})" if interval else _rate(value)
