"""How much of a quote stands between quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotate.derive import CLOSING_MARKS, OPENING_MARKS, Span
from annotate.record import Attribution
from annotate.scheme import QuoteType

_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_STRAIGHT = frozenset('"＂')


def words_in(text: str) -> int:
    """Return the number of words of a text."""
    return sum(1 for _ in _WORD.finditer(text))


def words_quoted(text: str, item: Attribution) -> int:
    """Return how many words of an attribution are given as the source's own: those between its quotation marks."""
    if item.quote_type == QuoteType.INDIRECT:
        return 0
    spans = item.quote if item.quote_type == QuoteType.DIRECT else _marked(text, item.quote)
    return sum(words_in(text[start:end]) for start, end in spans)


def _marked(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return what stands between marks inside the spans; a mark that is not closed there reaches to the span's end."""
    found: list[Span] = []
    for start, end in spans:
        opened: int | None = None
        for place in range(start, end):
            char = text[place]
            if opened is None and (char in OPENING_MARKS):
                opened = place + 1
            elif opened is not None and (char in CLOSING_MARKS or char in _STRAIGHT):
                found.append((opened, place))
                opened = None
        if opened is not None:
            found.append((opened, end))
    return found
