"""The one shape of data between rooms: articles, attributions, and the Record of one article.

A Record holds a prediction, a person's reading or a dataset row alike. All spans are half-open `[start, end)` in
Unicode code points of `Record.text`. Its JSON Schema is published as schemas/record.schema.json
(`python -m annotate.record` prints it).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from annotate.derive import Span, directness_of, quote_type_of, sha256_of
from annotate.errors import RecordError
from annotate.scheme import (
    SCHEME_VERSION,
    Anonymity,
    Credibility,
    CueClass,
    Directness,
    Independence,
    Label,
    NoticeKind,
    OutletRole,
    Policy,
    Quality,
    QuoteType,
    Reliability,
    SourceType,
    VerificationKind,
    VerificationStatus,
)

__all__ = [
    "Article",
    "Attribution",
    "Basis",
    "Evidence",
    "Meta",
    "Notice",
    "OutletMention",
    "Provenance",
    "Record",
    "Region",
    "RegionLink",
    "Span",
    "SpanScores",
    "Speaker",
    "SpeakerRef",
    "Suggestion",
    "Unlinked",
    "Verification",
    "Via",
    "canonical",
    "make_attribution",
    "parse_record",
    "problems_of",
    "record_schema",
    "speakers_of",
]

_SpanField = Annotated[
    tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)]], Field(description="[start, end)")
]
_Spans = tuple[_SpanField, ...]
_Score = Annotated[float, Field(ge=0, le=1)]
_Id = Annotated[str, Field(min_length=1, max_length=200)]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Meta(BaseModel):
    """What is known of an article besides its text; keys of the user's own are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")

    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article as read: `text` with `\\r\\n` turned into `\\n` and nothing else changed.

    `sha256` is of that text; `id` is the user's own, or derived from the hash.
    """

    id: str
    text: str
    sha256: str
    meta: Meta

    @classmethod
    def of(cls, text: str, *, id: str | None = None, meta: Meta | None = None) -> Article:
        digest = sha256_of(text)
        return cls(id=id or digest[:16], text=text, sha256=digest, meta=meta or Meta())


class SpeakerRef(_Frozen):
    """Who an attribution's source is, by canonical name."""

    id: str | None = None
    name: str


class Via(_Frozen):
    """An outlet through which a quote reached this article.

    span: the Outlet region, null when the outlet is inferred from the context. step: 1 for an outlet that heard the
    source, 2 for one that cites an outlet of step 1, and so on.
    """

    name: str
    span: _SpanField | None = None
    step: Annotated[int, Field(ge=1)] = 1


class Evidence(_Frozen):
    """One reason for a suggestion, in our words; `span` points at the words of the article."""

    kind: str
    text: str
    span: _SpanField | None = None


class Suggestion(_Frozen):
    """The machine's Admiralty suggestion: shown beside the person's ratings, never in them."""

    reliability: Reliability = Reliability.F
    credibility: Credibility = Credibility.SIX
    evidence: tuple[Evidence, ...] = ()


class SpanScores(_Frozen):
    """A pipeline's confidence in each span of an attribution, in the order of its spans."""

    quote: tuple[_Score, ...] = ()
    cue: tuple[_Score, ...] = ()
    source: tuple[_Score, ...] = ()


class Attribution(_Frozen):
    """One attribution (PARC 3): a quote, the cue that signals it and the source that said it.

    quote holds at least one span; cue and source may be empty (a bare direct quote, an implicit source). `id` is the
    id of the first quote region in the labeling page.
    """

    id: _Id
    quote: Annotated[_Spans, Field(min_length=1)]
    cue: _Spans = ()
    source: _Spans = ()
    quote_type: QuoteType
    cue_class: CueClass | None = None
    speaker: SpeakerRef | None = None
    source_type: SourceType | None = None
    anonymity: Anonymity | None = None
    independence: Independence | None = None
    via: tuple[Via, ...] = ()
    directness: Directness = Directness.FIRST_HAND
    verification: VerificationStatus | None = None
    reliability: Reliability | None = None
    credibility: Credibility | None = None
    suggestion: Suggestion | None = None
    score: _Score | None = None
    span_scores: SpanScores | None = None


class OutletMention(_Frozen):
    """A news outlet in the text.

    domain: its site, where it is known. listed: whether the outlet registry holds it; null where nobody looked.
    """

    id: _Id
    span: _SpanField
    name: str | None = None
    role: OutletRole | None = None
    domain: str | None = None
    listed: bool | None = None


class Speaker(_Frozen):
    """A speaker of this article: `mentions` are the spans that stand for the name, `aliases` their wordings."""

    id: _Id
    name: str
    aliases: tuple[str, ...] = ()
    mentions: _Spans = ()


class Verification(_Frozen):
    id: _Id
    span: _SpanField
    kind: VerificationKind | None = None
    about: tuple[str, ...] = ()


class Notice(_Frozen):
    id: _Id
    span: _SpanField
    kind: NoticeKind | None = None


class Region(_Frozen):
    """A Cue or Source that belongs to no attribution."""

    id: _Id
    label: Label
    span: _SpanField
    attributes: dict[str, str] = Field(default_factory=dict)


class RegionLink(_Frozen):
    """A relation that the scheme gives no meaning to: unlabelled, or between labels it does not join."""

    source: Annotated[str, Field(alias="from")]
    target: Annotated[str, Field(alias="to")]
    label: str | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Unlinked(_Frozen):
    """What people marked that no attribution holds: kept, so that no label is lost.

    A link's ends are region ids as the labeling page knows them.
    """

    regions: tuple[Region, ...] = ()
    relations: tuple[RegionLink, ...] = ()


class Basis(_Frozen):
    """One annotation that a Record rests on.

    annotation: the first 16 hex digits of the SHA-256 of its identity on the server; content: of what it said then
    (`content_digest`), by which a later change is noticed; annotator and created: who made it, and when.
    """

    annotation: str
    content: str
    annotator: str | None = None
    created: datetime | None = None


class Provenance(_Frozen):
    """Who made a Record, and with what.

    policy: what made one reading out of several annotations; basis: these annotations. Both are left out of the JSON
    where nobody but the annotator had a say.
    """

    tool: str = "source-annotator"
    version: str
    pipeline: str | None = None
    model: str | None = None
    scheme: int = SCHEME_VERSION
    annotator: str | None = None
    created: datetime | None = None
    policy: Policy | None = Field(default=None, exclude_if=lambda value: value is None)
    basis: tuple[Basis, ...] = Field(default=(), exclude_if=lambda value: not value)


class Record(_Frozen):
    """Everything that is known of one article's sourcing.

    text is null in standoff rows; offsets then refer to the text whose SHA-256 is `sha256`.
    Raises RecordError (through `parse_record`) when an offset, a reference or a hash does not hold.
    """

    id: _Id
    text: str | None
    sha256: _Sha256
    meta: Meta = Field(default_factory=Meta)
    attributions: tuple[Attribution, ...] = ()
    outlets: tuple[OutletMention, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    verifications: tuple[Verification, ...] = ()
    notices: tuple[Notice, ...] = ()
    disputes: tuple[tuple[str, str], ...] = ()
    unlinked: Unlinked = Field(default_factory=Unlinked)
    quality: Quality | None = None
    provenance: Provenance | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for problem in problems_of(self):
            raise ValueError(problem)
        return self

    def to_json(self) -> str:
        """Return the Record as one line of JSON (UTF-8 kept, keys in the schema's order)."""
        return self.model_dump_json(by_alias=True)


def parse_record(line: str | bytes, *, where: str | None = None) -> Record:
    """Read a Record from its JSON.

    Raises: RecordError naming the first thing that is wrong.
    """
    try:
        return Record.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise RecordError(
            f"{place}: {what}" if place else what, where=where, mend="see schemas/record.schema.json"
        ) from None


def problems_of(record: Record) -> Iterator[str]:
    """Yield what does not hold together in a Record whose fields are sound: hashes, offsets, scores, references."""
    if record.text is not None and sha256_of(record.text) != record.sha256:
        yield "sha256 is not that of the text"
    yield from _span_problems(record)
    yield from _score_problems(record)
    yield from _reference_problems(record)
    yield from _via_problems(record)


def _span_problems(record: Record) -> Iterator[str]:
    length = None if record.text is None else len(record.text)
    for owner, spans in _span_lists(record):
        for index, (start, end) in enumerate(spans):
            if start >= end or (length is not None and end > length):
                yield f"{owner}: span [{start}, {end}] does not lie in the text of {length} characters"
            if index and spans[index - 1] >= (start, end):
                yield f"{owner}: spans are out of order"


def _score_problems(record: Record) -> Iterator[str]:
    for attribution in record.attributions:
        for role in ("quote", "cue", "source") if attribution.span_scores else ():
            scores, spans = getattr(attribution.span_scores, role), getattr(attribution, role)
            if len(scores) != len(spans):
                yield f"attribution {attribution.id}: {role} has {len(spans)} spans and {len(scores)} scores"


def _reference_problems(record: Record) -> Iterator[str]:
    ids = [item.id for item in _regions(record)]
    if len(ids) != len(set(ids)):
        twice = next(name for name in ids if ids.count(name) > 1)
        yield f"id {twice!r} is used twice"
    known = {attribution.id for attribution in record.attributions}
    for verification in record.verifications:
        for target in verification.about:
            if target not in known:
                yield f"verification {verification.id}: about unknown attribution {target!r}"
    for pair in record.disputes:
        for target in pair:
            if target not in known:
                yield f"disputes: unknown attribution {target!r}"


def _via_problems(record: Record) -> Iterator[str]:
    outlets = {outlet.span for outlet in record.outlets}
    for attribution in record.attributions:
        for via in attribution.via:
            if via.span is not None and via.span not in outlets:
                yield f"attribution {attribution.id}: via {via.name!r} at {list(via.span)} is no outlet mention"
            if via.span is None and via.step != 1:
                yield f"attribution {attribution.id}: via {via.name!r} of step {via.step} needs a span"


def _span_lists(record: Record) -> Iterator[tuple[str, Sequence[Span]]]:
    for attribution in record.attributions:
        yield f"attribution {attribution.id}: quote", attribution.quote
        yield f"attribution {attribution.id}: cue", attribution.cue
        yield f"attribution {attribution.id}: source", attribution.source
        if attribution.suggestion:
            for evidence in attribution.suggestion.evidence:
                if evidence.span:
                    yield f"attribution {attribution.id}: evidence", (evidence.span,)
    for speaker in record.speakers:
        yield f"speaker {speaker.id}", speaker.mentions
    for item in _regions(record):
        if not isinstance(item, Attribution):
            yield item.id, (item.span,)


def _regions(record: Record) -> Iterator[Attribution | OutletMention | Verification | Notice | Region]:
    yield from record.attributions
    yield from record.outlets
    yield from record.verifications
    yield from record.notices
    yield from record.unlinked.regions


def make_attribution(text: str, **fields: Any) -> Attribution:
    """Build an Attribution, computing what is never asked: `quote_type`, `directness`, and what is absent.

    Spans are sorted; the other fields are those of Attribution. Without a source span there is nobody to describe:
    anonymity is `implicit`, and what else is said of the source is null; without a cue there is no cue class.
    """
    for role in ("quote", "cue", "source"):
        fields[role] = tuple(sorted(fields.get(role, ())))
    if not fields["source"]:
        fields |= dict.fromkeys(("speaker", "source_type", "independence", "reliability"))
        fields["anonymity"] = Anonymity.IMPLICIT
    if not fields["cue"]:
        fields["cue_class"] = None
    via = fields.get("via", ())
    fields["quote_type"] = quote_type_of(text, fields["quote"])
    fields["directness"] = directness_of(fields.get("source_type"), (step.step for step in via))
    return Attribution(**fields)


def speakers_of(text: str, attributions: Iterable[Attribution]) -> tuple[Speaker, ...]:
    """Collect the named speakers of an article from its attributions, in order of first mention.

    A speaker's mentions are the source spans that carry the name; aliases are their wordings other than the name.
    Ids are `p1`, `p2`, …
    """
    mentions: defaultdict[str, set[Span]] = defaultdict(set)
    for attribution in attributions:
        if attribution.speaker:
            mentions[attribution.speaker.name].update(attribution.source[:1])
    speakers = []
    in_order = sorted(mentions.items(), key=lambda item: (min(item[1], default=(len(text), 0)), item[0]))
    for number, (name, spans) in enumerate(in_order, start=1):
        wordings = dict.fromkeys(text[start:end] for start, end in sorted(spans))
        wordings.pop(name, None)
        speakers.append(Speaker(id=f"p{number}", name=name, aliases=tuple(wordings), mentions=tuple(sorted(spans))))
    return tuple(speakers)


def canonical(record: Record) -> Record:
    """Return the Record in canonical order, with speakers collected anew and linked.

    Attributions are ordered by where they begin and end, then by id; so are all other lists. Two readings with the
    same content are then equal and serialise to the same bytes.
    """
    text = record.text
    if text is None:
        raise RecordError("a standoff Record has no text", where=record.id, mend="hydrate it first")
    ordered = sorted(record.attributions, key=lambda item: (item.quote[0], item.quote, item.id))
    speakers = speakers_of(text, ordered)
    ids = {speaker.name: speaker.id for speaker in speakers}
    linked = tuple(
        item.model_copy(
            update={
                "speaker": SpeakerRef(id=ids[item.speaker.name], name=item.speaker.name) if item.speaker else None,
                "via": tuple(sorted(item.via, key=lambda via: (via.step, via.span or (len(text), 0), via.name))),
            }
        )
        for item in ordered
    )
    return record.model_copy(
        update={
            "attributions": linked,
            "speakers": speakers,
            "outlets": tuple(sorted(record.outlets, key=_place)),
            "verifications": tuple(
                item.model_copy(update={"about": tuple(sorted(set(item.about)))})
                for item in sorted(record.verifications, key=_place)
            ),
            "notices": tuple(sorted(record.notices, key=_place)),
            "disputes": tuple(sorted(set(record.disputes))),
            "unlinked": Unlinked(
                regions=tuple(sorted(record.unlinked.regions, key=_place)),
                relations=tuple(
                    sorted(record.unlinked.relations, key=lambda link: (link.source, link.target, link.label or ""))
                ),
            ),
        }
    )


def _place(item: OutletMention | Verification | Notice | Region) -> tuple[Span, str]:
    return item.span, item.id


def record_schema() -> str:
    """Return the Record's JSON Schema (draft 2020-12) as published in schemas/record.schema.json."""
    schema = Record.model_json_schema(by_alias=True, mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(record_schema(), end="")
