"""The possible answers to whom a source refers."""

from __future__ import annotations

from dataclasses import dataclass

from annotate.pipeline.entities import Entity
from annotate.pipeline.lexicon import roles
from annotate.pipeline.mentions import Mention


@dataclass(slots=True)
class Option:
    """A possible answer: `name` is the canonical one, None for the unnamed; `features` are what speaks for or against.

    entity: the one meant, None when it would be new; own: whether the phrase itself holds the name.
    """

    name: str | None
    entity: Entity | None
    own: bool
    features: list[str]


def head_class(mention: Mention) -> str:
    if mention.shape == "name":
        return "name"
    if mention.shape == "pronoun":
        return "pronoun"
    entry = roles().get(mention.noun)
    if entry is None:
        return "noun"
    return mention.kind if entry["refers_to"] != "individual" else "role"


def mention_class(mention: Mention) -> str:
    """Return the class of a mention that features are crossed with."""
    if mention.shape == "pronoun":
        return "he" if mention.kind in {"he", "she"} else mention.kind
    if mention.shape == "name":
        return "name"
    noun_class = head_class(mention)
    return f"{noun_class}s" if mention.plural else noun_class
