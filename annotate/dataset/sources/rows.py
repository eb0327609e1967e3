"""The source table: one row for each source of each article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from annotate.dataset.sources.articles import in_utc
from annotate.dataset.sources.columns import Column, Value, by_hand, checked, number, texts
from annotate.dataset.sources.comparison import Comparison, Reading, reading_of
from annotate.dataset.sources.describing import anonymity_reason, naming_of
from annotate.dataset.sources.grouping import Source
from annotate.dataset.sources.inputs import ArticleFacts, LabelStatus, SourceInputs
from annotate.dataset.sources.quoting import words_quoted
from annotate.record import Record
from annotate.scheme import Directness, Independence, Policy, QuoteType, SourceType, VerificationStatus

COLUMNS: tuple[Column, ...] = (
    Column("article_id", "the article's id"),
    Column("url", "its address, from the metadata"),
    Column(
        "outlet",
        "who publishes it: `publisher`, else the site of `url`, else what the text says; by the registry's name",
    ),
    Column("outlet_country", "the outlet's country in the registry, ISO 3166-1 alpha-2"),
    Column("published", "when, as the metadata has it"),
    Column("accessed", "when it was fetched: `accessed` of the metadata, else when it came into the store; UTC"),
    Column("sha256", "SHA-256 of the text"),
    Column("author", "`author` or `byline` of the metadata, else a marked byline"),
    Column("headline", "`title` of the metadata, else a marked headline that the text begins with"),
    Column("story", "the story the article belongs to, numbered over this collection"),
    Column("source_id", "the speaker over all articles of this collection; blank for the unnamed"),
    Column("source_as_written", "the words that first describe the source in this article"),
    Column("source_name", "its canonical name; blank for the unnamed"),
    Column("source_kind", "the scheme's `source_type`"),
    Column("organisation", "the body that it is, or speaks for, where the words name one"),
    Column("title", "title or role, from the words that describe it"),
    Column(
        "naming",
        "`named`; `role_only`: by office or body alone; `anonymous`; blank for documents, for nobody, and "
        "for words such as “both sides”",
    ),
    Column("anonymity_reason", "why it is not named, in the article's words"),
    by_hand("sex", "never inferred: for people to fill"),
    by_hand("age", "never inferred: for people to fill"),
    by_hand("ethnicity", "never inferred: for people to fill"),
    by_hand("disability", "never inferred: for people to fill"),
    number("direct", "how many of its attributions are direct speech"),
    number("indirect", "how many are indirect"),
    number("mixed", "how many are mixed"),
    number("words_quoted", "words between quotation marks, in all of them"),
    number("first_offset", "where its first quote begins, in code points"),
    Column(
        "function",
        "GMMP's function in the news: `spokesperson`, `expert or commentator`, `eye witness`, from the "
        "kind of source; blank where that does not tell",
    ),
    texts(
        "chain",
        "the roads of its statements: source > outlet > … > publisher; outlets side by side with +, ? for "
        "a source that is not named in any way",
    ),
    number("chain_depth", "how many outlets stand one after the other on the longest road; 0 for none"),
    texts("terminal_source", "whom the statements go back to: the source itself, or whom an outlet quotes"),
    texts("via_outlets", "the outlets on these roads"),
    Column("party", "whether it is a party to the events: `yes`, `no`, `unknown`"),
    Column("first_hand", "whether its statements come without an outlet between: `yes`, `no`, `partly`"),
    texts("verification", "what the article says of their being checked"),
    texts("verification_statement", "the words that say so"),
    texts("reliability_suggested", "the machine's suggestions for the source (Admiralty A–F)"),
    texts("credibility_suggested", "the machine's suggestions for its statements (1–6)"),
    texts("reliability_rated", "people's ratings of the source"),
    texts("credibility_rated", "people's ratings of its statements"),
    texts("claims", "the claims that it tells and others tell too, numbered over this collection"),
    texts("origins", "the origin of each, in the same order: `c1.2` is the second origin of `c1`"),
    Column("label_status", "`auto`, `corrected`, `accepted`, `adjudicated`; blank where it is not known"),
    texts("annotators", "pseudonyms of who labelled the article"),
    Column("pipeline", "version of the pipeline that pre-annotated it"),
    texts("attributions", "ids of the attributions in the Record"),
)

_T = TypeVar("_T")

_FUNCTIONS = {
    SourceType.SPOKESPERSON: "spokesperson",
    SourceType.EXPERT: "expert or commentator",
    SourceType.WITNESS: "eye witness",
}
_PARTY: dict[str, str] = {Independence.PARTY: "yes", Independence.THIRD_PARTY: "no", Independence.UNKNOWN: "unknown"}


def rows(inputs: SourceInputs) -> Iterator[dict[str, Value]]:
    """Yield the rows of the source table, article by article, in the order in which the sources first speak."""
    for reading in readings(inputs):
        article = article_columns(reading, inputs)
        for source in reading.sources:
            yield checked(COLUMNS, {**article, **source_columns(reading, source, inputs.comparison)})


def readings(inputs: SourceInputs) -> Iterator[Reading]:
    """Yield the articles as the tables read them, in the order of the Records."""
    comparison = inputs.comparison
    for record in inputs.records():
        yield reading_of(record, comparison)


def article_columns(reading: Reading, inputs: SourceInputs) -> dict[str, Any]:
    """Return what the rows of one article have in common."""
    head, record = reading.head, reading.record
    facts = inputs.facts(record.id)
    return {
        "article_id": head.id,
        "url": head.url,
        "outlet": head.outlet,
        "outlet_country": head.country,
        "published": head.published,
        "accessed": in_utc(head.accessed or facts.accessed),
        "sha256": head.sha256,
        "author": head.author,
        "headline": head.headline,
        "story": inputs.comparison.story_of.get(head.id),
        "label_status": status_of(record, facts),
        "annotators": annotators_of(record, facts),
        "pipeline": record.provenance.pipeline if record.provenance else None,
    }


def source_columns(reading: Reading, source: Source, comparison: Comparison) -> dict[str, Any]:
    """Return what the table says of one source."""
    items = source.attributions
    kinds = Counter(item.quote_type for item in items)
    roads = reading.roads(source)
    found = reading.description(source)
    reason = anonymity_reason(reading.text, source)
    places = dict.fromkeys(place for item in items for place in comparison.places.get((reading.head.id, item.id), ()))
    suggested = [item.suggestion for item in items if item.suggestion]
    return {
        "source_id": comparison.speakers.get((reading.head.id, source.name)) if source.name else None,
        "source_as_written": reading.shown.wording(as_written(source)),
        "source_name": source.name,
        "source_kind": kind_of(source),
        "organisation": source.name if found.organisation == source.name else reading.shown.fact(found.organisation),
        "title": reading.shown.fact(found.title),
        "naming": naming_of(source, found, reason, reading.bodies),
        "anonymity_reason": reading.shown.sentence(reason),
        "direct": kinds[QuoteType.DIRECT],
        "indirect": kinds[QuoteType.INDIRECT],
        "mixed": kinds[QuoteType.MIXED],
        "words_quoted": sum(words_quoted(reading.text, item) for item in items),
        "first_offset": source.first,
        "function": function_of(source),
        "chain": list(dict.fromkeys(road.path for road in roads)),
        "chain_depth": max(road.steps for road in roads),
        "terminal_source": _distinct(road.terminal for road in roads),
        "via_outlets": _distinct(name for road in roads for name in road.via),
        "party": _PARTY.get(_usual(item.independence for item in items) or ""),
        "first_hand": _first_hand(source),
        "verification": _verification(source),
        "verification_statement": _statements(reading, source),
        "reliability_suggested": sorted({str(one.reliability) for one in suggested}),
        "credibility_suggested": sorted({str(one.credibility) for one in suggested}),
        "reliability_rated": sorted({str(item.reliability) for item in items if item.reliability}),
        "credibility_rated": sorted({str(item.credibility) for item in items if item.credibility}),
        "claims": [place.claim for place in places],
        "origins": [place.origin for place in places],
        "attributions": [item.id for item in items],
    }


def as_written(source: Source) -> str | None:
    """Return the words that first describe a source; its pronoun where nothing else does."""
    return source.wordings[0] if source.wordings else None


def kind_of(source: Source) -> SourceType | None:
    """Return what kind of source it is: what most of its attributions say, the first of them where that is even."""
    return _usual(item.source_type for item in source.attributions)


def function_of(source: Source) -> str | None:
    """Return GMMP's function in the news where the kind of source tells it."""
    kind = kind_of(source)
    return _FUNCTIONS.get(kind) if kind else None


def status_of(record: Record, facts: ArticleFacts) -> LabelStatus | None:
    """Tell how far the labels of an article can be relied upon."""
    provenance = record.provenance
    if provenance is not None and provenance.policy == Policy.ADJUDICATED:
        return LabelStatus.ADJUDICATED
    if provenance is not None and provenance.annotator is None and not provenance.basis and provenance.policy is None:
        return LabelStatus.AUTO
    return facts.status


def annotators_of(record: Record, facts: ArticleFacts) -> list[str]:
    """Return the pseudonyms of an article's annotators."""
    provenance = record.provenance
    if provenance is None:
        return list(facts.annotators)
    own = [provenance.annotator, *(one.annotator for one in provenance.basis)]
    return list(dict.fromkeys(name for name in own if name)) or list(facts.annotators)


def _usual(values: Iterable[_T | None]) -> _T | None:
    counts = Counter(value for value in values if value is not None)
    return max(counts, key=lambda value: counts[value]) if counts else None


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _first_hand(source: Source) -> str | None:
    if source.implicit:
        return None
    direct = [item.directness == Directness.FIRST_HAND for item in source.attributions]
    return "yes" if all(direct) else "partly" if any(direct) else "no"


def _verification(source: Source) -> list[str]:
    stated = dict.fromkeys(item.verification for item in source.attributions if item.verification)
    told = [str(value) for value in stated if value != VerificationStatus.NOT_STATED]
    return told or [str(value) for value in stated]


def _statements(reading: Reading, source: Source) -> list[str]:
    if not reading.head.shown:
        return []
    own = {item.id for item in source.attributions}
    spans = [item.span for item in reading.record.verifications if own.intersection(item.about)]
    return [" ".join(reading.text[start:end].split()) for start, end in spans]
