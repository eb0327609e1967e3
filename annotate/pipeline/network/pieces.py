"""Text as word pieces with what the network reads of their surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from annotate.derive import Span
from annotate.errors import PipelineError
from annotate.pipeline.quotation_marks import Stretch, find_stretches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Letter case, since the vocabulary has none.
NO_LETTERS, LOWER, CAPITAL, UPPER, MIXED = CASES = range(5)
# Where a piece stands with regard to quotation marks.
OUTSIDE, INSIDE, OPENING, CLOSING, LEFT_OPEN = MARKS = range(5)
# What stands between a piece and the one before.
GLUED, SPACED, NEW_LINE, NEW_BLOCK = GAPS = range(4)

_SENTENCE_END = frozenset(".!?…。！？")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text of n word pieces. Arrays have shape (n,).

    ids: vocabulary entries. start, end: half-open offsets in code points. case, mark, gap: as the constants above say.
    line: number of the line among those that are not empty. ends_sentence: whether a sentence may end after the piece.
    within_word: whether the piece goes on with a word begun before. stretches: the outermost stretches between
    quotation marks.
    """

    ids: Ints
    start: Ints
    end: Ints
    case: Ints
    mark: Ints
    gap: Ints
    line: Ints
    ends_sentence: Bools
    within_word: Bools
    stretches: tuple[Span, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def span(self, run: tuple[int, int]) -> Span:
        """Return the characters from the first piece of a half-open range, not empty, to its last."""
        return int(self.start[run[0]]), int(self.end[run[1] - 1])

    def inside(self, span: Span) -> tuple[int, int]:
        """Return the half-open range of the pieces that overlap a character span."""
        first = int(np.searchsorted(self.end, span[0], side="right"))
        return first, max(first, int(np.searchsorted(self.start, span[1], side="left")))


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a word-piece tokenizer; it neither cuts nor pads.

    Raises: PipelineError when the file is none.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exceptions
        raise PipelineError(
            f"the tokenizer cannot be loaded: {error}", where=str(path), mend="reinstall source-annotator"
        ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def pieces_of(tokenizer: Tokenizer, text: str, stretches: Sequence[Stretch] | None = None) -> Pieces:
    """Cut a text into word pieces; `stretches` spares finding its quotation marks again."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    ids = np.array(encoding.ids, dtype=np.int64)
    full = offsets[:, 1] > offsets[:, 0]
    ids, start, end = ids[full], offsets[full, 0], offsets[full, 1]
    outer = [stretch for stretch in (find_stretches(text) if stretches is None else stretches) if stretch.depth == 0]
    before = np.append(0, end[:-1])
    breaks = np.append(0, np.cumsum(_codes(text) == ord("\n")))
    between = breaks[start] - breaks[before]
    gap = np.where(between > 0, np.minimum(between, 2) + 1, (start > before).astype(np.int64))
    gap[:1] = NEW_BLOCK
    words = [text[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]
    mark = _marks(len(text), outer)[start]
    followed = np.append(gap[1:] > GLUED, True) | (np.append(mark[1:], OUTSIDE) == CLOSING)
    last_letter = np.array([word[-1].isalnum() for word in words], dtype=bool)
    first_letter = np.array([word[0].isalnum() for word in words], dtype=bool)
    return Pieces(
        ids=ids,
        start=start,
        end=end,
        case=np.array([_case(word) for word in words], dtype=np.int64),
        mark=mark,
        gap=gap,
        line=np.cumsum(gap >= NEW_LINE) - 1,
        ends_sentence=np.array([word in _SENTENCE_END for word in words], dtype=bool) & followed[: len(ids)],
        within_word=(gap == GLUED) & first_letter & np.append(False, last_letter[:-1])[: len(ids)],
        stretches=tuple((stretch.start, stretch.end) for stretch in outer),
    )


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _marks(length: int, outer: Sequence[Stretch]) -> Ints:
    marks = np.full(length, OUTSIDE, dtype=np.int64)
    for start, end, _, closed in outer:
        marks[start:end] = INSIDE if closed else LEFT_OPEN
        marks[start] = OPENING
        if closed:
            marks[end - 1] = CLOSING
    return marks


def _case(word: str) -> int:
    if word.islower():
        return LOWER
    if not any(map(str.isalpha, word)):
        return NO_LETTERS
    if word[0].isupper() and (len(word) == 1 or word[1:].islower()):
        return CAPITAL
    return UPPER if word.isupper() else MIXED
