"""An article as the page shows it: its text in marked pieces, and a note on each attribution."""

from __future__ import annotations

from dataclasses import dataclass

from annotate.record import Attribution, Provenance, Record, Suggestion
from annotate.report.briefs import Pair, chain_of, date_of, machine_readings, name_of, shown, source_of, words_of
from annotate.report.figures import Figures, Naming, count, naming_of, publisher_of
from annotate.report.marking import Paragraph, marks_of, paragraphs
from annotate.report.safety import label, language, link
from annotate.report.wanted import ClaimLink, Wanted

_STEPS_SHOWN = 500  # characters of a source's, cue's or check's words in a note


@dataclass(frozen=True, slots=True)
class Point:
    """A piece of evidence for a suggestion, with the article's words."""

    kind: str
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one attribution."""

    number: int
    who: str
    source: str
    cue: str
    chain: tuple[str, ...]
    unnamed: bool
    attribution: Attribution
    machine: Suggestion | None
    evidence: tuple[Point, ...]
    checks: tuple[str, ...]
    disputes: tuple[int, ...]
    claims: tuple[ClaimLink, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article. notes: by the attribution's number; loose: notes that no paragraph calls."""

    anchor: str
    number: int
    name: str
    titled: bool
    publisher: str | None
    published: str | None
    url: str | None
    address: str | None
    language: str | None
    record: Record
    figures: Figures
    human: Provenance | None
    corrected: bool
    paragraphs: tuple[Paragraph, ...]
    notes: tuple[Note, ...]
    loose: tuple[int, ...]
    outlets: tuple[str, ...]
    story: tuple[str, str] | None


def view_article(pair: Pair, number: int, wanted: Wanted, story: tuple[str, str] | None) -> ArticleView:
    """Return the view of the nth article, from 1. story: anchor and title of the story it belongs to."""
    record = shown(pair)
    anchor = f"a{number}"
    name, titled = name_of(record)
    lines = tuple(paragraphs(record.text or "", marks_of(record, anchor, wanted.places.get(record.id, ()))))
    called = {noted for line in lines for noted in line.notes}
    address = link(record.meta.url)
    return ArticleView(
        anchor=anchor,
        number=number,
        name=name,
        titled=titled,
        publisher=publisher_of(record),
        published=date_of(record),
        url=address,
        address=None if address else label(record.meta.url or "", 200) or None,
        language=language(record.meta.language),
        record=record,
        figures=count(record),
        human=pair[1].provenance if pair[1] else None,
        corrected=pair[1] is not None,
        paragraphs=lines,
        notes=tuple(_notes(pair, wanted)),
        loose=tuple(n for n in range(1, len(record.attributions) + 1) if n not in called),
        outlets=tuple(dict.fromkeys(each.name or words_of(record, [each.span]) for each in record.outlets)),
        story=story,
    )


def _notes(pair: Pair, wanted: Wanted) -> list[Note]:
    record = shown(pair)
    numbers = {item.id: number for number, item in enumerate(record.attributions, start=1)}
    machine = machine_readings(pair)
    told = wanted.attributions.get(record.id, {})
    disputes: dict[str, list[int]] = {}
    for one, other in record.disputes:
        disputes.setdefault(one, []).append(numbers[other])
        disputes.setdefault(other, []).append(numbers[one])
    checks: dict[str, list[str]] = {}
    for check in record.verifications:
        for name in check.about:
            checks.setdefault(name, []).append(label(words_of(record, [check.span]), _STEPS_SHOWN))
    notes = []
    for item in record.attributions:
        suggestion = machine.get(item.id)
        notes.append(
            Note(
                number=numbers[item.id],
                who=source_of(record, item, 80),
                source=label(words_of(record, item.source), _STEPS_SHOWN),
                cue=label(words_of(record, item.cue), _STEPS_SHOWN),
                chain=chain_of(item),
                unnamed=naming_of(item) in {Naming.UNNAMED, Naming.IMPLICIT},
                attribution=item,
                machine=suggestion,
                evidence=_points(pair[0], suggestion),
                checks=tuple(checks.get(item.id, ())),
                disputes=tuple(sorted(set(disputes.get(item.id, ())))),
                claims=told.get(item.id, ()),
                quote=label(words_of(record, item.quote), 120),
            )
        )
    return notes


def _points(prediction: Record, suggestion: Suggestion | None) -> tuple[Point, ...]:
    return tuple(
        Point(each.kind, each.text, label(words_of(prediction, [each.span]), 160) if each.span else "")
        for each in (suggestion.evidence if suggestion else ())
    )
