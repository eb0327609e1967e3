"""Small tables that users bring beside their articles: CSV with a header, or JSON Lines, with the same columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from annotate import strict_json
from annotate.errors import InputError

_SEPARATOR = "|"  # between the values of a list, in CSV


def read_rows(
    path: Path, *, columns: Collection[str], needed: Collection[str], lists: Collection[str] = (), mend: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each row with its place, every column given (None, or () for a list, where a row says nothing).

    needed: columns without which a row says nothing; lists: columns that hold several values. Empty lines are passed
    over. Raises: InputError, with the line, for a file that cannot be read and a row that is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the table cannot be read: {error}", where=str(path)) from None
    rows = _json(path, text, mend) if text.lstrip().startswith("{") else _csv(path, text, needed, lists, mend)
    for where, row in rows:
        unknown = row.keys() - set(columns)
        if unknown:
            raise InputError(f"unknown column {min(unknown)!r}", where=where, mend=mend)
        cells = {name: _cell(name, row.get(name), name in lists, where, mend) for name in columns}
        for name in needed:
            if not cells[name]:
                raise InputError(f"{name} is missing", where=where, mend=mend)
        yield where, cells


def _csv(
    path: Path, text: str, needed: Collection[str], lists: Collection[str], mend: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = reader.fieldnames or ()
        if len(set(header)) < len(header):
            raise InputError("two columns have the same name", where=f"{path}:1", mend="rename one")
        missing = [name for name in needed if name not in header]
        if missing:
            raise InputError(f"no column {missing[0]!r}", where=f"{path}:1", mend=mend)
        for row in reader:
            where = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise InputError(f"not as many cells as the {len(header)} columns", where=where, mend=mend)
            yield where, {name: _listed(cell) if name in lists else cell for name, cell in row.items()}
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", where=f"{path}:{reader.line_num}", mend=mend) from None


def _listed(cell: str) -> list[str]:
    return cell.split(_SEPARATOR) if cell else []


def _json(path: Path, text: str, mend: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = strict_json.loads(line)
        except strict_json.NotJson as error:
            raise InputError(str(error), where=f"{path}:{number}", mend=mend) from None
        if not isinstance(row, dict):
            raise InputError("not a JSON object", where=f"{path}:{number}", mend=mend)
        yield f"{path}:{number}", row


def _cell(name: str, value: Any, is_list: bool, where: str, mend: str) -> Any:
    if is_list:
        if not isinstance(value, list | None) or not all(isinstance(each, str) for each in value or ()):
            raise InputError(f"{name} is no list of texts", where=where, mend=mend)
        return [each.strip() for each in value or () if each.strip()]
    if not isinstance(value, str | None):
        raise InputError(f"{name} is no text", where=where, mend=mend)
    return (value or "").strip() or None
