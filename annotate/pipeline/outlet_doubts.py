"""Listed names that are also words, places or persons: whether one is an outlet's where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cache

from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.pipeline.extensions import text_of
from annotate.pipeline.outlet_contexts import Act, after, before, is_gap
from annotate.pipeline.resources import entries, given_names, words

_DATELINE = 60  # characters before an agency in brackets
_ROW = frozenset({",", "and", "or", "&", "/", "-"})
_REPORTS = frozenset({"report", "publish", "quote", "cite"})


Beside = dict[str, list[int]]


def acts(doc: Doc, span: TokenSpan, beside: Beside) -> bool:
    """Tell whether a name that may be a word, a place or a person is used of an outlet."""
    if is_longer_name(doc, span) or _modifies(doc, span):
        return False
    titled = _titled(doc, span)
    right = after(doc, span.end)
    if right is not None and right.act in {Act.NAMED, Act.STAFF}:
        return True
    if right is not None and right.act is Act.REPORTING:
        return titled or not _begins(span) or _may_report(doc, span, right.at)
    left = before(doc, span.start)
    if left is not None and (left.act is not Act.STAFF or titled):
        # Persons are told and cited too: a single word must not be part of a longer name anywhere.
        person = len(span) == 1 and not span.text.isupper() and _names_a_person(beside, span[0].text)
        return not person or left.act in {Act.HANDING, Act.NAMED}
    if right is not None and right.act is Act.SAYING:
        return titled or _says(doc, span, right.at, beside)
    return titled or _bracketed(doc, span)


def _modifies(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether one word after "the" says of what kind the next thing is: "the Namibian coast"."""
    if len(span) > 1 or span.end >= len(doc) or span.start == 0 or doc[span.start - 1].lower_ != "the":
        return False
    if doc[span.end].pos_ != "NOUN" or not doc[span.end].text.islower():
        return False
    known = words("outlet_noun") | words("outlet_noun_strong")
    if span.text not in words("outlet_demonym"):
        known |= words("outlet_job")
    return not any(token.text in known for token in doc[span.end : span.end + 3])


def _begins(span: TokenSpan) -> bool:
    """Tell whether the name, its article aside, begins a sentence, where all words have a capital."""
    first = span[0]
    return bool(first.is_sent_start) or (
        span.start > 0 and first.nbor(-1).text == "The" and bool(first.nbor(-1).is_sent_start)
    )


def _articled(doc: Doc, span: TokenSpan) -> bool:
    return span[0].text == "The" or (span.start > 0 and doc[span.start - 1].text == "The")


def _may_report(doc: Doc, span: TokenSpan, verb: int) -> bool:
    """Tell whether what begins a sentence and reports is an outlet: "The Sample reported", not "The State found"."""
    last = span[-1].text
    if not _articled(doc, span):
        return last not in words("outlet_animate") and last not in words("outlet_body")
    if last in words("outlet_body"):
        return False
    lemma = doc[verb].lemma_.lower()
    return last not in words("outlet_demonym") or lemma in _REPORTS or lemma in words("outlet_learning")


def _says(doc: Doc, span: TokenSpan, verb: int, beside: Beside) -> bool:
    """Tell whether "… said" is an outlet's: an agency's letters without an article, or somebody who cites others.

    After "The", a capital where a word for somebody would have none is a name's: "The Example said".
    """
    if any(token.lower_ in {"citing", "quoting"} for token in doc[verb : verb + 6]):
        return True
    article = span.start > 0 and doc[span.start - 1].lower_ in {"the", "an", "a"}
    if span.text.isupper() and len(span.text) > 1:
        return not article or span.text in words("outlet_with_article")
    names = words("outlet_body") | words("outlet_demonym")
    return _articled(doc, span) and span[-1].text not in names and not _names_a_person(beside, span[-1].text, span)


def words_beside_names(doc: Doc) -> Beside:
    """Return the words that stand beside another capitalised one, as in names of people and places, and where."""
    name = [
        token.pos_ == "PROPN" and token.text[:1].isupper() and token.is_alpha and token.text != "The" for token in doc
    ]
    beside: defaultdict[str, list[int]] = defaultdict(list)
    for token in doc:
        left, right = token.i - 1, token.i + 1
        if token.text[:1].isupper() and ((left >= 0 and name[left]) or (right < len(name) and name[right])):
            beside[token.text].append(token.i)
    return beside


def _names_a_person(beside: Beside, word: str, but: TokenSpan | None = None) -> bool:
    """Tell whether a word stands beside another capitalised one somewhere else."""
    return any(but is None or not but.start <= at < but.end for at in beside.get(word, ()))


def _titled(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether "The" belongs to the name: in capitals although no sentence begins."""
    if span[0].text != "The" or span[0].is_sent_start or span.start == 0:
        return False
    left = doc[span.start - 2 if span.start > 1 and is_gap(doc, span.start - 1) else span.start - 1]
    return (left.text.islower() and left.is_alpha) or left.text == ","


def _bracketed(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether the name stands alone in brackets at the head of a paragraph, as in a dateline: "(AP)"."""
    if span.start == 0 or span.end >= len(doc) or doc[span.start - 1].text != "(" or doc[span.end].text != ")":
        return False
    head = text_of(doc).rfind("\n", 0, span.start_char) + 1
    return span.start_char - head <= _DATELINE


def is_longer_name(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether the words are part of the longer name of something else: "Jane Bild", "Sky Harbour"."""
    if span.end < len(doc):
        right = doc[span.end]
        joined = right.text[:1].isupper() and right.pos_ == "PROPN" and not right.is_sent_start
        owned = right.text in {"'s", "’s"} and span.end + 1 < len(doc)
        if (doc[span.end + 1] if owned else right).text in words("outlet_not_after"):
            return True  # "the People's Party"
        if joined and right.lower_ not in words("outlet_job") and right.lower_ not in words("outlet_noun"):
            return True
        if right.is_digit and len(right) > 1 and not span.text.isupper():
            return True  # "the Fortune 500"
        if right.text == "of" and span.end + 1 < len(doc) and doc[span.end + 1].pos_ == "PROPN":
            return True  # "the Nation of Sampleland", "The Age of Example"
        if right.text == "-" and span.end + 1 < len(doc) and doc[span.end + 1].is_alpha and not right.whitespace_:
            return True
    if span.start == 0 or span[0].text == "The":
        return False
    left = doc[span.start - 1]
    if left.text == "-" and span.start > 1 and doc[span.start - 2].is_alpha and not doc[span.start - 2].whitespace_:
        return True  # "Al-Sample"
    if left.lower_ == "of" and span.start > 1 and doc[span.start - 2].pos_ == "PROPN" and len(span) == 1:
        return True  # "the Example Institute of Science"
    if left.text in given_names() or (left.text[:1].isupper() and left.lower_.rstrip(".") in _titles()):
        return True
    return (
        # In a headline adjectives have capitals too: "White People".
        (left.pos_ == "PROPN" or left.tag_ == "JJ")
        and left.text[:1].isupper()
        and not left.is_sent_start
        and left.text != "The"
        and left.text not in words("outlet_noun")
        and left.lower_ not in words("outlet_describing")
        and left.text not in {"'s", "’s"}
    )


@cache
def _titles() -> frozenset[str]:
    return frozenset(entry["title"].lower().rstrip(".") for entry in entries("titles"))


def in_lists(doc: Doc, doubtful: Collection[TokenSpan], plain: Collection[TokenSpan]) -> set[TokenSpan]:
    """Return the names that stand in a row with one that is plainly an outlet's, or with another such name."""
    starts, ends = ({getattr(span, edge) for span in plain} for edge in ("start", "end"))
    found: set[TokenSpan] = set()
    names = sorted((span for span in doubtful if not is_longer_name(doc, span)), key=lambda span: span.start)
    for span in (*names, *reversed(names)):  # along the rows to the right, then to the left
        if span not in found and _in_list(doc, span, starts, ends):
            found.add(span)
            starts.add(span.start)
            ends.add(span.end)
    return found


def _in_list(doc: Doc, span: TokenSpan, starts: Collection[int], ends: Collection[int]) -> bool:
    """Tell whether the name stands in a row with another one; starts, ends: where those do."""
    left, right = span.start, span.end
    while left > 0 and (doc[left - 1].text in _ROW or doc[left - 1].lower_ == "the"):
        left -= 1
    while right < len(doc) and (doc[right].text in _ROW or doc[right].lower_ == "the"):
        right += 1
    return (left < span.start and left in ends) or (right > span.end and right in starts)
