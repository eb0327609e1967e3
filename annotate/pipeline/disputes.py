"""Which attributions of an article contradict each other: denials with the claim they answer, two sides at odds.

A denial ("denied", "rejected", "contradicting …") answers the claim by somebody else that has the most points of
data/disputes.jsonl: one reported in the denial itself ("the army's claim that …"), an accusation, one that names the
denier, one that shares words with the denial, the nearest. Two statements that one sentence sets against each other
("the mayor said …, but residents said …") are at odds too, and so is a claim that somebody says not to believe.
Everything else that readers may find contradictory is left to them: on annotated news, contrasts between sentences
and opposite wordings were right less than one time in five.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Token

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, ensure_extensions, text_of
from annotate.pipeline.resources import entries
from annotate.pipeline.spans import Places, inside
from annotate.scheme import VerificationStatus

Pair = tuple[int, int]

_BACK = 20  # attributions before a denial, among which the denied claim is looked for
_AHEAD = 2  # after it: "He denied it. The state alleged that …"
_CONTENT = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "NUM"})
_COMMON = 6  # attributions: words that more of them hold tell little
_MOST_SHARED = 3
_LAYERS = 3  # attributions that may stand around another
_DISPUTED = VerificationStatus.DISPUTED_BY_OTHER_PARTY.value
_STATES = frozenset({"neutral", "claim", "allege", "confirm"})
_ASSERTS = frozenset({"claim", "allege"})
_CONTRAST = re.compile(r"\W*(?:but|however|yet|contra\w+|on the (?:other hand|contrary))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is compared of one attribution. who: the words of its speaker's name, or of its source."""

    index: int
    start: int
    end: int
    quote: list[Span]
    cue_class: str | None
    denies: bool
    who: frozenset[str]
    lemmas: frozenset[str]
    words: frozenset[str]
    sentence: Span


class Disputes:
    """Write pairs of indices into `doc._.attributions` to `doc._.disputes`: the one that disputes, the disputed one.

    Both are marked as disputed where no verification statement speaks of them. Needs the attributions, who speaks in
    them, and the verification statements. least: the points that a denied claim needs.
    """

    def __init__(self, nlp: Language, name: str = "annotate_disputes", *, least: float = 2.0) -> None:
        self.name = name
        self.least = least
        self._points = {entry["feature"]: float(entry["points"]) for entry in entries("disputes")}
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        drafts: list[Draft] = doc._.attributions
        doc._.disputes = []
        if len(drafts) > 1:
            claims = sorted(_claims(doc, drafts), key=lambda claim: (claim.start, claim.index))
            found: dict[frozenset[int], Pair] = {}
            for pair in (*self._denials(doc, claims), *_at_odds(doc, claims), *_disbelieved(doc, claims)):
                found.setdefault(frozenset(pair), pair)
            doc._.disputes = sorted(found.values())
        for index in {index for pair in doc._.disputes for index in pair}:
            # What the article says of checking comes before a contradiction.
            drafts[index]["verification"] = drafts[index]["verification"] or _DISPUTED
        return doc

    def _denials(self, doc: Doc, claims: Sequence[_Claim]) -> Iterator[Pair]:
        seen = Counter(word for claim in claims for word in claim.words)
        text = text_of(doc)
        for place, denial in enumerate(claims):
            if not denial.denies:
                continue
            best: tuple[float, int, _Claim] | None = None
            for at in range(max(0, place - _BACK), min(len(claims), place + _AHEAD + 1)):
                claim = claims[at]
                if at == place or not _may_be_denied(denial, claim, after=at > place):
                    continue
                points = sum(self._points[name] * times for name, times in _features(text, denial, claim, seen))
                points += self._points[_nearness(place - at)] if _nearness(place - at) else 0.0
                if best is None or (points, -abs(place - at)) > best[:2]:
                    best = points, -abs(place - at), claim
            if best is not None and best[0] >= self.least:
                yield denial.index, best[2].index


def _may_be_denied(denial: _Claim, claim: _Claim, *, after: bool) -> bool:
    if _nested(denial, claim):
        return not claim.denies
    if claim.denies or denial.who & claim.who or _nested(claim, denial):
        return False
    return not after or claim.cue_class in _ASSERTS


def _features(text: str, denial: _Claim, claim: _Claim, seen: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield what speaks for a claim being the one denied, and how many times it does."""
    if _nested(denial, claim):
        yield "nested", 1
    if claim.cue_class in _ASSERTS:
        yield "claim", 1
    if claim.cue_class == "attitude":
        yield "attitude", 1
    if denial.who & claim.lemmas:
        yield "names the denier", 1
    if claim.who & denial.lemmas:
        yield "names the claimant", 1
    shared = sum(1 for word in denial.words & claim.words if seen[word] <= _COMMON)
    yield "word in common", min(shared, _MOST_SHARED)
    if denial.lemmas & dispute_words("charge"):
        yield "charge", 1
    if _CONTRAST.match(text, denial.sentence[0], denial.sentence[1]):
        yield "contrast", 1


def _nearness(apart: int) -> str:
    if abs(apart) == 1:
        return "next to it"
    return "near" if abs(apart) <= 3 else "" if abs(apart) <= 8 else "far"


def _at_odds(doc: Doc, claims: Sequence[_Claim]) -> Iterator[Pair]:
    """Yield the statements of two sources that one sentence sets against each other by "but"."""
    for one, other in zip(claims[1:], claims, strict=False):
        if one.sentence != other.sentence or not one.who or not other.who or one.who & other.who:
            continue
        if one.cue_class not in _STATES or other.cue_class not in _STATES | {"attitude"} or one.start <= other.end:
            continue
        between = {token.lower_ for token in _tokens(doc, (other.end, one.start))}
        if between & dispute_words("between"):
            yield one.index, other.index


def _disbelieved(doc: Doc, claims: Sequence[_Claim]) -> Iterator[Pair]:
    """Yield the claims inside what somebody says not to believe: "she did not believe the firm's claim that …"."""
    for at, inner in enumerate(claims):
        if inner.cue_class not in _ASSERTS:
            continue
        for outer in claims[max(0, at - _LAYERS) : at]:
            if outer.cue_class in _STATES and _nested(outer, inner) and _negates_belief(doc, outer.start, inner.start):
                yield outer.index, inner.index
                break


def _negates_belief(doc: Doc, start: int, stop: int) -> bool:
    negated = False
    for token in _tokens(doc, (start, stop)):
        if negated and token.lemma_ in dispute_words("disbelief"):
            return True
        negated = negated or token.lower_ in dispute_words("negation")
    return False


def _nested(outer: _Claim, inner: _Claim) -> bool:
    """Whether one attribution stands in what the other says."""
    return outer.index != inner.index and all(any(inside(part, whole) for whole in outer.quote) for part in inner.quote)


def _claims(doc: Doc, drafts: Sequence[Draft]) -> Iterator[_Claim]:
    sentences = Places((sentence.start_char, sentence.end_char) for sentence in doc.sents)
    light = dispute_words("light")
    denials = {index for index, draft in enumerate(drafts) if _denies(doc, draft)}
    for index, draft in enumerate(drafts):
        # What is said matters to denials alone.
        tokens = [token for span in draft["quote"] for token in _tokens(doc, span)] if denials else []
        everything = [*draft["quote"], *draft["cue"], *draft["source"]]
        start = min(span[0] for span in everything)
        yield _Claim(
            index=index,
            start=start,
            end=max(span[1] for span in everything),
            quote=draft["quote"],
            cue_class=draft["cue_class"],
            denies=index in denials,
            who=_who(doc, draft),
            lemmas=frozenset(_lemma(token) for token in tokens) | {token.lower_ for token in tokens},
            words=frozenset(
                lemma
                for token in tokens
                if token.pos_ in _CONTENT and len(token) > 2 and (lemma := _lemma(token)) not in light
            ),
            sentence=sentences.holding(start) or (start, start + 1),
        )


def _denies(doc: Doc, draft: Draft) -> bool:
    if draft["cue_class"] != "deny":
        return False
    return not {_lemma(token) for span in draft["cue"] for token in _tokens(doc, span)} & dispute_words("no_denial")


def _who(doc: Doc, draft: Draft) -> frozenset[str]:
    """Return the words of the speaker's name, else of the source, by which two speakers may be one."""
    if draft["speaker"]:
        return frozenset(word for word in draft["speaker"].lower().split() if len(word) > 2)
    source: Iterable[Token] = _tokens(doc, draft["source"][0]) if draft["source"] else ()
    return frozenset(token.lower_ for token in source if token.pos_ in {"NOUN", "PROPN"})


def _tokens(doc: Doc, span: Span) -> list[Token]:
    """Return the tokens that a stretch of the text touches."""
    tokens = doc.char_span(*span, alignment_mode="expand") if span[0] < span[1] else None
    return list(tokens) if tokens is not None else []


def _lemma(token: Token) -> str:
    return token.lemma_.lower()


@cache
def dispute_words(name: str) -> frozenset[str]:
    """Return the words of the list `name` in data/dispute_words.jsonl."""
    return frozenset(entry["word"] for entry in entries("dispute_words") if entry["list"] == name)


@Language.factory(
    "annotate_disputes", default_config={"least": 2.0}, requires=["token.pos", "token.lemma", "doc.sents"]
)
def make_disputes(nlp: Language, name: str, least: float) -> Disputes:
    return Disputes(nlp, name, least=least)
