"""News outlets: every mention by name, anaphors that act in an attribution, and the role of each.

Names come from data/outlets.jsonl; names that are common words count only where an outlet acts. Unlisted outlets are
found by their form ("told the Example Times", "Example newspaper").
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan
from spacy.util import filter_spans

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, OutletDraft, ViaDraft, ensure_extensions, text_of
from annotate.pipeline.resources import entries, words
from annotate.pipeline.spans import inside, overlaps

SPANS_KEY = "annotate/outlet"
_RECIPIENT_PREPOSITIONS = frozenset({"to", "with", "in", "on"})
_FAR = 6  # steps up the parse from an outlet to the cue it belongs to
_PUBLISHING = frozenset({"report", "publish", "quote", "cite", "carry", "broadcast", "air", "post", "release"})


class Outlets:
    """Write the mentions to `doc._.outlets` and add to each attribution the outlets it came through.

    Needs `annotate_attributions`. Roles: `recipient` (was told), `via` (reported somebody's words), `source` (says so
    itself), else `mention`; who publishes the article is not known here.
    """

    def __init__(self, nlp: Language, name: str = "annotate_outlets", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        self._known: dict[str, dict[str, Any]] = {}
        self._matcher = PhraseMatcher(nlp.vocab)
        for entry in entries("outlets"):
            for alias in (entry["name"], *entry["aliases"]):
                self._known.setdefault(alias, entry)
        self._matcher.add("outlet", [nlp.make_doc(alias) for alias in self._known])
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        drafts: list[Draft] = doc._.attributions
        outlets = self._mentions(doc, drafts)
        outlets.extend(_anaphors(doc, drafts, outlets))
        outlets.sort(key=lambda outlet: outlet["start"])
        told = _assign_roles(doc, drafts, outlets)
        _link_via(drafts, outlets, told)
        doc._.outlets = outlets
        doc.spans[self.spans_key] = [TokenSpan(doc, item["start"], item["end"], label=item["role"]) for item in outlets]
        return doc

    def _mentions(self, doc: Doc, drafts: list[Draft]) -> list[OutletDraft]:
        spans = [doc[start:end] for _, start, end in self._matcher(doc)]
        kept = [span for span in spans if not self._known[span.text]["common_word"] or _acts(doc, span, drafts)]
        listed = filter_spans(kept)
        taken = {index for span in listed for index in range(span.start, span.end)}
        unlisted = [
            span for span in _by_form(doc, drafts) if not any(index in taken for index in range(span.start, span.end))
        ]
        return [self._draft(span) for span in filter_spans([*listed, *unlisted])]

    def _draft(self, span: TokenSpan) -> OutletDraft:
        entry = self._known.get(span.text)
        return {
            "span": (span.start_char, span.end_char),
            "start": span.start,
            "end": span.end,
            "name": entry["name"] if entry else span.text,
            "domain": entry["domain"] if entry else None,
            "role": "mention",
        }


def _acts(doc: Doc, span: TokenSpan, drafts: list[Draft]) -> bool:
    """Whether a name that is also a common word is used of an outlet: it says, is told, or is cited."""
    chars = span.start_char, span.end_char
    if any(draft["source"] and inside(chars, draft["source"][0]) and draft["head"] in range(span.start, span.end)
           and draft["cue_class"] == "neutral" for draft in drafts):  # fmt: skip
        return span.text.startswith("The ") or span.text.isupper() or doc[span.start - 1].lower_ in {"the", "to"}
    return any(_told(span.root, draft) for draft in drafts) or _cited(span.root)


def _cited(token: Token) -> bool:
    """Whether a past participle hands over to the outlet: "an interview published by …"."""
    verb = token.head.head
    return token.dep_ == "pobj" and token.head.lower_ == "by" and verb.lemma_ in _PUBLISHING


def _by_form(doc: Doc, drafts: list[Draft]) -> Iterator[TokenSpan]:
    """Find unlisted outlets by a word such as Times at their end, or newspaper beside them."""
    endings, nouns = words("outlet_ending"), words("outlet_noun")
    heads = {draft["head"] for draft in drafts if draft["cue_class"] == "neutral"}
    for token in doc:
        if token.lower_ in nouns and token.pos_ in {"NOUN", "PROPN"} and token.lower_ == token.text:
            run = _names_before(doc, token.i - 1 if doc[token.i - 1].lower_ == "news" else token.i)
            if run is not None:
                yield run
        elif token.text in endings and token.pos_ == "PROPN" and token.i + 1 < len(doc):
            run = _names_before(doc, token.i + 1)
            if run is None or len(run) < 2 or doc[run.end].pos_ == "PROPN":
                continue
            determined = run.start > 0 and doc[run.start - 1].lower_ == "the"
            if (determined and token.i in heads) or any(_told(token, draft) for draft in drafts):
                yield run


def _names_before(doc: Doc, end: int) -> TokenSpan | None:
    start = end
    while start > 0 and doc[start - 1].pos_ == "PROPN" and not doc[start - 1].is_space:
        start -= 1
    return doc[start:end] if start < end else None


def _anaphors(doc: Doc, drafts: list[Draft], outlets: list[OutletDraft]) -> Iterator[OutletDraft]:
    """Resolve "the news wire" as a source to the outlet named last before it."""
    phrases = words("anaphor")
    seen = set()
    for draft in drafts:
        if not draft["source"] or draft["source"][0] in seen:
            continue
        start, end = draft["source"][0]
        if text_of(doc)[start:end].lower() not in phrases:
            continue
        seen.add((start, end))
        before = [outlet for outlet in outlets if outlet["span"][1] <= start]
        # A report is an outlet's only when one was just cited.
        span = doc.char_span(start, end)
        if before and span is not None:
            nearest = max(before, key=lambda outlet: outlet["start"])
            yield {**nearest, "span": (start, end), "start": span.start, "end": span.end, "role": "mention"}


def _told(token: Token, draft: Draft) -> bool:
    """Whether the cue's verb has the token as addressee, or as the place where it was said."""
    if draft["anchor"] is None:
        return False
    verb = token.doc[draft["anchor"]]
    if verb.lemma_ == "tell" and token.left_edge.i == verb.i + 1 and token.left_edge.pos_ in {"PROPN", "DET"}:
        return True
    node, preposition = token, None
    for _ in range(_FAR):
        if node.i == draft["anchor"]:
            return preposition in _RECIPIENT_PREPOSITIONS or (
                preposition is None and token.i > draft["anchor"] and token.dep_ in {"dobj", "dative", "pobj", "nsubj"}
            )
        if node.dep_ in {"prep", "dative", "agent"} and node.pos_ == "ADP":
            preposition = preposition or node.lower_
        elif node is not token and node.dep_ not in {"pobj", "dobj", "dative", "compound", "acl", "appos", "npadvmod"}:
            return False
        node = node.head
    return False


def _assign_roles(doc: Doc, drafts: list[Draft], outlets: list[OutletDraft]) -> dict[int, list[OutletDraft]]:
    """Set each mention's role and return, by index of attribution, the outlets that were told or that quoted it."""
    told: dict[int, list[OutletDraft]] = {}
    for outlet in outlets:
        root = doc[outlet["start"] : outlet["end"]].root
        for index, draft in enumerate(drafts):
            if any(overlaps(outlet["span"], part) for part in (*draft["cue"], *draft["quote"])):
                continue
            if draft["source"] and inside(outlet["span"], draft["source"][0]):
                if _is_head(doc, outlet, draft):
                    outlet["role"] = "source"
                    draft["source_type"] = "outlet"
                    draft["speaker"] = outlet["name"]
                break
            if _told(root, draft):
                outlet["role"] = "recipient"
                told.setdefault(index, []).append(outlet)
                break
            if _cited(root) and root.head.head.sent == doc[draft["anchor"]].sent if draft["anchor"] else False:
                outlet["role"] = "via"
                told.setdefault(index, []).append(outlet)
                break
    return told


def _is_head(doc: Doc, outlet: OutletDraft, draft: Draft) -> bool:
    """Whether the outlet itself is the source: "Reuters", "the newspaper Milenio", "the Example news agency"."""
    if draft["head"] is None:
        return False
    head = doc[draft["head"]]
    if outlet["start"] <= head.i < outlet["end"]:
        return True
    return head.lower_ in words("outlet_noun") and head.pos_ in {"NOUN", "PROPN"}


def _link_via(drafts: list[Draft], outlets: list[OutletDraft], told: dict[int, list[OutletDraft]]) -> None:
    """Give each attribution the outlets it came through, innermost first.

    First hands come from what was told and from the reports that hold the attribution; an outlet hands on to the next
    one alike for all that came through it, as one relation between two mentions does.
    """
    by_source = {
        index: next(o for o in outlets if inside(o["span"], draft["source"][0]) and o["role"] == "source")
        for index, draft in enumerate(drafts)
        if draft["source_type"] == "outlet"
    }
    first: dict[int, list[OutletDraft]] = {}
    onward: dict[Span, list[OutletDraft]] = {}
    for index, draft in enumerate(drafts):
        steps = [list(told[index])] if index in told else []
        reporters = sorted(
            (_length(other), position)
            for position, other in enumerate(drafts)
            if position != index and position in by_source and _holds(other, draft)
        )
        names = {outlet["name"] for step in steps for outlet in step} | {draft["speaker"]}
        for _, position in reporters:
            if by_source[position]["name"] not in names:
                names.add(by_source[position]["name"])
                by_source[position]["role"] = "via"
                steps.append([by_source[position]])
        first[index] = steps[0] if steps else []
        for inner, outer in pairwise(steps):
            for outlet in inner:
                onward.setdefault(outlet["span"], []).extend(outer)
    for index, draft in enumerate(drafts):
        draft["via"] = list(_follow(first[index], onward))


def _follow(first: list[OutletDraft], onward: dict[Span, list[OutletDraft]]) -> Iterator[ViaDraft]:
    """Yield the outlets reached from the first ones, each at the lowest step that reaches it."""
    seen: set[Span] = set()
    frontier, step = first, 1
    while frontier:
        fresh = {outlet["span"]: outlet for outlet in frontier if outlet["span"] not in seen}
        for outlet in fresh.values():
            yield {"name": outlet["name"], "span": outlet["span"], "step": step}
        seen |= fresh.keys()
        frontier, step = [after for span in fresh for after in onward.get(span, ())], step + 1


def _length(draft: Draft) -> int:
    return sum(end - start for start, end in draft["quote"])


def _holds(outer: Draft, inner: Draft) -> bool:
    """Whether the inner attribution, cue and all, lies in what the outer one reports."""
    if _length(outer) <= _length(inner) or not inner["cue"]:
        return False
    return any(inside(inner["cue"][0], part) for part in outer["quote"]) and any(
        inside(inner["quote"][0], part) for part in outer["quote"]
    )


@Language.factory("annotate_outlets", default_config={"spans_key": SPANS_KEY})
def make_outlets(nlp: Language, name: str, spans_key: str) -> Outlets:
    return Outlets(nlp, name, spans_key=spans_key)
