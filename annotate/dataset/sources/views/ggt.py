"""Quotes as rows of the Gender Gap Tracker's quote extractor: a row for each part of each quote.

Positions are "(start,end)" in code points of the article as stored; the tracker's own are of its cleaned text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from annotate.dataset.sources.columns import Column, Value, checked, number
from annotate.dataset.sources.comparison import Reading
from annotate.dataset.sources.grouping import Source, wording
from annotate.dataset.sources.inputs import SourceInputs
from annotate.dataset.sources.rows import readings
from annotate.dataset.sources.writing import write_rows
from annotate.derive import Span, quote_type_of
from annotate.record import Attribution
from annotate.scheme import Anonymity, QuoteType

COLUMNS: tuple[Column, ...] = (
    Column("speaker", "the words that name the source here"),
    Column("speaker_index", "where they stand"),
    Column("quote", "the words of this part; blank where the text may not be shown"),
    Column("quote_index", "where they stand"),
    Column("verb", "the cue; blank where the text may not be shown"),
    Column("verb_index", "where it stands"),
    number("quote_token_count", "words and punctuation marks of this part"),
    Column("quote_type", "the order of quotation marks (Q), content (C), verb (V) and speaker (S), such as QCQVS"),
    Column("is_floating_quote", "`true` for a part without a verb of its own, else `false`"),
    Column("is_aligned", "`true` when the speaker is a named person"),
    Column("named_entity", "the source's canonical name"),
    Column("named_entity_type", "`PERSON`, `ORG`, or `UNKNOWN` for the unnamed"),
    Column("article_id", "the article's id"),
    Column("url", "its address"),
    Column("outlet", "who publishes it"),
    Column("attribution", "the attribution's id in the Record"),
    number("part", "which part of a split quote: 1 for the first"),
)

_TOKEN = re.compile(r"\w+|[^\w\s]")


def rows(inputs: SourceInputs) -> Iterator[dict[str, Value]]:
    """Yield a row for each part of each quote."""
    for reading in readings(inputs):
        for source, item in _in_order(reading):
            for part, span in enumerate(item.quote, start=1):
                yield checked(COLUMNS, _row(reading, source, item, part, span))


def write(folder: Path, inputs: SourceInputs) -> None:
    """Write ggt.csv."""
    write_rows(rows(inputs), COLUMNS, folder / "ggt.csv")


def _in_order(reading: Reading) -> list[tuple[Source, Attribution]]:
    items = sorted(reading.record.attributions, key=lambda item: (item.quote, item.id))
    return [(reading.source_of[item.id], item) for item in items]


def _row(reading: Reading, source: Source, item: Attribution, part: int, span: Span) -> dict[str, object]:
    text, head = reading.text, reading.head
    floating = part > 1 or not item.cue
    speaker, verb = _first(item.source, part), _first(item.cue, part)
    person = item.anonymity == Anonymity.NAMED_INDIVIDUAL and source.name is not None
    return {
        "speaker": reading.shown.wording(wording(text, item)) if speaker else None,
        "speaker_index": _index(speaker),
        "quote": reading.shown.sentence(text[slice(*span)]),
        "quote_index": _index(span),
        "verb": reading.shown.sentence(text[slice(*verb)]) if verb else None,
        "verb_index": _index(verb),
        "quote_token_count": len(_TOKEN.findall(text[slice(*span)])),
        "quote_type": _order(text, span, verb, speaker),
        "is_floating_quote": "true" if floating else "false",
        "is_aligned": "true" if person else "false",
        "named_entity": source.name,
        "named_entity_type": "PERSON" if person else "ORG" if source.name else "UNKNOWN",
        "article_id": head.id,
        "url": head.url,
        "outlet": head.outlet,
        "attribution": item.id,
        "part": part,
    }


def _first(spans: tuple[Span, ...], part: int) -> Span | None:
    """Return the span that a part of a quote goes with: only the first part has a verb and a speaker of its own."""
    return spans[0] if spans and part == 1 else None


def _index(span: Span | None) -> str | None:
    return f"({span[0]},{span[1]})" if span else None


def _order(text: str, quote: Span, verb: Span | None, speaker: Span | None) -> str:
    places = [("C", sum(quote) / 2)]
    places += [(letter, sum(span) / 2) for letter, span in (("V", verb), ("S", speaker)) if span]
    if quote_type_of(text, (quote,)) == QuoteType.DIRECT:
        places += [("Q", quote[0]), ("Q", quote[1])]
    return "".join(letter for letter, _ in sorted(places, key=lambda place: place[1]))
