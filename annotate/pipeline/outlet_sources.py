"""Outlets as sources: whose attributions are an outlet's own, and the anaphors that stand for one there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, OutletDraft, text_of
from annotate.pipeline.outlet_contexts import Act, after, before
from annotate.pipeline.resources import words
from annotate.pipeline.spans import inside


def mark_sources(doc: Doc, drafts: Iterable[Draft], outlets: Sequence[OutletDraft]) -> None:
    """Say in the draft of each attribution whose source is an outlet that it is, and which."""
    for draft in drafts:
        if not draft["source"]:
            continue
        source = draft["source"][0][0], draft["source"][0][1]
        held = next(
            (outlet for outlet in outlets if inside(outlet["span"], source) and _is_head(doc, outlet, draft)), None
        )
        if held is not None:
            draft["source_type"] = "outlet"
            draft["speaker"] = held["name"]


def _is_head(doc: Doc, outlet: OutletDraft, draft: Draft) -> bool:
    """Whether the outlet itself is the source: "Reuters", "the newspaper Milenio", "a report by the Example Times"."""
    start, end = draft["source"][0]
    words_around = f"{text_of(doc)[start : outlet['span'][0]]} {text_of(doc)[outlet['span'][1] : end]}".lower().split()
    if not words_around:
        return True
    if draft["head"] is not None and outlet["start"] <= draft["head"] < outlet["end"]:
        return True
    allowed = words("outlet_noun") | words("outlet_describing") | words("outlet_noun_strong")
    fillers = {
        "the",
        "a",
        "an",
        "of",
        "by",
        "in",
        "on",
        "from",
        "report",
        "reports",
        "news",
        "press",
        "'s",
        "’s",
        "its",
    }
    rest = [word.strip('()"“”,') for word in words_around]
    return all(
        word in allowed or word in fillers or not word or word.endswith(("'s", "’s", "-language")) for word in rest
    )


def anaphors(doc: Doc, drafts: Iterable[Draft], outlets: Sequence[OutletDraft]) -> Iterator[OutletDraft]:
    """Resolve "the news wire" as a source to the outlet named last before it."""
    phrases = words("outlet_anaphor")
    seen: dict[Span, OutletDraft | None] = {}
    for draft in drafts:
        if not draft["source"] or draft["source_type"] == "outlet":
            continue
        start, end = draft["source"][0]
        phrase = text_of(doc)[start:end].lower()
        if phrase not in phrases:
            continue
        if (start, end) not in seen:
            seen[start, end] = _stands_for(doc, (start, end), phrase, outlets)
            found = seen[start, end]
            if found is not None:
                yield found
        found = seen[start, end]
        if found is not None:
            draft["source_type"] = "outlet"
            draft["speaker"] = found["name"]


def _stands_for(doc: Doc, span: Span, phrase: str, outlets: Sequence[OutletDraft]) -> OutletDraft | None:
    named = [outlet for outlet in outlets if outlet["span"][1] <= span[0] and outlet["name"]]
    tokens = doc.char_span(*span, alignment_mode="expand")
    if not named or tokens is None:
        return None
    nearest = max(named, key=lambda outlet: outlet["start"])
    if phrase in words("outlet_report") and not _reported(doc, nearest):
        return None
    return {**nearest, "span": span, "start": tokens.start, "end": tokens.end}


def _reported(doc: Doc, outlet: OutletDraft) -> bool:
    """Whether an outlet was cited for a report, so that "the report" can be its own."""
    right, left = after(doc, outlet["end"]), before(doc, outlet["start"])
    return (right is not None and right.act in {Act.REPORTING, Act.SAYING}) or (
        left is not None and left.act in {Act.CITED, Act.HANDING}
    )
