"""Cues: the words that signal an attribution, from the lexicon in data/cues.jsonl.

An entry is a verb's lemma, optionally with the words that must follow it ("call for"), a noun, an adverb or a
preposition phrase; `takes` names the constructions in which its content stands:

clause      a finite clause, with or without "that"       to          an infinitive ("vowed to resist")
object      a noun phrase or gerund ("denied attacking")  someone to  an addressee and an infinitive
someone of  an addressee and a preposition ("accused …")  object as   an object and a predicate ("called it a …")
relay       somebody else's words ("quoting police")      quote       quotation marks only
sentence    what is left of the sentence ("according to")

Every verb also takes a quotation in marks. Entries of the kind `phrase` ("as X put it", "is said to have") tell the
class of a wording that no single word anchors; the rules leave them aside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Token

from annotate.pipeline.extensions import Cue, ensure_extensions, text_of
from annotate.pipeline.resources import entries, words
from annotate.pipeline.spans import Places, words_in

SPANS_KEY = "annotate/cue"
LONG_STRETCH = 4  # words: inside quoted stretches of this length nobody else is quoted

_AUXILIARY = frozenset({"aux", "auxpass", "neg"})
_NOT_PLAIN = frozenset({"can", "could", "may", "might", "should", "shall", "must", "would", "will", "ca", "'ll", "’ll"})
_WILLED = frozenset({"will", "would", "'ll", "’ll"})
_MAY_BE_NEGATED = frozenset({"attitude", "confirm", "deny"})
# Adverbs beside the verb that are not part of its group.
_APART = words("time") - {"later"} | words("linking") - {"also", "still", "separately"} | {"ago", "there", "here"}


class Cues:
    """Write the cues to `doc._.cues` and, labelled with their class, to `doc.spans[spans_key]`.

    Needs a tagger, a dependency parser and, before it, `annotate_quotation_marks`: words inside a quotation of four
    words or more are no cues.
    """

    def __init__(self, nlp: Language, name: str = "annotate_cues", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        self._by_kind: dict[str, dict[str, list[tuple[list[str], dict[str, Any]]]]] = {}
        for entry in entries("cues"):
            if entry["kind"] == "phrase":
                continue
            first, *rest = entry["cue"].split()
            self._by_kind.setdefault(entry["kind"], defaultdict(list))[first].append((rest, entry))
        for heads in self._by_kind.values():
            for candidates in heads.values():
                candidates.sort(key=lambda candidate: -len(candidate[0]))
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        quoted = Places(
            (start, end)
            for start, end, depth, _ in doc._.quotations
            if depth == 0 and words_in(text, (start, end)) >= LONG_STRETCH
        )
        cues = _one_a_place(cue for cue in self._find(doc) if quoted.holding(doc[cue["anchor"]].idx) is None)
        doc._.cues = cues
        doc.spans[self.spans_key] = [self._span(doc, cue) for cue in cues]
        return doc

    @staticmethod
    def _span(doc: Doc, cue: Cue) -> Any:
        span = doc[cue["start"] : cue["end"]]
        span.label_ = cue["cue_class"]
        return span

    def _find(self, doc: Doc) -> Iterator[Cue]:
        verbs, nouns = self._by_kind["verb"], self._by_kind["noun"]
        adverbs, prepositions = self._by_kind["adverb"], self._by_kind["preposition"]
        for token in doc:
            lower = token.lower_
            if lower in prepositions and (cue := self._phrase(token, prepositions[lower])):
                yield cue
            elif lower in adverbs:
                entry = adverbs[lower][0][1]
                yield _cue(token.i, token.i, token.i + 1, entry)
            elif token.pos_ in {"VERB", "AUX"}:
                candidates = verbs.get(token.lemma_.lower())
                if candidates:
                    yield from self._verb(token, candidates)
            elif token.pos_ == "NOUN" and token.lemma_ in nouns and _introduces_clause(token):
                yield _cue(token.i, token.i, token.i + 1, nouns[token.lemma_][0][1])

    @staticmethod
    def _phrase(token: Token, candidates: list[tuple[list[str], dict[str, Any]]]) -> Cue | None:
        doc = token.doc
        for rest, entry in candidates:
            end = token.i + 1 + len(rest)
            if [doc[i].lower_ for i in range(token.i + 1, min(end, len(doc)))] != rest:
                continue
            # "$3 per barrel", "per cent": the bare preposition signals a source only before a name or after a comma.
            if not rest and not _stands_apart(token):
                return None
            return _cue(token.i, token.i, end, entry)
        return None

    def _verb(self, token: Token, candidates: list[tuple[list[str], dict[str, Any]]]) -> Iterator[Cue]:
        match = next(
            ((entry, end) for rest, entry in candidates if (end := _match_rest(token, rest)) is not None), None
        )
        if match is None:
            return
        entry, end = match
        start, auxiliaries = _group_start(token)
        if _can_report(token, entry, auxiliaries):
            cue = _cue(token.i, start, end, entry)
            if cue["cue_class"] == "confirm" and any(aux.dep_ == "neg" for aux in auxiliaries):
                cue["cue_class"] = "deny"
            yield cue


def _one_a_place(cues: Iterable[Cue]) -> list[Cue]:
    """Drop the cues that lie in a longer one; an adverb such as "reportedly" in it makes that one a hedge."""
    kept: list[Cue] = []
    for cue in sorted(cues, key=lambda cue: cue["start"] - cue["end"]):
        holder = next((other for other in kept if other["start"] < cue["end"] and cue["start"] < other["end"]), None)
        if holder is None:
            kept.append(cue)
        elif cue["kind"] == "adverb":
            holder["cue_class"] = cue["cue_class"]
    return sorted(kept, key=lambda cue: cue["start"])


def _cue(anchor: int, start: int, end: int, entry: dict[str, Any]) -> Cue:
    return {
        "anchor": anchor,
        "start": start,
        "end": end,
        "kind": entry["kind"],
        "cue_class": entry["class"],
        "takes": list(entry["takes"]),
        "subject": entry.get("subject"),
        "addressee": entry.get("addressee", False),
    }


def _match_rest(verb: Token, rest: list[str]) -> int | None:
    """Return the end of the phrase when the words `rest` follow the verb, an adverb between them allowed."""
    doc, at = verb.doc, verb.i + 1
    for number, word in enumerate(rest):
        if number == 0 and at + 1 < len(doc) and doc[at].lower_ != word and doc[at].pos_ in {"ADV", "PART"}:
            at += 1
        if at >= len(doc) or doc[at].lower_ != word:
            return None
        at += 1
    return at


def _group_start(verb: Token) -> tuple[int, list[Token]]:
    """Return where the verb group starts, and its auxiliaries and negation wherever they stand."""
    doc = verb.doc
    auxiliaries = [child for child in verb.children if child.dep_ in _AUXILIARY]
    start = verb.i
    for index in range(verb.i - 1, -1, -1):
        token = doc[index]
        if token.head.i != verb.i:
            break
        adverb = token.dep_ == "advmod" and token.pos_ == "ADV" and token.lower_ not in _APART and token.tag_ != "WRB"
        if not (token.dep_ in _AUXILIARY or adverb):
            break
        start = index
    while start < verb.i and doc[start].lower_ == "to":
        start += 1
    return start, auxiliaries


def _can_report(verb: Token, entry: dict[str, Any], auxiliaries: list[Token]) -> bool:
    """Tell whether the verb is used to report: not an unrealised, negated or merely modifying use."""
    words = {aux.lower_ for aux in auxiliaries}
    modal = entry.get("modal")
    if modal and modal not in words and "'d" not in words and "’d" not in words:
        return False
    if not modal and words & _NOT_PLAIN:
        negated_check = entry["class"] == "confirm" and any(aux.dep_ == "neg" for aux in auxiliaries)
        willed = entry["class"] in {"urge", "pledge", "attitude"} and words & _NOT_PLAIN <= _WILLED
        if not (negated_check or willed):
            return False
    if any(aux.dep_ == "neg" for aux in auxiliaries) and entry["class"] not in _MAY_BE_NEGATED:
        return False
    if verb.tag_ == "VB" and "to" in words:
        return False
    if verb.tag_ == "VBN" and verb.dep_ in {"acl", "amod"} and not auxiliaries:
        return False
    return not (verb.tag_ == "VBG" and verb.dep_ in {"amod", "compound"})


def _introduces_clause(noun: Token) -> bool:
    return any(
        child.dep_ in {"acl", "ccomp"} and any(mark.dep_ == "mark" and mark.lower_ == "that" for mark in child.children)
        for child in noun.children
    )


def _stands_apart(preposition: Token) -> bool:
    doc, index = preposition.doc, preposition.i
    after = doc[index + 1] if index + 1 < len(doc) else None
    before = doc[index - 1] if index else None
    return (
        after is not None
        and (after.pos_ == "PROPN" or after.lower_ == "the")
        and (before is None or before.is_punct or bool(preposition.is_sent_start))
    )


@Language.factory("annotate_cues", default_config={"spans_key": SPANS_KEY}, requires=["token.dep", "token.lemma"])
def make_cues(nlp: Language, name: str, spans_key: str) -> Cues:
    return Cues(nlp, name, spans_key=spans_key)
