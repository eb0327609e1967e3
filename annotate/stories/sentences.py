"""Sentences and clauses, cut by punctuation: good enough to compare them, and fast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from annotate.derive import Span
from annotate.stories.knowledge import words

_END = re.compile(r"[.!?…][\"”’»)\]]*\s+(?=[\"“‘«(\[]*[A-ZÀ-Þ0-9])|\n+")
_CLAUSE = re.compile(r"[,;:] +(?:and |but |while |as )?|(?<=\w) (?:—|–|-) ")
_TITLE = 120  # characters


def sentences(text: str) -> Iterator[Span]:
    """Yield the sentences of a text, roughly: stops after short capitalised words (Mr., Gen.) end none."""
    short = words("initial_boundary")
    bounds = [0]
    for match in _END.finditer(text):
        before = text[max(0, match.start() - 8) : match.start()].split()
        last = before[-1].lstrip('("“‘') if before else ""
        if match.group()[0] == "." and (last.lower() in short or (len(last) == 1 and last.isupper())):
            continue
        bounds.append(match.end())
    bounds.append(len(text))
    for start, end in pairwise(bounds):
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = end - (len(piece) - len(piece.rstrip()))
        if left < right:
            yield left, right


def clauses_of(text: str, span: Span) -> Iterator[Span]:
    """Yield the clauses of a statement: what stands between its commas, colons, semicolons and dashes."""
    start = span[0]
    for match in _CLAUSE.finditer(text, *span):
        yield start, match.start()
        start = match.end()
    yield start, span[1]


def headline_of(text: str) -> str | None:
    """Return an article's first line, as far as a title may go, or its first sentence."""
    line = _first_line(text)
    if len(line) > _TITLE:
        line = next((line[slice(*span)] for span in sentences(line)), line)
    return (line if len(line) <= _TITLE else line[: _TITLE - 1].rsplit(" ", 1)[0] + " …") or None


def has_headline(text: str) -> bool:
    """Tell whether the first line is a headline, and not a first paragraph."""
    line = _first_line(text)
    return 0 < len(line) <= _TITLE and line[-1].isalnum()


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0].strip()
