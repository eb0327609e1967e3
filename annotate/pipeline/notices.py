"""Text that is not reporting: headlines in the body, datelines, bylines, captions, disclaimers, copyright, residue.

Patterns stand in data/notices.jsonl. Those that begin with `^\\s*` and end before the reporting starts take the
beginning of a paragraph, those that end with `$` its end; the others the whole paragraph. `first` patterns are tried
where the reporting begins, `last` ones in the last paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import NoticeDraft, ensure_extensions, text_of
from annotate.pipeline.resources import entries, given_names, places, words
from annotate.pipeline.spans import paragraphs, words_in

SPANS_KEY = "annotate/notice"
_LONGEST = 2000  # characters: longer paragraphs are reporting
_HEADLINE_WORDS = 16
_QUESTION_WORDS = 10
_REST_WORDS = 6  # of what a crawl left behind a copyright line
_PLAIN_FINAL = frozenset('.!?:;,…"”»)')
# "LIMA The bridge is closed": a place in capitals, its region, and then the reporting without any mark.
_UNMARKED = re.compile(
    r"(?P<place>[A-Z][A-Z.'’-]+(?:[ /][A-Z][A-Z.'’-]*){0,3})(?P<region>, [A-Z][\w.]*(?: [A-Z][\w.]*)?)?"
    r"(?= (?:[A-Z][a-z]|A |An |U\.[A-Z]|[A-Z]\w*['’]s |[“\"]))"
)
_NAME = re.compile(r"\W*(?:By |BY )?(?P<name>[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3})\W*")
_RIGHTS = re.compile(r"reserved|rights|copyright|permission|licen[cs]e", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str
    regex: re.Pattern[str]
    first: bool
    last: bool


class Notices:
    """Write the notices to `doc._.notices` and, labelled with their kind, to `doc.spans[spans_key]`."""

    def __init__(self, nlp: Language, name: str = "annotate_notices", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        self._patterns = [
            _Pattern(
                entry["kind"],
                re.compile(entry["pattern"], re.IGNORECASE if entry["ignore_case"] else 0),
                entry["first"],
                entry["last"],
            )
            for entry in entries("notices")
        ]
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        lines = list(paragraphs(text))
        found: list[NoticeDraft] = []
        begun = False  # whether the reporting has
        for index, line in enumerate(lines):
            last = index >= len(lines) - 1
            short = line[1] - line[0] <= _LONGEST
            pieces = self._in_line(text, line, first=not begun, last=last) if short else []
            if not pieces and not begun:
                pieces = _head(text, lines, index)
            if not pieces and _is_headline(text, lines, index):
                pieces = [{"span": line, "kind": "headline"}]
            begun = begun or sum(piece["span"][1] - piece["span"][0] for piece in pieces) < line[1] - line[0]
            found.extend(pieces)
        doc._.notices = found
        doc.spans[self.spans_key] = [
            span
            for item in found
            if (span := doc.char_span(*item["span"], label=item["kind"], alignment_mode="expand")) is not None
        ]
        return doc

    def _in_line(self, text: str, line: Span, *, first: bool, last: bool) -> list[NoticeDraft]:
        """Match a paragraph piece by piece: a pattern takes what it covers, the others see the rest."""
        found: list[NoticeDraft] = []
        start, end = line
        for pattern in self._patterns:
            if (pattern.first and not first) or (pattern.last and not last):
                continue
            if pattern.kind == "dateline" and any(item["kind"] == "dateline" for item in found):
                continue
            match = pattern.regex.search(text[start:end])
            if match is None or not match.group().strip():
                continue
            piece = match.group()
            begin = start + match.start() + len(piece) - len(piece.lstrip())
            stop = start + match.start() + len(piece.rstrip())
            found.append({"span": (begin, stop), "kind": pattern.kind})
            if begin > start:
                end = begin
            else:
                start = stop
            while start < end and text[start].isspace():
                start += 1
            if start >= end:
                break
        parted = [piece for item in found for piece in _without_rest(text, item)]
        return sorted(parted, key=lambda item: item["span"])


def _without_rest(text: str, notice: NoticeDraft) -> Sequence[NoticeDraft]:
    """Part what a crawl left behind a copyright line or disclaimer from it: a few words without a final stop."""
    start, end = notice["span"]
    if notice["kind"] not in {"copyright", "disclaimer"} or text[end - 1] in _PLAIN_FINAL:
        return [notice]
    stop = text.rfind(". ", start, end)
    rest = text[stop + 2 : end]
    if stop < 0 or not rest.strip() or len(rest.split()) > _REST_WORDS or _RIGHTS.search(rest):
        return [notice]
    return [{"span": (start, stop + 1), "kind": notice["kind"]}, {"span": (stop + 2, end), "kind": "residue"}]


def _head(text: str, lines: Sequence[Span], index: int) -> list[NoticeDraft]:
    """Find the dateline without a mark, or the name of the author alone, with which an article begins."""
    start, end = lines[index]
    name = _NAME.fullmatch(text, start, end)
    if name and index + 1 < len(lines) and name["name"].split()[0].title() in given_names():
        return [{"span": (start, end), "kind": "byline"}]
    match = _UNMARKED.match(text, start, end)
    if match is None or text[start:end].isupper():
        return []
    parts = re.split(r"[/]", match["place"])
    if match["region"] or all(_is_place(text, part.strip(), match.end()) for part in parts):
        return [{"span": (start, match.end()), "kind": "dateline"}]
    return []


def _is_place(text: str, name: str, after: int) -> bool:
    """Tell a place in capitals from an acronym: it is known, or stands in the article in ordinary letters too."""
    title = name.title()
    return (
        title in places()
        or title in words("bureau")
        or (len(name) > 4 and re.search(rf"\b{re.escape(title)}\b", text[after:]) is not None)
    )


def _is_headline(text: str, lines: Sequence[Span], index: int) -> bool:
    """Tell whether a paragraph is a short line without final stop that stands alone above reporting."""
    start, end = lines[index]
    line = text[start:end]
    count = words_in(text, lines[index])
    if index + 1 >= len(lines) or (not line[0].isupper() and line[0] not in "‘'\"“"):
        return False
    quoted = line[0] in "‘'\"“" and line.isupper()
    asks = line[-1] == "?" and count <= _QUESTION_WORDS and line[0].isupper()
    if (line[-1] in _PLAIN_FINAL and not quoted and not asks) or not 1 <= count <= _HEADLINE_WORDS:
        return False
    following = text[slice(*lines[index + 1])]
    before = text[slice(*lines[index - 1])] if index else "."
    return (following[-1] in _PLAIN_FINAL or _stands_alone(text, lines, index + 1)) and before[-1] != ":"


def _stands_alone(text: str, lines: Sequence[Span], index: int) -> bool:
    """Tell whether a second headline follows: it, too, is followed by reporting."""
    start, end = lines[index]
    if index + 1 >= len(lines) or words_in(text, lines[index]) > _HEADLINE_WORDS or text[start:end].startswith("•"):
        return False
    return text[lines[index + 1][1] - 1] in _PLAIN_FINAL


@Language.factory("annotate_notices", default_config={"spans_key": SPANS_KEY})
def make_notices(nlp: Language, name: str, spans_key: str) -> Notices:
    return Notices(nlp, name, spans_key=spans_key)
