"""A piece of a file in, its articles out: by the readers of annotate.articles, wherever the file lies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from annotate.articles.confined import Confined
from annotate.articles.parquet import read_parquet
from annotate.articles.read import READERS
from annotate.articles.source import Limits, Located, Rejected, Source
from annotate.bulk.inputs import opened
from annotate.bulk.pieces import header_of
from annotate.bulk.plan import InputFile, Piece
from annotate.errors import InputError

_CHUNK = 1 << 20


def read_piece(file: InputFile, piece: Piece, limits: Limits, confined: Confined) -> Iterator[Located | Rejected]:
    """Read the articles of a piece, with their places in the whole file.

    Raises: BulkError when the file cannot be read or was changed.
    """
    with _content(file, piece, limits) as (stream, lines):
        source = Source(file.url, stream, limits, confined)
        try:
            if file.format == "parquet" and not piece.whole:
                yield from read_parquet(source, groups=(piece.start, piece.stop), before=piece.line)
                return
            for item in READERS[file.format](source):
                yield replace(item, line=item.line + piece.line - lines) if item.line is not None else item
        except InputError as error:
            # What is wrong with a CSV's header is wrong with the file, and said of its first piece.
            if piece.start == 0 or file.format != "csv":
                yield source.reject(error, line=None if piece.start == 0 else piece.line + 1)


@contextmanager
def _content(file: InputFile, piece: Piece, limits: Limits) -> Iterator[tuple[BinaryIO, int]]:
    """Give a piece as a file on this machine, and how many lines it begins with that do not stand there."""
    entire = piece.whole or file.format == "parquet"
    with opened(file) as stream:
        if entire and "://" not in file.url:
            with Path(file.url).open("rb") as local:
                yield cast(BinaryIO, local), 0
            return
        with tempfile.NamedTemporaryFile(prefix="annotate-") as copy:
            header = b"" if entire or piece.start == 0 else header_of(file, stream, limits)
            copy.write(header)
            if entire:
                stream.seek(0)
                shutil.copyfileobj(stream, copy, _CHUNK)
            else:
                _copy(stream, cast(BinaryIO, copy), piece)
            copy.flush()
            copy.seek(0)
            yield cast(BinaryIO, copy), header.count(b"\n")


def _copy(stream: BinaryIO, copy: BinaryIO, piece: Piece) -> None:
    stream.seek(piece.start)
    left = piece.stop - piece.start
    while left and (chunk := stream.read(min(left, _CHUNK))):
        copy.write(chunk)
        left -= len(chunk)
