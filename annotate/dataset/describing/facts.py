"""What there is to say of a release, counted in one pass over its rows: numbers and names, never a text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from annotate.dataset.export import Release
from annotate.record import Provenance, Record
from annotate.scheme import (
    Anonymity,
    Credibility,
    CueClass,
    Directness,
    Independence,
    NoticeKind,
    OutletRole,
    Quality,
    QuoteType,
    Reliability,
    SourceType,
    VerificationKind,
    VerificationStatus,
)

# Every class that a reader may want to know the balance of, in the scheme's order.
CLASSES: dict[str, type[StrEnum]] = {
    "quote_type": QuoteType,
    "cue_class": CueClass,
    "source_type": SourceType,
    "anonymity": Anonymity,
    "independence": Independence,
    "directness": Directness,
    "verification": VerificationStatus,
    "reliability": Reliability,
    "credibility": Credibility,
    "outlet_role": OutletRole,
    "verification_kind": VerificationKind,
    "notice_kind": NoticeKind,
    "quality": Quality,
}
COUNTED = (
    "articles",
    "articles with text",
    "attributions",
    "outlet mentions",
    "speakers",
    "verification statements",
    "notices",
    "disputes",
)
NOT_GIVEN = ""


@dataclass(slots=True)
class Counts:
    """Of some articles: how many things there are (by COUNTED), and how the classes are distributed (by CLASSES).

    classes: values by how often they were given; NOT_GIVEN where the scheme lets it open and nobody decided.
    """

    things: Counter[str] = field(default_factory=Counter)
    classes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, record: Record, *, shown: bool) -> None:
        """Count an article."""
        numbers = (
            1,
            int(shown),
            len(record.attributions),
            len(record.outlets),
            len(record.speakers),
            len(record.verifications),
            len(record.notices),
            len(record.disputes),
        )
        self.things.update(dict(zip(COUNTED, numbers, strict=True)))
        for name, value in _values(record):
            self.classes[name][NOT_GIVEN if value is None else str(value)] += 1


@dataclass(slots=True)
class Facts:
    """A release in numbers.

    splits: the counts of each split, empty in an unsplit release. publishers, languages, licences: articles by what
    their metadata say (NOT_GIVEN: nothing); shown: of these licences, the articles with text. published: the first and
    the last date. annotators: pseudonyms by the articles they had a say in. bases: articles by how many annotations
    each rests on; policies: by what made one reading of them. models: by the pipeline and the model in it. oldest,
    newest: when the first and the last annotation were made.
    """

    total: Counts = field(default_factory=Counts)
    splits: dict[str, Counts] = field(default_factory=dict)
    publishers: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    dated: int = 0
    published: tuple[str, str] | None = None
    annotators: Counter[str] = field(default_factory=Counter)
    bases: Counter[int] = field(default_factory=Counter)
    policies: Counter[str] = field(default_factory=Counter)
    pipelines: Counter[str] = field(default_factory=Counter)
    models: Counter[tuple[str, str]] = field(default_factory=Counter)
    tools: Counter[str] = field(default_factory=Counter)
    schemes: Counter[int] = field(default_factory=Counter)
    oldest: datetime | None = None
    newest: datetime | None = None

    def columns(self) -> Iterator[tuple[str, Counts]]:
        """Yield what tables have a column for: each split, then all."""
        yield from self.splits.items()
        yield "all", self.total


def facts_of(release: Release) -> Facts:
    """Count the release."""
    facts = Facts(splits={split: Counts() for split in release.plan.splits if split})
    for record in release.spool:
        placed = release.placement(record)
        if placed is None:
            continue
        shown = release.shows(record)
        facts.total.add(record, shown=shown)
        if placed.split:
            facts.splits[placed.split].add(record, shown=shown)
        _metadata(release.published(record), facts, shown)
        if record.provenance is not None:
            _origin(record.provenance, facts)
    return facts


def people_of(provenance: Provenance) -> list[str]:
    """Return the pseudonyms of all who had a say in a Record, each once."""
    named = [*(one.annotator for one in provenance.basis), provenance.annotator]
    return list(dict.fromkeys(name for name in named if name))


def _metadata(record: Record, facts: Facts, shown: bool) -> None:
    meta = record.meta
    facts.publishers[meta.publisher or NOT_GIVEN] += 1
    facts.languages[meta.language or NOT_GIVEN] += 1
    facts.licences[meta.licence or NOT_GIVEN] += 1
    facts.shown[meta.licence or NOT_GIVEN] += shown
    if meta.published:
        facts.dated += 1
        first, last = facts.published or (meta.published, meta.published)
        facts.published = min(first, meta.published), max(last, meta.published)


def _origin(provenance: Provenance, facts: Facts) -> None:
    for name in people_of(provenance):
        facts.annotators[name] += 1
    facts.bases[len(provenance.basis) or 1] += 1
    facts.policies[str(provenance.policy) if provenance.policy else NOT_GIVEN] += 1
    facts.pipelines[provenance.pipeline or NOT_GIVEN] += 1
    if provenance.model:
        facts.models[provenance.pipeline or NOT_GIVEN, provenance.model] += 1
    facts.tools[f"{provenance.tool} {provenance.version}"] += 1
    facts.schemes[provenance.scheme] += 1
    for created in (provenance.created, *(one.created for one in provenance.basis)):
        if created is not None:
            # A time without a zone is taken as UTC, so that times of both kinds can be compared.
            moment = created.astimezone(UTC) if created.tzinfo else created.replace(tzinfo=UTC)
            facts.oldest = min(facts.oldest or moment, moment)
            facts.newest = max(facts.newest or moment, moment)


def _values(record: Record) -> Iterator[tuple[str, str | None]]:
    for item in record.attributions:
        yield "quote_type", item.quote_type
        yield "cue_class", item.cue_class
        yield "source_type", item.source_type
        yield "anonymity", item.anonymity
        yield "independence", item.independence
        yield "directness", item.directness
        yield "verification", item.verification
        yield "reliability", item.reliability
        yield "credibility", item.credibility
    for outlet in record.outlets:
        yield "outlet_role", outlet.role
    for statement in record.verifications:
        yield "verification_kind", statement.kind
    for notice in record.notices:
        yield "notice_kind", notice.kind
    yield "quality", record.quality
