"""Quotation marks: which stretches of the text stand between them.

Pairs straight ("…"), curly (“…”, „…“), doubled (``…'', ''…''), single (‘…’, '…') and angle marks («…», »…«), nested
ones too. A mark left open until the end of its paragraph is taken to run to that end, as newspapers set a quotation
that goes on in the next paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import ensure_extensions, text_of
from annotate.pipeline.spans import paragraphs

SPANS_KEY = "annotate/quotation"

# mark -> the family it belongs to; only marks of one family close each other.
_FAMILY = {
    '"': "double", "＂": "double", "“": "double", "”": "double", "„": "double", "‟": "double", "''": "double",
    "``": "double", "«": "angle", "»": "angle", "‹": "angle", "›": "angle", "「": "corner", "」": "corner",
    "『": "corner", "』": "corner", "‘": "single", "’": "single", "'": "single", "‚": "single",
}  # fmt: skip
_OPENS_ONLY = frozenset("„‟「『‚")
_LEANS_OPEN = frozenset({"“", "``", "«", "‹", "‘"})
_LEANS_CLOSED = frozenset({"”", "»", "›", "’", "」", "』"})
_LONGEST_SINGLE = 400  # characters searched for the mark that closes a single one
_BEFORE_OPENING = frozenset("([{—–-/…")


class Stretch(NamedTuple):
    """A stretch between quotation marks, the marks included.

    depth: 0 for an outer one. closed: whether its closing mark was found in the paragraph.
    """

    start: int
    end: int
    depth: int
    closed: bool


@dataclass(slots=True)
class _Open:
    start: int
    family: str


def find_stretches(text: str) -> list[Stretch]:
    """Return the stretches between quotation marks, ordered by where they begin; outer before inner."""
    found: list[Stretch] = []
    for paragraph in paragraphs(text):
        found.extend(_in_paragraph(text, paragraph))
    return found


def _in_paragraph(text: str, paragraph: Span) -> list[Stretch]:
    start, end = paragraph
    found: list[Stretch] = []
    stack: list[_Open] = []
    at = start
    while at < end:
        mark = text[at : at + 2] if text[at : at + 2] in _FAMILY else text[at]
        family = _FAMILY.get(mark)
        if family is None:
            at += 1
            continue
        after = at + len(mark)
        before_char = text[at - 1] if at > start else " "
        after_char = text[after] if after < end else " "
        holder = next((index for index in range(len(stack) - 1, -1, -1) if stack[index].family == family), None)
        if holder is not None and _closes(mark, before_char, after_char):
            opened = stack[holder]
            del stack[holder:]
            if after - opened.start > 2:
                found.append(Stretch(opened.start, after, 0, closed=True))
        elif (
            holder is None
            and _opens(mark, family, before_char, after_char)
            and (family != "single" or _single_closes(text, after, end))
        ):
            stack.append(_Open(at, family))
        at = after
    if stack and stack[0].family != "single":
        found.append(Stretch(stack[0].start, end, 0, closed=False))
    return list(_nested(found))


def _nested(found: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield the stretches in order with their depth among those that were found: a mark that came to nothing, such as
    an apostrophe that looked like an opening mark, is no level of its own.
    """
    ends: list[int] = []
    for stretch in sorted(found, key=lambda item: (item.start, -item.end)):
        while ends and ends[-1] <= stretch.start:
            ends.pop()
        yield stretch._replace(depth=len(ends))
        ends.append(stretch.end)


def _closes(mark: str, before: str, after: str) -> bool:
    if mark in _OPENS_ONLY:
        return False
    if mark in _LEANS_CLOSED and mark != "’":
        return True
    if mark in {"’", "'", "‘"}:
        # An apostrophe inside or before a word is no closing mark.
        return not after.isalnum() and (not before.isspace() or mark == "’")
    if mark in _LEANS_OPEN:
        # An opening mark set where only a closing one makes sense.
        return not after.isalnum() and after not in _BEFORE_OPENING
    return not after.isalnum() or not before.isspace()


def _opens(mark: str, family: str, before: str, after: str) -> bool:
    if after.isspace() and mark not in _LEANS_OPEN:
        return False
    if mark in _OPENS_ONLY or (mark in _LEANS_OPEN and family != "single"):
        return True
    at_word_start = before.isspace() or before in _BEFORE_OPENING or before in _FAMILY
    if family == "single":
        return mark != "’" and at_word_start and after.isalpha()
    return at_word_start and not after.isspace()


def _single_closes(text: str, start: int, end: int) -> bool:
    """Tell whether a single closing mark follows: else the mark was an apostrophe ('tis)."""
    end = min(end, start + _LONGEST_SINGLE)
    plurals = 0
    for index in range(start + 1, end):
        after = text[index + 1] if index + 1 < end else " "
        if text[index] not in "’'" or after.isalnum() or text[index - 1].isspace():
            continue
        if text[index - 1] != "s":
            return True
        # "the rebels' losses": a plural's apostrophe, unless it is the only candidate.
        plurals += 1
    return plurals == 1


class QuotationMarks:
    """Write the stretches between quotation marks to `doc.spans[spans_key]` and `doc._.quotations`."""

    def __init__(self, nlp: Language, name: str = "annotate_quotation_marks", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        stretches = find_stretches(text_of(doc))
        doc._.quotations = [list(stretch) for stretch in stretches]
        spans = (doc.char_span(item.start, item.end, alignment_mode="expand") for item in stretches)
        doc.spans[self.spans_key] = [span for span in spans if span is not None]
        return doc


@Language.factory("annotate_quotation_marks", default_config={"spans_key": SPANS_KEY})
def make_quotation_marks(nlp: Language, name: str, spans_key: str) -> QuotationMarks:
    return QuotationMarks(nlp, name, spans_key=spans_key)
