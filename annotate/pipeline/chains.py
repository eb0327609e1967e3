"""Sourcing chains: what each outlet does in the article, and the outlets that each attribution came through.

Comes after the speakers: what somebody said to an outlet reaches to what the same speaker goes on to say. What the
words of the attribution's own sentence show has the outlet's span; what follows from the context alone has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, NoticeDraft, OutletDraft, ViaDraft, ensure_extensions, text_of
from annotate.pipeline.outlet_contexts import Act, Context, after, before, hands_over
from annotate.pipeline.outlet_sources import antecedent
from annotate.pipeline.resources import words
from annotate.pipeline.spans import Places, inside, overlaps, paragraphs

_OWN_NOTICES = frozenset({"dateline", "byline", "copyright", "residue"})
_LOCAL = frozenset({"newspaper", "digital"})
_SERVING = frozenset({"wire", "state_agency", None})
_PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we"})
_CREDIT = 40  # characters of a credit that ends the article
_CREDIT_END = 3  # letters that may stand before a mention that begins the text: "(", a dash


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
        _find_publisher(doc, outlets)
        _told_again(doc, drafts, outlets, roads)
        reporters = _reporters(drafts, outlets)
        _carry_on(doc, drafts, roads, reporters)
        _cover(doc, drafts, roads)
        _link(drafts, roads, reporters, own_outlets(outlets))
        return doc


def _find_publisher(doc: Doc, outlets: Sequence[OutletDraft]) -> None:
    """Where no line of the article names its own outlet, take one that says what it could not verify for it."""
    roles: defaultdict[str | None, set[str]] = defaultdict(set)
    for outlet in outlets:
        roles[outlet["name"]].add(outlet["role"])
    if any("publisher" in each for each in roles.values()):
        return
    verifying = {
        outlet["name"]
        for outlet in outlets
        if outlet["role"] == "mention" and roles[outlet["name"]] <= {"mention", "source"} and _verifies(doc, outlet)
    }
    for outlet in outlets:
        # What it saw itself is its own too: "a letter seen by Example News".
        own = outlet["name"] in verifying and outlet["role"] == "mention"
        if own and (roles[outlet["name"]] == {"mention"} or _verifies(doc, outlet)):
            outlet["role"] = "publisher"


def _assign(doc: Doc, outlet: OutletDraft, drafts: Sequence[Draft], sentences: Places, roads: _Roads) -> None:
    """Set a mention's role from what it does, and note which attributions it was told or handed on."""
    standing = _standing(doc, outlet, drafts)
    if standing is not None:
        outlet["role"] = standing
    elif not any(_holds_in_marks(doc, outlet, draft) for draft in drafts):
        context = _context(doc, outlet)
        if context is not None and context.act is Act.STAFF:
            served = _by_staff(outlet, drafts)
            outlet["role"] = "via" if served else "mention"
        elif context is not None:
            served = _served(doc, outlet, context, drafts, sentences)
            outlet["role"] = _role(doc, context, served)
        else:
            served = []
        if outlet["role"] in {"recipient", "via"}:
            for index in served:
                roads.told.setdefault(index, []).append(outlet)


def _standing(doc: Doc, outlet: OutletDraft, drafts: Sequence[Draft]) -> str | None:
    """Return the role that the place of a mention gives it: a source, a credit, a line about the article itself."""
    if outlet["role"] == "syndicator" or _closes(doc, outlet):
        return "syndicator"
    if any(_is_source(outlet, draft) for draft in drafts):
        return "source"
    if _notice_of(doc, outlet["span"]) in _OWN_NOTICES or _opens(doc, outlet):
        return "publisher"
    return None


def _context(doc: Doc, outlet: OutletDraft) -> Context | None:
    start, end = outlet["start"], outlet["end"]
    if start > 1 and doc[start - 1].text == "(":
        # A short form in brackets does what the name before it does.
        named = next((other for other in doc._.outlets if other["end"] == start - 1), None)
        start = named["start"] if named else start
    left, right = before(doc, start), after(doc, end)
    if right is None and left is not None and left.act is Act.NAMED and end < len(doc):
        right = after(doc, end + (doc[end].text == ","))  # "a broadcaster, Example TV, said"
    return left if left is not None and left.act in {Act.TOLD, Act.HANDING, Act.CITED} else right


def _role(doc: Doc, context: Context, served: Sequence[int]) -> str:
    if context.act is Act.TOLD:
        return "recipient"
    handed = context.act in {Act.HANDING, Act.CITED} and hands_over(doc, context)
    quoting = context.act is Act.REPORTING and doc[context.at].lemma_ in {"quote", "cite"}
    quoted = context.act is Act.HANDING and doc[context.at].lower_ == "quoted"
    if quoted or (served and (handed or quoting)):
        return "via"
    # Its own report, whether or not the attribution was found.
    reports = context.act in {Act.REPORTING, Act.CITED} or _of_report(doc, context)
    return "source" if reports or (context.act is Act.SAYING and served) else "mention"


def _by_staff(outlet: OutletDraft, drafts: Sequence[Draft]) -> list[int]:
    """Return what an outlet's own people said: "an Example News reporter near the scene said"."""
    return [
        index for index, draft in enumerate(drafts) if draft["source"] and inside(outlet["span"], draft["source"][0])
    ]


def _closes(doc: Doc, outlet: OutletDraft) -> bool:
    """Whether the mention is the credit that ends the article: "– Example News", "… – Example News/Sample Wire"."""
    text = text_of(doc)
    start, end = outlet["span"]
    tail = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text[end:].strip(" \n).")
    dash = max(tail.rfind(mark) for mark in "–—-")
    near = dash >= 0 and len(tail) - dash < _CREDIT and len(rest) < _CREDIT
    names = all(not word.islower() for word in tail[dash:].split())
    return near and names and "." not in tail[dash:] and (not rest or rest[0] in "/,&")


def _verifies(doc: Doc, outlet: OutletDraft) -> bool:
    """Whether the outlet says that it could or could not check something, as mostly an article's own outlet does."""
    following = doc[outlet["end"] : outlet["end"] + 9]
    checks = any(token.lemma_.lower() in {"verify", "confirm", "authenticate", "corroborate"} for token in following)
    return checks and any(token.lower_ in {"not", "n't", "n’t", "unable", "independently"} for token in following)


def _of_report(doc: Doc, context: Context) -> bool:
    """Whether an outlet handed on what nobody else said: "according to a report by Example News"."""
    return context.act is Act.HANDING and doc[context.at].lemma_.lower() == "report"


def _is_source(outlet: OutletDraft, draft: Draft) -> bool:
    return (
        draft["source_type"] == "outlet"
        and bool(draft["source"])
        and inside(outlet["span"], draft["source"][0])
        and draft["speaker"] == outlet["name"]
    )


def _holds_in_marks(doc: Doc, outlet: OutletDraft, draft: Draft) -> bool:
    """Whether the mention stands within quoted words: what is said there of an outlet is the speaker's."""
    return any(inside(outlet["span"], part) for part in draft["quote"]) and any(
        closed and start < outlet["span"][0] < end for start, end, _, closed in doc._.quotations
    )


def _notice_of(doc: Doc, span: Span) -> str | None:
    notices: list[NoticeDraft] = doc._.notices
    return next((notice["kind"] for notice in notices if overlaps(notice["span"], span)), None)


def _opens(doc: Doc, outlet: OutletDraft) -> bool:
    """Whether the mention is the credit that begins the article: "Example News – ", "(Reuters) - "."""
    text = text_of(doc)
    start, end = outlet["span"]
    if len(text[:start].strip()) > _CREDIT_END or any(char.isalpha() for char in text[:start]):
        return False
    return text[end:].lstrip(") ")[:1] in {"-", "–", "—", ","}


def _served(doc: Doc, outlet: OutletDraft, context: Context, drafts: Sequence[Draft], sentences: Places) -> list[int]:
    """Return the attributions whose statement the outlet was told, or handed on, in the same sentence.

    A verb such as "told" that is the cue of some of them serves these alone; a phrase serves all of its sentence whose
    cue it does not stand inside of.
    """
    place = sentences.index(outlet["span"][0])
    verb = doc[context.at].idx
    here, by_cue = [], []
    for index, draft in enumerate(drafts):
        if any(overlaps(outlet["span"], part) for part in draft["cue"]) or draft["source_type"] == "outlet":
            continue
        if draft["cue_class"] == "attitude":
            continue
        anchors = draft["cue"] or draft["source"] or draft["quote"]
        if any(start <= verb < end for start, end in draft["cue"]):
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


def own_outlets(outlets: Sequence[OutletDraft]) -> frozenset[str]:
    """Return the names of the outlets that seem to publish the article, as far as its text shows.

    Datelines, bylines and copyright lines say so. Else a newspaper or site that people told something, and that is the
    only outlet of the article and cited nowhere, is mostly the article's own; agencies serve other outlets' articles.
    """
    stated = frozenset(outlet["name"] for outlet in outlets if outlet["role"] == "publisher" and outlet["name"])
    names = {outlet["name"] for outlet in outlets}
    roles = {outlet["role"] for outlet in outlets}
    if not stated and len(names) == 1 and "recipient" in roles and roles <= {"recipient", "mention"}:
        told = [outlet for outlet in outlets if outlet["role"] == "recipient"]
        if told[0]["kind"] in _LOCAL or (len(told) > 1 and told[0]["kind"] not in _SERVING):
            return frozenset(name for name in names if name)
    return stated


def _reporters(drafts: Sequence[Draft], outlets: Sequence[OutletDraft]) -> dict[int, list[OutletDraft]]:
    """Return, by attribution, the outlets in whose own reports it lies, the innermost first."""
    by_source: dict[int, OutletDraft] = {}
    for index, draft in enumerate(drafts):
        mention = next((outlet for outlet in outlets if _is_source(outlet, draft)), None)
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
    last: tuple[object, ...] | None = None
    for index in order:
        draft = drafts[index]
        if draft["source_type"] == "outlet" or draft["cue_class"] == "attitude":
            continue
        who = _identity(doc, draft, last, held)
        heard = [outlet["name"] for outlet in (*roads.told.get(index, ()), *reporters.get(index, ()))]
        if heard or index in roads.implied:
            held[who] = [name for name in (*heard, *roads.implied.get(index, ())) if name]
        elif who in held:
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
