"""From what the components found to a Record: numbering, publisher, suggestions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from annotate.derive import Span
from annotate.pipeline.registry import key_of
from annotate.pipeline.resources import entries
from annotate.pipeline.spans import words_in
from annotate.pipeline.suggestions import suggest
from annotate.pipeline.track_record import NO_TRACK_RECORD, TrackRecord
from annotate.record import (
    Article,
    Attribution,
    Notice,
    OutletMention,
    Provenance,
    Record,
    SpanScores,
    SpeakerRef,
    Verification,
    Via,
    canonical,
    make_attribution,
)
from annotate.scheme import NoticeKind, OutletRole, VerificationKind, VerificationStatus

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from annotate.pipeline.extensions import Draft, NoticeDraft, OutletDraft, VerificationDraft, ViaDraft

_AGENCIES = frozenset({"wire", "state_agency"})
_UNCUT = 4  # words: quotations of this length are never cut in the middle


@dataclass(frozen=True, slots=True)
class Reading:
    """What the components found in one piece of an article, with offsets into the whole text."""

    attributions: list[Draft]
    outlets: list[OutletDraft]
    verifications: list[VerificationDraft]
    notices: list[NoticeDraft]
    disputes: list[tuple[int, int]]


def readings_of(doc: Doc, offset: int) -> Reading:
    """Copy the findings off a Doc, every span moved by `offset` characters."""

    def moved(span: Sequence[int]) -> Span:
        return span[0] + offset, span[1] + offset

    def all_moved(spans: Iterable[Sequence[int]]) -> list[Span]:
        return [moved(span) for span in spans]

    drafts: list[Draft] = doc._.attributions
    outlets: list[OutletDraft] = doc._.outlets
    verifications: list[VerificationDraft] = doc._.verifications
    notices: list[NoticeDraft] = doc._.notices
    return Reading(
        attributions=[
            {
                **draft,
                "quote": all_moved(draft["quote"]),
                "cue": all_moved(draft["cue"]),
                "source": all_moved(draft["source"]),
                "via": [{**via, "span": moved(via["span"]) if via["span"] else None} for via in draft["via"]],
            }
            for draft in drafts
        ],
        outlets=[{**item, "span": moved(item["span"])} for item in outlets],
        verifications=[{**item, "span": moved(item["span"])} for item in verifications],
        notices=[{**item, "span": moved(item["span"])} for item in notices],
        disputes=[(one, other) for one, other in doc._.disputes],
    )


def assemble(
    article: Article,
    readings: Sequence[Reading],
    provenance: Provenance,
    *,
    publisher: str | None = None,
    track_record: TrackRecord = NO_TRACK_RECORD,
) -> Record:
    """Build the Record of an article from the readings of its pieces.

    publisher: canonical name of the outlet that publishes it, None where only its text may tell.
    """
    drafts: list[Draft] = []
    verifications: list[VerificationDraft] = []
    disputes: list[tuple[int, int]] = []
    for reading in readings:
        disputes.extend((one + len(drafts), other + len(drafts)) for one, other in reading.disputes)
        verifications.extend(
            {**item, "about": [index + len(drafts) for index in item["about"]]} for item in reading.verifications
        )
        drafts.extend(reading.attributions)
    whole = _whole_quotations(article.text, drafts) if len(readings) > 1 else range(len(drafts))
    order = sorted(whole, key=lambda index: (drafts[index]["quote"], drafts[index]["cue"], drafts[index]["source"]))
    ids = {index: f"a{number}" for number, index in enumerate(order, start=1)}
    stated = [
        Verification(
            id=f"v{number}",
            span=item["span"],
            kind=VerificationKind(item["kind"]),
            about=tuple(ids[index] for index in item["about"] if index in ids),
        )
        for number, item in enumerate(verifications, start=1)
    ]
    by_draft: defaultdict[int, list[Verification]] = defaultdict(list)
    for statement, item in zip(stated, verifications, strict=True):
        for index in item["about"]:
            by_draft[index].append(statement)
    highest = _highest(drafts)
    own = key_of(publisher)
    outlets = [item for reading in readings for item in reading.outlets]
    # A publisher's programmes are the publisher.
    house = {own, *(key_of(item["name"]) for item in outlets if key_of(item["parent"]) == own)} if own else set()
    notices = [item for reading in readings for item in reading.notices]
    return canonical(
        Record(
            id=article.id,
            text=article.text,
            sha256=article.sha256,
            meta=article.meta,
            attributions=tuple(
                _attribution(
                    article.text,
                    ids[index],
                    drafts[index],
                    house=house,
                    stated=by_draft[index],
                    span_scores=_span_scores(drafts[index], highest),
                    track_record=track_record,
                )
                for index in order
            ),
            outlets=tuple(_outlet(f"o{number}", item, own) for number, item in enumerate(outlets, start=1)),
            verifications=tuple(stated),
            notices=tuple(
                Notice(id=f"n{number}", span=item["span"], kind=NoticeKind(item["kind"]))
                for number, item in enumerate(notices, start=1)
            ),
            disputes=tuple((ids[one], ids[other]) for one, other in disputes if one in ids and other in ids),
            provenance=provenance,
        )
    )


def _attribution(
    text: str,
    id: str,
    draft: Draft,
    *,
    house: Collection[str],
    stated: Sequence[Verification],
    span_scores: SpanScores | None,
    track_record: TrackRecord,
) -> Attribution:
    # The publisher heard it itself: that is no road through another outlet. Who it is, the article's text can only
    # suggest; where it is known, the suggestion is passed over.
    others = [via for via in draft["via"] if (key_of(via["name"]) not in house if house else not via["own"])]
    lowest = min((via["step"] for via in others), default=1)
    road: list[ViaDraft] = [{**via, "step": via["step"] - lowest + 1} for via in others]
    fields: dict[str, Any] = {}
    if draft["source"]:
        fields = {
            "source_type": draft["source_type"],
            "anonymity": draft["anonymity"],
            "independence": draft["independence"],
            "speaker": SpeakerRef(name=draft["speaker"]) if draft["speaker"] else None,
        }
    return make_attribution(
        text,
        id=id,
        quote=draft["quote"],
        cue=draft["cue"],
        source=draft["source"],
        cue_class=draft["cue_class"],
        via=tuple(Via(name=via["name"], span=via["span"], step=via["step"]) for via in road),
        verification=draft["verification"] or VerificationStatus.NOT_STATED,
        suggestion=suggest({**draft, "via": road}, stated, track_record),
        score=_scores()[draft["rule"]] if draft["score"] is None else draft["score"],
        span_scores=span_scores,
        **fields,
    )


def _highest(drafts: Iterable[Draft]) -> Mapping[tuple[str, Span], float]:
    """Return the highest score of every source and cue: several attributions may share one, a single region."""
    highest: dict[tuple[str, Span], float] = {}
    for draft in drafts:
        scores = draft["span_scores"] or {}
        for role in scores:
            for span, score in zip(draft[role], scores[role], strict=True):  # type: ignore[literal-required]
                highest[role, span] = max(score, highest.get((role, span), 0.0))
    return highest


def _span_scores(draft: Draft, highest: Mapping[tuple[str, Span], float]) -> SpanScores | None:
    if draft["span_scores"] is None:
        return None
    return SpanScores(
        quote=tuple(draft["span_scores"]["quote"]),
        cue=tuple(highest["cue", span] for span in draft["cue"]),
        source=tuple(highest["source", span] for span in draft["source"]),
    )


def _outlet(id: str, item: OutletDraft, publisher: str) -> OutletMention:
    own = key_of(item["name"]) == publisher
    role = OutletRole(item["role"])
    if own and role is OutletRole.MENTION:
        role = OutletRole.PUBLISHER
    elif publisher and not own and role is OutletRole.PUBLISHER and item["kind"] in _AGENCIES:
        role = OutletRole.SYNDICATOR  # the dateline is an agency's, the page somebody else's
    return OutletMention(
        id=id, span=item["span"], name=item["name"], role=role, domain=item["domain"], listed=item["listed"]
    )


def _whole_quotations(text: str, drafts: Sequence[Draft]) -> list[int]:
    """Return the indices of the drafts that cut no quotation: one may, where a long article had to be cut."""
    from annotate.pipeline.quotation_marks import find_stretches

    long = [(item.start, item.end) for item in find_stretches(text) if words_in(text, (item.start, item.end)) >= _UNCUT]
    return [
        index
        for index, draft in enumerate(drafts)
        if not any(start < edge < end for span in draft["quote"] for edge in span for start, end in long)
    ]


@cache
def _scores() -> dict[str, float]:
    """Return, by rule, the share of its attributions that annotators marked too."""
    return {entry["rule"]: entry["score"] for entry in entries("rules")}
