"""The correction ledger as tables to read in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotate.evaluation.figures import Figure
    from annotate.evaluation.intervals import Interval
    from annotate.review.counting import Acceptance, Fates, Section
    from annotate.review.ledger import Ledger

_SHOWN = {
    "regions": ("given", "accepted", "moved", "relabelled", "relinked", "changed", "deleted", "added"),
    "relations": ("given", "accepted", "relabelled", "relinked", "deleted", "added"),
    "attributes": ("given", "accepted", "changed", "deleted", "added"),
}
_TITLES = {
    "exact": "regions, very span",
    "partial": "regions, any overlap",
    "relations": "relations",
    "attributes": "attributes",
}
_FIGURES = f"{'precision':>9}{'recall':>8}{'F1':>7}   {'95 %':13}{'predicted':>9}{'annotated':>11}"


def as_table(ledger: Ledger, *, top: int) -> str:
    """Return the ledger as lines: what was compared, what became of it, the figures, the most frequent corrections."""
    lines = [*what_was_compared(ledger), *_fates(ledger.whole), *_all_figures(ledger.whole)]
    for by, name, section in ((by, *part) for by, parts in ledger.groups.items() for part in parts.items()):
        lines += ["", f"{by}: {name}, {counted(section)}", _acceptance(section.acceptance)]
        lines += _all_figures(section)
    return "\n".join([*lines, *_corrections(ledger, top)])


def what_was_compared(ledger: Ledger) -> Iterator[str]:
    """Yield what the figures are of, and plainly what they are not of."""
    yield f"{counted(ledger.whole)}, each compared with what the machine had given"
    apart = [f"{ledger.skipped:,} skipped"] if ledger.skipped else []
    apart += [f"{ledger.unread:,} unreadable"] if ledger.unread else []
    if apart:
        yield f"not compared: {', '.join(apart)}"
    bases = {str(base): number for base, number in ledger.bases.items()}
    empty, lost = bases.get("empty_page", 0), bases.get("lost", 0)
    if empty:
        yield (
            f"not compared: {plural(empty, 'annotation')} that began on an empty page, with"
            f" {plural(ledger.drawn, 'region')}; nothing was pre-annotated there"
        )
    if lost:
        yield f"not compared: {plural(lost, 'annotation')} whose prediction is neither in there nor in the store"
    yield _acceptance(ledger.whole.acceptance)
    if ledger.ratings:
        yield f"{plural(ledger.ratings, 'rating')} given, which only people give"


def counted(section: Section) -> str:
    """Tell how much a section is of."""
    return f"{plural(section.annotations, 'annotation')} of {plural(section.articles, 'article')}"


def plural(number: int, name: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _acceptance(acceptance: Acceptance) -> str:
    if acceptance.share is None:
        return "accepted: the machine had given nothing"
    between = f" ({_interval(acceptance.interval)})" if acceptance.interval else ""
    return (
        f"accepted: {acceptance.share:.1f} %{between}, {acceptance.accepted:,} of the machine's"
        f" {plural(acceptance.given, 'region')} left exactly as {'it was' if acceptance.given == 1 else 'they were'}"
    )


def _fates(section: Section) -> Iterator[str]:
    for what, names in section.fates.items():
        if names:
            yield f"\n{what:22}{''.join(f'{fate:>11}' for fate in _SHOWN[what])}"
        for name, fates in names.items():
            yield f"  {name:20}{_counts(fates, _SHOWN[what])}"


def _counts(fates: Fates, shown: tuple[str, ...]) -> str:
    return "".join(f"{getattr(fates, fate):11,}" for fate in shown)


def _all_figures(section: Section) -> Iterator[str]:
    for measure, names in section.figures.items():
        if names:
            more = "   accuracy" if measure == "attributes" else ""
            yield f"\n{_TITLES[measure]:26}{_FIGURES}{more}"
        for name, figure in names.items():
            accuracy = f"{section.accuracy[name]:11.1f}" if measure == "attributes" else ""
            yield f"  {name:24}{_figure(figure)}{accuracy}"


def _figure(figure: Figure) -> str:
    return (
        f"{figure.precision:9.1f}{figure.recall:8.1f}{figure.f1:7.1f}   {_interval(figure.interval):13}"
        f"{figure.predicted:9,}{figure.annotated:11,}"
    )


def _interval(interval: Interval | None) -> str:
    return f"{interval[0]:.1f}–{interval[1]:.1f}" if interval else ""


def _corrections(ledger: Ledger, top: int) -> Iterator[str]:
    listed = ledger.confusions[:top]
    if listed:
        yield "\nwhat the machine said → what people made of it"
    for confusion in listed:
        yield f"{confusion.count:7,}  {confusion.what}"
        for example in confusion.examples:
            yield f"           {example.article}, {example.annotator}"
            yield f"             machine: {example.machine or '–'}"
            yield f"             people:  {example.people or '–'}"
    left = len(ledger.confusions) - len(listed)
    if left:
        yield f"         and {plural(left, 'further kind')} of correction (--top {len(ledger.confusions)} shows all)"
