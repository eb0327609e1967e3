"""Comma-separated values (RFC 4180): a header that names the columns, then a row an article."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from annotate.articles.checks import article_of, check_columns, check_size, shown_id
from annotate.articles.lines import Line, decode, quoted_lines
from annotate.articles.source import Located, Rejected, Source
from annotate.errors import InputError


def read_csv(source: Source) -> Iterator[Located | Rejected]:
    """Read rows of UTF-8 CSV with a header; a quoted cell may hold line breaks, blank lines are passed over.

    Raises: InputError when the header is unusable.
    """
    # The module's own limit on a cell is far below ours, and global.
    csv.field_size_limit(max(csv.field_size_limit(), source.limits.article_bytes))
    records = quoted_lines(source.stream, source.limits.article_bytes)
    header = next(records, None)
    if header is None:
        raise InputError("the file is empty")
    columns = _cells(header, source)
    check_columns(columns)
    for record in records:
        if record.data.strip():
            yield _read_row(record, columns, source)


def _read_row(record: Line, columns: list[str], source: Source) -> Located | Rejected:
    fields: dict[str, str] = {}
    try:
        cells = _cells(record, source)
        if len(cells) != len(columns):
            raise InputError(f"{len(cells)} cells under {len(columns)} columns")
        fields = dict(zip(columns, cells, strict=True))
        return source.accept(article_of(fields, source.limits), line=record.number)
    except InputError as error:
        return source.reject(error, line=record.number, id=shown_id(fields), raw=record.data)


def _cells(record: Line, source: Source) -> list[str]:
    check_size(record.size, source.limits, "row")
    if not record.closed:
        raise InputError("a quotation mark is never closed")
    # One string, not several lines: a line break outside quotation marks is then an error, as it should be.
    text = decode(record.data).removesuffix("\n").removesuffix("\r")
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise InputError(f"not CSV: {error}") from None
