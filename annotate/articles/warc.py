"""WARC (ISO 28500), plain or gzipped: an HTML response, an HTML resource or a plain-text conversion is an article.

The framing is read here because every claim a record makes has to be checked: its length against what follows it, its
digests against its bytes, the compression against its own end mark. A record that fails costs itself alone: reading
goes on at the next line that begins a record.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import BinaryIO, cast

from annotate.articles.checks import article_of, check_size
from annotate.articles.html import article_of_page
from annotate.articles.http import charset, fields_of, media_type, parse_response
from annotate.articles.lines import decode
from annotate.articles.source import Located, Rejected, Source
from annotate.errors import InputError
from annotate.record import Article

_Stream = gzip.GzipFile | BufferedReader

_GZIP = b"\x1f\x8b"
_VERSION = b"WARC/1."
_END = b"\r\n\r\n"
_HEADER_BYTES = 1 << 16
_CHUNK = 1 << 16
_HTML = frozenset({"text/html", "application/xhtml+xml"})
# Going back in a gzip file means unpacking it again from its beginning.
_RESUMES = 100


class _NoEnd(InputError):
    """Nobody knows where this record ends."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A record: its header fields by lower-case name, its content up to the limit, its whole size."""

    fields: dict[str, str]
    data: bytes
    size: int


def read_warc(source: Source) -> Iterator[Located | Rejected]:
    """Read the articles of a WARC file; responses other than 200, and what is not HTML, are passed over.

    `line` of a rejection counts records.
    Raises: InputError when the file is no WARC or has too many records without an end.
    """
    stream = _unpacked(source.stream)
    budget = source.limits.decoded(os.fstat(source.stream.fileno()).st_size)
    number = resumes = 0
    try:
        while _find_record(stream, anywhere=number > 0):
            number += 1
            beginning = stream.tell()
            try:
                article = _article(_block(stream, source.limits.article_bytes, budget), source)
                if article is not None:
                    yield source.accept(article, line=number)
            except InputError as error:
                yield source.reject(error, line=number)
                if isinstance(error, _NoEnd):
                    resumes += 1
                    stream.seek(beginning)
            if resumes > _RESUMES or stream.tell() > budget:
                raise InputError(f"record {number}: too much to unpack or too damaged; the rest was not read")
    except (EOFError, gzip.BadGzipFile, zlib.error):
        yield source.reject("the compression is cut or damaged; the rest was not read", line=number or None)
        return
    if number == 0:
        raise InputError("not a WARC file")


def walk(stream: BinaryIO, limit: int) -> Iterator[tuple[int, int]]:
    """Yield number and beginning of each record, in bytes of the unpacked file, as long as the records are sound.

    limit: as for articles. Raises: InputError at a record of which nobody knows where it ends.
    """
    number = 0
    buffered = cast(BufferedReader, stream)
    line = buffered.readline(_CHUNK)
    while line:
        if line.startswith(_VERSION):
            number += 1
            yield number, buffered.tell() - len(line)
            _block(buffered, limit, sys.maxsize)
        elif line.strip():
            return
        line = buffered.readline(_CHUNK)


def _unpacked(stream: BinaryIO) -> _Stream:
    start = stream.read(len(_GZIP))
    stream.seek(0)
    return gzip.GzipFile(fileobj=stream) if start == _GZIP else cast(BufferedReader, stream)


def _find_record(stream: _Stream, *, anywhere: bool) -> bool:
    """Go to behind the next line that begins a record; without `anywhere`, only empty lines may come before it."""
    while line := stream.readline(_CHUNK):
        if line.startswith(_VERSION):
            return True
        if line.strip() and not anywhere:
            return False
    return False


def _block(stream: _Stream, limit: int, budget: int) -> _Block:
    fields = _fields(stream)
    declared = fields.get("content-length", "")
    if not (declared.isascii() and declared.isdigit() and len(declared) < 19):
        raise _NoEnd("no usable Content-Length")
    size = left = int(declared)
    kept = bytearray()
    while left and stream.tell() <= budget:
        chunk = stream.read(min(left, _CHUNK))
        if not chunk:
            raise _NoEnd(f"declares {size:,} bytes, but the file holds only {size - left:,} more")
        left -= len(chunk)
        if len(kept) <= limit:
            kept += chunk
    if left:
        raise InputError("the file unpacks to too much")
    end = stream.read(len(_END))
    # The last record of a file may lack its two empty lines; in the middle of one they prove the length.
    if end != _END and (len(end) == len(_END) or not _END.startswith(end)):
        raise _NoEnd(f"declares {size:,} bytes, but does not end there")
    # Looking beyond the end of a gzip member checks its sum: before the record is used, not after.
    stream.peek(1)
    return _Block(fields, bytes(kept), size)


def _fields(stream: _Stream) -> dict[str, str]:
    lines: list[str] = []
    left = _HEADER_BYTES
    while (line := stream.readline(left)).strip():
        left -= len(line)
        lines.append(line.decode("utf-8", "replace"))
        if left <= 0:
            raise _NoEnd(f"a header of more than {_HEADER_BYTES:,} bytes")
    if not line:
        raise _NoEnd("cut off in its header")
    return fields_of(lines)


def _article(block: _Block, source: Source) -> Article | None:
    kind = block.fields.get("warc-type", "").lower()
    content_type = block.fields.get("content-type", "")
    limit = source.limits.article_bytes
    url = block.fields.get("warc-target-uri", "").strip("<>") or None
    extras = {"retrieved": block.fields["warc-date"]} if "warc-date" in block.fields else {}
    if kind == "response" and media_type(content_type) == "application/http":
        response = parse_response(block.data)
        if response.status != 200 or response.media_type not in _HTML:
            return None
        check_size(block.size, source.limits, "record")
        _check_digest(block.fields, "block", block.data)
        _check_digest(block.fields, "payload", response.body, response.unchunked())
        page = response.content(limit)
        check_size(len(page), source.limits, "page")
        return article_of_page(page, source, charset=response.charset, url=url, **extras)
    if (kind == "resource" and media_type(content_type) in _HTML) or (
        kind == "conversion" and media_type(content_type) == "text/plain"
    ):
        check_size(block.size, source.limits, "record")
        _check_digest(block.fields, "block", block.data)
        _check_digest(block.fields, "payload", block.data)
        if kind == "conversion":
            return article_of({"text": decode(block.data), "url": url, **extras}, source.limits)
        return article_of_page(block.data, source, charset=charset(content_type), url=url, **extras)
    return None


def _check_digest(fields: dict[str, str], kind: str, *contents: bytes) -> None:
    """Compare a record's digest with its bytes; digests of an unknown algorithm prove nothing either way.

    contents: the readings of what was hashed: tools differ in whether a payload is hashed before or after unchunking.
    Raises: InputError when none of the contents has the digest.
    """
    algorithm, _, stated = fields.get(f"warc-{kind}-digest", "").partition(":")
    algorithm = algorithm.strip().lower().replace("-", "")
    if algorithm not in {"md5", "sha1", "sha256", "sha512"}:
        return
    for content in contents:
        digest = hashlib.new(algorithm, content, usedforsecurity=False)
        if stated.strip().lower() in {digest.hexdigest(), base64.b32encode(digest.digest()).decode().lower()}:
            return
    raise InputError(f"the {kind} digest does not match: the record is damaged")
