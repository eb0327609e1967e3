"""Text that is not reporting: headlines in the body, datelines, bylines, disclaimers, copyright lines, residue.

Patterns stand in data/notices.jsonl. Those that begin with `^\\s*` and end before the reporting starts take the
beginning of a paragraph, those that end with `$` its end; the others the whole paragraph.
"""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import NoticeDraft, ensure_extensions, text_of
from annotate.pipeline.resources import entries
from annotate.pipeline.spans import paragraphs, words_in

SPANS_KEY = "annotate/notice"
_LONGEST = 2000  # characters: longer paragraphs are reporting
_HEADLINE_WORDS = 16
_FINAL = frozenset('.!?:;,…"”»)')


class Notices:
    """Write the notices to `doc._.notices` and, labelled with their kind, to `doc.spans[spans_key]`."""

    def __init__(self, nlp: Language, name: str = "annotate_notices", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        self._patterns = [
            (entry["kind"], re.compile(entry["pattern"], re.IGNORECASE if entry["ignore_case"] else 0))
            for entry in entries("notices")
        ]
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        lines = list(paragraphs(text))
        found: list[NoticeDraft] = []
        for index, line in enumerate(lines):
            pieces = self._in_line(text, line) if line[1] - line[0] <= _LONGEST else []
            if not pieces and _is_headline(text, lines, index):
                pieces = [{"span": line, "kind": "headline"}]
            found.extend(pieces)
        doc._.notices = found
        doc.spans[self.spans_key] = [
            span
            for item in found
            if (span := doc.char_span(*item["span"], label=item["kind"], alignment_mode="expand")) is not None
        ]
        return doc

    def _in_line(self, text: str, line: Span) -> list[NoticeDraft]:
        """Match a paragraph piece by piece: a pattern takes what it covers, the others see the rest."""
        found: list[NoticeDraft] = []
        start, end = line
        for kind, pattern in self._patterns:
            match = pattern.search(text[start:end])
            if match is None or not match.group().strip():
                continue
            piece = match.group()
            begin = start + match.start() + len(piece) - len(piece.lstrip())
            stop = start + match.start() + len(piece.rstrip())
            found.append({"span": (begin, stop), "kind": kind})
            if begin > start:
                end = begin
            else:
                start = stop
            while start < end and text[start].isspace():
                start += 1
            if start >= end:
                break
        return sorted(found, key=lambda item: item["span"])


def _is_headline(text: str, lines: list[Span], index: int) -> bool:
    """Tell whether a paragraph is a short line without final stop that stands alone above reporting."""
    start, end = lines[index]
    line = text[start:end]
    if index + 1 >= len(lines) or line[-1] in _FINAL or (not line[0].isupper() and line[0] not in "‘'"):
        return False
    if not 1 <= words_in(text, lines[index]) <= _HEADLINE_WORDS:
        return False
    following = text[slice(*lines[index + 1])]
    before = text[slice(*lines[index - 1])] if index else "."
    return following[-1] in _FINAL and before[-1] != ":"


@Language.factory("annotate_notices", default_config={"spans_key": SPANS_KEY})
def make_notices(nlp: Language, name: str, spans_key: str) -> Notices:
    return Notices(nlp, name, spans_key=spans_key)
