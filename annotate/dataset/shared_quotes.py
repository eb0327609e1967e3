"""Quotes that several articles carry, however much was cut around them or left out of them.

Fingerprints (annotate.stories.fingerprints) find the places; then the words themselves are compared. A run of words
counts from QUOTED words on where at least one article has it in a quote: in PolNeAR, shorter runs are mostly names and
set phrases ("former Secretary of State Hillary Clinton"), which reporters write anew. From MARKED words on it counts
where both have it between quotation marks, and at either end one of them stops quoting: then one quoted, or cut, what
the other one has, while two quotes that both go on in other words have a figure of speech in common.

A fingerprint of too many articles is a saying or an outlet's standing note, and says nothing of where an article is
from: it is left out, and counted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from more_itertools import chunked

from annotate.dataset.wordings import QUOTED as IN_QUOTE
from annotate.dataset.wordings import VERBATIM, Rows, Wording, Wordings
from annotate.derive import Span
from annotate.stories.fingerprints import winnow

MARKED, QUOTED = 8, 13  # words
_RUN, _WINDOW = 6, 3  # any MARKED words in a row hold a fingerprint
COMMON = 25  # articles, near-duplicates counted once, from which on a run of words belongs to no story
OWN = 5  # of one outlet, over more than _CAMPAIGN days, from which on it is that outlet's standing note
_CAMPAIGN = 30
_PARTS = 16
_PRINT = np.dtype([("hash", "<u8"), ("article", "<u4"), ("at", "<u4"), ("quoted", "?")])


@dataclass(frozen=True, slots=True)
class SharedQuote:
    """Words that two articles share: their numbers in the collection, where the words stand, and how many they are."""

    one: int
    other: int
    places: tuple[Span, Span]
    words: int


class SharedQuotes:
    """Finds the shared quotes of a collection. common: how many fingerprints were left out as belonging to no story."""

    def __init__(self, wordings: Wordings, articles: Sequence[Wording]) -> None:
        self._wordings = wordings
        self._articles = articles
        self.common = 0

    def between(self, group_of: Callable[[int], int]) -> Iterator[SharedQuote]:
        """Yield quotes that articles of different groups share: enough of them to join whatever shares one.

        group_of: the group of an article by its number, asked again and again while groups grow.
        """
        with ExitStack() as stack:
            files = [stack.enter_context(tempfile.TemporaryFile(prefix="annotate-prints-")) for _ in range(_PARTS)]
            for numbers in chunked(range(len(self._articles)), 200):
                prints = np.concatenate([self._prints(number) for number in numbers])
                parts = prints["hash"] % np.uint64(_PARTS)
                for part, file in enumerate(files):
                    file.write(prints[parts == part].tobytes())
            # Whole texts that are near-duplicates count as one, by how they stood before any quote joined them.
            texts = np.array([group_of(number) for number in range(len(self._articles))], dtype=np.int64)
            for file in files:
                file.seek(0)
                prints = np.frombuffer(file.read(), dtype=_PRINT)
                for bucket in _buckets(prints, texts):
                    if self._is_common(bucket):
                        self.common += 1
                    else:
                        yield from self._in_bucket(bucket, group_of)

    def _prints(self, number: int) -> Rows:
        rows = self._wordings.rows(self._articles[number])
        hashes, places = winnow(rows["word"], run=_RUN, window=_WINDOW)
        quoted = np.concatenate([[0], np.cumsum(rows["said"] >= IN_QUOTE)])
        prints = np.empty(len(hashes), dtype=_PRINT)
        prints["hash"], prints["article"], prints["at"] = hashes, number, places
        prints["quoted"] = quoted[places + _RUN] - quoted[places] == _RUN if len(places) else False
        return prints

    def _is_common(self, bucket: Rows) -> bool:
        if len(bucket) > COMMON:
            return True
        if len(bucket) < OWN:
            return False
        articles = [self._articles[number] for number in bucket["article"].tolist()]
        outlets = {article.publisher for article in articles}
        days = sorted(article.published for article in articles if article.published is not None)
        return len(outlets) == 1 and None not in outlets and len(days) > 1 and days[-1] - days[0] > _CAMPAIGN

    def _in_bucket(self, bucket: Rows, group_of: Callable[[int], int]) -> Iterator[SharedQuote]:
        members = [(int(row["article"]), int(row["at"]), bool(row["quoted"])) for row in bucket]
        for index, (one, at, quoted) in enumerate(members):
            for other, there, quoted_there in members[index + 1 :]:
                if (quoted or quoted_there) and group_of(one) != group_of(other):
                    found = self._compare(one, at, other, there)
                    if found is not None:
                        yield found

    def _compare(self, one: int, at: int, other: int, there: int) -> SharedQuote | None:
        """Follow the words from a fingerprint in both directions, and tell whether a long enough quote is shared."""
        first, second = (self._wordings.rows(self._articles[number]) for number in (one, other))
        back = _common(first["word"][at - 1 :: -1] if at else first["word"][:0],
                       second["word"][there - 1 :: -1] if there else second["word"][:0])  # fmt: skip
        length = back + _common(first["word"][at:], second["word"][there:])
        if length < MARKED:
            return None
        start, begin = at - back, there - back
        said = first["said"][start : start + length], second["said"][begin : begin + length]
        offset, words = max((_longest(each >= IN_QUOTE) for each in said), key=lambda run: run[1])
        if words < QUOTED:
            offset, words = _longest(np.minimum(*said) == VERBATIM)
            ends = (start + offset, begin + offset), (start + offset + words, begin + offset + words)
            if words < MARKED or not all(_is_cut(first, one) or _is_cut(second, other) for one, other in ends):
                return None
        places = tuple(
            (int(rows["start"][from_ + offset]), int(rows["end"][from_ + offset + words - 1]))
            for rows, from_ in ((first, start), (second, begin))
        )
        return SharedQuote(one, other, (places[0], places[1]), words)


def _buckets(prints: Rows, texts: npt.NDArray[Any]) -> Iterator[Rows]:
    """Yield the places of each fingerprint that several texts share, one a text, where one at least is in a quote."""
    group = texts[prints["article"]]
    # Of one text, a quoted place goes before the others.
    order = np.lexsort((prints["at"], prints["article"], ~prints["quoted"], group, prints["hash"]))
    prints, group = prints[order], group[order]
    hashes = prints["hash"]
    fresh = np.r_[True, (hashes[1:] != hashes[:-1]) | (group[1:] != group[:-1])][: len(prints)]
    prints, hashes = prints[fresh], hashes[fresh]
    bounds = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1], True]) if len(prints) else np.zeros(0, dtype=int)
    quoted = np.concatenate([[0], np.cumsum(prints["quoted"])])
    several = (np.diff(bounds) > 1) & (np.diff(quoted[bounds]) > 0)
    for number in np.flatnonzero(several).tolist():
        yield prints[bounds[number] : bounds[number + 1]]


def _common(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> int:
    """Return how many words two sequences have in common at their beginning; 0 ends a passage."""
    length = min(len(one), len(other))
    different = np.flatnonzero((one[:length] != other[:length]) | (one[:length] == 0))
    return int(different[0]) if len(different) else length


def _is_cut(rows: Rows, at: int) -> bool:
    """Tell whether a quotation begins or ends before this word: one of the two words there is not between marks."""
    return at in (0, len(rows)) or bool(np.min(rows["said"][at - 1 : at + 1]) < VERBATIM)


def _longest(flags: npt.NDArray[Any]) -> tuple[int, int]:
    """Return where the longest run of true flags begins, and its length."""
    ends = [-1, *np.flatnonzero(~flags).tolist(), len(flags)]
    before, length = max(((one, other - one - 1) for one, other in pairwise(ends)), key=lambda run: run[1])
    return before + 1, length
