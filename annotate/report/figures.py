"""Counting attributed speech: whose words, of what type of source, heard by which outlet, how much of it unnamed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from annotate.record import Attribution, Record
from annotate.report.wording import NAMED, UNNAMED
from annotate.scheme import Anonymity, CueClass, Independence, QuoteType, SourceType
from annotate.stories.publishers import publishers_of

_WORD = re.compile(r"(?<!\S)\S*\w\S*")


class Naming(StrEnum):
    """How a source is named: the four shares of the anonymity figures, in the order of the charts."""

    NAMED = "named"
    DOCUMENT = "document"
    UNNAMED = "unnamed"
    IMPLICIT = "no source given"


@dataclass(slots=True)
class Figures:
    """What is counted over one article, a story or a collection; attitudes without quoted words are left out.

    Words are counted once, for the innermost attribution that holds them. heard: words by the outlet that brought
    them first, apart for its own articles (True) and others' (False); None is a publisher who is not known.
    """

    articles: int = 0
    attributions: int = 0
    statements: int = 0
    words: int = 0
    attributed: int = 0
    naming: Counter[Naming] = field(default_factory=Counter)
    types: Counter[SourceType | None] = field(default_factory=Counter)
    type_words: Counter[SourceType | None] = field(default_factory=Counter)
    sides: Counter[Independence] = field(default_factory=Counter)
    side_words: Counter[Independence] = field(default_factory=Counter)
    speakers: Counter[tuple[str, Independence]] = field(default_factory=Counter)
    heard: Counter[tuple[str | None, bool]] = field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        """Add what was counted elsewhere."""
        for name in ("articles", "attributions", "statements", "words", "attributed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("naming", "types", "type_words", "sides", "side_words", "speakers", "heard"):
            getattr(self, name).update(getattr(other, name))

    @property
    def unnamed_share(self) -> float | None:
        """The share of statements whose source is unnamed, of those that have a source; None without any."""
        sourced = self.naming.total() - self.naming[Naming.IMPLICIT]
        return self.naming[Naming.UNNAMED] / sourced if sourced else None


def is_statement(attribution: Attribution) -> bool:
    """Tell whether an utterance is reported: an attitude is none, unless some of its words are quoted."""
    return attribution.cue_class != CueClass.ATTITUDE or attribution.quote_type != QuoteType.INDIRECT


def naming_of(attribution: Attribution) -> Naming:
    """Sort an attribution by how its source is named; without a reading of it, by its speaker and spans."""
    if attribution.anonymity in NAMED:
        return Naming.NAMED
    if attribution.anonymity in UNNAMED:
        return Naming.UNNAMED
    if attribution.anonymity == Anonymity.DOCUMENT:
        return Naming.DOCUMENT
    if attribution.anonymity == Anonymity.IMPLICIT or not attribution.source:
        return Naming.IMPLICIT
    return Naming.NAMED if attribution.speaker else Naming.UNNAMED


def publisher_of(record: Record) -> str | None:
    """Return the outlet whose article this is, from what is known of it or from its text."""
    return next(iter(publishers_of(record)), None)


def count(record: Record, names: Mapping[tuple[str, str], str] | None = None) -> Figures:
    """Count one article. names: a speaker's name over the collection, by article and the name there."""
    known = names or {}
    figures = Figures(articles=1, attributions=len(record.attributions))
    publisher = publisher_of(record)
    words = [match.start() for match in _WORD.finditer(record.text or "")]
    figures.words = len(words)
    spoken = [item for item in record.attributions if is_statement(item)]
    for attribution, number in zip(spoken, _own_words(words, spoken), strict=True):
        side = attribution.independence or Independence.UNKNOWN
        figures.statements += 1
        figures.attributed += number
        figures.naming[naming_of(attribution)] += 1
        figures.types[attribution.source_type] += 1
        figures.type_words[attribution.source_type] += number
        figures.sides[side] += 1
        figures.side_words[side] += number
        if attribution.speaker:
            name = attribution.speaker.name
            figures.speakers[known.get((record.id, name), name), side] += number
        figures.heard[_heard_by(attribution, publisher)] += number
    return figures


def _heard_by(attribution: Attribution, publisher: str | None) -> tuple[str | None, bool]:
    if attribution.via:
        name = min(attribution.via, key=lambda via: via.step).name
        return name, name == publisher
    if attribution.source_type == SourceType.OUTLET and attribution.speaker:
        return attribution.speaker.name, attribution.speaker.name == publisher
    return publisher, True


def _own_words(words: Sequence[int], attributions: Sequence[Attribution]) -> list[int]:
    """Count for each attribution the words that no quote inside its own holds."""
    owner = [-1] * len(words)
    sized = sorted(range(len(attributions)), key=lambda index: -_size(attributions[index]))
    for index in sized:
        for start, end in attributions[index].quote:
            first, last = bisect_left(words, start), bisect_left(words, end)
            owner[first:last] = [index] * (last - first)
    found = Counter(owner)
    return [found[index] for index in range(len(attributions))]


def _size(attribution: Attribution) -> int:
    return sum(end - start for start, end in attribution.quote)
