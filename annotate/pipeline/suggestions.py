"""Admiralty suggestions: the two ratings a machine may propose, each with its evidence in our own words.

Axes and letters are those of NATO AJP-2.1. Within one article no origin can be shown to be independent of another, so
a suggestion is always reliability F and credibility 6; what the article itself offers for a person's judgement is
listed as evidence that points at its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotate.record import Evidence, Suggestion, Verification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotate.pipeline.extensions import Draft

_STATED = {
    "unverifiable": "The article says that this could not be checked.",
    "no_evidence": "The article says that no evidence was given.",
    "confirmed": "The article says that this was checked independently.",
}
_ANONYMITY = {
    "unnamed_individual": "The source is one person without a name.",
    "unnamed_group": "The source is a group without a name.",
}


def suggest(draft: Draft, stated: Sequence[Verification]) -> Suggestion:
    """Return the suggestion for an attribution.

    stated: the statements of the article about whether it was checked.
    """
    return Suggestion(evidence=tuple(_evidence(draft, stated)))


def _evidence(draft: Draft, stated: Sequence[Verification]) -> Iterator[Evidence]:
    source = (draft["source"][0][0], draft["source"][0][1]) if draft["source"] else None
    yield Evidence(kind="track record", text="No track record of this source is on file.", span=source)
    if draft["independence"] == "party":
        yield Evidence(kind="party", text="The source is a party to the matter.", span=source)
    if draft["anonymity"] in _ANONYMITY:
        yield Evidence(kind="anonymity", text=_ANONYMITY[draft["anonymity"]], span=source)
    if source is None:
        yield Evidence(kind="anonymity", text="The article names no source.")
    for via in draft["via"]:
        start, end = via["span"] or (0, 0)
        text = (
            "It reached this article through another outlet."
            if via["step"] == 1
            else "That outlet cites a further one."
        )
        yield Evidence(kind="via", text=text, span=(start, end) if end else None)
    if draft["cue_class"] == "hedge" and draft["cue"]:
        yield Evidence(
            kind="hedge", text="The article keeps its distance.", span=(draft["cue"][0][0], draft["cue"][0][1])
        )
    for statement in stated:
        if statement.kind:
            yield Evidence(kind="verification", text=_STATED[statement.kind], span=statement.span)
    yield Evidence(kind="corroboration", text="No other item of known independent origin was compared.")
