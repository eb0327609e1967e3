"""What went wrong, sorted into kinds that can be acted on, each with the words it happened in.

An attribution that was found can be wrong in several ways and then counts in several kinds. What was not found is
looked at again: several attributions taken for one, one for several, the second layer of nested reporting, a quote so
badly bounded that it does not count as found. Only what is left of that is missed or invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotate.corpora import Annotation, Spans
from annotate.derive import Span
from annotate.evaluation.characters import Characters, common, meeting, merged
from annotate.evaluation.comparison import Comparison
from annotate.evaluation.excerpts import excerpt
from annotate.evaluation.matching import agree, match
from annotate.scheme import CueClass

_HALF = 0.5


class ErrorKind(StrEnum):
    """Kinds of errors, in the order of the summary."""

    MISSED = "missed"
    INVENTED = "invented"
    MISSED_LAYER = "missed-layer"
    INVENTED_LAYER = "invented-layer"
    MERGED = "merged"
    SPLIT = "split"
    WRONG_START = "wrong-start"
    WRONG_END = "wrong-end"
    WRONG_GAP = "wrong-gap"
    PART_MISSING = "part-missing"
    EXTRA_PART = "extra-part"
    WRONG_SOURCE = "wrong-source"
    MISSING_SOURCE = "missing-source"
    EXTRA_SOURCE = "extra-source"
    SOURCE_BOUNDS = "source-bounds"
    WRONG_CUE = "wrong-cue"
    MISSING_CUE = "missing-cue"
    EXTRA_CUE = "extra-cue"
    CUE_BOUNDS = "cue-bounds"
    WRONG_CLASS = "wrong-class"
    ATTITUDE = "attitude-or-statement"


MEANINGS = {
    ErrorKind.MISSED: "nothing predicted where an attribution is annotated",
    ErrorKind.INVENTED: "an attribution predicted where none is annotated",
    ErrorKind.MISSED_LAYER: "one of two nested attributions is found, this one is not",
    ErrorKind.INVENTED_LAYER: "a second attribution predicted inside or around another",
    ErrorKind.MERGED: "several annotated attributions taken for one",
    ErrorKind.SPLIT: "one annotated attribution taken for several",
    ErrorKind.WRONG_START: "the quote, or a part of it, begins elsewhere",
    ErrorKind.WRONG_END: "the quote, or a part of it, ends elsewhere",
    ErrorKind.WRONG_GAP: "the quote's parts are joined or parted elsewhere",
    ErrorKind.PART_MISSING: "a part of the quote was not found",
    ErrorKind.EXTRA_PART: "a part was predicted that belongs to no annotated part of the quote",
    ErrorKind.WRONG_SOURCE: "another source",
    ErrorKind.MISSING_SOURCE: "no source predicted",
    ErrorKind.EXTRA_SOURCE: "a source predicted where the text names none",
    ErrorKind.SOURCE_BOUNDS: "the right source with other boundaries",
    ErrorKind.WRONG_CUE: "another cue",
    ErrorKind.MISSING_CUE: "no cue predicted",
    ErrorKind.EXTRA_CUE: "a cue predicted where there is none",
    ErrorKind.CUE_BOUNDS: "the right cue with other boundaries",
    ErrorKind.WRONG_CLASS: "another cue class, both or neither of them attitude",
    ErrorKind.ATTITUDE: "an attitude taken for a statement, or a statement for an attitude",
}


@dataclass(frozen=True, slots=True)
class Error:
    """One error. span: where to look; score: of the predicted attribution, if it has one.

    annotated, predicted: the same stretch of text with either side's spans marked.
    """

    kind: ErrorKind
    article: str
    outlet: str | None
    span: Span
    score: float | None
    annotated: str
    predicted: str
    note: str = ""


def find_errors(comparisons: Iterable[Comparison]) -> Iterator[Error]:
    """Yield the errors article by article, in the order of the text."""
    for comparison in comparisons:
        yield from sorted(_Reading(comparison).errors(), key=lambda error: (error.span, error.kind))


def count_kinds(errors: Iterable[Error]) -> dict[ErrorKind, int]:
    """Count errors by kind, in the order of ErrorKind; kinds that do not occur are left out."""
    counts = Counter(error.kind for error in errors)
    return {kind: counts[kind] for kind in ErrorKind if counts[kind]}


class _Reading:
    """One article's two sides and what of them is explained already."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.characters = comparison.characters
        self.gold = [item for item in comparison.gold if item.quote]
        self.predicted = [item for item in comparison.predicted if item.quote]
        self.quotes = [merged(item.quote) for item in self.gold]
        self.others = [merged(item.quote) for item in self.predicted]
        self.matches = match(self.characters, self.gold, self.predicted)
        self.unfound = set(range(len(self.gold))) - {found.gold for found in self.matches}
        self.surplus = set(range(len(self.predicted))) - {found.predicted for found in self.matches}
        # A merge or a split says enough of its attributions: their boundaries, sources and cues follow from it.
        self.explained: tuple[set[int], set[int]] = set(), set()

    def errors(self) -> Iterator[Error]:
        yield from self._merged()
        yield from self._split()
        yield from self._layers()
        yield from self._badly_bounded()
        for index in sorted(self.unfound):
            yield self._error(ErrorKind.MISSED, gold=[index])
        for index in sorted(self.surplus):
            yield self._error(ErrorKind.INVENTED, predicted=[index])
        for found in self.matches:
            if found.gold not in self.explained[0] and found.predicted not in self.explained[1]:
                yield from self._of_pair(found.gold, found.predicted)

    def _merged(self) -> Iterator[Error]:
        for other, near in enumerate(meeting(self.others, self.quotes)):
            inside = self._apart_inside(self.quotes, near, self.others[other])
            if len(inside) > 1 and self.unfound & set(inside):
                yield self._error(ErrorKind.MERGED, gold=inside, predicted=[other])
                self._explain(inside, [other])

    def _split(self) -> Iterator[Error]:
        for one, near in enumerate(meeting(self.quotes, self.others)):
            inside = self._apart_inside(self.others, near, self.quotes[one])
            if len(inside) > 1 and self.surplus & set(inside):
                yield self._error(ErrorKind.SPLIT, gold=[one], predicted=inside)
                self._explain([one], inside)

    def _layers(self) -> Iterator[Error]:
        found, right = {pair.gold for pair in self.matches}, {pair.predicted for pair in self.matches}
        for index, near in enumerate(meeting(self.quotes, self.quotes)):
            if index in self.unfound and self._any_nested(self.quotes, index, found.intersection(near)):
                self.unfound.discard(index)
                yield self._error(ErrorKind.MISSED_LAYER, gold=[index])
        for index, near in enumerate(meeting(self.others, self.others)):
            if index in self.surplus and self._any_nested(self.others, index, right.intersection(near)):
                self.surplus.discard(index)
                yield self._error(ErrorKind.INVENTED_LAYER, predicted=[index])

    def _badly_bounded(self) -> Iterator[Error]:
        left, over = sorted(self.unfound), sorted(self.surplus)
        gold, predicted = [self.gold[index] for index in left], [self.predicted[index] for index in over]
        for found in match(self.characters, gold, predicted, least=0):
            one, other = left[found.gold], over[found.predicted]
            self.unfound.discard(one)
            self.surplus.discard(other)
            yield from self._of_pair(one, other, f"not found: the quotes share {found.overlap:.0%}")

    def _of_pair(self, one: int, other: int, note: str = "") -> Iterator[Error]:
        gold, predicted = self.gold[one], self.predicted[other]
        kinds = (
            *_boundaries(self.characters, gold.quote, predicted.quote),
            *_of_end(self.characters, gold.source, predicted.source, _SOURCE),
            *_of_end(self.characters, gold.cue, predicted.cue, _CUE),
        )
        for kind in kinds:
            yield self._error(kind, gold=[one], predicted=[other], note=note)
        for kind in _of_class(gold, predicted):
            note = f"{predicted.cue_class} instead of {gold.cue_class}"
            yield self._error(kind, gold=[one], predicted=[other], note=note)

    def _apart_inside(self, quotes: Sequence[Spans], near: Iterable[int], around: Spans) -> list[int]:
        """Return which quotes lie with half of their characters inside another, beside each other: of nested ones the
        outer."""
        written = self.characters.written
        inside = [index for index in near if written(common(quotes[index], around)) >= _HALF * written(quotes[index])]
        kept: list[int] = []
        for index in sorted(inside, key=lambda index: -written(quotes[index])):
            if written(quotes[index]) and not self._any_nested(quotes, index, kept):
                kept.append(index)
        return sorted(kept)

    def _any_nested(self, quotes: Sequence[Spans], index: int, others: Iterable[int]) -> bool:
        """Tell whether a quote shares half of the shorter one with any of the others."""
        written = self.characters.written

        def share_half(one: Spans, other: Spans) -> bool:
            shared = written(common(one, other))
            return shared > 0 and shared >= _HALF * min(written(one), written(other))

        return any(share_half(quotes[index], quotes[other]) for other in others)

    def _explain(self, gold: Iterable[int], predicted: Iterable[int]) -> None:
        for known, left, indices in zip(
            self.explained, (self.unfound, self.surplus), (list(gold), list(predicted)), strict=True
        ):
            known.update(indices)
            left.difference_update(indices)

    def _error(
        self, kind: ErrorKind, *, gold: Sequence[int] = (), predicted: Sequence[int] = (), note: str = ""
    ) -> Error:
        annotated, given = [self.gold[index] for index in gold], [self.predicted[index] for index in predicted]
        text = self.comparison.text
        spans = [span for item in (*annotated, *given) for span in item.quote]
        return Error(
            kind=kind,
            article=self.comparison.id,
            outlet=self.comparison.outlet,
            span=(min(start for start, _ in spans), max(end for _, end in spans)),
            score=given[0].score if given else None,
            annotated=excerpt(text, annotated, given),
            predicted=excerpt(text, given, annotated),
            note=note,
        )


def _boundaries(characters: Characters, gold: Spans, predicted: Spans) -> Iterator[ErrorKind]:
    one, other = merged(gold), merged(predicted)
    letters = characters.letters
    if letters(one) == letters(other) == letters(common(one, other)):
        return
    met = [span for span in one if letters(common((span,), other))]
    meeting = [span for span in other if letters(common((span,), one))]
    if letters(one) > letters(met):
        yield ErrorKind.PART_MISSING
    if letters(other) > letters(meeting):
        yield ErrorKind.EXTRA_PART
    if not met or not meeting:
        return
    beside = len(met) == len(meeting) and all(letters(common((a,), (b,))) for a, b in zip(met, meeting, strict=True))
    if not beside:
        yield ErrorKind.WRONG_GAP
        met, meeting = [(met[0][0], met[-1][1])], [(meeting[0][0], meeting[-1][1])]
    if any(_letters_between(letters, a[0], b[0]) for a, b in zip(met, meeting, strict=True)):
        yield ErrorKind.WRONG_START
    if any(_letters_between(letters, a[1], b[1]) for a, b in zip(met, meeting, strict=True)):
        yield ErrorKind.WRONG_END


def _letters_between(letters: Callable[[Iterable[Span]], int], one: int, other: int) -> int:
    return letters([(min(one, other), max(one, other))])


# Another, none predicted, one too many, other boundaries.
_SOURCE = ErrorKind.WRONG_SOURCE, ErrorKind.MISSING_SOURCE, ErrorKind.EXTRA_SOURCE, ErrorKind.SOURCE_BOUNDS
_CUE = ErrorKind.WRONG_CUE, ErrorKind.MISSING_CUE, ErrorKind.EXTRA_CUE, ErrorKind.CUE_BOUNDS


def _of_end(
    characters: Characters, gold: Spans, predicted: Spans, kinds: tuple[ErrorKind, ErrorKind, ErrorKind, ErrorKind]
) -> Iterator[ErrorKind]:
    wrong, missing, extra, bounds = kinds
    if not agree(characters, gold, predicted):
        yield missing if not predicted else extra if not gold else wrong
    elif {characters.trimmed(span) for span in gold} != {characters.trimmed(span) for span in predicted}:
        yield bounds


def _of_class(gold: Annotation, predicted: Annotation) -> Iterator[ErrorKind]:
    one, other = gold.cue_class, predicted.cue_class
    if one is not None and other is not None and one != other:
        yield ErrorKind.ATTITUDE if CueClass.ATTITUDE in (one, other) else ErrorKind.WRONG_CLASS
