"""Of whom a phrase of checking speaks: an outlet, nobody, whoever made the claim; else it is no statement.

A ministry that "could not confirm the toll" says something of itself; an outlet that could not says it of the claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from annotate.pipeline.registry import Registry
from annotate.pipeline.resources import words
from annotate.pipeline.spans import inside
from annotate.pipeline.surroundings import Surroundings
from annotate.pipeline.verification_patterns import Pattern

_NEAR = 600  # characters before a sentence in which somebody it speaks of made a claim
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_EVIDENT = frozenset({"by", "through", "with", "from", "using"})


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found, and in it the word of checking."""

    pattern: Pattern
    start: int
    end: int
    verb: int
    verb_end: int


def fits(around: Surroundings, sentence: TokenSpan, match: Match, *, noted: bool) -> bool:
    """Tell whether the words have a subject that this kind of statement can have."""
    subject = match.pattern.subject
    if subject == "impersonal":
        return True
    word = around.doc.char_span(match.verb, match.verb_end, alignment_mode="expand")
    if word is None:
        return True
    verb: Token = word.root
    who = _subject(verb, sentence)
    if subject == "claimant":
        if who is not None and who.lemma_.lower() in words("finder_noun"):
            return False  # an inquiry finds no evidence, where a speaker gives none
        named = any(
            token.lower_ in words("charge_noun") or (token.pos_ == "VERB" and token.lemma_ in words("charge_verb"))
            for token in sentence
        )
        return named or _beside_claim(around, sentence, match) or who is None or _claims(around, sentence, who)
    if subject == "beside":
        return _beside_claim(around, sentence, match)
    if subject == "evidence":
        return who is not None and bool({who.lower_, who.lemma_.lower()} & words("evidence_noun"))
    checker = who is not None and (is_checker(around, who) or (noted and who.lower_ in {"it", "they"}))
    if subject == "outlet":
        return checker or (who is not None and _goes_by_name(who) and who.text not in around.speakers)
    claim = who is None or bool({who.lower_, who.lemma_.lower()} & (words("claim_noun") | words("checked_noun")))
    agent = _agent(verb)
    if subject == "claim":
        return claim and who is not None and agent is not None and _can_bear_out(around, verb, agent)
    said = {token.lower_ for token in around.doc.char_span(match.start, match.end, alignment_mode="expand") or ()}
    said |= {child.lower_ for child in verb.children}
    loose = verb.lemma_.lower() in words("check_loose")
    independently = bool(said & {"independently", "officially"})
    if _is_passive(verb):
        if agent is not None and not independently and not is_checker(around, agent) and agent.lemma_ != "source":
            return False
        if loose and not independently and _asks_what(verb):
            return False
        surely = who is not None and bool({who.lower_, who.lemma_.lower()} & words("claim_noun"))
        possible = bool(said & {"could", "can", "cannot", "possible", "able"})
        return not loose or checker or surely or independently or who is None or (claim and possible)
    if checker:
        return independently or not loose or _checks_claim(verb)
    return _may_check(around, sentence, verb, who, independently=independently, loose=loose)


def _is_passive(verb: Token) -> bool:
    if verb.tag_ == "VBN" and any(child.dep_ == "auxpass" or child.lemma_ == "be" for child in verb.children):
        return True
    # The parse takes some participles for adjectives behind "be".
    return verb.tag_ in {"VBN", "VBD", "JJ"} and any(
        token.lower_ in {"be", "been"} for token in verb.doc[max(0, verb.i - 4) : verb.i]
    )


def _asks_what(verb: Token) -> bool:
    """Tell whether a question other than "whether" is open: "it was not established who …" is no matter of a claim."""
    if verb.i + 1 < len(verb.doc) and verb.nbor().tag_ in {"WP", "WRB"}:
        return True
    clauses = [child for child in verb.children if child.dep_ in {"ccomp", "csubj", "csubjpass", "advcl"}]
    return any(token.tag_ in {"WP", "WRB", "WDT"} for clause in clauses for token in clause.children)


def _may_check(
    around: Surroundings, sentence: TokenSpan, verb: Token, who: Token | None, *, independently: bool, loose: bool
) -> bool:
    """Tell whether the subject of "could not verify" is one that checks for its readers."""
    checks = _checks_claim(verb)
    if who is None:
        return checks or independently
    if who.lower_ in {"it", "they", "there"}:
        # A pronoun for an outlet, or the empty one.
        named = around.names_outlet(max(0, sentence.start - 60), who.i)
        return (checks or not loose) and (who.lower_ == "there" or named or independently)
    # "Example TV could not independently confirm": bodies that check for themselves do not say so of themselves.
    name = who.doc[who.left_edge.i : who.i + 1].text
    capital = who.text[:1].isupper() and (who.pos_ == "PROPN" or name[:1].isupper())
    if not capital or not checks or who.text in around.speakers:
        return False
    return independently or _goes_by_name(who)


def _checks_claim(verb: Token) -> bool:
    """Tell whether what is checked is a claim or a thing that shows one: "verify the report", "confirm that …"."""
    objects = [child for child in verb.children if child.dep_ in {"dobj", "obj", "ccomp", "nsubjpass", "pobj"}]
    if not objects:
        return True
    for token in objects:
        if token.dep_ == "ccomp":
            return not any(child.lower_ in {"when", "how", "where"} for child in token.children)
        if {token.lower_, token.lemma_.lower()} & (words("claim_noun") | words("checked_noun")):
            return True
    return False


def _subject(verb: Token, sentence: TokenSpan) -> Token | None:
    """Return the grammatical subject of a verb, or of the verb that governs it: "was unable to verify"."""
    node = verb
    for _ in range(6):
        subject = next((child for child in node.children if child.dep_ in _SUBJECTS), None)
        if subject is not None:
            if subject.lower_ in {"that", "which"} and subject.tag_ == "WDT" and node.dep_ == "relcl":
                return node.head
            return subject
        if node.head is node or not sentence.start <= node.head.i < sentence.end:
            return None
        if node.dep_ in {"relcl", "acl"}:
            # "no way to verify": nobody in particular.
            return None if node.head.lower_ in {"way", "means"} else node.head
        node = node.head
    return None


def _agent(verb: Token) -> Token | None:
    """Return who did it: "by …", or what showed it: "through …", "with …"."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ in _EVIDENT):
            return next((token for token in child.children if token.dep_ == "pobj"), None)
    return None


def _can_bear_out(around: Surroundings, verb: Token, agent: Token) -> bool:
    """Tell whether "was corroborated by" names more than another party's word: an outlet, documents, witnesses."""
    if is_checker(around, agent) or {agent.lower_, agent.lemma_.lower()} & words("evidence_noun"):
        return True
    return verb.lemma_.lower() in {"corroborate", "authenticate"} or agent.lemma_.lower() in {"expert", "analyst"}


def is_checker(around: Surroundings, who: Token) -> bool:
    """Tell whether somebody who checks claims is meant: an outlet, its reporters, "we"."""
    if who.lower_ in words("checker") or around.holds_outlet(who.doc[who.left_edge.i : who.i + 1]):
        return True
    if who.lower_ not in words("checker_weak"):
        return False
    described = [child.lower_ for child in who.lefts if child.dep_ in {"compound", "amod", "det", "poss"}]
    if {"news", "press", "this", "our"} & set(described) or who.lower_ in {"newspaper"}:
        return True
    plain = all(word in words("news_modifier") or word == "the" for word in described)
    return plain and around.names_outlet(0, who.i)


def _beside_claim(around: Surroundings, sentence: TokenSpan, match: Match) -> bool:
    """Tell whether somebody's claim stands in the sentence, its cue outside these words."""
    whole = sentence.start_char, sentence.end_char
    return any(
        inside(cue, whole) and not (match.start <= cue[0] and cue[1] <= match.end)
        for index in around.near(*whole)
        for cue in around.drafts[index]["cue"]
    )


def _claims(around: Surroundings, sentence: TokenSpan, who: Token) -> bool:
    """Tell whether a subject is one who made a claim shortly before, or stands for such."""
    if any(token.lower_ in {"neither", "none", "either"} for token in who.doc[who.left_edge.i : who.i + 1]):
        return True
    if who.pos_ in {"PRON", "DET"} or who.lower_ in {"side", "sides", "nobody"}:
        return bool(around.near(sentence.start_char - _NEAR, sentence.end_char, 0))
    if who.lemma_ in around.speaker_lemmas:
        return True
    before = who.doc[max(0, sentence.start - 80) : sentence.start].text.lower()
    return who.lower_ in before.split()


def _goes_by_name(who: Token) -> bool:
    """Tell whether a name is one that an outlet goes by, among others: "The Times"."""
    return who.text[:1].isupper() and _registry().find(who.doc[who.left_edge.i : who.i + 1].text) is not None


@cache
def _registry() -> Registry:
    return Registry.load()
