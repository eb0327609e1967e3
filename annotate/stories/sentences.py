"""Sentences and clauses, cut by punctuation: good enough to compare them, and fast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from annotate.derive import Span
from annotate.stories.knowledge import words

_END = re.compile(r"[.!?…][\"”’»)\]]*\s+(?=[\"“‘«(\[]*[A-ZÀ-Þ0-9])|\n+")
_CLAUSE = re.compile(r"[,;:] +(?:and |but |while |as )?|(?<=\w) (?:—|–|-) ")


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
