"""JSON as everybody means it: what Python's reader lets pass beyond it, or cannot bear, is refused with the reason.

`NaN` and `Infinity`, a key given twice (the last one would win without a word), an integer of thousands of digits,
brackets without end, bytes that are not UTF-8, and in any string NUL or a lone surrogate: neither databases nor UTF-8
can hold these.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

__all__ = ["LINE_BYTES", "NotJson", "check_strings", "lines", "loads", "parse"]

LINE_BYTES = 100_000_000  # of one article with all its annotations: a text of a million characters needs far less

_MAYBE_ODD = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|\0|[\ud800-\udfff]")
_MAYBE_ENDLESS = re.compile(r"[eE]\+?[0-9]{3}|[0-9]{300}")  # what a float may not hold
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """What was read is no JSON, or none that can be used; says why in one clause, without its content."""


def lines(file: BinaryIO) -> Iterator[bytes]:
    """Split JSON Lines at line feeds alone: other line ends of Unicode may stand inside a text.

    Raises: NotJson for a line that nobody should hold in memory.
    """
    while line := file.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES:
            raise NotJson(f"a line of more than {LINE_BYTES:,} bytes")
        yield line


def loads(text: str | bytes) -> Any:
    """Read one JSON document.

    Raises: NotJson for what is none, and for what other programs would read otherwise.
    """
    try:
        content = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8: byte 0x{error.object[error.start]:02x} at position {error.start}") from None
    value = parse(content)
    if _MAYBE_ODD.search(content):
        check_strings(value)
    if _MAYBE_ENDLESS.search(content):
        _check_numbers(value)
    return value


def parse(text: str) -> Any:
    """Read one JSON document whose strings and numbers somebody else looks at.

    Raises: NotJson for what is none, and for what other programs would read otherwise.
    """
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=unique)
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        raise NotJson(f"not JSON: {error.msg} at position {error.pos}") from None
    except RecursionError:
        raise NotJson("JSON nested too deep") from None
    except ValueError:
        # The decoder itself found nothing wrong, so it is Python's limit on the digits of an integer.
        raise NotJson("a number of too many digits") from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its keys and values.

    Raises: NotJson when a key is given twice.
    """
    fields = dict(pairs)
    if len(fields) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise NotJson(f"the key {twice[:100]!r} is given twice")
    return fields


def check_strings(value: Any) -> None:
    """Refuse NUL and lone surrogates in any string or key of a value.

    Raises: NotJson.
    """
    for one in walk(value):
        if not isinstance(one, str):
            continue
        if "\0" in one:
            raise NotJson("a string holds NUL")
        if match := _SURROGATE.search(one):
            raise NotJson(f"a string holds the lone surrogate U+{ord(match[0]):04X}")


def walk(value: Any) -> Iterator[Any]:
    """Yield every key and every value that is neither an object nor a list."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
        else:
            yield one


def _no_constant(name: str) -> None:
    raise NotJson(f"{name} is not JSON")


def _check_numbers(value: Any) -> None:
    for one in walk(value):
        if isinstance(one, float) and math.isinf(one):
            raise NotJson("a number out of range")
