"""The charts of a story and of the collection: whose words, heard by whom, how much of it unnamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from annotate.report.charts import Bar, Chart
from annotate.report.figures import Figures, Naming
from annotate.report.wording import INDEPENDENCE, SOURCE_TYPES
from annotate.scheme import Independence

_MOST = 9  # bars in a chart; the table beside it has more
_MOST_ROWS = 40
_SIDES = (Independence.PARTY, Independence.THIRD_PARTY, Independence.UNKNOWN)
_SIDE_COLOURS = {
    Independence.PARTY: "var(--c-party)",
    Independence.THIRD_PARTY: "var(--c-third)",
    Independence.UNKNOWN: "var(--c-unknown)",
}
_NAMING_COLOURS = {
    Naming.NAMED: "var(--c-named)",
    Naming.DOCUMENT: "var(--c-document)",
    Naming.UNNAMED: "var(--c-unnamed)",
    Naming.IMPLICIT: "var(--c-implicit)",
}
_SPACE = "\u00a0"  # keeps a number and its sign in one line
_NOT_KNOWN = "publisher not known"


def percent(part: float, whole: float) -> str:
    """Return a share as a whole percentage; what is more than nothing is never 0."""
    if not whole or not part:
        return f"0{_SPACE}%"
    share = 100 * part / whole
    return f"{share:.0f}{_SPACE}%" if share >= 1 else f"<{_SPACE}1{_SPACE}%"


def charts_of(figures: Figures, parts: Iterable[tuple[str, Figures]], *, part: str) -> Iterator[Chart]:
    """Yield the charts of a story or the collection; without attributed words there are none.

    parts: what the anonymity chart compares, articles or publishers, which `part` names.
    """
    if not figures.attributed:
        return
    yield _speakers(figures)
    yield _heard(figures)
    yield _types(figures)
    yield _naming(figures, list(parts), part)


def _speakers(figures: Figures) -> Chart:
    ranked = sorted(figures.speakers.items(), key=lambda item: (-item[1], item[0]))
    total = figures.attributed
    sides = "; ".join(
        f"{INDEPENDENCE[side]} {percent(figures.side_words[side], total)}"
        for side in _SIDES
        if figures.side_words[side]
    )
    return Chart(
        title="Whose words",
        says=f"Words of attributed speech by named speaker, and by side: {sides}.",
        series=tuple((INDEPENDENCE[side], _SIDE_COLOURS[side]) for side in _SIDES),
        bars=tuple(
            Bar(name, tuple(float(words if each is side else 0) for each in _SIDES), _note(words, total))
            for (name, side), words in ranked[:_MOST]
        ),
        columns=("Speaker", "Side", "Words", "Share"),
        table=tuple(
            (name, INDEPENDENCE[side], f"{words:,}", percent(words, total))
            for (name, side), words in ranked[:_MOST_ROWS]
        ),
        left_out=len(ranked[_MOST_ROWS:]),
    )


def _heard(figures: Figures) -> Chart:
    outlets: dict[str | None, list[int]] = {}
    for (name, own), words in figures.heard.items():
        outlets.setdefault(name, [0, 0])[0 if own else 1] += words
    ranked = sorted(outlets.items(), key=lambda item: (-sum(item[1]), item[0] is None, item[0] or ""))
    total = figures.attributed
    passed = sum(words for (_, own), words in figures.heard.items() if not own)
    return Chart(
        title="Which outlet heard it",
        says=f"Words of attributed speech by the outlet that brought them first; {percent(passed, total)} came from"
        " another outlet than the one that published the article.",
        series=(("in its own articles", "var(--c-own)"), ("in articles of others", "var(--c-passed)")),
        bars=tuple(
            Bar(name or _NOT_KNOWN, (float(own), float(others)), _note(own + others, total))
            for name, (own, others) in ranked[:_MOST]
        ),
        columns=("Outlet", "In its own articles", "In articles of others", "Share"),
        table=tuple(
            (name or _NOT_KNOWN, f"{own:,}", f"{others:,}", percent(own + others, total))
            for name, (own, others) in ranked[:_MOST_ROWS]
        ),
        left_out=len(ranked[_MOST_ROWS:]),
    )


def _types(figures: Figures) -> Chart:
    ranked = sorted(figures.types.items(), key=lambda item: (-item[1], item[0] or "~"))
    named = [(SOURCE_TYPES[kind] if kind else "not told", kind, number) for kind, number in ranked]
    return Chart(
        title="Sources by type",
        says=f"{figures.statements:,} statements by the type of their source.",
        series=(("statements", "var(--c-named)"),),
        bars=tuple(Bar(name, (float(number),), _note(number, figures.statements)) for name, _, number in named[:_MOST]),
        columns=("Type", "Statements", "Share", "Words"),
        table=tuple(
            (name, f"{number:,}", percent(number, figures.statements), f"{figures.type_words[kind]:,}")
            for name, kind, number in named
        ),
    )


def _naming(figures: Figures, parts: Sequence[tuple[str, Figures]], part: str) -> Chart:
    ranked = sorted(
        ((name, each) for name, each in parts if each.statements), key=lambda item: (-item[1].statements, item[0])
    )
    unnamed = figures.unnamed_share
    return Chart(
        title="Named and unnamed sources",
        says=f"Statements by how their source is named, per {part}; the figure is the share of unnamed sources,"
        f" {'none' if unnamed is None else percent(unnamed, 1)} in all.",
        series=tuple((str(naming), _NAMING_COLOURS[naming]) for naming in Naming),
        bars=tuple(
            Bar(name, tuple(float(each.naming[naming]) for naming in Naming), _unnamed(each))
            for name, each in ranked[:_MOST]
        ),
        columns=(part.capitalize(), *(str(naming).capitalize() for naming in Naming), "Unnamed"),
        table=tuple(
            (name, *(f"{each.naming[naming]:,}" for naming in Naming), _unnamed(each))
            for name, each in ranked[:_MOST_ROWS]
        ),
        left_out=len(ranked[_MOST_ROWS:]),
        whole=True,
    )


def _unnamed(figures: Figures) -> str:
    return "–" if figures.unnamed_share is None else percent(figures.unnamed_share, 1)


def _note(number: int, total: int) -> str:
    return f"{number:,} ({percent(number, total)})"
