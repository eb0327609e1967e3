"""How much each annotator did, and in what time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from annotate.record import parse_record
from annotate.review.ledger import natural
from annotate.review.walk import Done, Rendered, walk
from annotate.store import Store

_WORD = re.compile(r"(?<!\S)\S*\w\S*")
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Person:
    """What one annotator did; skipped and unreadable annotations count only as such.

    articles: different ones, submitted. touched: regions added, deleted or changed in any way (on an empty page, all
    that were drawn). words: of the articles, as often as they were annotated. lead_time: seconds that Label Studio
    measured with the page open, in total and the median of an annotation; None where it measured none. Words and
    attributions an hour are over the annotations that have a lead time. acceptance: the share of the machine's regions
    left as they were, in per cent; None where there were none. first, last: days, UTC.
    """

    annotator: str
    annotations: int
    articles: int
    skipped: int
    unread: int
    touched: int
    words: int
    attributions: int
    lead_time: float | None
    median_lead_time: float | None
    words_per_hour: float | None
    attributions_per_hour: float | None
    acceptance: float | None
    first: str | None
    last: str | None


@dataclass(slots=True)
class _Tally:
    annotations: int = 0
    skipped: int = 0
    unread: int = 0
    touched: int = 0
    words: int = 0
    attributions: int = 0
    timed_words: int = 0
    timed_attributions: int = 0
    given: int = 0
    accepted: int = 0
    articles: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    days: list[str] = field(default_factory=list)

    def add(self, done: Done) -> None:
        if done.annotated_at:
            self.days.append(done.annotated_at[:10])
        if done.skipped or done.record is None or done.problem:
            self.skipped += done.skipped
            self.unread += not done.skipped
            return
        words = len(_WORD.findall(done.article.text))
        attributions = len(parse_record(done.record).attributions)
        self.annotations += 1
        self.articles.add(done.article.id)
        self.words += words
        self.attributions += attributions
        if done.lead_time:
            self.times.append(done.lead_time)
            self.timed_words += words
            self.timed_attributions += attributions
        if done.changes is None:
            self.touched += done.drawn
            return
        self.touched += done.changes.touched
        self.given += sum(not change.added for change in done.changes.regions)
        self.accepted += sum(change.accepted for change in done.changes.regions)

    def person(self, name: str) -> Person:
        return Person(
            annotator=name,
            annotations=self.annotations,
            articles=len(self.articles),
            skipped=self.skipped,
            unread=self.unread,
            touched=self.touched,
            words=self.words,
            attributions=self.attributions,
            lead_time=round(sum(self.times), 1) if self.times else None,
            median_lead_time=round(median(self.times), 1) if self.times else None,
            words_per_hour=_hourly(self.timed_words, self.times),
            attributions_per_hour=_hourly(self.timed_attributions, self.times),
            acceptance=round(100 * self.accepted / self.given, 1) if self.given else None,
            first=min(self.days, default=None),
            last=max(self.days, default=None),
        )


def _hourly(number: int, times: Sequence[float]) -> float | None:
    total = sum(times)
    return round(number * _HOUR / total, 1) if total > 0 else None


def people(store: Store, rendered: Rendered, *, names: bool = False) -> list[Person]:
    """Return what each annotator did, in the order of their pseudonyms, or of their names when these were asked for.

    rendered: as for make_ledger. Annotations of annotation projects alone count.
    """
    tallies: dict[str, _Tally] = {}
    for done in walk(store, rendered, names=names):
        tallies.setdefault(done.annotator, _Tally()).add(done)
    return [tallies[name].person(name) for name in sorted(tallies, key=natural)]
