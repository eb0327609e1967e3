"""Files cut into pieces that tasks can read apart, at places where the reader of the whole file would stop too.

JSON Lines are cut after a line, CSV after a row (which a quoted cell may stretch over lines), Parquet between row
groups, WARC before a record, and a compressed WARC only where a record begins a gzip member of its own, as crawlers
write them. Cutting reads each file once, which takes a small part of what annotating it takes; the tasks then read
their own pieces alone. How a file is cut depends on the file alone, never on the number of tasks: so the same articles
come out, with the same places and the same rejections, however many tasks there are.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, cast

from annotate.articles.lines import Line, lines, quoted_lines
from annotate.articles.source import Limits
from annotate.articles.warc import walk
from annotate.bulk.inputs import opened
from annotate.bulk.plan import InputFile, Piece
from annotate.errors import InputError

# (byte or row group, lines before it) where a piece may begin.
Cuts = Iterator[tuple[int, int]]

_SMALLEST = 32_768
_MOST = 4096  # pieces of a file, about


def cut(files: tuple[InputFile, ...], limits: Limits) -> tuple[Piece, ...]:
    """Return the pieces of the files, in order: of 32 kB or a 4,096th of the file, or a Parquet file's row groups."""
    return tuple(piece for number, file in enumerate(files) for piece in _pieces(number, file, limits))


def _pieces(number: int, file: InputFile, limits: Limits) -> Iterator[Piece]:
    whole = Piece(number, 0, file.size, 0, whole=True)
    size = max(_SMALLEST, file.size // _MOST)
    if file.format not in _CUTTERS or (file.size <= size and file.format != "parquet"):
        yield whole
        return
    found: list[Piece] = []
    begin = (0, 0)
    with opened(file) as stream:
        try:
            for at in _CUTTERS[file.format](stream, size, limits):
                found.append(Piece(number, begin[0], at[0], begin[1]))
                begin = at
        except (InputError, OSError, ValueError, EOFError, zlib.error):
            # Whatever is wrong with the file, its reader reports; up to there it may be cut.
            pass
        end = _groups(stream) if file.format == "parquet" else file.size
    yield from (*found, Piece(number, begin[0], end, begin[1])) if found else (whole,)


def _of_lines(split: Callable[[BinaryIO, int], Iterator[Line]]) -> Callable[[BinaryIO, int, Limits], Cuts]:
    def cuts(stream: BinaryIO, size: int, limits: Limits) -> Cuts:
        mark = 3 if stream.read(3) == b"\xef\xbb\xbf" else 0
        stream.seek(0)
        at, last = mark, 0
        for line in split(stream, limits.article_bytes):
            if at - last >= size:
                yield at, line.number - 1
                last = at
            at += line.size

    return cuts


def _of_parquet(stream: BinaryIO, size: int, limits: Limits) -> Cuts:
    from pyarrow import parquet

    metadata = parquet.ParquetFile(stream).metadata
    rows = 0
    for group in range(metadata.num_row_groups):
        if group:
            yield group, rows
        rows += metadata.row_group(group).num_rows


def _groups(stream: BinaryIO) -> int:
    from pyarrow import ArrowException, parquet

    stream.seek(0)
    try:
        return int(parquet.ParquetFile(stream).metadata.num_row_groups)
    except (ArrowException, OSError):
        return 0


def _of_warc(stream: BinaryIO, size: int, limits: Limits) -> Cuts:
    members = _Members(stream) if stream.read(2) == b"\x1f\x8b" else None
    stream.seek(0)
    last = 0
    for number, begin in walk(cast(BinaryIO, io.BufferedReader(members or _Plain(stream))), limits.article_bytes):
        at = members.begins.get(begin) if members else begin
        if at is not None and at - last >= size:
            yield at, number - 1
            last = at
        if members:
            members.forget(begin)


_CUTTERS: Mapping[str, Callable[[BinaryIO, int, Limits], Cuts]] = {
    "jsonl": _of_lines(lines),
    "csv": _of_lines(quoted_lines),
    "parquet": _of_parquet,
    "warc": _of_warc,
}


class _Plain(io.RawIOBase):
    """A file of any file system, as io.BufferedReader wants it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


class _Members(io.RawIOBase):
    """The content of a gzip file, unpacked; `begins`: place in the content -> place in the file, for each member."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._unpacker = zlib.decompressobj(31)
        self._packed = b""
        self._read = self._given = 0
        self.begins = {0: 0}

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def forget(self, before: int) -> None:
        """Drop the members that begin earlier."""
        for begin in [begin for begin in self.begins if begin < before]:
            del self.begins[begin]

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        while True:
            if self._unpacker.eof:
                self._packed = self._unpacker.unused_data
                self._unpacker = zlib.decompressobj(31)
                self.begins[self._given] = self._read - len(self._packed)
            if not self._packed:
                self._packed = self._stream.read(1 << 16)
                self._read += len(self._packed)
                if not self._packed:
                    return 0
            data = self._unpacker.decompress(self._packed, len(view))
            self._packed = self._unpacker.unconsumed_tail
            if data:
                view[: len(data)] = data
                self._given += len(data)
                return len(data)


def header_of(file: InputFile, stream: BinaryIO, limits: Limits) -> bytes:
    """Return what has to come before a piece from the middle of a file: the header of a CSV."""
    if file.format != "csv":
        return b""
    stream.seek(0)
    header = next(quoted_lines(stream, limits.article_bytes), None)
    return header.data if header else b""
