"""What a text and its metadata must be before they become an Article, whatever file they came from."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence

from annotate.articles.source import Limits
from annotate.derive import normalise_newlines
from annotate.errors import InputError, visible
from annotate.record import Article, Meta

ID_LENGTH = 200

_SURROGATE = re.compile("[\ud800-\udfff]")
_INT64 = 2**63


def check_size(size: int, limits: Limits, what: str) -> None:
    """Refuse an article of more bytes than `limits` allow.

    Raises: InputError.
    """
    if size > limits.article_bytes:
        raise InputError(f"a {what} of {size:,} bytes is over the limit of {limits.article_bytes:,}")


def check_characters(name: str, value: str) -> None:
    """Refuse NUL, which databases cannot hold, and lone surrogates, which UTF-8 cannot.

    Raises: InputError.
    """
    if (position := value.find("\0")) >= 0:
        raise InputError(f"{name} holds NUL at position {position}")
    if match := _SURROGATE.search(value):
        raise InputError(f"{name} holds the lone surrogate U+{ord(match[0]):04X} at position {match.start()}")


def article_of(fields: Mapping[str, object], limits: Limits) -> Article:
    """Build an Article from its fields: text, id, the metadata of Meta, and any others.

    Line ends `\\r\\n` become `\\n`; no other character of the text changes. Empty fields count as not given. Further
    fields are kept in the metadata when they are strings or numbers, and left out when they are anything else.
    Raises: InputError when the text or a field cannot be accepted.
    """
    text = _text(fields.get("text"), limits)
    return Article.of(text, id=_id(fields.get("id")), meta=_meta(fields))


def shown_id(fields: Mapping[str, object]) -> str | None:
    """Return the id that a rejected article came with, if it is one that can be shown."""
    value = fields.get("id")
    return value if isinstance(value, str) and len(value) <= ID_LENGTH and not _SURROGATE.search(value) else None


def _text(value: object, limits: Limits) -> str:
    if value is None:
        raise InputError("no text")
    if not isinstance(value, str):
        raise InputError(f"text is {_kind(value)}, not a string")
    if len(value) > limits.text_length:
        raise InputError(f"a text of {len(value):,} characters is over the limit of {limits.text_length:,}")
    check_characters("text", value)
    if not any(_visible(char) for char in value):
        raise InputError("the text is empty")
    return normalise_newlines(value)


def _visible(char: str) -> bool:
    # Control and format characters, byte order marks among them, show nothing; nor does white space.
    return not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf"}


def _id(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise InputError(f"id is {_kind(value)}, not a string")
    if len(value) > ID_LENGTH:
        raise InputError(f"an id of {len(value)} characters is over the limit of {ID_LENGTH}")
    check_characters("id", value)
    if any(unicodedata.category(char) == "Cc" for char in value) or value.isspace():
        raise InputError("id holds control characters or nothing but spaces")
    return value


def _meta(fields: Mapping[str, object]) -> Meta:
    kept: dict[str, str | int | float] = {}
    for name, value in fields.items():
        if name in {"text", "id"} or value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            continue
        check_characters("the name of a field", name)
        if isinstance(value, str):
            check_characters(name, value)
            kept[name] = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if not -_INT64 <= value < _INT64:
                raise InputError(f"{name} is a number out of range")
            kept[name] = str(value) if name in Meta.model_fields else value
        elif name in Meta.model_fields:
            raise InputError(f"{name} is {_kind(value)}, not a string")
    return Meta.model_validate(kept)


def _kind(value: object) -> str:
    kinds = {bool: "a truth value", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), f"of type {type(value).__name__}")


def check_columns(columns: Sequence[str]) -> None:
    """Refuse a table that has no text column, or two columns of one name.

    Raises: InputError naming the columns found.
    """
    found = visible(", ".join(columns)[:300])
    if "text" not in columns:
        raise InputError(f"no column is named text; the columns are: {found}", mend="rename the column")
    if len(set(columns)) < len(columns):
        raise InputError(f"two columns have the same name; the columns are: {found}", mend="rename one")
