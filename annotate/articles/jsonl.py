"""JSON Lines: a line is an article, with `text` and, if the user has them, id, title, url, publisher and more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

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
        value = json.loads(decode(line.data), parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at position {error.pos}") from None
    except RecursionError:
        raise InputError("JSON nested too deep") from None
    except ValueError:
        # The decoder itself found nothing wrong, so it is Python's limit on the digits of an integer.
        raise InputError("a number of too many digits") from None
    if not isinstance(value, dict):
        raise InputError(f"not a JSON object but a {type(value).__name__}")
    return value


def _no_constant(name: str) -> None:
    raise InputError(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in fields if names.count(name) > 1)
        raise InputError(f"the key {twice!r} is given twice")
    return fields
