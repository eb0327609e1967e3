"""Names of persons: which of them can be one name, and why.

Two forms fit together when nothing in them speaks against it: transliterations of one spelling, an initial, a middle
name or a given name left out. That they fit does not make them one person; `speakers` asks for evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from annotate.stories.knowledge import words
from annotate.stories.words import WORD, plain, skeleton, unaccented

_ALIKE = 0.5  # of two spellings of one name whose consonants agree


class Fit(StrEnum):
    """In what two forms of a name that fit together differ."""

    SAME = "the same name"
    SPELLING = "another spelling"
    INITIAL = "an initial for a name"
    MIDDLE = "a middle name left out"
    SURNAME = "the surname alone"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts, in lower case and without accents; `suffix` tells generations apart."""

    given: tuple[str, ...]
    last: str
    suffix: str | None = None

    @property
    def full(self) -> bool:
        return bool(self.given)

    @property
    def key(self) -> str:
        """Return what all spellings of the last name have in common."""
        return skeleton(self.last)


@cache
def _suffixes() -> dict[str, str]:
    longer = {"junior": "jr", "senior": "sr"}
    return {word: longer.get(word, word) for word in words("suffix")}


@lru_cache(maxsize=50_000)
def parse_name(text: str) -> Name | None:
    """Take a name apart, titles left out; None when nothing is left."""
    parts = [part for match in WORD.finditer(text) for part in _letters(match.group())]
    while len(parts) > 1 and parts[0] in words("title"):
        parts.pop(0)
    suffix = None
    if len(parts) > 1 and parts[-1] in _suffixes():
        suffix = _suffixes()[parts.pop()]
    if not parts:
        return None
    return Name(tuple(parts[:-1]), parts[-1], suffix)


def _letters(word: str) -> list[str]:
    """Return a word as names have it: initials that are written together are several."""
    lower = plain(unaccented(word)).lower()
    return list(lower) if len(word) == 2 and word.isupper() and word.isalpha() else [lower]


@lru_cache(maxsize=50_000)
def fit(one: Name, other: Name) -> Fit | None:
    """Tell in what two names differ, None when they cannot be one."""
    if one == other:
        return Fit.SAME
    if one.suffix != other.suffix or not _spelt_alike(one.last, other.last):
        return None
    found = Fit.SAME if one.last == other.last else Fit.SPELLING
    if not one.full or not other.full:
        return Fit.SURNAME if one.full or other.full else found
    given, others = _without_initials(one.given, other.given), _without_initials(other.given, one.given)
    first = _part(given[0], others[0])
    if first is None:
        return None
    left_out = len(given) < len(one.given) or len(others) < len(other.given)
    fits = [found, first, *([Fit.INITIAL] if left_out else [])]
    shorter, longer = sorted((given[1:], others[1:]), key=len)
    position = 0
    for part in shorter:
        while position < len(longer) and _part(part, longer[position]) is None:
            position += 1
        if position == len(longer):
            return None
        fits.append(_part(part, longer[position]) or Fit.SAME)
        position += 1
    if len(shorter) < len(longer):
        # Where an initial is left out, no name is.
        fits.append(Fit.INITIAL if all(len(part) == 1 for part in longer) else Fit.MIDDLE)
    return max(fits, key=list(Fit).index)


def _without_initials(given: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the initials that a name begins with, where the other one begins with a name."""
    if len(other[0]) == 1:
        return given
    for index, part in enumerate(given):
        if len(part) > 1 and _part(part, other[0]) is not None:
            return given[index:]
        if len(part) > 1:
            break
    return given


def _part(one: str, other: str) -> Fit | None:
    if one == other:
        return Fit.SAME
    if len(one) == 1 or len(other) == 1:
        return Fit.INITIAL if one[0] == other[0] else None
    return Fit.SPELLING if _spelt_alike(one, other) else None


def _spelt_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    return skeleton(one) == skeleton(other) and Levenshtein.normalized_similarity(one, other) >= _ALIKE


def joined(name: Name) -> str:
    """Return a name as one string, as names are compared."""
    return " ".join((*name.given, name.last, *([name.suffix] if name.suffix else [])))


def folded(text: str) -> str:
    """Return a name as it is compared with others: in lower case, without titles and accents."""
    name = parse_name(text)
    return joined(name) if name else text.lower()
