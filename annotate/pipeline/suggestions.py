"""Admiralty suggestions: the two ratings a machine may propose, each with its evidence in our own words.

Axes and letters are those of NATO AJP-2.1. The two axes are rated apart: an outlet's track record says nothing of what
somebody told it. Reliability is F unless the user's own track record rates the source. Within one article no origin can
be shown to be independent of another, so credibility is always 6; what the article itself offers for a person's
judgement is listed as evidence that points at its words. Over a collection, `annotate.stories` compares further.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotate.pipeline.track_record import NO_TRACK_RECORD, Rating, TrackRecord
from annotate.record import Evidence, Suggestion, Verification
from annotate.scheme import Reliability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotate.derive import Span
    from annotate.pipeline.extensions import Draft, ViaDraft

_STATED = {
    "unverifiable": "The article says that this could not be checked.",
    "no_evidence": "The article says that no evidence was given.",
    "confirmed": "The article says that this was checked independently.",
}
_ANONYMITY = {
    "unnamed_individual": "The source is one person without a name.",
    "unnamed_group": "The source is a group without a name.",
}


def suggest(draft: Draft, stated: Sequence[Verification], track_record: TrackRecord = NO_TRACK_RECORD) -> Suggestion:
    """Return the suggestion for an attribution.

    stated: the statements of the article about whether it was checked. track_record: the user's own ratings; those
    of outlets count for attributions whose source is the outlet itself.
    """
    rating = _rating(draft, track_record)
    return Suggestion(
        reliability=rating.reliability if rating else Reliability.F,
        evidence=tuple(_evidence(draft, stated, rating, track_record)),
    )


def _rating(draft: Draft, track_record: TrackRecord) -> Rating | None:
    if not draft["source"]:
        return None
    own = track_record.outlet if draft["source_type"] == "outlet" else track_record.source
    return own(draft["speaker"])


def _on_file(rating: Rating) -> str:
    note = f" ({rating.note})" if rating.note else ""
    return f"Your track record rates {rating.name} {rating.reliability}{note}."


def _span(parts: Sequence[Span]) -> Span | None:
    return (parts[0][0], parts[0][1]) if parts else None


def _evidence(
    draft: Draft, stated: Sequence[Verification], rating: Rating | None, track_record: TrackRecord
) -> Iterator[Evidence]:
    source = _span(draft["source"])
    yield Evidence(
        kind="track record",
        text=_on_file(rating) if rating else "No track record of this source is on file.",
        span=source,
    )
    if draft["independence"] == "party":
        yield Evidence(kind="party", text="The source is a party to the matter.", span=source)
    if draft["anonymity"] in _ANONYMITY:
        yield Evidence(kind="anonymity", text=_ANONYMITY[draft["anonymity"]], span=source)
    if source is None:
        yield Evidence(kind="anonymity", text="The article names no source.")
    for via in draft["via"]:
        yield from _of_road(via, track_record)
    if draft["cue_class"] == "hedge" and draft["cue"]:
        yield Evidence(kind="hedge", text="The article keeps its distance.", span=_span(draft["cue"]))
    for statement in stated:
        if statement.kind:
            yield Evidence(kind="verification", text=_STATED[statement.kind], span=statement.span)
    if draft["verification"] == "disputed_by_other_party":
        yield Evidence(kind="dispute", text="Another source in this article disputes it.")
    yield Evidence(kind="corroboration", text="No other item of known independent origin was compared.")


def _of_road(via: ViaDraft, track_record: TrackRecord) -> Iterator[Evidence]:
    span = _span([via["span"]] if via["span"] else [])
    if via["step"] > 1:
        text = f"That outlet cites a further one, {via['name']}."
    elif span:
        text = f"It reached this article through another outlet, {via['name']}."
    else:
        text = f"The text around it says that it came through another outlet, {via['name']}."
    yield Evidence(kind="via", text=text, span=span)
    rating = track_record.outlet(via["name"])
    if rating:
        yield Evidence(kind="via", text=f"{_on_file(rating)} It says nothing of the source.", span=span)
