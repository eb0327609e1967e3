"""An evaluation as a table to read in a terminal, and as a JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotate.evaluation import Error, ErrorKind, Evaluation, Figure

_COLUMNS = f"{'precision':>9}{'recall':>8}{'F1':>7}   {'95 %':13}{'predicted':>9}{'annotated':>11}"


def as_document(
    result: Evaluation,
    counts: Mapping[ErrorKind, int],
    errors: Sequence[Error],
    sourcing: Mapping[str, Figure] | None = None,
) -> str:
    """Return everything as one line of JSON."""
    document: dict[str, Any] = asdict(result)
    if sourcing is not None:
        document["sourcing"] = {name: asdict(figure) for name, figure in sourcing.items()}
    document |= {"error_kinds": counts, "errors": [asdict(error) for error in errors]}
    return json.dumps(document, ensure_ascii=False)


def as_table(
    result: Evaluation,
    counts: Mapping[ErrorKind, int],
    errors: Sequence[Error],
    sourcing: Mapping[str, Figure] | None = None,
) -> str:
    """Return the figures as a table, then how many errors of which kind there are, then those to be listed."""
    more = [f"\n{'sourcing':26}{_COLUMNS}", *(_row(*item) for item in sourcing.items())] if sourcing else []
    return "\n".join(
        [*_figures(result), *more, *_kinds(counts), *(line for error in errors for line in _listed(error))]
    )


def _figures(result: Evaluation) -> Iterator[str]:
    yield f"{result.articles:,} article{'s' if result.articles > 1 else ''}, {result.words:,} words"
    groups = ((f"{result.by}: {name}", figures) for name, figures in result.groups.items())
    for name, figures in (*result.figures.items(), *groups):
        yield f"\n{name[:25]:26}{_COLUMNS}"
        yield from (_row(measure, figure) for measure, figure in figures.items())
    work, calibration = result.work, result.calibration
    between = f" ({_interval(work.interval)})" if work.interval else ""
    yield f"\nwork left: {work.left:.1f} %{between}, {work.operations:,} of {work.from_scratch:,} operations"
    if calibration:
        yield f"expected calibration error: {calibration.error:.1f} points, over {calibration.count:,} scores"
    for role, each in result.span_calibrations.items():
        yield f"  of single {role} spans: {each.error:.1f} points, over {each.count:,} scores"
    if result.classes:
        pairs = [(one, other, n) for one, row in result.classes.items() for other, n in row.items()]
        total, right = sum(n for _, _, n in pairs), sum(n for one, other, n in pairs if one == other)
        yield f"cue class: right in {100 * right / total:.1f} % of the {total:,} found that have one"


def _row(measure: str, figure: Figure) -> str:
    return (
        f"  {measure:24}{figure.precision:9.1f}{figure.recall:8.1f}{figure.f1:7.1f}   {_interval(figure.interval):13}"
        f"{figure.predicted:9,}{figure.annotated:11,}"
    )


def _interval(interval: tuple[float, float] | None) -> str:
    return f"{interval[0]:.1f}–{interval[1]:.1f}" if interval else ""


def _kinds(counts: Mapping[ErrorKind, int]) -> Iterator[str]:
    from annotate.evaluation import MEANINGS

    if counts:
        yield "\nerrors"
    for kind, count in sorted(counts.items(), key=lambda item: -item[1]):
        yield f"{count:7,}  {kind:23}{MEANINGS[kind]}"


def _listed(error: Error) -> Iterator[str]:
    score = "" if error.score is None else f", score {error.score:.2f}"
    note = f", {error.note}" if error.note else ""
    yield f"\n{error.kind}: {error.article} {error.span[0]}–{error.span[1]}{score}{note}"
    yield f"  annotated: {error.annotated}"
    yield f"  predicted: {error.predicted}"
