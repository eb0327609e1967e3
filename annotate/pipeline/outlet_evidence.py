"""Outlets that no registry holds and whose name has no outlet's form, by all that the article says of them.

"(EXN) —" at the head of an article is enough; elsewhere several acts of an outlet must come together, as in "told
EXN", "EXN reported", "in an interview with EXN", since people and bodies are told things and report them too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.pipeline.extensions import OutletDraft, text_of
from annotate.pipeline.outlet_contexts import Act, after, before, could_not_check
from annotate.pipeline.outlet_forms import ends_otherwise
from annotate.pipeline.outlet_lookup import named
from annotate.pipeline.registry import Registry
from annotate.pipeline.resources import given_names, words

_DATELINE = re.compile(
    r"(?:^|\n)[^\S\n]*+(?P<place>[^\n()/]{0,60}?)[^\S\n]{0,8}"
    r"(?:\((?P<round>[^\n()]{2,30})\)\.?[^\S\n]{0,2}[-–—]|/(?P<slash>[A-Z][\w .-]{1,20})/[.\s])"
)
_OPENING = re.compile(r"\s*(?P<name>[^\W\d_][^\n,.:;()–—-]{2,40}?)[^\S\n]*[–—-]{1,2}[^\S\n]")
_ENOUGH = 3  # points
_BEFORE = frozenset({"told", "tells", "tell", "telling", "to", "with", "by", "per", "citing", "quoting"})
_ARTICLES = frozenset({"the", "“", '"', "‘", "'"})
_INTERVIEW = 2
_CITING = 2
_TOLD_ACRONYM = 3  # "told EXN": a ministry or company has an article, or is called by its name
_CHECKING = 3
_ANONYMOUS = 3
_ANYBODY = frozenset({"write", "reveal"})  # people write and reveal things as well
_PUBLIC = frozenset({"statement", "statements", "comment", "comments", "remarks", "interview", "interviews", "said"})
_LETTERS = 3  # a shorter acronym is that of anything


@dataclass(slots=True)
class _Evidence:
    """What speaks for a name and how often it stands in other contexts."""

    spans: list[TokenSpan] = field(default_factory=list)
    points: int = 0
    others: int = 0
    cited: int = 0


def in_datelines(doc: Doc, taken: set[int], registry: Registry) -> Iterator[OutletDraft]:
    """Find the agency in a dateline, "EXAMPLETON (EXN) —", and the outlet that begins a text, "EXAMPLE TIMES — "."""
    text = text_of(doc)
    places = []
    for match in _DATELINE.finditer(text):
        group = "round" if match["round"] else "slash"
        name = match[group].split("/")[0].strip()
        start = match.start(group)
        place = match["place"].strip()
        if _is_place(place) and (place or match.start() == 0) and _is_credit(name):
            places.append((start, start + len(name), name))
    opening = _OPENING.match(text)
    if opening is not None and any(word.title() in words("outlet_ending") for word in opening["name"].split()):
        name = opening["name"].strip()
        capitals = all(word[:1].isupper() or word.islower() for word in name.split()) and len(name.split()) < 5
        if capitals and not ends_otherwise(name):
            places.append((opening.start("name"), opening.start("name") + len(name), name))
    for start, end, name in places:
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is None or taken & set(range(span.start, span.end)):
            continue
        taken |= set(range(span.start, span.end))
        outlet = named(doc, registry, name)
        shown = name.title() if name.isupper() and " " in name else name
        yield {
            "span": (start, end), "start": span.start, "end": span.end, "role": "mention",
            "name": outlet.name if outlet else shown,
            "domain": outlet.domain if outlet else None,
            "kind": outlet.kind if outlet else None,
            "listed": outlet is not None,
            "parent": None,
        }  # fmt: skip


def _is_place(place: str) -> bool:
    """Tell whether the words before a credit are a place and a date: no sentence, no verb."""
    return len(place.split()) < 8 and not any(
        word.islower() and word.strip(",.") not in {"de", "al", "el", "of", "and", "la"} for word in place.split()
    )


def _is_credit(name: str) -> bool:
    parts = name.split()
    return (
        len(parts) < 4
        and name[1:2] != "-"
        and all(part[:1].isupper() for part in parts)
        and len(name) > 2
        and not name[:1].isdigit()
    )


def evident(
    doc: Doc, taken: set[int], foreign: Collection[str], sure: Collection[str]
) -> Iterator[tuple[TokenSpan, str]]:
    """Find names whose contexts in the article, taken together, are an outlet's.

    foreign: short forms of something else; sure: names of outlets that the article shows otherwise.
    """
    evidence: defaultdict[str, _Evidence] = defaultdict(_Evidence)
    for span in _candidates(doc, taken):
        if span.text in foreign:
            continue
        item = evidence[span.text]
        item.spans.append(span)
        points, cited = _points(doc, span)
        item.points += points
        item.others += not points
        item.cited += cited
    for name, item in evidence.items():
        alone = len(item.spans) > 1 and not item.others
        # Experts and bodies are cited as well: that alone is no evidence.
        acting = len(item.spans) - item.others
        enough = item.points >= _ENOUGH - alone and item.cited < acting and acting >= item.others
        if enough or name in sure:
            yield from ((span, name) for span in item.spans)


def _candidates(doc: Doc, taken: set[int]) -> Iterator[TokenSpan]:
    """Yield the names of one word that may be an outlet's: no place, no person, no known body."""
    alone, longer = [], set()
    for token in doc:
        if not token.text[:1].isupper() or not token.text.isalnum() or len(token.text) < _LETTERS:
            continue
        if not token.is_alpha and not token.text[0].isalpha():
            continue
        if token.pos_ != "PROPN" and not token.text.isupper():
            continue
        near = [doc[at] for at in (token.i - 1, token.i + 1) if 0 <= at < len(doc)]
        if token.is_stop or any(other.is_alpha and other.is_upper and len(other) > 1 for other in near):
            continue  # a passage in capitals
        if any(other.pos_ == "PROPN" and other.text[:1].isupper() and other.is_alpha for other in near):
            if token.i and near[0].pos_ == "PROPN" and near[0].text[:1].isupper():
                longer.add(token.text)
        elif token.i and len(near[0]) == 2 and near[0].text.endswith(".") and near[0].text[0].isupper():
            longer.add(token.text)  # "Jane E. Roe"
        elif [other.text for other in near] == ["(", ")"] and not _before_dash(doc, token.i + 2):
            longer.add(token.text)  # an acronym that the article defines
        elif token.i not in taken:
            alone.append(token)
    known = longer | given_names() | words("organisation_acronym")
    yield from (doc[token.i : token.i + 1] for token in alone if token.text not in known)


def _before_dash(doc: Doc, index: int) -> bool:
    return index < len(doc) and doc[index].text in {"-", "–", "—", "--"}


def _points(doc: Doc, span: TokenSpan) -> tuple[int, bool]:
    """Weigh one mention; and tell whether it is but cited: "according to …"."""
    points = _points_right(doc, span)
    if points is not None:
        return points, False
    found = before(doc, span.start)
    if found is None:
        return 0, False
    if found.act is Act.TOLD:
        return _points_told(doc, span, found.at), False
    at = _left_of(doc, span)
    heard = at >= 0 and doc[at].lower_ in _BEFORE and found.act in {Act.HANDING, Act.CITED}
    return int(heard), heard and found.act is Act.CITED


def _left_of(doc: Doc, span: TokenSpan) -> int:
    at = span.start - 1
    while at > 0 and doc[at].lower_ in _ARTICLES:
        at -= 1
    return at


def _points_right(doc: Doc, span: TokenSpan) -> int | None:
    """Weigh what follows a name, None where it says nothing."""
    right = doc[span.end] if span.end < len(doc) else None
    if right is None:
        return None
    if right.text in words("outlet_reporter"):
        return 1
    if right.pos_ == "NOUN" and right.text not in words("outlet_job"):
        return 0  # "told EXN leaders"
    if right.pos_ not in {"VERB", "AUX", "ADV"}:
        return None
    if could_not_check(doc, span.end, independently=True):
        return _CHECKING
    context = after(doc, span.end)
    if context is None:
        return None
    cites = any(token.lower_ in {"citing", "quoting"} for token in doc[context.at : context.at + 6])
    if context.act is Act.REPORTING and doc[context.at].lemma_.lower() not in _ANYBODY:
        return 1 + cites
    return _CITING if context.act is Act.SAYING and cites else None


def _points_told(doc: Doc, span: TokenSpan, verb: int) -> int:
    """Weigh "told EXN", "in an interview with EXN", where `verb` shows that the name was told something."""
    acronym, at = span.text.isupper(), _left_of(doc, span)
    if _unnamed(doc, span.end):
        return _ANONYMOUS
    if acronym and _described(doc, verb, span.start):
        return _TOLD_ACRONYM
    if at < 0 or doc[at].lower_ not in _BEFORE:
        return 0
    next_to_it = verb == span.start - 1
    if doc[verb].lemma_.lower() == "speak" and verb == at:
        follows = doc[span.end].text if span.end < len(doc) else ""
        heard = acronym and next_to_it and doc[verb].lower_ == "speaking" and follows == ","
        return _TOLD_ACRONYM if heard else 0
    handed = doc[at].lower_ in {"with", "to"}
    if handed and _interview(doc, verb):
        return _INTERVIEW + acronym
    if acronym and next_to_it:
        # Letters and messages go to anybody.
        return 1 if handed and doc[verb - 1].lower_ not in _PUBLIC else _TOLD_ACRONYM
    return 1


def _unnamed(doc: Doc, end: int) -> bool:
    """Tell whether somebody would not be named there: people ask that of reporters."""
    following = [token.lower_ for token in doc[end : end + 6]]
    return "anonymity" in following or "anonymously" in following


def _described(doc: Doc, verb: int, start: int) -> bool:
    """Tell whether words that are said of outlets stand between: "told the state-run EXN"."""
    return doc[verb].lower_ == "told" and any(
        token.lower_ in words("outlet_describing") and token.lower_ != "own" for token in doc[verb + 1 : start]
    )


def _interview(doc: Doc, at: int) -> bool:
    return any(token.lower_ in {"interview", "interviews"} for token in doc[max(0, at - 4) : at])
