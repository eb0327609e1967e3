"""Columns of a table: their kinds, how a value stands in a CSV cell, and what no spreadsheet may take for a formula.

A cell that a spreadsheet would calculate (it begins with =, +, -, @, their full-width forms, a tab or a line break)
gets one apostrophe in front, and so does one that begins with apostrophes and then goes on like that; nothing else is
changed. So a program that wants the value back takes one apostrophe away wherever what follows it, apostrophes aside,
begins that way (`read` does), and a name such as 'Abd al-Karim stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

BETWEEN = "|"  # the values of a list in one cell, as in the files that users bring

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
_UNESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PARTS = re.compile(r"(?:\\.|[^\\|])+", re.DOTALL)

# What a row holds for a column: missing values are None, those of a list column an empty list.
Value = str | int | None | list[str]
Row = Mapping[str, Value]


class Kind(StrEnum):
    """What a column holds: text, a whole number, or several texts."""

    TEXT = "text"
    NUMBER = "number"
    TEXTS = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `about` says what it holds and from what, for the documentation.

    by_hand: nobody may infer it; it is there for people to fill, and always blank.
    """

    name: str
    about: str
    kind: Kind = Kind.TEXT
    by_hand: bool = False


def number(name: str, about: str) -> Column:
    """Return a column of whole numbers."""
    return Column(name, about, Kind.NUMBER)


def texts(name: str, about: str) -> Column:
    """Return a column of which a cell holds several texts."""
    return Column(name, about, Kind.TEXTS)


def by_hand(name: str, about: str) -> Column:
    """Return a column that stays blank for people to fill."""
    return Column(name, about, by_hand=True)


def cell_of(column: Column, value: Value) -> str:
    """Return a value as it stands in a CSV cell; blank for none."""
    if value is None:
        return ""
    if isinstance(value, list):
        return guarded(BETWEEN.join(part.replace("\\", r"\\").replace(BETWEEN, "\\" + BETWEEN) for part in value))
    return str(value) if isinstance(value, int) else guarded(value)


def value_of(column: Column, cell: str) -> Value:
    """Return the value that stands in a CSV cell."""
    if column.kind is Kind.NUMBER:
        return int(cell) if cell else None
    text = unguarded(cell)
    if column.kind is Kind.TEXTS:
        return [_UNESCAPED.sub(r"\1", part) for part in _PARTS.findall(text)]
    return text or None


def guarded(text: str) -> str:
    """Return a text so that no spreadsheet calculates it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Undo `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Return the Parquet schema of a table."""
    types = {Kind.TEXT: pa.string(), Kind.NUMBER: pa.int64(), Kind.TEXTS: pa.list_(pa.string())}
    return pa.schema([(column.name, types[column.kind]) for column in columns])


def checked(columns: Sequence[Column], row: Mapping[str, Any]) -> dict[str, Value]:
    """Return a row with its values in the columns' order, what is missing blank, and no text that is empty.

    Raises: KeyError for a value without a column, and for one in a column that is filled by hand.
    """
    unknown = row.keys() - {column.name for column in columns if not column.by_hand}
    if unknown:
        raise KeyError(f"no such column: {', '.join(sorted(unknown))}")
    return {column.name: _value(column, row.get(column.name)) for column in columns}


def _value(column: Column, value: Any) -> Value:
    if column.kind is Kind.TEXTS:
        return [str(part) for part in value or () if part]
    if value is None or value == "":
        return None
    return int(value) if column.kind is Kind.NUMBER else str(value)
