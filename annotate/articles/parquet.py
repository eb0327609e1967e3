"""Parquet: a row is an article, its columns as in JSON Lines."""

from __future__ import annotations

import os
from collections.abc import Iterator

from annotate.articles.checks import article_of, shown_id
from annotate.articles.source import Located, Rejected, Source
from annotate.errors import InputError


def read_parquet(
    source: Source, *, groups: tuple[int, int] | None = None, before: int = 0
) -> Iterator[Located | Rejected]:
    """Read rows in small batches, up to what the file may unpack to.

    groups: read the row groups of this half-open range alone; before: rows that come before them.
    Raises: InputError when the file is no Parquet, has no text column, or unpacks to too much.
    """
    budget = source.limits.decoded(os.fstat(source.stream.fileno()).st_size)
    unpacked = 0
    for answer in source.confined.ask(
        "rows", path=source.stream.name, limit=source.limits.article_bytes, groups=groups
    ):
        line, row = before + answer["line"], answer.get("row", {})
        unpacked += sum(len(value) for value in row.values() if isinstance(value, str))
        if unpacked > budget:
            raise InputError(f"row {line}: the file unpacks to more than {budget:,} bytes; the rest was not read")
        try:
            if "refused" in answer:
                raise InputError(answer["refused"])
            read: Located | Rejected = source.accept(article_of(row, source.limits), line=line)
        except InputError as error:
            read = source.reject(error, line=line, id=shown_id(row), raw=str(row.get("text", "")))
        yield read
