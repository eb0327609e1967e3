"""Statements about whether claims were or could be checked, by the patterns in data/verification.jsonl.

A pattern says what it takes as its subject: `verb`, nobody (a passive) or an outlet; `impersonal`, whatever stands
there; `claimant`, whoever made the claim; `outlet`, an outlet alone. What a source says of checking, in quotation marks
or not, is an attribution and no statement of the article, unless the source is an outlet that notes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, OutletDraft, VerificationDraft, ensure_extensions, text_of
from annotate.pipeline.resources import entries, words
from annotate.pipeline.spans import Places, inside, overlaps, paragraphs, trim, words_in

SPANS_KEY = "annotate/verification"
# What an article says of the quotes such a statement speaks of.
STATUS = {
    "unverifiable": "unverifiable_stated",
    "no_evidence": "no_evidence_stated",
    "confirmed": "confirmed_stated",
}
_HINT = re.compile(
    r"verif|confirm|corroborat|authentic|substantiat|evidence|proof|establish|geolocat|ascertain|accuracy|veracity"
    r"|truth|checked?\b|documents",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|unless|until|once|when|whether or not)\s+\S*\s*$", re.IGNORECASE)
_PLURAL = re.compile(
    r"\b(?:both|two|sides|claims|statements|figures|numbers|tolls|reports|accounts|neither|either|their|allegations"
    r"|calls|messages|videos?|recordings?)\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"\bwithout\b", re.IGNORECASE)
# Where a sentence goes on to another matter: "…, but the mayor confirmed that it had met him".
_CLAUSE = re.compile(r",?\s+(?:but|although|though|yet)\s+|,\s+(?:and|while|whereas)\s+")
_FAR = 3  # paragraphs back in which a statement looks for what it speaks of
_LEAST_WORDS = 4  # of a clause that is a statement by itself
_OBJECT = frozenset({"dobj", "pobj", "nsubjpass", "nsubj", "obj"})


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str
    subject: str
    regex: re.Pattern[str]


class Verification:
    """Write the statements to `doc._.verifications` and mark the quotes they speak of.

    Needs the attributions and, to know who checked, the outlets.
    """

    def __init__(self, nlp: Language, name: str = "annotate_verification", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        self._patterns = [
            _Pattern(entry["kind"], entry["subject"], re.compile(entry["pattern"], re.IGNORECASE))
            for entry in entries("verification")
        ]
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        found: list[VerificationDraft] = []
        text = text_of(doc)
        if _HINT.search(text):
            places = Places(paragraphs(text))
            for sentence in doc.sents:
                if not _HINT.search(text, sentence.start_char, sentence.end_char):
                    continue
                statement = self._statement(doc, sentence)
                if statement is not None:
                    kind, place = statement
                    found.append({"span": place, "kind": kind, "about": _about(doc, place, places)})
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

    def _statement(self, doc: Doc, sentence: TokenSpan) -> tuple[str, Span] | None:
        text = text_of(doc)
        for pattern in self._patterns:
            for match in pattern.regex.finditer(text, sentence.start_char, sentence.end_char):
                at = match.start("verb") if "verb" in pattern.regex.groupindex else match.start()
                if _quoted(doc, match.start()) or _CONDITION.search(text, sentence.start_char, match.start()):
                    continue
                if text[: sentence.end_char].rstrip()[-1:] == "?" or not _fits(doc, pattern.subject, sentence, at):
                    continue
                holder = _attributed(doc, match.start(), match.end())
                if holder is not None and holder["source_type"] != "outlet" and holder["source"]:
                    continue
                return pattern.kind, _span(doc, sentence, match.start(), holder)
        return None


def _quoted(doc: Doc, position: int) -> bool:
    """Whether the words stand inside a quotation in marks: then a source says them, not the article."""
    return any(
        start < position < end and words_in(text_of(doc), (start, end)) >= 4 for start, end, *_ in doc._.quotations
    )


def _attributed(doc: Doc, start: int, end: int) -> Draft | None:
    """Return the innermost attribution in whose quote the words stand, if its cue is not these words themselves."""
    drafts: list[Draft] = doc._.attributions
    holding = [
        draft
        for draft in drafts
        if any(inside((start, end), part) for part in draft["quote"])
        and not any(overlaps((start, end), part) for part in draft["cue"])
    ]
    return min(holding, key=lambda draft: sum(b - a for a, b in draft["quote"]), default=None)


def _fits(doc: Doc, subject: str, sentence: TokenSpan, position: int) -> bool:
    """Tell whether the words have a subject that this kind of statement can have."""
    if subject in {"impersonal", "claimant"}:
        return True
    word = doc.char_span(position, position + 1, alignment_mode="expand")
    if word is None:
        return True
    verb: Token = word[0]
    who = _subject(verb, sentence)
    checker = who is not None and _is_checker(doc, who)
    if subject == "outlet":
        return checker
    passive = verb.tag_ in {"VBN", "JJ"} and any(child.lemma_ == "be" for child in verb.children)
    if not passive:
        return checker or who is None or who.lower_ in {"it", "there"}
    claim = who is None or {who.lower_, who.lemma_.lower()} & words("claim_noun") or checker
    surely = verb.lemma_.lower() not in {"confirm", "establish"}
    adverbs = {"independently", "officially", "immediately"} & {token.lower_ for token in verb.children}
    return bool(surely or claim or adverbs)


def _subject(verb: Token, sentence: TokenSpan) -> Token | None:
    """Return the grammatical subject of a verb, or of the verb that governs it: "was unable to verify"."""
    node = verb
    for _ in range(6):
        subject = next((child for child in node.children if child.dep_ in {"nsubj", "nsubjpass", "csubj"}), None)
        if subject is not None:
            return subject
        if node.head is node or not sentence.start <= node.head.i < sentence.end:
            return None
        node = node.head
    return None


def _is_checker(doc: Doc, who: Token) -> bool:
    """Tell whether somebody who checks claims is the subject: an outlet, its reporters, "we"."""
    outlets: list[OutletDraft] = doc._.outlets
    subtree = doc[who.left_edge.i : who.i + 1]
    if any(outlet["start"] < subtree.end and subtree.start < outlet["end"] for outlet in outlets):
        return True
    return who.lower_ in words("checker")


def _span(doc: Doc, sentence: TokenSpan, start: int, holder: Draft | None) -> Span:
    """Return the sentence with its stop; of a report the reported clause, of "…, without giving proof" that clause."""
    text = text_of(doc)
    whole: Span = trim(text, sentence.start_char, sentence.end_char) or (sentence.start_char, sentence.end_char)
    if holder is not None and holder["source_type"] == "outlet":
        part = next(part for part in holder["quote"] if part[0] <= start < part[1])
        begin = part[0] + (5 if text[part[0] : part[0] + 5].lower() == "that " else 0)
        return begin, part[1]
    without = _WITHOUT.match(text, start)
    if without and start > whole[0]:
        return start, whole[1]
    breaks = [match.span() for match in _CLAUSE.finditer(text, whole[0], whole[1])]
    first = max((end for _, end in breaks if end <= start), default=whole[0])
    last = min((begin for begin, _ in breaks if begin > start), default=whole[1])
    if (first, last) != whole and words_in(text, (first, last)) >= _LEAST_WORDS:
        return first, last
    if text[whole[1] : whole[1] + 1] in {".", "!"}:
        whole = whole[0], whole[1] + 1
    return whole


def _about(doc: Doc, span: Span, places: Places) -> list[int]:
    """Return the attributions that a statement speaks of: of somebody's account all, else the nearest before it."""
    drafts: list[Draft] = doc._.attributions
    told = [
        index
        for index, draft in enumerate(drafts)
        if draft["cue_class"] != "attitude"
        and draft["source_type"] != "outlet"
        and not any(overlaps(part, span) for part in draft["quote"])
    ]
    owned = _of_owner(doc, span, told)
    if owned:
        return owned
    here = places.index(span[0])
    plural = bool(_PLURAL.search(text_of(doc)[slice(*span)]))
    for paragraph in range(here, here - _FAR - 1, -1):
        earlier = [
            index
            for index in told
            if drafts[index]["quote"][0][0] < span[0] and places.index(drafts[index]["quote"][0][0]) == paragraph
        ]
        if earlier and not plural:
            return earlier[-1:]
        if earlier:
            # Of those who spoke there, what they said before too.
            names = {drafts[index]["speaker"] for index in earlier} - {None}
            return [
                index
                for index in told
                if index in earlier or (drafts[index]["speaker"] in names and drafts[index]["quote"][0][0] < span[0])
            ]
    return []


def _of_owner(doc: Doc, span: Span, told: Sequence[int]) -> list[int]:
    """Return what the possessor of an account said: "could not verify the man's account", "Roe's claims"."""
    drafts: list[Draft] = doc._.attributions
    tokens = doc.char_span(*span, alignment_mode="expand")
    if tokens is None:
        return []
    for token in tokens:
        if token.dep_ not in _OBJECT or token.lower_ not in words("claim_noun"):
            continue
        owner = next((child for child in token.children if child.dep_ == "poss"), None)
        if owner is None:
            continue
        said = [
            index
            for index in told
            if owner.lemma_.lower()
            in (text_of(doc)[slice(*drafts[index]["source"][0])].lower() if drafts[index]["source"] else "")
            or (drafts[index]["speaker"] or "").split()[-1:] == [owner.text]
        ]
        if said:
            names = {drafts[index]["speaker"] for index in said} - {None}
            every = [index for index in told if index in said or drafts[index]["speaker"] in names]
            whole = token.tag_ == "NNS" or token.lemma_.lower() in {"account", "story", "version", "testimony"}
            before = [index for index in every if drafts[index]["quote"][0][0] < span[0]]
            return every if whole else before[-1:]
    return []


@Language.factory("annotate_verification", default_config={"spans_key": SPANS_KEY})
def make_verification(nlp: Language, name: str, spans_key: str) -> Verification:
    return Verification(nlp, name, spans_key=spans_key)
