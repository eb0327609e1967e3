"""JSON Lines: a line is an article, with `text` and, if the user has them, id, title, url, publisher and more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotate import strict_json
from annotate.articles.checks import article_of, check_size, shown_id
from annotate.articles.lines import Line, decode, lines
from annotate.articles.source import Limits, Located, Rejected, Source
from annotate.errors import InputError


def read_jsonl(source: Source) -> Iterator[Located | Rejected]:
    """Read one JSON object a line; blank lines are passed over."""
    for line in lines(source.stream, source.limits.article_bytes):
        if line.data.strip() or line.size > source.limits.article_bytes:
            yield _read_line(line, source)


def _read_line(line: Line, source: Source) -> Located | Rejected:
    fields: dict[str, Any] = {}
    try:
        fields = _parse(line, source.limits)
        return source.accept(article_of(fields, source.limits), line=line.number)
    except InputError as error:
        return source.reject(error, line=line.number, id=shown_id(fields), raw=line.data)


def _parse(line: Line, limits: Limits) -> dict[str, Any]:
    check_size(line.size, limits, "line")
    try:
        value = strict_json.parse(decode(line.data))
    except strict_json.NotJson as error:
        raise InputError(str(error)) from None
    if not isinstance(value, dict):
        raise InputError(f"not a JSON object but a {type(value).__name__}")
    return value
