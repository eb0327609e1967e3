"""The words that differ between two tellings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Comparing is quadratic: of longer tellings nothing is marked.
_LONGEST = 600
# Of tellings with less in common than this share of their words, marks would tell nothing.
_LEAST_COMMON = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """Some words; changed: the other telling does not have them."""

    text: str
    changed: bool


def differing(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return both tellings in parts; upper and lower case are alike.

    Between tellings that are too long or too unlike nothing is marked.
    """
    one, other = _WORD.findall(before), _WORD.findall(after)
    unmarked = (Part(before, False),), (Part(after, False),)
    if len(one) > _LONGEST or len(other) > _LONGEST:
        return unmarked
    matcher = SequenceMatcher(None, [w.lower() for w in one], [w.lower() for w in other], autojunk=False)
    if matcher.ratio() < _LEAST_COMMON:
        return unmarked
    left: list[Part] = []
    right: list[Part] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for parts, words in ((left, one[i1:i2]), (right, other[j1:j2])):
            if words:
                parts.append(Part("".join(words), tag != "equal"))
    return _joined(left), _joined(right)


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Join changed words that only white space parts."""
    joined: list[Part] = []
    for index, part in enumerate(parts):
        changed = part.changed or (
            part.text.isspace() and 0 < index < len(parts) - 1 and parts[index - 1].changed and parts[index + 1].changed
        )
        if joined and joined[-1].changed == changed:
            joined[-1] = Part(joined[-1].text + part.text, changed)
        else:
            joined.append(Part(part.text, changed))
    return tuple(joined)
