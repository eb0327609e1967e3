"""The statements of a collection in columns: what comparing them needs, small enough for a hundred thousand articles.

An article's text and the details of its attributions are kept compressed, and unpacked only for the statements that
become part of a finding.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from annotate.derive import Span
from annotate.scheme import CueClass, QuoteType
from annotate.stories.words import Vocabulary

Ints = npt.NDArray[np.int64]

CUE_CLASSES = (None, *CueClass)
QUOTE_TYPES = (None, *QuoteType)
BARE = -1  # the attribution of a sentence that the article states as fact


class Cited(NamedTuple):
    """An outlet that an article names as where its words are from. credit: named for the article as a whole."""

    name: str
    span: Span
    credit: bool


@dataclass(slots=True)
class Who:
    """A source of one article: named, or one that stays unnamed; equal mentions share it.

    body: the features of the organisation it speaks for; role: the other features of the words that describe it.
    wordings: the words that name it. acts: it is itself a body (an organisation, a group, an outlet).
    """

    article: int
    name: str | None
    wordings: tuple[str, ...]
    body: tuple[int, ...]
    role: tuple[int, ...]
    source_type: str | None
    independence: str | None
    acts: bool


@dataclass(slots=True)
class ArticleRow:
    """One article: `statements` is the range of its rows, `packed` its text and attributions, `digest` its Record's."""

    id: str
    sha256: str
    title: str | None
    publisher: str | None
    day: int | None
    statements: range
    cited: tuple[Cited, ...]
    length: int
    packed: bytes
    publishers: frozenset[str] = frozenset()
    disputes: tuple[tuple[int, int], ...] = ()
    digest: str = ""
    titled: bool = False


@dataclass(slots=True)
class Table:
    """All statements, a row each.

    articles, who: what rows point at. words, implied: flat lists of words and features; the row's own lie between its
    entry of the `…_ends` column and the one before; words in a long name are kept as their complement (below zero).
    fingerprints: of each article's text, with the row that each lies in.
    """

    vocabulary: Vocabulary
    articles: list[ArticleRow] = field(default_factory=list)
    who: list[Who] = field(default_factory=list)
    article: array[int] = field(default_factory=lambda: array("i"))
    attribution: array[int] = field(default_factory=lambda: array("i"))
    start: array[int] = field(default_factory=lambda: array("i"))
    end: array[int] = field(default_factory=lambda: array("i"))
    said_by: array[int] = field(default_factory=lambda: array("i"))
    cue_class: array[int] = field(default_factory=lambda: array("b"))
    quote_type: array[int] = field(default_factory=lambda: array("b"))
    denied: array[int] = field(default_factory=lambda: array("b"))
    words: array[int] = field(default_factory=lambda: array("i"))
    word_ends: array[int] = field(default_factory=lambda: array("q"))
    implied: array[int] = field(default_factory=lambda: array("i"))
    implied_ends: array[int] = field(default_factory=lambda: array("q"))
    fingerprints: array[int] = field(default_factory=lambda: array("Q"))
    fingerprint_rows: array[int] = field(default_factory=lambda: array("i"))
    fingerprint_ends: array[int] = field(default_factory=lambda: array("q"))
    content: array[int] = field(default_factory=lambda: array("i"))
    content_counts: array[int] = field(default_factory=lambda: array("B"))
    content_ends: array[int] = field(default_factory=lambda: array("q"))
    relatives: list[tuple[int, str]] = field(default_factory=list)
    long_forms: dict[int, dict[tuple[int, ...], int]] = field(default_factory=dict)

    def ranks(self) -> Ints:
        """Return each article's place in the order of the ids, in which everything that depends on an order is done."""
        order = sorted(range(len(self.articles)), key=lambda number: self.articles[number].id)
        ranks = np.empty(len(order), dtype=np.int64)
        ranks[order] = np.arange(len(order))
        return ranks

    def __len__(self) -> int:
        return len(self.article)

    def words_of(self, row: int) -> Sequence[int]:
        """Return the words of a statement, in order."""
        return [number if number >= 0 else ~number for number in self._words_of(row)]

    def in_long_names(self, row: int) -> set[int]:
        """Return the words of a statement that stand in names of three words and more, and nowhere else in it."""
        words = self._words_of(row)
        return {~number for number in words if number < 0}.difference(number for number in words if number >= 0)

    def _words_of(self, row: int) -> Sequence[int]:
        return self.words[self.word_ends[row - 1] if row else 0 : self.word_ends[row]]

    def implied_of(self, row: int) -> Sequence[int]:
        """Return the features that the statement's pronouns stand for."""
        return self.implied[self.implied_ends[row - 1] if row else 0 : self.implied_ends[row]]

    def content_of(self, article: int) -> Iterator[tuple[int, int]]:
        """Yield the features of an article's text, with how often each stands there (255 at most)."""
        begin, end = self.content_ends[article - 1] if article else 0, self.content_ends[article]
        yield from zip(self.content[begin:end], self.content_counts[begin:end], strict=True)

    def fingerprints_of(self, article: int) -> npt.NDArray[np.uint64]:
        """Return an article's fingerprints."""
        begin, end = self.fingerprint_ends[article - 1] if article else 0, self.fingerprint_ends[article]
        return np.array(self.fingerprints[begin:end], dtype=np.uint64)

    def is_bare(self, row: int) -> bool:
        """Tell whether a row is a sentence that the article states as fact."""
        return self.attribution[row] == BARE


class Unpacked(NamedTuple):
    """An article's text, and its attributions as far as findings show them."""

    text: str
    attributions: list[dict[str, Any]]


def pack(text: str, attributions: Sequence[dict[str, Any]]) -> bytes:
    """Compress an article's text and attributions."""
    data = json.dumps([text, attributions], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(data.encode("utf-8", "surrogatepass"), 1)


class Reader:
    """Unpacks articles, the latest ones only once."""

    def __init__(self, table: Table) -> None:
        self._unpack = lru_cache(maxsize=512)(lambda article: _unpack(table.articles[article].packed))

    def article(self, number: int) -> Unpacked:
        """Return an article's text and attributions."""
        return self._unpack(number)


def _unpack(packed: bytes) -> Unpacked:
    text, attributions = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return Unpacked(text, attributions)
