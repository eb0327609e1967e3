"""The words a cue introduces, read off the parse: one function per construction named in data/cues.jsonl."""

from __future__ import annotations

from collections.abc import Callable

from spacy.tokens import Doc, Token

from annotate.derive import Span
from annotate.pipeline.extensions import Cue, text_of
from annotate.pipeline.grammar import characters, complements, infinitive, infinitive_span, is_passive
from annotate.pipeline.resources import words
from annotate.pipeline.spans import trim

# Words that link a sentence to the one before; annotators leave them out of what was said.
_LINKING = words("linking")
_ASIDE = words("time") | words("occasion")
_AS_PREDICATE = frozenset({"oprd", "attr", "ccomp", "xcomp", "acomp", "advcl"})


def contents(doc: Doc, cue: Cue, source: Token | None, group: Span) -> tuple[str, list[Span]]:
    """Return the construction found and the character spans of the words that belong to the cue.

    group: the characters from the cue to its source, which interrupt those words when they stand in the middle.
    """
    anchor = doc[cue["anchor"]]
    for construction in cue["takes"]:
        finder = _FINDERS.get(construction)
        spans = finder(doc, cue, anchor, group) if finder else []
        if spans:
            return construction, spans
    return "direct", []


def _clause(doc: Doc, cue: Cue, anchor: Token, group: Span) -> list[Span]:
    if cue["kind"] == "adverb":
        return _modified_clause(doc, cue, anchor)
    if cue["kind"] == "noun":
        return _noun_clause(doc, anchor)
    found = [clause for index in range(anchor.i, cue["end"]) for clause in complements(doc[index]) if clause.i > index]
    if found:
        return _after(doc, cue, found)
    before = [clause for clause in complements(anchor) if clause.i < anchor.i]
    if before:
        return _before(doc, before[0].left_edge.i, group)
    if anchor.dep_ == "parataxis" or (anchor.dep_ in {"ccomp", "advcl"} and _between_commas(doc, group)):
        return _around(doc, anchor, group)
    return _told_relative(doc, cue, anchor) or _that_follows(doc, cue, anchor) or _sentence_before(doc, anchor, group)


def _after(doc: Doc, cue: Cue, clauses: list[Token]) -> list[Span]:
    clause = clauses[0]
    start = max(clause.left_edge.i, cue["end"])
    end = max(found.right_edge.i for found in clauses) + 1
    # An addressee or a time before "that" stands outside: "told reporters on Monday that".
    mark = next((token.i for token in clause.children if token.dep_ == "mark"), None)
    if mark is not None and mark >= start and doc[mark].lower_ in {"that", "whether", "if"}:
        start = mark
    elif _belongs(doc, cue, start):
        start = cue["end"]
    return _tidy(doc, start, _without_tail(doc, start, end))


def _belongs(doc: Doc, cue: Cue, start: int) -> bool:
    """Whether the words between cue and clause are a fronted part of it ("said in future the town would …")."""
    between = doc[cue["end"] : start]
    if not len(between) or between[0].is_punct or any(token.lower_ in _ASIDE for token in between):
        return False
    if between[0].dep_ == "prt" or (between[0].pos_ == "ADP" and not between[-1].is_punct):
        return False
    return not cue["addressee"]


def _without_tail(doc: Doc, start: int, end: int) -> int:
    """Cut ", according to …" off the end: it speaks of the whole report."""
    for cue in doc._.cues:
        if cue["kind"] == "preposition" and start < cue["anchor"] < end and doc[cue["anchor"] - 1].is_punct:
            return int(cue["anchor"])
    return end


def _before(doc: Doc, start: int, group: Span) -> list[Span]:
    while start < len(doc) and doc[start].idx < group[0]:
        if doc[start].lower_ not in _LINKING and not doc[start].is_punct and not doc[start].is_space:
            break
        if doc[start].is_punct and doc[start].text not in {",", "-", "–", "—", ".", ";", ":"}:
            break
        start += 1
    span = trim(text_of(doc), doc[start].idx, group[0]) if start < len(doc) and doc[start].idx < group[0] else None
    return [span] if span else []


def _around(doc: Doc, anchor: Token, group: Span) -> list[Span]:
    """Take the sentence on both sides of `, he said,`."""
    sentence = anchor.sent
    before = _before(doc, sentence.start, group)
    after = trim(text_of(doc), group[1], sentence.end_char)
    return [*before, *([after] if after else [])]


def _between_commas(doc: Doc, group: Span) -> bool:
    text = text_of(doc)
    return text[: group[0]].rstrip()[-1:] == "," and text[group[1] :].lstrip()[:1] in {",", "."}


def _told_relative(doc: Doc, cue: Cue, anchor: Token) -> list[Span]:
    """Take "she had left" of "told the court she had left", where the parser hung the clause on the addressee."""
    if not cue["addressee"]:
        return []
    for child in anchor.rights:
        if child.dep_ in {"dobj", "dative"}:
            for clause in child.rights:
                relative = any(token.tag_ in {"WP", "WDT", "WRB"} for token in clause.children)
                if clause.dep_ in {"relcl", "ccomp"} and not relative:
                    return _tidy(doc, clause.left_edge.i, clause.right_edge.i + 1)
    return []


def _that_follows(doc: Doc, cue: Cue, anchor: Token) -> list[Span]:
    """Take what follows "that" where the parse lost the clause."""
    end = anchor.sent.end
    for index in range(cue["end"], min(cue["end"] + 12, end)):
        if doc[index].pos_ in {"VERB", "AUX"}:
            break
        if doc[index].lower_ == "that" and doc[index].dep_ in {"mark", "nsubj", "det", "nsubjpass"}:
            return _tidy(doc, index, _without_tail(doc, index, end)) if doc[index].dep_ == "mark" else []
    return []


def _sentence_before(doc: Doc, anchor: Token, group: Span) -> list[Span]:
    """Take the sentence up to `, X said` where the parse lost the clause."""
    if anchor.tag_ not in {"VBD", "VBZ", "VBP"}:
        return []
    sentence = anchor.sent
    text = text_of(doc)
    left = text[sentence.start_char : group[0]].rstrip()
    if not left.endswith(",") or len(left.split()) < 4:
        return []
    rest = text[group[1] : sentence.end_char].strip(' .,\n"”')
    if len(rest.split()) > 8:
        return []
    return _before(doc, sentence.start, group)


def _modified_clause(doc: Doc, cue: Cue, anchor: Token) -> list[Span]:
    """Take the clause an adverb such as "reportedly" stands in, without the adverb and its subject."""
    verb = anchor.head
    if verb.pos_ not in {"VERB", "AUX", "ADJ", "NOUN"}:
        return []
    start = min(
        (child.left_edge.i for child in verb.children if child.dep_ in {"aux", "auxpass", "neg"}), default=verb.i
    )
    if verb.dep_ in {"ROOT", "ccomp", "conj"} or verb.head.i == verb.i:
        start = min([start, *(child.left_edge.i for child in verb.children if child.dep_ in {"nsubj", "nsubjpass"})])
    start = min(start, anchor.i)
    pieces = [*_tidy(doc, start, anchor.i), *_tidy(doc, anchor.i + 1, verb.right_edge.i + 1)]
    return [span for span in pieces if any(char.isalnum() for char in text_of(doc)[span[0] : span[1]])]


def _noun_clause(doc: Doc, noun: Token) -> list[Span]:
    for child in noun.children:
        if child.dep_ in {"acl", "ccomp"} and child.i > noun.i:
            return _tidy(doc, child.left_edge.i, child.right_edge.i + 1)
    return []


def _infinitive(doc: Doc, cue: Cue, anchor: Token, group: Span) -> list[Span]:
    heads = (infinitive(doc[index]) for index in range(anchor.i, cue["end"]))
    head = next((head for head in heads if head is not None and head.i >= cue["end"]), None)
    if head is None:
        return []
    start, end = infinitive_span(head)
    return _tidy(doc, max(start, cue["end"]), _without_tail(doc, start, end))


def _object(doc: Doc, cue: Cue, anchor: Token, group: Span) -> list[Span]:
    if is_passive(anchor):
        return []
    for child in _right_children(doc, cue, anchor):
        gerund = child.dep_ in {"xcomp", "pcomp"} and child.tag_ == "VBG"
        if (child.dep_ in {"dobj", "pobj"} and child.pos_ != "PRON") or gerund:
            end = child.right_edge.i + 1
            return _tidy(doc, max(child.left_edge.i, cue["end"]), _without_tail(doc, child.i, end))
    if doc[cue["end"] - 1].lower_ == "for":
        # "called for the rebels to leave": the parser takes "for" as part of the clause.
        clause = infinitive(anchor)
        if clause is not None and clause.left_edge.i == cue["end"] - 1:
            return _tidy(doc, cue["end"], clause.right_edge.i + 1)
    return []


def _right_children(doc: Doc, cue: Cue, anchor: Token) -> list[Token]:
    """Return the dependents of the verb and of the words that complete its cue, behind the cue."""
    tokens = [doc[index] for index in range(anchor.i, cue["end"])]
    return [child for token in tokens for child in token.rights if child.i >= cue["end"]]


def _someone_of(doc: Doc, cue: Cue, anchor: Token, group: Span) -> list[Span]:
    """Take the person and the charge of "accused X of Y"."""
    if is_passive(anchor):
        return []
    person = next((child for child in anchor.rights if child.dep_ in {"dobj", "dative"}), None)
    if person is None:
        return []
    charge = [
        child
        for child in (*anchor.rights, *person.rights)
        if child.dep_ == "prep" and child.lower_ in {"of", "for", "over", "on"} and child.i > person.i
    ]
    if not charge:
        return []
    return _tidy(doc, person.left_edge.i, charge[0].right_edge.i + 1)


def _object_as(doc: Doc, cue: Cue, anchor: Token, group: Span) -> list[Span]:
    """Take "the attack a crime" of "called the attack a crime"."""
    if is_passive(anchor):
        return []
    parts = [
        child
        for child in anchor.rights
        if child.dep_ in _AS_PREDICATE or child.dep_ == "dobj" or (child.dep_ == "prep" and child.lower_ == "as")
    ]
    if len(parts) < 2 and not (parts and parts[0].dep_ in {"ccomp", "oprd"}):
        return []
    return _tidy(doc, parts[0].left_edge.i, max(part.right_edge.i for part in parts) + 1)


def _sentence(doc: Doc, cue: Cue, anchor: Token, group: Span) -> list[Span]:
    """Take the sentence without "according to X"; inside a relative clause, that clause."""
    sentence = anchor.sent
    verb = anchor.head
    if verb.dep_ == "relcl" and text_of(doc)[group[1] :].lstrip()[:1] == ",":
        clause = trim(text_of(doc), verb.left_edge.idx, group[0]) if verb.left_edge.idx < group[0] else None
        return [clause] if clause else []
    before = _before(doc, sentence.start, group) if doc[sentence.start].idx < group[0] else []
    after = trim(text_of(doc), group[1], sentence.end_char) if group[1] < sentence.end_char else None
    if after and before and not text_of(doc)[group[1] :].lstrip().startswith(","):
        after = None  # "according to X on Monday": the rest belongs to the phrase
    return [*before, *([after] if after else [])]


def _relay(doc: Doc, cue: Cue, anchor: Token, group: Span) -> list[Span]:
    """Take the clause that ", citing X" closes."""
    if anchor.tag_ != "VBG" or not any(child.dep_ == "dobj" for child in anchor.children):
        return []
    return _before(doc, anchor.sent.start, group)


def _tidy(doc: Doc, start: int, end: int) -> list[Span]:
    span = trim(text_of(doc), *characters(doc[start:end])) if start < end else None
    return [span] if span else []


_FINDERS: dict[str, Callable[[Doc, Cue, Token, Span], list[Span]]] = {
    "clause": _clause,
    "to": _infinitive,
    "someone to": _infinitive,
    "object": _object,
    "someone of": _someone_of,
    "object as": _object_as,
    "relay": _relay,
    "sentence": _sentence,
}
