"""Statements about whether claims were or could be checked, by the patterns in data/verification.jsonl."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, VerificationDraft, ensure_extensions, text_of
from annotate.pipeline.resources import entries
from annotate.pipeline.spans import Places, overlaps, paragraphs, trim, words_in

SPANS_KEY = "annotate/verification"
# What an article says of the quotes such a statement speaks of.
STATUS = {
    "unverifiable": "unverifiable_stated",
    "no_evidence": "no_evidence_stated",
    "confirmed": "confirmed_stated",
}
_HINT = re.compile(r"verif|confirm|corroborat|authentic|substantiat|evidence|proof|establish|geolocat", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:both|two|claims|statements|figures|numbers|tolls|reports|accounts|neither|their)\b", re.I)


class Verification:
    """Write the statements to `doc._.verifications` and mark the quotes they speak of.

    A statement speaks of the quotes of its own paragraph before it, or else of the paragraph before; in the plural
    ("the claims of both sides") of all of these, else of the last one.
    """

    def __init__(self, nlp: Language, name: str = "annotate_verification", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        self._patterns: list[tuple[str, re.Pattern[str]]] = [
            (entry["kind"], re.compile(entry["pattern"], re.I)) for entry in entries("verification")
        ]
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        found: list[VerificationDraft] = []
        if _HINT.search(text_of(doc)):
            places = Places(paragraphs(text_of(doc)))
            for sentence in doc.sents:
                kind = self._kind(sentence)
                statement = _statement(doc, sentence) if kind else None
                if kind and statement:
                    found.append({"span": statement, "kind": kind, "about": _about(doc, statement, places)})
        for item in found:
            for index in item["about"]:
                doc._.attributions[index]["verification"] = STATUS[item["kind"]]
        doc._.verifications = found
        doc.spans[self.spans_key] = [
            span
            for item in found
            if (span := doc.char_span(*item["span"], label=item["kind"], alignment_mode="expand")) is not None
        ]
        return doc

    def _kind(self, sentence: TokenSpan) -> str | None:
        text = sentence.text
        if not _HINT.search(text):
            return None
        for kind, pattern in self._patterns:
            match = pattern.search(text)
            if match and not _somebody_elses(sentence, sentence.start_char + match.start()):
                return kind
        return None


def _somebody_elses(sentence: TokenSpan, position: int) -> bool:
    """Whether the words stand inside a quotation in marks: then a source says them, not the article."""
    return any(start < position < end and words_in(text_of(sentence.doc), (start, end)) >= 4
               for start, end, *_ in sentence.doc._.quotations)  # fmt: skip


def _statement(doc: Doc, sentence: TokenSpan) -> Span | None:
    """Return the sentence, without ", according to …" and without the outlet that notes it."""
    span = trim(text_of(doc), sentence.start_char, sentence.end_char)
    if span and text_of(doc)[span[1] : span[1] + 1] in {".", "!", "?"}:
        span = span[0], span[1] + 1
    return span


def _about(doc: Doc, span: Span, places: Places) -> list[int]:
    drafts: list[Draft] = doc._.attributions
    here = places.index(span[0])
    plural = bool(_PLURAL.search(text_of(doc)[slice(*span)]))
    for paragraph in (here, here - 1, here - 2):
        earlier = [
            index
            for index, draft in enumerate(drafts)
            if draft["cue_class"] != "attitude"
            and draft["quote"][0][0] < span[0]
            and not overlaps(draft["quote"][0], span)
            and places.index(draft["quote"][0][0]) == paragraph
        ]
        if earlier:
            return earlier if plural else earlier[-1:]
    return []


@Language.factory("annotate_verification", default_config={"spans_key": SPANS_KEY})
def make_verification(nlp: Language, name: str, spans_key: str) -> Verification:
    return Verification(nlp, name, spans_key=spans_key)
