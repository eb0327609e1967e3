"""What two predictions of the same articles differ in: attributions only one of them found, and errors by kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotate.derive import Span
from annotate.evaluation.comparison import Comparison
from annotate.evaluation.errors import ErrorKind, count_kinds, find_errors
from annotate.evaluation.excerpts import excerpt
from annotate.evaluation.figures import matches_of


@dataclass(frozen=True, slots=True)
class FoundByOne:
    """An annotated attribution that one of two predictions found and the other did not. span: where its quote lies.

    annotated, predicted: the same stretch of text with the spans of the annotation, and of what found it.
    """

    article: str
    outlet: str | None
    span: Span
    annotated: str
    predicted: str


@dataclass(frozen=True, slots=True)
class Apart:
    """only_first, only_second: annotated attributions that one alone found, in the order of the text.

    kinds: errors of each kind, of the first and of the second, in the order of ErrorKind.
    """

    only_first: tuple[FoundByOne, ...]
    only_second: tuple[FoundByOne, ...]
    kinds: dict[ErrorKind, tuple[int, int]]


def set_apart(first: Sequence[Comparison], second: Sequence[Comparison]) -> Apart:
    """Compare two predictions of the same annotated articles, given in the same order."""
    one, other = count_kinds(find_errors(first)), count_kinds(find_errors(second))
    return Apart(
        only_first=tuple(_found_by_one(first, second)),
        only_second=tuple(_found_by_one(second, first)),
        kinds={kind: (one.get(kind, 0), other.get(kind, 0)) for kind in ErrorKind if kind in one or kind in other},
    )


def _found_by_one(sides: Sequence[Comparison], others: Sequence[Comparison]) -> Iterator[FoundByOne]:
    for side, other in zip(sides, others, strict=True):
        elsewhere = {pair.gold for pair in matches_of(other)}
        found = {pair.gold: pair.predicted for pair in matches_of(side) if pair.gold not in elsewhere}
        for gold, predicted in sorted(found.items(), key=lambda pair: side.gold[pair[0]].quote):
            annotated, given = side.gold[gold], side.predicted[predicted]
            yield FoundByOne(
                article=side.id,
                outlet=side.outlet,
                span=(annotated.quote[0][0], annotated.quote[-1][1]),
                annotated=excerpt(side.text, [annotated], [given]),
                predicted=excerpt(side.text, [given], [annotated]),
            )
