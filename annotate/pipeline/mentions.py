"""Source phrases as the tagger and parser see them."""

from __future__ import annotations

from dataclasses import dataclass

from annotate.derive import Span
from annotate.pipeline.forms import Name
from annotate.pipeline.names import Names
from annotate.pipeline.resources import words
from annotate.pipeline.tokens import Tokens


@dataclass(slots=True)
class Mention:
    """A source phrase.

    shape: `name` (its head is one), `pronoun` or `noun`; kind: what data/roles.jsonl says of its head noun, or which
    pronoun it is; determiner: `definite`, `indefinite`, `possessive` or `bare`; modifiers: its other content words;
    qualifiers: those that say which holder of a role is meant.
    """

    span: Span
    start: int
    end: int
    head: int
    shape: str
    kind: str
    noun: str
    gender: str | None
    plural: bool
    determiner: str
    modifiers: frozenset[str]
    names: list[Name]
    qualifiers: frozenset[str]


def read_mention(tokens: Tokens, names: Names, span: Span) -> Mention | None:
    """Return the mention at a stretch of characters, None when it holds no token."""
    start, end = tokens.covering(span)
    if start >= end:
        return None
    # A headline that was taken along is none of it.
    start = max((i + 1 for i in range(start, end - 1) if "\n" in tokens.texts[i]), default=start)
    while start < end - 1 and not tokens.texts[start][:1].isalnum():
        start += 1
    head = tokens.head_of(start, end)
    inside = names.within(start, end)
    word, lemma = tokens.lowers[head], tokens.lemmas[head]
    first = tokens.lowers[start]
    shape, kind, noun = "noun", "", lemma
    gender: str | None = None
    pronoun = tokens.pos[head] == "PRON" or word in words("he") or word in words("she")
    if any(name.start <= head < name.end for name in inside):
        shape = "name"
    elif pronoun or (end - start == 1 and word in words("individual_pronoun") | words("group_pronoun")):
        shape, kind = "pronoun", _pronoun(word)
        gender = {"he": "male", "she": "female"}.get(kind)
        noun = word
    else:
        entry = names.role_nouns.at(head)
        if entry is not None:
            kind, noun, gender = entry["source_type"], entry["noun"], entry["gender"]
    plural = tokens.tags[head] in {"NNS", "NNPS"} or word in words("group_pronoun")
    if kind == "organisation" and noun == word:
        plural = False  # "police", "archives"
    if first in words("definite"):
        determiner = "possessive" if tokens.tags[start] == "PRP$" else "definite"
    elif first in words("indefinite") or tokens.pos[start] == "NUM":
        determiner = "indefinite"
    else:
        owned = any(tokens.tags[i] == "POS" for i in range(start, min(head, end)))
        determiner = "possessive" if owned else "bare"
    if kind == "outlet" and determiner == "possessive" and noun in words("page"):
        kind = "document"  # "its website"
    content = frozenset(
        tokens.lemmas[i] for i in range(start, end) if i != head and tokens.pos[i] in {"NOUN", "PROPN", "ADJ", "NUM"}
    )
    content |= {word for word in names.role_nouns.short(head) if word != noun}
    return Mention(span, start, end, head, shape, kind, noun, gender, plural, determiner, content, inside,
                   names.role_nouns.qualifiers(head, start, end))  # fmt: skip


def _pronoun(word: str) -> str:
    for kind in ("he", "she", "it", "they"):
        if word in words(kind) and word != "both":
            return kind
    if word in {"i", "we", "me", "us", "myself", "ourselves"}:
        return "we" if word in words("group_pronoun") else "i"
    return "some" if word in words("group_pronoun") else "one"
