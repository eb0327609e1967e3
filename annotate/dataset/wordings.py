"""Articles as sequences of numbered words, kept on disk, so that many of them can be compared in little memory.

Words are compared in lower case, without accents and possessive endings. What many unrelated articles have in common
is left out: marked Notices (bylines, copyright lines, disclaimers), what the patterns of such notices find, and stock
phrases (data/boilerplate.jsonl). A quote in several parts stands there twice: in its place, and behind the text with
its parts put together, as another outlet may print it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from annotate.derive import CLOSING_MARKS, OPENING_MARKS, Span
from annotate.pipeline.resources import entries
from annotate.record import Record
from annotate.stories.words import WORD, plain, unaccented

# How a word was said: not in a quote, in one, between its quotation marks.
TOLD, QUOTED, VERBATIM = 0, 1, 2
# One word: its number (0 stands between passages that are no neighbours), how it was said, its place in the text.
ROW = np.dtype([("word", "<u4"), ("said", "u1"), ("start", "<u4"), ("end", "<u4")])
Rows = npt.NDArray[np.void]
_STRAIGHT = frozenset('"＂')
# Patterns that hold wherever a paragraph stands; datelines and headlines need the pipeline, which marks them itself.
_EVERYWHERE = frozenset({"byline", "caption", "copyright", "disclaimer", "residue"})
_LONGEST_NOTICE = 2000  # characters: longer paragraphs are reporting
_DATA = Path(__file__).parent / "data" / "boilerplate.jsonl"


@dataclass(frozen=True, slots=True)
class Wording:
    """One article that can be compared.

    published: a day counted from year 1. first, last: its rows on disk; from `body` on they repeat split quotes.
    """

    id: str
    sha256: str
    publisher: str | None
    published: int | None
    first: int
    body: int
    last: int


class Wordings:
    """The words of articles, in a temporary file that goes with this object."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="annotate-words-")  # noqa: SIM115
        self._rows = 0

    def add(self, record: Record, *, publisher: str | None, published: int | None) -> Wording:
        """Keep the words of a Record that has a text."""
        rows, body = rows_of(record)
        self._file.write(rows.tobytes())
        first, self._rows = self._rows, self._rows + len(rows)
        return Wording(record.id, record.sha256, publisher, published, first, first + body, self._rows)

    def body(self, wording: Wording) -> Rows:
        """Return the words of an article's text, each once."""
        return self.rows(wording)[: wording.body - wording.first]

    def rows(self, wording: Wording) -> Rows:
        """Return the words of an article, those of split quotes once more behind the text."""
        # Read, not mapped: what is mapped counts as memory of this process.
        self._file.flush()
        length = (wording.last - wording.first) * ROW.itemsize
        return np.frombuffer(os.pread(self._file.fileno(), length, wording.first * ROW.itemsize), dtype=ROW)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def __enter__(self) -> Wordings:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def rows_of(record: Record) -> tuple[Rows, int]:
    """Return the words of a Record's text, boilerplate left out, and how many they are.

    Behind them stand those of quotes in several parts.
    """
    text = record.text
    if text is None:
        return np.zeros(0, dtype=ROW), 0
    left_out = _left_out(text, record)
    passages: list[tuple[int, list[Span]]] = [(TOLD, [span]) for span in _between(left_out, len(text))]
    in_text = len(passages)
    words = [(match.start(), match.end(), number_of(match.group())) for match in WORD.finditer(text)]
    starts = [start for start, _, _ in words]
    said = _said(text, record, words, starts)
    for attribution in record.attributions:
        if len(attribution.quote) > 1:
            passages.append((QUOTED, list(attribution.quote)))
    rows: list[tuple[int, int, int, int]] = []
    body = 0
    for passage, (least, spans) in enumerate(passages):
        if passage == in_text:
            body = len(rows)
        if rows and rows[-1][0]:
            rows.append((0, TOLD, rows[-1][3], rows[-1][3]))
        for begin, stop in spans:
            for index in range(bisect_left(starts, begin), bisect_left(starts, stop)):
                start, end, number = words[index]
                if end <= stop:
                    rows.append((number, max(said[index], least), start, end))
    return np.array(rows, dtype=ROW), body if len(passages) > in_text else len(rows)


@lru_cache(maxsize=200_000)
def number_of(word: str) -> int:
    """Return the number of a word, from 1: a hash of its plain form."""
    data = unaccented(plain(word.lower())).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=4).digest()) or 1


def _said(text: str, record: Record, words: Sequence[tuple[int, int, int]], starts: Sequence[int]) -> bytearray:
    said = bytearray(len(words))
    for attribution in record.attributions:
        for begin, stop in attribution.quote:
            verbatim = _verbatim(text, begin, stop)
            for index in range(bisect_left(starts, begin), bisect_left(starts, stop)):
                inside = any(start <= words[index][0] < end for start, end in verbatim)
                said[index] = max(said[index], VERBATIM if inside else QUOTED)
    return said


def _verbatim(text: str, begin: int, stop: int) -> list[Span]:
    """Return what stands between quotation marks in a part of a quote; the marks may stand just outside of it."""
    opened = begin if text[max(begin - 1, 0) : begin] in OPENING_MARKS else None
    found: list[Span] = []
    for index in range(begin, stop):
        char = text[index]
        if char in _STRAIGHT or text[index : index + 2] in {"''", "``"}:
            if opened is None:
                opened = index
            else:
                found.append((opened, index))
                opened = None
        elif char in OPENING_MARKS and opened is None:
            opened = index
        elif char in CLOSING_MARKS and opened is not None:
            found.append((opened, index))
            opened = None
    if opened is not None:
        found.append((opened, stop))
    return found


def _left_out(text: str, record: Record) -> list[Span]:
    spans = [notice.span for notice in record.notices]
    start = 0
    for line in text.splitlines(keepends=True):
        if len(line) <= _LONGEST_NOTICE:
            spans.extend((start + match.start(), start + match.end()) for match in _found(line))
        start += len(line)
    return sorted(span for span in spans if span[0] < span[1])


def _found(line: str) -> Iterator[re.Match[str]]:
    bare = line.rstrip()
    for pattern in _notices():
        match = pattern.search(bare)
        if match is not None:
            yield match
    for pattern in _phrases():
        yield from pattern.finditer(bare)


def _between(left_out: Sequence[Span], length: int) -> Iterator[Span]:
    start = 0
    for begin, end in left_out:
        if begin > start:
            yield start, begin
        start = max(start, end)
    if start < length:
        yield start, length


@cache
def _notices() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(entry["pattern"], re.IGNORECASE if entry["ignore_case"] else 0)
        for entry in entries("notices")
        if entry["kind"] in _EVERYWHERE and not entry["first"] and not entry["last"]
    )


@cache
def _phrases() -> tuple[re.Pattern[str], ...]:
    lines = _DATA.read_text(encoding="utf-8").splitlines()
    return tuple(re.compile(json.loads(line)["pattern"], re.IGNORECASE) for line in lines)
