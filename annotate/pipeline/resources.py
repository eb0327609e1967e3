"""The linguistic knowledge beside the components: JSONL files with one entry a line and a `source` column."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from annotate.errors import PipelineError

DATA = Path(__file__).parent / "data"
_WORDS = ("words", "outlet_words", "notice_words", "verification_words")


@cache
def entries(name: str) -> tuple[dict[str, Any], ...]:
    """Read the entries of `data/<name>.jsonl`, in file order.

    Raises: PipelineError when the file is missing or a line is not JSON.
    """
    path = DATA / f"{name}.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return tuple(json.loads(line) for line in lines if line)
    except (OSError, ValueError) as error:
        raise PipelineError(
            f"the data file cannot be read: {error}", where=path.name, mend="reinstall source-annotator"
        ) from None


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of the list `name` in data/words.jsonl or data/outlet_words.jsonl."""
    return frozenset(entry["word"] for file in _WORDS for entry in entries(file) if entry["list"] == name)


@cache
def nouns_of(source_type: str) -> frozenset[str]:
    """Return the nouns of data/roles.jsonl that stand for sources of this type."""
    return frozenset(entry["noun"] for entry in entries("roles") if entry["source_type"] == source_type)


@cache
def given_names() -> frozenset[str]:
    """Return the given names of data/given_names.jsonl."""
    return frozenset(entry["name"] for entry in entries("given_names"))


@cache
def places() -> frozenset[str]:
    """Return the countries and capitals of data/countries.jsonl."""
    return frozenset(
        name for entry in entries("countries") for name in (entry["name"], *entry["aliases"], *entry["capitals"])
    )


def knowledge_digest() -> str:
    """Return the SHA-256 over all data files and components: it changes when any entry or rule does."""
    digest = hashlib.sha256()
    for path in sorted([*DATA.glob("*.json*"), *DATA.parent.rglob("*.py")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
