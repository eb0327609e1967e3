"""How much room text takes in a drawing, about: no font is at hand, and the reader's may be any."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def width(text: str) -> float:
    """Return about how many small letters wide `text` is."""
    return sum(_letter(char) for char in text)


def _letter(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.9
    return 1.2 if char.isupper() else 1.0


def fitted(text: str, room: float) -> str:
    """Return `text`, cut with an ellipsis where it is wider than `room`."""
    if width(text) <= room:
        return text
    taken = 0.0
    for index, char in enumerate(text):
        taken += _letter(char)
        if taken > room - 1:
            return f"{text[:index].rstrip()}…"
    return text


def wrapped(text: str, room: float, most: int) -> tuple[str, ...]:
    """Break `text` into lines no wider than `room`; what `most` lines do not hold is cut."""
    lines: list[str] = []
    line = ""
    for word in _words(text, room):
        longer = f"{line} {word}".strip()
        if not line or width(longer) <= room:
            line = longer
        else:
            lines.append(line)
            line = word
    lines.append(line)
    if len(lines) <= most:
        return tuple(lines)
    # A line that has just room for itself gives way to the ellipsis.
    return (*lines[: most - 1], fitted(f"{lines[most - 1]}……", room + 1).replace("……", "…"))


def _words(text: str, room: float) -> Iterator[str]:
    """Yield the words of a text, parted where one alone is too wide."""
    for word in text.split():
        part = ""
        taken = 0.0
        for char in word:
            wide = _letter(char)
            if part and taken + wide > room:
                yield part
                part, taken = "", 0.0
            part += char
            taken += wide
        yield part
