"""Attributions that lie in each other: who says something, and which outlet or hedge is laid around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotate.derive import Span
from annotate.record import Attribution
from annotate.scheme import CueClass, QuoteType, SourceType

_CARRIED = 0.55  # of an outlet's words that others are said to say, from which on it carries them


def states(attribution: Attribution) -> bool:
    """Tell whether an attribution states something: beliefs and wishes do only when they are quoted."""
    return attribution.cue_class != CueClass.ATTITUDE or attribution.quote_type == QuoteType.DIRECT


def hull(attribution: Attribution) -> Span:
    return attribution.quote[0][0], attribution.quote[-1][1]


def around(attributions: Sequence[Attribution]) -> dict[int, list[int]]:
    """Return, for each attribution that lies in another one's quote, the outlets' attributions around it."""
    found: dict[int, list[int]] = {}
    outer = [(number, *hull(item)) for number, item in enumerate(attributions) if item.source_type == SourceType.OUTLET]
    for index, attribution in enumerate(attributions):
        start, end = hull(attribution)
        for number, begin, stop in outer:
            if number != index and begin <= start and end <= stop and (begin, stop) != (start, end):
                found.setdefault(index, []).append(number)
    return found


def only_carries(attribution: Attribution, others: Sequence[Attribution]) -> bool:
    """Tell whether an outlet's attribution, or a hedge, only carries what somebody else said, most of it at least."""
    if attribution.source_type != SourceType.OUTLET and not _is_hedge_layer(attribution):
        return False
    start, end = hull(attribution)
    quoted = [
        hull(item)
        for item in others
        if item is not attribution and item.quote_type == QuoteType.DIRECT and hull(item)[0] == start
    ]
    if any(stop < end for _, stop in quoted):
        return True
    inner = [
        hull(item)
        for item in others
        if item is not attribution and start <= hull(item)[0] and hull(item)[1] <= end and hull(item) != (start, end)
    ]
    return sum(stop - begin for begin, stop in inner) >= _CARRIED * (end - start)


def hedged(attributions: Sequence[Attribution]) -> set[int]:
    """Return the attributions around which another one hedges: "reportedly said" is marked as two layers."""
    hedges = [hull(item) for item in attributions if _is_hedge_layer(item)]
    return {
        index
        for index, item in enumerate(attributions)
        if not _is_hedge_layer(item) and any(start <= hull(item)[0] and hull(item)[1] <= end for start, end in hedges)
    }


def _is_hedge_layer(attribution: Attribution) -> bool:
    return attribution.cue_class == CueClass.HEDGE and not attribution.speaker


def details_of(text: str, attribution: Attribution, outer: Sequence[Attribution]) -> dict[str, Any]:
    """Return what findings show of an attribution; the outlets of the layers around it count as its way."""
    via = [item.name for item in sorted(attribution.via, key=lambda item: item.step)]
    via += [item.speaker.name for item in outer if item.speaker]
    return {
        "id": attribution.id,
        "quote": attribution.quote,
        "source": [text[start:end] for start, end in attribution.source],
        "source_spans": attribution.source,
        "via": list(dict.fromkeys(via)),
        "anonymity": attribution.anonymity,
    }
