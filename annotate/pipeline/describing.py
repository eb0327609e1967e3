"""What kind of source it is: features of a mention and its entity for the types and the degrees of anonymity."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.derive import name_key
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.lexicon import roles
from annotate.pipeline.mentions import Mention
from annotate.pipeline.resources import words
from annotate.pipeline.tokens import Tokens

_ENDING = 3  # letters of a noun's ending: "-ist" and "-ian" are people


def type_features(tokens: Tokens, mention: Mention, entity: Entity, cue_class: str | None) -> Iterator[str]:
    """Yield what tells the type of a source: the nouns for it anywhere in the article, its name, the phrase itself."""
    named = "named" if entity.name else "unnamed"
    yield from anonymity_features(tokens, mention, entity)
    document = _role_kind(mention) == "document"
    yield f"{named} {entity_class(entity)} {cue_class}"
    nouns = sorted(entity.nouns | entity.titles) if not document else []
    for noun in nouns:
        yield f"noun {noun}"
    kinds = sorted({entry["source_type"] for noun in nouns if (entry := roles().get(noun))})
    for kind in kinds:
        yield f"kind {kind} {named}"
    yield f"kinds {' '.join(kinds)}"
    if not document:
        for pair in sorted({pair for text in entity.descriptions for pair in pairs_in(text)}):
            yield f"pair {pair}"
        yield f"first {first_role(entity)}"
    for word in sorted(entity.about | mention.modifiers):
        yield f"about {word}"
    yield f"head {mention.noun}" if mention.shape == "noun" else f"head {mention.shape}"
    if mention.shape == "noun":
        yield f"ending {mention.noun[-_ENDING:]} {mention.plural}"
        yield f"head kind {mention.kind} {mention.plural}"
    if entity.name:
        for word in entity.name.split():
            if word in words("organisation_word") or word in words("militant_group"):
                yield f"name word {word}"
        if entity.name in words("militant_group"):
            yield "militant"
        yield f"name words {min(len(name_key(entity.name).split()), 4)} {entity.name.isupper()}"
    else:
        yield f"unnamed {mention.determiner} {mention.plural} {mention.kind}"
    yield f"spoke {min(len(entity.spoke), 3)} {named}"


def pairs_in(text: str) -> Iterator[str]:
    """Yield each role noun of a description with the word before it ("prime minister") and after ("president of")."""
    spoken = text.lower().replace("’", "'").split()
    for at, word in enumerate(spoken):
        bare = word.strip(",.'\"")
        if bare in roles():
            yield f"{spoken[at - 1] if at else ''} {bare}"
            yield f"{bare} {spoken[at + 1] if at + 1 < len(spoken) else ''}"


def first_role(entity: Entity) -> str:
    """Return the kind of the last role noun in the first description that holds one: the one next to the name."""
    for text in entity.descriptions:
        found = [word for word in text.lower().split() if word in roles()]
        if found:
            return f"{found[-1]} {roles()[found[-1]]['source_type']}"
    return ""


def anonymity_features(tokens: Tokens, mention: Mention, entity: Entity) -> Iterator[str]:
    """Yield what tells persons from groups and documents, and the named from the unnamed."""
    named = "named" if entity.name else "unnamed"
    what = entity_class(entity)
    kind = _role_kind(mention)
    yield named
    yield f"{named} {what}"
    yield f"{named} {mention.shape} {kind}"
    yield f"{named} {mention.shape} {kind} {what}"
    yield f"{named} {'plural' if mention.plural else 'one'} {mention.shape}"
    yield f"{named} {mention.determiner} {kind}"
    yield f"{named} body={entity.body} titled={bool(entity.titles)} nouns={bool(entity.nouns)}"
    yield f"{named} body={entity.body} sex={entity.sex is not None} given={entity.given}"
    if entity.name is None:
        yield f"unnamed noun {mention.noun}" if mention.shape == "noun" else f"unnamed {mention.kind}"
        yield f"unnamed tag {tokens.tags[mention.head]} {kind}"
        yield f"unnamed {entity.kind} {entity.plural}"
    else:
        yield f"named size {min(len(entity.name.split()), 3)} {'and' if ' and ' in entity.name else ''}"
        first = tokens.lowers[mention.start]
        if mention.shape == "name":
            yield f"named after {first if first in {'the', 'a', 'an'} else 'other'} {what}"
            yield f"name {what} capitals {entity.name.isupper()}"


def _role_kind(mention: Mention) -> str:
    if mention.shape != "noun":
        return mention.kind
    entry = roles().get(mention.noun)
    if entry is None:
        return "?"
    return "role" if entry["refers_to"] == "individual" else entry["source_type"]
