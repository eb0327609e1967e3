"""Whether the formats of a release hold the same articles, and say the same of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from annotate.dataset.checking.problems import Kind, Problem
from annotate.dataset.describing.attributions import FOLDER as FLAT
from annotate.dataset.describing.attributions import rows_of
from annotate.dataset.folder import ReleaseFolder
from annotate.dataset.formats import FORMATS
from annotate.dataset.formats.parquet import read_rows, shards_of
from annotate.errors import AnnotateError
from annotate.record import Record


def format_problems(
    source: ReleaseFolder, form: str, split: str | None, base: str, rows: Callable[[], Iterator[Record]]
) -> Iterator[Problem]:
    """Yield where a format differs from the rows of the same split.

    base: the format that the rows were read from.
    """
    where, known = source.target(form, split), source.target(base, split)
    kind = FORMATS[form]
    expected = {
        record.id: _digest(kind.kept(record)) for record in rows() if record.text is not None or not kind.needs_text
    }
    found: Counter[str] = Counter()
    try:
        for item in kind.read(source.path / where):
            identity = _id(item)
            found[identity] += 1
            if identity not in expected:
                yield Problem(Kind.FORMAT, where, f"article {identity} is not in {known}")
            elif _digest(item) != expected[identity]:
                yield Problem(Kind.FORMAT, where, f"article {identity} is not what it is in {known}")
    except (AnnotateError, ValidationError, pa.ArrowException, OSError, ValueError, LookupError, TypeError) as error:
        what = f"{error.where}: {error.what}" if isinstance(error, AnnotateError) else " ".join(str(error).split())
        yield Problem(Kind.FORMAT, where, f"cannot be read to its end: {what[:300]}")
        return
    for identity, times in found.items():
        if times > 1:
            yield Problem(Kind.FORMAT, where, f"article {identity} stands there {times} times")
    for identity in expected:
        if identity not in found:
            yield Problem(Kind.FORMAT, where, f"article {identity} of {known} is missing")
    if found.total() != len(expected):
        yield Problem(Kind.FORMAT, where, f"holds {found.total():,} articles, and {known} {len(expected):,} for it")


def _digest(item: object) -> bytes:
    content = item.to_json() if isinstance(item, Record) else repr(item)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()[:16]


def _id(item: Any) -> str:
    return str(item.id)


def flat_problems(
    source: ReleaseFolder, split: str | None, base: str, rows: Callable[[], Iterator[Record]]
) -> Iterator[Problem]:
    """Yield where the flat view of the attributions differs from the rows."""
    where = f"{split}/{FLAT}" if split else FLAT
    if where not in source.files:
        return
    known = source.target(base, split)
    expected = (json.dumps(row) for record in rows() for row in rows_of(record))
    try:
        shards = shards_of(source.path / where)
        found = (json.dumps(row) for shard in shards for row in read_rows(shard))
        for number, (one, other) in enumerate(zip_longest(expected, found), start=1):
            if one != other:
                yield Problem(Kind.FORMAT, f"{where}, row {number}", f"is not the attribution that {known} has there")
                return
    except (AnnotateError, pa.ArrowException, OSError, ValueError) as error:
        what = error.what if isinstance(error, AnnotateError) else str(error)
        yield Problem(Kind.FORMAT, where, f"cannot be read to its end: {what[:300]}")
