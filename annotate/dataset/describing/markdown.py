"""Markdown from values that anybody may have written: names of outlets, licences, an article's metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# Beside white space: control characters, and those that turn the direction of what follows.
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MARKUP = re.compile(r"([\\`*_{}\[\]#|~$@])")
_LIST = re.compile(r"^([-+]|\d+(?=[.)]))")  # what would begin a list inside of ours
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
LONGEST = 120


def plain(value: object) -> str:
    """Return a value as words on one line that no renderer reads as markup; what is too long is cut."""
    words = single_line(value)
    words = "".join(_ENTITIES.get(character, character) for character in words)
    words = _LIST.sub(_escaped, _MARKUP.sub(r"\\\1", words))
    # What looks like an address becomes a link in some renderers.
    return words.replace("://", "\\://").replace("www.", "www\\.")


def _escaped(match: re.Match[str]) -> str:
    sign = match.group()
    return f"&#{ord(sign[0])};{sign[1:]}"


def single_line(value: object) -> str:
    """Return a value as words on one line, cut where it is too long."""
    words = _UNSEEN.sub(" ", str(value)).strip()
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, numbers_from: int = 1) -> str:
    """Return a table; columns from `numbers_from` on are set to the right."""
    ruled = ["---" if place < numbers_from else "---:" for place in range(len(head))]
    lines = [head, ruled, *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
