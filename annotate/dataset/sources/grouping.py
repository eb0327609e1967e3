"""The sources of one article: its attributions, those of one source together.

A named source is one by its name. Of the unnamed, the annotation does not say who is whom; two are one where they are
described alike (kind, naming, side) and the later one takes the earlier one up: in the same words, by a pronoun, or by
"the" and the same noun. In doubt they are two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from annotate.record import Attribution, Record

PRONOUNS = frozenset(
    {"he", "she", "they", "it", "who", "i", "we", "him", "her", "them", "his", "their", "that", "which"}
)

_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
_AFTER_NOUN = re.compile(
    r"\s{0,9},|\s{1,9}(?:of|for|from|in|at|with|within|who|near|close|on|to|speaking|familiar)\b", re.IGNORECASE
)
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_SPOKES = re.compile(r"^spokes(?:man|woman|person|people|men|women|persons)$")


@dataclass(slots=True)
class Source:
    """A source of an article, with its attributions in order.

    name: its canonical name, None for the unnamed. wordings: the words that stand for it, pronouns left out, each once.
    implicit: nobody is named as the source.
    """

    name: str | None
    wordings: list[str] = field(default_factory=list)
    attributions: list[Attribution] = field(default_factory=list)
    implicit: bool = False

    @property
    def first(self) -> int:
        """Where its first quote begins."""
        return min(item.quote[0][0] for item in self.attributions)


def sources_of(record: Record, text: str) -> list[Source]:
    """Return the sources of an article, in the order in which they first speak; every attribution is in exactly one."""
    named: dict[str, Source] = {}
    unnamed: list[Source] = []
    implicit = Source(None, implicit=True)
    for item in sorted(record.attributions, key=lambda item: (item.source or item.quote, item.quote, item.id)):
        words = wording(text, item)
        if not words:
            source = implicit
        elif item.speaker:
            source = named.setdefault(item.speaker.name, Source(item.speaker.name))
        else:
            source = _taken_up(item, words, unnamed) or Source(None)
            if not source.attributions:
                unnamed.append(source)
            else:
                unnamed.append(unnamed.pop(next(i for i, one in enumerate(unnamed) if one is source)))
        source.attributions.append(item)
        if words and words.lower() not in PRONOUNS and words not in source.wordings:
            source.wordings.append(words)
    found = [*named.values(), *unnamed, *([implicit] if implicit.attributions else [])]
    for source in found:
        source.attributions.sort(key=lambda item: (item.quote, item.id))
    return sorted(found, key=lambda source: (source.first, source.attributions[0].id))


def wording(text: str, item: Attribution) -> str:
    """Return the words that stand for an attribution's source; the parts of a split one with a blank between."""
    return " ".join(" ".join(text[start:end].split()) for start, end in item.source)


def head_noun(words: str) -> str:
    """Return the noun of a description, in lower case: "An official source from within the group" has "source"."""
    found: list[str] = _WORD.findall(_AFTER_NOUN.split(words, maxsplit=1)[0])
    if not found:
        return words.lower()
    head = found[-1].lower()
    return "spokesperson" if _SPOKES.match(head) else head


def _taken_up(item: Attribution, words: str, earlier: Sequence[Source]) -> Source | None:
    """Return the unnamed source that is meant again, the latest one first."""
    lower = words.lower()
    definite = lower.split(" ", 1)[0] in _DEFINITE
    for source in reversed(earlier):
        if _described(source.attributions[-1]) != _described(item):
            continue
        if lower in PRONOUNS or lower in {each.lower() for each in source.wordings}:
            return source
        same_noun = head_noun(words) in {head_noun(each) for each in source.wordings}
        if definite and same_noun and not _differ(words, source.wordings):
            return source
    return None


def _described(item: Attribution) -> tuple[object, ...]:
    return item.source_type, item.anonymity, item.independence


def _differ(words: str, others: Sequence[str]) -> bool:
    """Tell whether a description names somebody whom none of the earlier ones names, though they name others."""
    mine = _names_in(words)
    theirs = {name for each in others for name in _names_in(each)}
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _names_in(words: str) -> set[str]:
    first, *others = _WORD.findall(words) or [""]
    return {word for word in [*others, *([first] if first.isupper() and len(first) > 1 else [])] if word[0].isupper()}
