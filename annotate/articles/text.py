"""Plain text: a file is an article."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.articles.checks import article_of
from annotate.articles.lines import decode, without_mark
from annotate.articles.source import Located, Rejected, Source
from annotate.errors import InputError


def read_text(source: Source) -> Iterator[Located | Rejected]:
    """Read a UTF-8 text file as one article; all that is known of it is the file's name."""
    data = source.stream.read(source.limits.article_bytes + 1)
    try:
        if len(data) > source.limits.article_bytes:
            # The size beyond the limit is unknown: a pipe has none, and reading on would be for nothing.
            raise InputError(f"a file of more than {source.limits.article_bytes:,} bytes")
        fields = {"text": decode(without_mark(data)), **source.origin}
        answer: Located | Rejected = source.accept(article_of(fields, source.limits))
    except InputError as error:
        answer = source.reject(error, raw=data)
    yield answer
