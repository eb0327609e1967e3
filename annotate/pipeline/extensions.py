"""What the components leave on a Doc, in plain lists and dicts so that docs survive `to_bytes` and worker processes.

`doc._.quotations`     [start, end, depth, closed] of every stretch between quotation marks
`doc._.cues`           the cues found, see `Cue`
`doc._.attributions`   the attributions found, see `Draft`
`doc._.outlets`        the outlet mentions, see `OutletDraft`
`doc._.verifications`  {"span", "kind", "about"}: `about` holds indices into `doc._.attributions`
`doc._.disputes`       pairs of such indices: who disputes, and what is disputed
`doc._.notices`        {"span", "kind"}

All spans are half-open, in characters of `doc.text`. The same spans stand in `doc.spans["annotate/…"]` as token spans.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypedDict

from spacy.tokens import Doc

from annotate.derive import Span

_TEXT = "annotate/text"
EXTENSIONS = ("quotations", "cues", "attributions", "outlets", "verifications", "disputes", "notices")


class Cue(TypedDict):
    """A cue in the text: token indices, the entry's frames and the class of its lexicon entry.

    anchor: the verb, adverb, noun or first preposition; start, end: half-open token span of the whole cue. subject:
    the only type of source it takes. addressee: whether an object names who was told.
    """

    anchor: int
    start: int
    end: int
    kind: str
    cue_class: str
    takes: list[str]
    subject: str | None
    addressee: bool


class ViaDraft(TypedDict):
    """An outlet on the road; own: it seems to publish the article itself, as far as its text alone can tell."""

    name: str
    span: Span | None
    step: int
    own: bool


class Draft(TypedDict):
    """An attribution on its way to the Record.

    head: token index of the source's head, None without source or parse. anchor: token index of the cue's head word.
    rule: the construction that gave it. score, span_scores: the calibrated probability that all of it is right, and by
    role that each span is; None where the rule's own rate of success is all that is known.
    """

    quote: list[Span]
    cue: list[Span]
    source: list[Span]
    head: int | None
    anchor: int | None
    cue_class: str | None
    rule: str
    via: list[ViaDraft]
    speaker: str | None
    source_type: str | None
    anonymity: str | None
    independence: str | None
    verification: str | None
    score: float | None
    span_scores: dict[str, list[float]] | None


class OutletDraft(TypedDict):
    """An outlet mention; `start` and `end` are token indices.

    name: None for a feed that gives none; domain, kind: None where the outlet is not in the registry. parent: the
    outlet that owns it, such as a programme's station.
    """

    span: Span
    start: int
    end: int
    name: str | None
    domain: str | None
    kind: str | None
    listed: bool
    parent: str | None
    role: str


class VerificationDraft(TypedDict):
    span: Span
    kind: str
    about: list[int]


class NoticeDraft(TypedDict):
    span: Span
    kind: str


def ensure_extensions() -> None:
    """Register the Doc extensions once, whichever component comes first."""
    for name in EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=[])


def text_of(doc: Doc) -> str:
    """Return `doc.text`, put together once: spaCy joins all tokens anew at every access."""
    text = doc.user_data.get(_TEXT)
    if not isinstance(text, str):
        text = doc.user_data[_TEXT] = doc.text
    return text


def new_draft(rule: str, quote: list[Span], **fields: Any) -> Draft:
    """Return a Draft with every key set; what is not given is empty."""
    draft: Draft = {
        "quote": quote,
        "cue": [],
        "source": [],
        "head": None,
        "anchor": None,
        "cue_class": None,
        "rule": rule,
        "via": [],
        "speaker": None,
        "source_type": None,
        "anonymity": None,
        "independence": None,
        "verification": None,
        "score": None,
        "span_scores": None,
    }
    draft.update(fields)  # type: ignore[typeddict-item]
    return draft


def write_spans(doc: Doc, key: str, drafts: Iterable[Draft]) -> None:
    """Write the drafts' quotes and sources to `doc.spans`, as token spans."""
    roles: tuple[Literal["quote", "source"], ...] = ("quote", "source")
    drafts = list(drafts)
    for role in roles:
        spans = (doc.char_span(*span, alignment_mode="expand") for draft in drafts for span in draft[role])
        doc.spans[key + role] = [span for span in spans if span is not None]
