"""Lines of a file as bytes, however long: the text-like readers stand on this."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from annotate.errors import InputError

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a record of several: the number of its first line, its beginning, its whole size in bytes.

    closed: False when it holds a quotation mark that nothing closes up to the end of the file.
    """

    number: int
    data: bytes
    size: int
    closed: bool = True


def without_mark(data: bytes) -> bytes:
    """Drop the UTF-8 byte order mark that a file may begin with.

    Raises: InputError when the mark says UTF-16.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError("UTF-16, not UTF-8", mend="convert it: iconv -f UTF-16 -t UTF-8")
    return data.removeprefix(codecs.BOM_UTF8)


def decode(data: bytes) -> str:
    """Decode strict UTF-8.

    Raises: InputError naming the first bad byte and its position.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte 0x{data[error.start]:02x} at position {error.start}") from None


def lines(stream: BinaryIO, limit: int) -> Iterator[Line]:
    """Split on `\\n` bytes alone, never holding much more than `limit` bytes of one line.

    The other line separators of Unicode may stand inside a text.
    Raises: InputError when the file is UTF-16.
    """
    return _split(stream, limit, None)


def quoted_lines(stream: BinaryIO, limit: int) -> Iterator[Line]:
    """Split like `lines`, but not inside double quotation marks (RFC 4180).

    A mark that is never closed would swallow the rest of the file: its own line alone is given, not closed, and
    splitting begins anew after it. The stream must be seekable.
    """
    return _split(stream, limit, b'"')


def _split(stream: BinaryIO, limit: int, quote: bytes | None) -> Iterator[Line]:
    kept = bytearray()
    size = quotes = head = resume = 0
    number = last = 1
    chunk = without_mark(stream.readline(_CHUNK))
    while True:
        if not chunk and quotes % 2 and head:
            yield Line(number, bytes(kept[:head]), head, closed=False)
            stream.seek(resume)
            kept.clear()
            size = quotes = head = 0
            number = last = number + 1
        elif not chunk:
            break
        size += len(chunk)
        if len(kept) <= limit:
            kept += chunk
        if quote:
            quotes += chunk.count(quote)
        if chunk.endswith(b"\n"):
            last += 1
            if quotes % 2 == 0:
                yield Line(number, bytes(kept), size)
                kept.clear()
                size = quotes = head = 0
                number = last
            elif not head:
                head, resume = size, stream.tell()
        chunk = stream.readline(_CHUNK)
    if size:
        yield Line(number, bytes(kept), size, closed=quotes % 2 == 0)
