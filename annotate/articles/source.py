"""What a reader is given and what it answers for an article it cannot accept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from annotate.articles.confined import Confined
from annotate.errors import visible
from annotate.record import Article

# Enough of a rejected input to recognise it, little enough that rejects never pile up in memory.
RAW_KEPT = 4096
REASON_KEPT = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an article or a file may ask for before it is rejected.

    article_bytes: longest file, line, row, page or archive record that is read as one article.
    text_length: longest text, in code points.
    seconds: processor time for one HTML page or one batch of Parquet rows; three times as much by the clock.
    memory: bytes that the process which parses those may hold.
    decoded_bytes, expansion: a compressed file may unpack to `decoded_bytes`, or to `expansion` times its size if
    that is more.
    """

    article_bytes: int = 10_000_000
    text_length: int = 1_000_000
    seconds: int = 10
    memory: int = 2_000_000_000
    decoded_bytes: int = 250_000_000
    expansion: int = 100

    def decoded(self, size: int) -> int:
        """Return how many bytes a compressed file of `size` bytes may unpack to."""
        return max(self.decoded_bytes, self.expansion * size)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that is no article, and why.

    line: the line a text record begins in, the row of a Parquet file or the record of a WARC file, all from 1; None
    when the whole file is meant. raw: the beginning of the input, undecodable bytes escaped.
    """

    where: str
    line: int | None
    id: str | None
    reason: str
    raw: str = ""

    def __str__(self) -> str:
        place = self.where if self.line is None else f"{self.where}:{self.line}"
        # File names and reasons may quote hostile input: no control character may reach a terminal.
        return visible(f"{place}: {self.reason}")


@dataclass(frozen=True, slots=True)
class Located:
    """An article and where it was read; `line` counts as in Rejected."""

    article: Article
    where: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its name as messages show it, its bytes, and what it may cost."""

    name: str
    stream: BinaryIO
    limits: Limits
    confined: Confined

    @property
    def origin(self) -> dict[str, str]:
        """Return the metadata by which an article without an id of its own can be found again.

        That is its file's name; standard input has none.
        """
        if self.name == "-":
            return {}
        return {"file": PurePath(self.name).name.encode("utf-8", "replace").decode()}

    def accept(self, article: Article, *, line: int | None = None) -> Located:
        """Return an article of this file with its place."""
        return Located(article, self.name, line)

    def reject(
        self, reason: object, *, line: int | None = None, id: str | None = None, raw: str | bytes = ""
    ) -> Rejected:
        """Return the rejection of one article of this file."""
        start = raw[:RAW_KEPT]
        if isinstance(start, str):
            start = start.encode("utf-8", "backslashreplace")
        return Rejected(self.name, line, id, str(reason)[:REASON_KEPT], start.decode("utf-8", "backslashreplace"))


Reader = Callable[[Source], Iterator[Located | Rejected]]
