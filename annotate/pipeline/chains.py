"""Sourcing chains: what each outlet does in the article, and the outlets that each attribution came through.

Comes after the speakers: what somebody said to an outlet reaches to what the same speaker goes on to say. What the
words of the attribution's own sentence show has the outlet's span; what follows from the context alone has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, OutletDraft, ViaDraft, ensure_extensions, text_of
from annotate.pipeline.outlet_contexts import Act, Context
from annotate.pipeline.outlet_roles import (
    context_of,
    find_publisher,
    is_quoted,
    is_source,
    own_outlets,
    role_in,
    standing_of,
)
from annotate.pipeline.outlet_sources import antecedent
from annotate.pipeline.resources import words
from annotate.pipeline.spans import Places, inside, overlaps, paragraphs

_PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we"})


@dataclass(slots=True)
class _Roads:
    """By index of attribution: the outlets it was told or handed on by, and those that follow from the context."""

    told: dict[int, list[OutletDraft]] = field(default_factory=dict)
    implied: dict[int, list[str]] = field(default_factory=dict)


class Chains:
    """Set the role of each mention in `doc._.outlets` and `via` of each attribution. Needs outlets and speakers."""

    def __init__(self, nlp: Language, name: str = "annotate_chains") -> None:
        self.name = name
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        drafts: list[Draft] = doc._.attributions
        outlets: list[OutletDraft] = doc._.outlets
        if not outlets:
            return doc
        roads = _Roads()
        sentences = Places((sent.start_char, sent.end_char) for sent in doc.sents)
        for outlet in outlets:
            _assign(doc, outlet, drafts, sentences, roads)
        find_publisher(doc, outlets)
        _told_again(doc, drafts, outlets, roads)
        reporters = _reporters(drafts, outlets)
        _carry_on(doc, drafts, roads, reporters)
        _cover(doc, drafts, roads)
        _link(drafts, roads, reporters, own_outlets(outlets))
        return doc


def _assign(doc: Doc, outlet: OutletDraft, drafts: Sequence[Draft], sentences: Places, roads: _Roads) -> None:
    """Set a mention's role from what it does, and note which attributions it was told or handed on."""
    standing = standing_of(doc, outlet, drafts)
    if standing is not None:
        outlet["role"] = standing
    elif not any(is_quoted(doc, outlet, draft) for draft in drafts):
        context = context_of(doc, outlet)
        if context is not None and context.act is Act.STAFF:
            served = _by_staff(outlet, drafts)
            outlet["role"] = "via" if served else "mention"
        elif context is not None:
            served = _served(doc, outlet, context, drafts, sentences)
            outlet["role"] = role_in(doc, context, served)
        else:
            served = []
        if outlet["role"] in {"recipient", "via"}:
            for index in served:
                roads.told.setdefault(index, []).append(outlet)


def _by_staff(outlet: OutletDraft, drafts: Sequence[Draft]) -> list[int]:
    """Return what an outlet's own people said: "an Example News reporter near the scene said"."""
    return [
        index for index, draft in enumerate(drafts) if draft["source"] and inside(outlet["span"], draft["source"][0])
    ]


def _served(doc: Doc, outlet: OutletDraft, context: Context, drafts: Sequence[Draft], sentences: Places) -> list[int]:
    """Return the attributions whose statement the outlet was told, or handed on, in the same sentence.

    A verb such as "told" that is the cue of some of them serves these alone; a phrase serves all of its sentence whose
    cue it does not stand inside of.
    """
    place = sentences.index(outlet["span"][0])
    verb = doc[context.at].idx
    here, by_cue = [], []
    for index, draft in enumerate(drafts):
        cued = any(start <= verb < end for start, end in draft["cue"])
        if any(overlaps(outlet["span"], part) for part in draft["cue"]) or (
            draft["source_type"] == "outlet" and (not cued or is_source(outlet, draft))
        ):
            continue
        if draft["cue_class"] == "attitude":
            continue
        anchors = draft["cue"] or draft["source"] or draft["quote"]
        if cued:
            by_cue.append(index)
        elif any(sentences.index(start) == place for start, _ in anchors):
            if any(inside(outlet["span"], part) for part in draft["quote"]):
                continue
            here.append(index)
    if by_cue:
        speakers = {_who(drafts[index]) for index in by_cue}
        return sorted({*by_cue, *(index for index in here if _who(drafts[index]) in speakers)})
    if context.act is Act.TOLD and doc[context.at].lemma_ == "tell":
        return here[:1]
    return here


def _who(draft: Draft) -> tuple[object, ...]:
    """Return what two attributions of one speaker have in common."""
    if draft["speaker"]:
        return ("name", draft["speaker"])
    return ("source", draft["source"][0][0] if draft["source"] else -1)


def _reporters(drafts: Sequence[Draft], outlets: Sequence[OutletDraft]) -> dict[int, list[OutletDraft]]:
    """Return, by attribution, the outlets in whose own reports it lies, the innermost first."""
    by_source: dict[int, OutletDraft] = {}
    for index, draft in enumerate(drafts):
        mention = next((outlet for outlet in outlets if is_source(outlet, draft)), None)
        if mention is not None:
            by_source[index] = mention
    holding: dict[int, list[OutletDraft]] = {}
    for index, draft in enumerate(drafts):
        names = {draft["speaker"]}
        for _, position in sorted((_length(drafts[at]), at) for at in by_source if at != index):
            if by_source[position]["name"] not in names and _holds(drafts[position], draft):
                names.add(by_source[position]["name"])
                holding.setdefault(index, []).append(by_source[position])
    return holding


def _told_again(doc: Doc, drafts: Sequence[Draft], outlets: Sequence[OutletDraft], roads: _Roads) -> None:
    """Follow "told the newspaper" to the outlet named last before it: no mention, but a road."""
    for index, draft in enumerate(drafts):
        if draft["anchor"] is None or index in roads.told or doc[draft["anchor"]].lemma_ != "tell":
            continue
        phrase = doc[draft["anchor"] + 1 : draft["anchor"] + 4].text.lower()
        anaphors = [
            each for each in words("outlet_anaphor") - words("outlet_report") if f"{phrase} ".startswith(f"{each} ")
        ]
        meant = antecedent(doc, draft["anchor"], max(anaphors, key=len), outlets) if anaphors else None
        if meant is not None:
            roads.implied.setdefault(index, []).append(str(meant["name"]))


def _carry_on(doc: Doc, drafts: Sequence[Draft], roads: _Roads, reporters: Mapping[int, Sequence[OutletDraft]]) -> None:
    """Carry an outlet that a speaker told something, or that quoted the speaker, on to what the speaker says next."""
    order = sorted(range(len(drafts)), key=lambda index: drafts[index]["quote"][0])
    held: dict[tuple[object, ...], list[str]] = {}
    until: dict[tuple[object, ...], int] = {}
    places = Places(paragraphs(text_of(doc)))
    last: tuple[object, ...] | None = None
    for index in order:
        draft = drafts[index]
        if draft["source_type"] == "outlet" or draft["cue_class"] == "attitude":
            continue
        who = _identity(doc, draft, last, held)
        heard = [outlet["name"] for outlet in roads.told.get(index, ())]
        cited = [outlet["name"] for outlet in reporters.get(index, ())]
        place = places.index(draft["quote"][0][0])
        if heard or cited or index in roads.implied:
            held[who] = [name for name in (*heard, *cited, *roads.implied.get(index, ())) if name]
            # Whoever told an outlet goes on telling it; a report that is cited reaches but the next paragraph.
            until[who] = len(places.spans) if heard else place + 1
        elif who in held and place <= until[who]:
            roads.implied[index] = list(held[who])
        last = who


def _identity(
    doc: Doc, draft: Draft, last: tuple[object, ...] | None, held: dict[tuple[object, ...], list[str]]
) -> tuple[object, ...]:
    """Return who speaks: by name, or for the unnamed by the noun, a pronoun standing for the last speaker."""
    if draft["speaker"]:
        return ("name", draft["speaker"])
    if not draft["source"]:
        return ("nobody", draft["quote"][0][0])
    start, end = draft["source"][0]
    phrase = text_of(doc)[start:end].lower()
    if phrase in _PRONOUNS and last is not None:
        return last
    head = doc[draft["head"]].lemma_.lower() if draft["head"] is not None else phrase
    identity = ("noun", head)
    definite = phrase.startswith(("the ", "this ", "that "))
    if not definite and identity in held:
        del held[identity]  # "an official" after another one is a further person
    return identity


def _cover(doc: Doc, drafts: Sequence[Draft], roads: _Roads) -> None:
    """Carry a report that closes a paragraph over what stands in it: "…, Example News reported."."""
    reports = [draft for draft in drafts if draft["source_type"] == "outlet" and draft["source"] and draft["cue"]]
    if not reports:
        return
    places = Places(paragraphs(text_of(doc)))
    for report in reports:
        end = max(report["source"][0][1], report["cue"][-1][1])
        paragraph = places.holding(report["source"][0][0])
        if paragraph is None or text_of(doc)[end : paragraph[1]].strip(" .\"”'’") or report["speaker"] is None:
            continue
        for index, draft in enumerate(drafts):
            if draft["source_type"] == "outlet" or index in roads.told or index in roads.implied:
                continue
            if draft["cue"] and inside(draft["quote"][0], paragraph) and inside(draft["cue"][0], paragraph):
                roads.implied.setdefault(index, []).append(report["speaker"])


def _link(
    drafts: Sequence[Draft], roads: _Roads, reporters: Mapping[int, Sequence[OutletDraft]], own: frozenset[str]
) -> None:
    """Give each attribution the outlets it came through, innermost first.

    First hands come from what was told and from the reports that hold the attribution; an outlet hands on to the next
    one alike for all that came through it, as one relation between two mentions does.
    """
    first: dict[int, list[OutletDraft]] = {}
    onward: dict[Span, list[OutletDraft]] = {}
    for index in range(len(drafts)):
        told = roads.told.get(index, ())
        # Whom the speaker told comes before who cited that: "told TASS, which was cited by Reuters".
        steps = [step for role in ("recipient", "via") if (step := [item for item in told if item["role"] == role])]
        heard = {outlet["name"] for step in steps for outlet in step}
        steps.extend([outlet] for outlet in reporters.get(index, ()) if outlet["name"] not in heard)
        first[index] = steps[0] if steps else []
        for inner, outer in pairwise(steps):
            for outlet in inner:
                onward.setdefault(outlet["span"], []).extend(outer)
    for index, draft in enumerate(drafts):
        road = list(_follow(first[index], onward, own))
        for name in dict.fromkeys(roads.implied.get(index, ())):
            if not road or all(via["span"] is None for via in road):
                road.append({"name": name, "span": None, "step": 1, "own": name in own})
        draft["via"] = [via for via in road if draft["source_type"] != "outlet" or via["name"] != draft["speaker"]]


def _follow(
    first: Iterable[OutletDraft], onward: Mapping[Span, Sequence[OutletDraft]], own: frozenset[str]
) -> Iterator[ViaDraft]:
    """Yield the outlets reached from the first ones, each at the lowest step that reaches it."""
    seen: set[Span] = set()
    frontier, step = list(first), 1
    while frontier:
        fresh = {outlet["span"]: outlet for outlet in frontier if outlet["span"] not in seen}
        for outlet in fresh.values():
            if outlet["name"] is not None:
                yield {"name": outlet["name"], "span": outlet["span"], "step": step, "own": outlet["name"] in own}
        seen |= fresh.keys()
        frontier, step = [after_it for span in fresh for after_it in onward.get(span, ())], step + 1


def _length(draft: Draft) -> int:
    return sum(end - start for start, end in draft["quote"])


def _holds(outer: Draft, inner: Draft) -> bool:
    """Whether the inner attribution, cue and all, lies in what the outer one reports."""
    if _length(outer) <= _length(inner) or not inner["cue"]:
        return False
    return any(inside(inner["cue"][0], part) for part in outer["quote"]) and any(
        inside(inner["quote"][0], part) for part in outer["quote"]
    )


@Language.factory("annotate_chains")
def make_chains(nlp: Language, name: str) -> Chains:
    return Chains(nlp, name)
