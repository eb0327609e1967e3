"""Made-up articles with what is said in them, put together from words instead of offsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotate.derive import sha256_of
from annotate.record import (
    Attribution,
    Meta,
    OutletMention,
    Record,
    SpeakerRef,
    Suggestion,
    Via,
    make_attribution,
)
from annotate.scheme import CueClass, Independence, OutletRole, SourceType
from annotate.stories.model import Claim, Drift, DriftKind, Stories

Said = dict[str, Any]


def said(
    quote: str | Sequence[str],
    cue: str = "said",
    source: str = "",
    *,
    name: str | None = None,
    via: Sequence[str] = (),
    kind: SourceType = SourceType.PERSON,
    cue_class: CueClass = CueClass.NEUTRAL,
    independence: Independence | None = None,
) -> Said:
    """Return what `article` needs to mark an attribution: its words, looked up from left to right."""
    return {
        "quote": [quote] if isinstance(quote, str) else list(quote),
        "cue": cue,
        "source": source,
        "name": name,
        "via": via,
        "kind": kind,
        "cue_class": cue_class,
        "independence": independence,
    }


def article(
    id: str,
    text: str,
    *attributions: Said,
    outlets: Sequence[tuple[str, OutletRole]] = (),
    disputes: Sequence[tuple[str, str]] = (),
    **meta: str,
) -> Record:
    """Return a Record whose attributions are a1, a2, … in the order given."""
    marked = [_marked(text, f"a{number}", each) for number, each in enumerate(attributions, start=1)]
    return Record(
        id=id,
        text=text,
        sha256=sha256_of(text),
        meta=Meta(**meta),
        attributions=tuple(marked),
        outlets=tuple(
            OutletMention(id=f"o{number}", span=_span(text, name), name=name, role=role)
            for number, (name, role) in enumerate(outlets, start=1)
        ),
        disputes=tuple(disputes),
    )


def _marked(text: str, id: str, each: Said) -> Attribution:
    quote = [_span(text, words) for words in each["quote"]]
    # The cue and the source stand next to the quote: those nearest to it are meant.
    at = quote[0]
    return make_attribution(
        text,
        id=id,
        quote=quote,
        cue=[_nearest(text, each["cue"], at)] if each["cue"] else [],
        source=[_nearest(text, each["source"], at)] if each["source"] else [],
        cue_class=each["cue_class"],
        speaker=SpeakerRef(name=each["name"]) if each["name"] else None,
        source_type=each["kind"],
        independence=each["independence"],
        via=tuple(Via(name=name) for name in each["via"]),
        suggestion=Suggestion(),
    )


def _span(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def _nearest(text: str, words: str, at: tuple[int, int]) -> tuple[int, int]:
    places = [index for index in range(len(text)) if text.startswith(words, index)]
    outside = [place for place in places if place >= at[1] or place + len(words) <= at[0]] or places
    start = min(outside, key=lambda place: min(abs(place - at[1]), abs(place + len(words) - at[0])))
    return start, start + len(words)


def claims(found: Stories) -> list[Claim]:
    return [claim for story in found.stories for claim in story.claims]


def told_together(found: Stories) -> list[set[tuple[str, str | None]]]:
    """Return the claims as sets of (article, attribution)."""
    return [{(item.article, item.attribution) for item in claim.statements} for claim in claims(found)]


def drifts(found: Stories, kind: DriftKind) -> list[Drift]:
    return [drift for story in found.stories for drift in story.drifts if drift.kind is kind]


def groups(found: Stories) -> list[set[str]]:
    """Return the stories of several articles as sets of ids."""
    return [set(story.articles) for story in found.stories if len(story.articles) > 1]
