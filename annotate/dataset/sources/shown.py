"""What may be shown of an article whose text may not be: names and titles, and no run of the words of a quote."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from annotate.record import Record

RUN = 4  # words in a row of a quote that no table shows

_WORD = re.compile(r"\w+")

# Returns words of the article as they may be shown, None for those that may not.
Shown = Callable[[str | None], str | None]


def in_full(words: str | None) -> str | None:
    """Show everything."""
    return words or None


def shown_of(record: Record, *, may_show: bool) -> Shown:
    """Return what decides about words that describe a source of this article.

    Of a text that may not be shown, descriptions stay ("spokesman of the council"), unless they share a run of words
    with a quote, in which one attribution may name the source of another.
    """
    if may_show:
        return in_full
    quoted = cache(lambda: frozenset(_runs_of_quotes(record)))

    def shown(words: str | None) -> str | None:
        return None if not words or not quoted().isdisjoint(runs(words)) else words

    return shown


def runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of words in a text, in lower case."""
    words = [match.group().lower() for match in _WORD.finditer(text)]
    return {tuple(words[index : index + RUN]) for index in range(len(words) - RUN + 1)}


def _runs_of_quotes(record: Record) -> set[tuple[str, ...]]:
    text = record.text or ""
    return {run for item in record.attributions for start, end in item.quote for run in runs(text[start:end])}
