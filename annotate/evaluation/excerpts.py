"""The text around an error, with the spans marked in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from annotate.corpora import Annotation
from annotate.derive import Span
from annotate.evaluation.characters import merged

_REACH = 40  # characters kept on either side of a boundary; what lies further from any is left out
_WORD = 16  # characters of that which may be given up, so as not to cut a word in two
_LETTERS = {"quote": "Q", "cue": "C", "source": "S"}


def excerpt(text: str, shown: Sequence[Annotation], around: Iterable[Annotation] = ()) -> str:
    """Return one line of text with the spans of `shown` marked: `[S the mayor] [C said] [Q it was over]`.

    around: further annotations whose boundaries the line must reach, so that two excerpts cover the same text. Line
    breaks are written ¶.
    """
    spans = [(span, _LETTERS[role]) for item in shown for role in _LETTERS for span in getattr(item, role)]
    return excerpt_of(text, spans, [span for item in around for role in _LETTERS for span in getattr(item, role)])


def excerpt_of(text: str, marks: Sequence[tuple[Span, str]], around: Iterable[Span] = ()) -> str:
    """Return one line of text with spans marked by any name: `[Source the mayor] said it was over`.

    around: further spans whose boundaries the line must reach. Line breaks are written ¶.
    """
    windows = merged(
        (max(0, place - _REACH), min(len(text), place + _REACH))
        for start, end in (*(span for span, _ in marks), *around)
        for place in (start, end)
    )
    written = _marks(marks)
    parts = [_marked(text, _whole_words(text, window), written) for window in windows]
    before = "… " if windows and windows[0][0] > 0 else ""
    after = " …" if windows and windows[-1][1] < len(text) else ""
    return before + " … ".join(parts) + after


def _marks(spans: Iterable[tuple[Span, str]]) -> dict[int, str]:
    """Return what to write before each position: closing brackets first, the longer span outside."""
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for (start, end), name in sorted(set(spans), key=lambda item: (item[0][0], -item[0][1])):
        opening[start] = opening.get(start, "") + f"[{name} "
        closing[end] = closing.get(end, "") + "]"
    return {place: closing.get(place, "") + opening.get(place, "") for place in {*opening, *closing}}


def _whole_words(text: str, window: Span) -> Span:
    """Begin and end the window between words, unless the next gap is far inside, as in scripts without any."""
    start, end = window
    if start > 0 and not text[start - 1].isspace():
        start = next((place + 1 for place in range(start, start + _WORD) if text[place].isspace()), start)
    if end < len(text) and not text[end].isspace():
        end = next((place for place in range(end - 1, end - 1 - _WORD, -1) if text[place].isspace()), end)
    return start, end


def _marked(text: str, window: Span, marks: dict[int, str]) -> str:
    start, end = window
    cuts = sorted({start, end, *(place for place in marks if start < place < end)})
    written = "".join(marks.get(begin, "") + text[begin:stop] for begin, stop in pairwise(cuts)) + marks.get(end, "")
    return re.sub(r"\s+", lambda blanks: " ¶ " if "\n" in blanks[0] else blanks[0], written)
