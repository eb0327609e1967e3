"""What follows from the text, the spans and the relations: computed in one place, never asked of a person.

The pipeline and the reader of corrections both call these, so that a prediction that nobody touched comes back
identical.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from annotate.scheme import Directness, QuoteType, SourceType

Span = tuple[int, int]

OPENING_MARKS = frozenset('"“„‟«‹「『〝＂')
CLOSING_MARKS = frozenset('"”“»›」』〞＂')
QUOTATION_MARKS = OPENING_MARKS | CLOSING_MARKS
_DOUBLED = ("''", "``")


def sha256_of(text: str) -> str:
    """Return the hex SHA-256 of `text` in UTF-8.

    Raises: UnicodeEncodeError when the text holds a lone surrogate.
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """Return a name in the form in which its spellings are alike.

    Case, accents, punctuation and a leading "the" make no difference.
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    words = "".join(char if char.isalnum() else " " for char in letters if not unicodedata.combining(char)).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def normalise_newlines(text: str) -> str:
    """Turn `\\r\\n` into `\\n`: the one change ingest makes to a text.

    Several returns before a newline go with it, so that a text that was exported and read again stays the same.
    """
    # The look-behind keeps a long run of returns from being tried at each of them.
    return re.sub(r"(?<!\r)\r++\n", "\n", text)


def quote_type_of(text: str, quote: Sequence[Span]) -> QuoteType:
    """Tell direct, indirect and mixed speech apart by the quotation marks inside the spans.

    direct: every span lies wholly between marks (opens and closes with one, edge spaces and stops aside, and no
    unquoted words stand in between); mixed: some mark inside; indirect: none. A mark left open until the next
    paragraph counts as wholly quoted.
    """
    states = [_marked(text[start:end]) for start, end in quote]
    if states and all(state == "whole" for state in states):
        return QuoteType.DIRECT
    if any(state != "none" for state in states):
        return QuoteType.MIXED
    return QuoteType.INDIRECT


def _marked(part: str) -> str:
    for doubled in _DOUBLED:
        part = part.replace(doubled, '"')
    part = part.strip().rstrip(".,;:!?…").strip()
    if not any(char in QUOTATION_MARKS for char in part):
        single = part[:1] in {"'", "‘"} and part[-1:] in {"'", "’"} and len(part) > 1
        return "whole" if single else "none"
    if part[0] not in QUOTATION_MARKS:
        return "some"
    # Outside the marks only white space, stops and further opening marks may stand.
    inside = True
    for index, char in enumerate(part[1:], start=1):
        if char in {'"', "＂"}:
            inside = True if part[index - 1].isspace() else not inside
        elif char in OPENING_MARKS and not (char in CLOSING_MARKS and inside):
            inside = True
        elif char in CLOSING_MARKS:
            inside = False
        elif not inside and char.isalnum():
            return "some"
    return "whole"


def directness_of(source_type: str | None, via_steps: Iterable[int]) -> Directness:
    """Tell by which road a statement reached the article.

    via_steps: the step of each outlet it passed through (1 heard the source, 2 cited the outlet of step 1, …).
    """
    if source_type == SourceType.OUTLET:
        return Directness.OUTLET_IS_SOURCE
    depth = max(via_steps, default=0)
    if depth == 0:
        return Directness.FIRST_HAND
    return Directness.VIA_OUTLET if depth == 1 else Directness.VIA_CHAIN
