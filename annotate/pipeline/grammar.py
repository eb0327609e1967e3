"""Reading the dependency parse: who is the subject of a reporting verb, and which words are its complement.

Labels are those of spaCy's English models (ClearNLP style).
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from annotate.derive import Span
from annotate.pipeline.resources import words

_SUBJECT = frozenset({"nsubj", "nsubjpass"})
_RELATIVE = frozenset({"who", "which", "that", "whom"})
# "it is said", "there are claims", and the writer's own voice name no source.
_NOBODY = words("nobody")
_ASKING = frozenset({"ask", "wonder", "question", "doubt", "say", "know"})
_CLIMBS = frozenset({"conj", "advcl", "xcomp", "pcomp", "prep", "dep", "parataxis"})


def is_passive(verb: Token) -> bool:
    return any(child.dep_ in {"auxpass", "nsubjpass"} for child in verb.children)


def find_source(verb: Token) -> Token | None:
    """Return the head of the phrase that did the reporting: a subject, an agent, or what the verb hangs on."""
    if is_passive(verb):
        return _agent(verb)
    source = _subject(verb) or _inverted(verb)
    if source is None:
        source = _inherited(verb)
    if source is None or source.lower_ in _NOBODY:
        return None
    return source


def _subject(verb: Token) -> Token | None:
    subjects = [child for child in verb.children if child.dep_ in _SUBJECT]
    if not subjects:
        return None
    subject = min(subjects, key=lambda child: abs(child.i - verb.i))
    if subject.lower_ in _RELATIVE and verb.dep_ == "relcl":
        return verb.head
    return subject


def _inverted(verb: Token) -> Token | None:
    """Find the subject of `"…," said the minister` where the parser took it for an object."""
    before = verb.nbor(-1) if verb.i else None
    if before is None or verb.tag_ not in {"VBD", "VBZ", "VBP"} or before.lower_ not in {'"', "”", "''", "’", "'", ","}:
        return None
    after = [child for child in verb.children if child.i > verb.i and child.dep_ in {"dobj", "attr", "npadvmod", "dep"}]
    return after[0] if after and after[0].pos_ in {"NOUN", "PROPN", "PRON"} else None


def _agent(verb: Token) -> Token | None:
    for child in verb.children:
        if child.dep_ == "agent":
            return next((token for token in child.children if token.dep_ == "pobj"), None)
    return None


def _inherited(verb: Token) -> Token | None:
    """Climb from "…, adding that", "and denied", "a statement saying" to the subject above."""
    node = verb
    for _ in range(6):
        if node.dep_ in {"acl", "relcl"} and node.head.pos_ in {"NOUN", "PROPN", "PRON"}:
            return node.head
        if node.dep_ not in _CLIMBS or node.head.i == node.i:
            return None
        node = node.head
        subject = _subject(node)
        if subject is not None:
            return subject
    return None


def noun_phrase(head: Token) -> tuple[int, int]:
    """Return the token span of the phrase of `head`, as annotators mark a source.

    Titles, appositions and restrictive modifiers are in; relative clauses, participles and asides set off by a comma
    are out.
    """
    start, end = head.left_edge.i, head.i + 1
    if head.pos_ == "PRON":
        # "both of them", "some of the residents": keep the partitive, nothing else.
        partitive = [child for child in head.rights if child.dep_ == "prep" and child.lower_ == "of"]
        return head.i, partitive[0].right_edge.i + 1 if partitive else head.i + 1
    doc = head.doc
    for child in head.rights:
        comma = any(token.text == "," for token in doc[end : child.left_edge.i])
        if child.dep_ in {"relcl", "advcl", "ccomp", "parataxis", "dep"} and (comma or child.dep_ != "relcl"):
            break
        if child.dep_ == "acl" and (comma or child.tag_ == "VBG"):
            break
        if child.dep_ in {"punct", "cc"}:
            continue
        if child.dep_ in {"prep", "npadvmod", "advmod"} and (comma or _is_time(child)):
            break
        end = child.right_edge.i + 1 if child.dep_ != "appos" else max(end, noun_phrase(child)[1])
    if end < len(doc) and doc[end].text == ")" and any(token.text == "(" for token in doc[start:end]):
        end += 1
    while end - 1 > head.i and (doc[end - 1].is_punct and doc[end - 1].text != ")"):
        end -= 1
    # A first name that the parser left outside.
    while start > head.sent.start and doc[start].pos_ == "PROPN" and doc[start - 1].pos_ == "PROPN":
        start -= 1
    while start < head.i and (doc[start].is_punct or doc[start].is_space or doc[start].dep_ in {"cc", "mark"}):
        start += 1
    return start, end


def _is_time(token: Token) -> bool:
    return any(part.lower_ in words("time") for part in token.subtree)


def complements(verb: Token) -> Iterator[Token]:
    """Yield the heads of the finite clauses that complement the verb, questions ("asked if …") too."""
    for child in verb.children:
        question = child.dep_ == "advcl" and any(mark.lower_ in {"if", "whether"} for mark in child.children)
        if child.dep_ == "ccomp" or (question and child.i > verb.i and verb.lemma_ in _ASKING):
            yield child


def infinitive(verb: Token) -> Token | None:
    """Return the verb of the infinitive ("to resist") that belongs to `verb`, its object or its addressee."""
    for child in verb.children:
        if child.i <= verb.i:
            continue
        if child.dep_ in {"xcomp", "ccomp", "advcl"} and _to(child) is not None:
            return child
        if child.dep_ in {"dobj", "dative", "prep"}:
            for below in child.subtree:
                if below.dep_ in {"acl", "relcl", "xcomp", "ccomp"} and _to(below) is not None:
                    return below
    return None


def infinitive_span(head: Token) -> tuple[int, int]:
    """Return the token span from "to" (or "not to") to the end of the infinitive's clause."""
    to = _to(head)
    start = to.i if to is not None else head.left_edge.i
    if start and head.doc[start - 1].dep_ == "neg":
        start -= 1
    return start, head.right_edge.i + 1


def _to(verb: Token) -> Token | None:
    return next((child for child in verb.children if child.dep_ == "aux" and child.lower_ == "to"), None)


def characters(span: TokenSpan) -> Span:
    return span.start_char, span.end_char
