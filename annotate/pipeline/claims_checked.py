"""Which attributions a statement about checking speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from annotate.derive import Span
from annotate.pipeline.extensions import Draft
from annotate.pipeline.resources import words
from annotate.pipeline.spans import inside, overlaps
from annotate.pipeline.surroundings import Surroundings

_PLURAL = re.compile(
    r"\b(?:both|two|sides|claims|statements|figures|numbers|tolls|reports|accounts|neither|either|their|allegations"
    r"|calls|messages|videos?|recordings?)\b",
    re.IGNORECASE,
)
# Words for parties of which each made a claim.
_SIDES = re.compile(r"\b(?:both|two|sides?|neither|either|each|rival|parties)\b", re.IGNORECASE)
_FAR_FOR_SIDES = 6  # paragraphs back in which the claims of both are looked for
_FAR = 3  # paragraphs back in which a statement looks for what it speaks of
_OF_SEVERAL = frozenset({"their", "our"})
_OBJECT = frozenset({"dobj", "pobj", "nsubjpass", "nsubj", "obj"})


def about(around: Surroundings, span: Span) -> list[int]:
    """Return the attributions that a statement speaks of: of somebody's account all, else the nearest before it."""
    drafts, places = around.drafts, around.paragraphs
    told = [
        index
        for index in around.near(*span)
        if drafts[index]["cue_class"] != "attitude"
        and not any(inside(part, span) for part in (*drafts[index]["quote"], *drafts[index]["cue"]))
    ]
    holding = [index for index in told if any(overlaps(part, span) for part in drafts[index]["quote"])]
    # Of "…, a toll that could not be verified" it is the claim in whose quote it stands, unless an outlet noted it.
    within = [index for index in holding if drafts[index]["source_type"] != "outlet"]
    if within:
        return within
    told = [index for index in told if index not in holding]
    if _SIDES.search(around.text, *span):
        return _of_sides(around, span, told)
    found = _of_owner(around, span, told) or _beside(around, span, told)
    if found:
        return _layers(drafts, found, told)
    plural = bool(_PLURAL.search(around.text, *span))
    here = places.index(span[0])
    for paragraph in range(here, here - _FAR - 1, -1):
        earlier = [
            index
            for index in told
            if drafts[index]["quote"][0][0] < span[0] and places.index(drafts[index]["quote"][0][0]) == paragraph
        ]
        if earlier and not plural:
            return _layers(drafts, earlier[-1:], told)
        if earlier:
            # Of those who spoke there, what they said before too.
            names = {drafts[index]["speaker"] for index in earlier} - {None}
            return [
                index
                for index in told
                if index in earlier or (drafts[index]["speaker"] in names and drafts[index]["quote"][0][0] < span[0])
            ]
    return []


def _of_sides(around: Surroundings, span: Span, told: Sequence[int]) -> list[int]:
    """Return what two parties said, paragraph by paragraph back until a second one spoke, or both in one voice."""
    drafts, places = around.drafts, around.paragraphs
    here = places.index(span[0])
    by_paragraph: dict[int, list[int]] = {}
    for index in told:
        at = drafts[index]["quote"][0][0]
        if at < span[0] and drafts[index]["source_type"] != "outlet":
            by_paragraph.setdefault(places.index(at), []).append(index)
    found: list[int] = []
    speakers: set[str] = set()
    for paragraph in range(here, here - _FAR_FOR_SIDES - 1, -1):
        for index in by_paragraph.get(paragraph, ()):
            found.append(index)
            speakers |= _parties(around, index)
        if len(speakers) > 1:
            break
    return sorted(found)


def _parties(around: Surroundings, index: int) -> set[str]:
    """Return who speaks in an attribution: a name, else the noun; of "both sides" two."""
    draft = around.drafts[index]
    source = " ".join(around.text[slice(*part)] for part in draft["source"])
    if _SIDES.search(source):
        return {"one side", "the other"}
    if draft["speaker"]:
        return {draft["speaker"]}
    head = around.doc[draft["head"]] if draft["head"] is not None and draft["head"] < len(around.doc) else None
    if head is None:
        return {source} if source else set()
    return set() if head.pos_ == "PRON" else {head.lemma_}  # a pronoun brings nobody new


def _beside(around: Surroundings, span: Span, told: Sequence[int]) -> list[int]:
    """Return the claim in whose sentence the words stand as an addition: "claimed, without evidence, that …"."""
    drafts = around.drafts
    tokens = around.doc.char_span(*span, alignment_mode="expand")
    if tokens is None or not len(tokens):
        return []
    start = tokens[0].sent.start_char
    before = [
        (max(cue[0] for cue in drafts[index]["cue"]), index)
        for index in told
        if drafts[index]["cue"] and any(start <= cue[0] < span[0] for cue in drafts[index]["cue"])
    ]
    return [max(before)[1]] if before and span[0] > start else []


def _layers(drafts: Sequence[Draft], chosen: Iterable[int], told: Sequence[int]) -> list[int]:
    """Add the other layers of the same report: what lies in a chosen quote or around it."""
    kept = [*chosen]
    spans = [part for index in kept for part in drafts[index]["quote"]]
    return [
        index
        for index in told
        if index in kept or any(overlaps(part, each) for part in drafts[index]["quote"] for each in spans)
    ]


def _of_owner(around: Surroundings, span: Span, told: Sequence[int]) -> list[int]:
    """Return what the possessor of an account said: "could not verify the man's account", "Roe's claims"."""
    drafts = around.drafts
    tokens = around.doc.char_span(*span, alignment_mode="expand")
    if tokens is None:
        return []
    for token in tokens:
        if token.dep_ not in _OBJECT or token.lower_ not in words("claim_noun"):
            continue
        owner = next((child for child in token.children if child.dep_ == "poss"), None)
        if owner is None or owner.lower_ in _OF_SEVERAL:
            continue
        before = [index for index in told if drafts[index]["quote"][0][0] < span[0]]
        # "her account" is that of whoever spoke last.
        said = before[-1:] if owner.tag_ == "PRP$" else [index for index in told if _is_of(around, index, owner.text)]
        if said:
            names = {drafts[index]["speaker"] for index in said} - {None}
            every = [index for index in told if index in said or drafts[index]["speaker"] in names]
            whole = token.tag_ == "NNS" or token.lemma_.lower() in {"account", "story", "version", "testimony"}
            return every if whole else [index for index in every if index in before][-1:]
    return []


def _is_of(around: Surroundings, index: int, owner: str) -> bool:
    """Tell whether an attribution's source or speaker goes by the word that owns an account: "the man's", "Roe's"."""
    draft = around.drafts[index]
    names = " ".join([*(around.text[slice(*part)] for part in draft["source"]), draft["speaker"] or ""])
    return owner.lower() in re.findall(r"\w+", names.lower())
