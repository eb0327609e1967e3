"""Roles of outlets: what each mention does in the article, and which outlet publishes it, as far as its text shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, NoticeDraft, OutletDraft, text_of
from annotate.pipeline.outlet_contexts import Act, Context, after, before, hands_over
from annotate.pipeline.resources import words
from annotate.pipeline.spans import inside, overlaps

_OWN_NOTICES = frozenset({"dateline", "byline", "copyright", "residue"})
_LOCAL = frozenset({"newspaper", "digital"})
_SERVING = frozenset({"wire", "state_agency", None})
_CREDIT = 40  # characters of a credit that ends the article
_CREDIT_END = 3  # letters that may stand before a mention that begins the text: "(", a dash


def find_publisher(doc: Doc, outlets: Sequence[OutletDraft]) -> None:
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


def standing_of(doc: Doc, outlet: OutletDraft, drafts: Sequence[Draft]) -> str | None:
    """Return the role that the place of a mention gives it: a source, a credit, a line about the article itself."""
    left = before(doc, outlet["start"])
    supplied = left is not None and doc[left.at].lower_ in words("outlet_supply")  # "with inputs from …"
    if outlet["role"] == "syndicator" or supplied or _closes(doc, outlet):
        return "syndicator"
    if any(is_source(outlet, draft) for draft in drafts):
        return "source"
    if _notice_of(doc, outlet["span"]) in _OWN_NOTICES or _opens(doc, outlet):
        return "publisher"
    return None


def context_of(doc: Doc, outlet: OutletDraft) -> Context | None:
    start, end = outlet["start"], outlet["end"]
    if start > 1 and doc[start - 1].text == "(":
        # A short form in brackets does what the name before it does.
        named = next((other for other in doc._.outlets if other["end"] == start - 1), None)
        start = named["start"] if named else start
    left, right = before(doc, start), after(doc, end)
    if right is None and left is not None and left.act is Act.NAMED and end < len(doc):
        right = after(doc, end + (doc[end].text == ","))  # "a broadcaster, Example TV, said"
    return left if left is not None and left.act in {Act.TOLD, Act.HANDING, Act.CITED} else right


def role_in(doc: Doc, context: Context, served: Sequence[int]) -> str:
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


def is_source(outlet: OutletDraft, draft: Draft) -> bool:
    return (
        draft["source_type"] == "outlet"
        and bool(draft["source"])
        and inside(outlet["span"], draft["source"][0])
        and draft["speaker"] == outlet["name"]
    )


def is_quoted(doc: Doc, outlet: OutletDraft, draft: Draft) -> bool:
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
