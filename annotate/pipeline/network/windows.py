"""Windows over documents, laid side by side as the arrays that the graphs take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.pipeline.network.pieces import NEW_LINE, Bools, Ints, Pieces

BEGIN, END, MASKED = 101, 102, 103  # vocabulary entries around a window, and for a hidden piece

DISTANCES = 48  # buckets of the distance between a piece and an anchor
LINES = 9  # buckets of the lines between them
CROSSED = 16  # sentence ends (0..3) and other likely anchors (0..3) between them

READ = ("ids", "case", "mark", "gap")
_FLAGS = ("ends_sentence", "within_word")


@dataclass(frozen=True, slots=True)
class Window:
    """The pieces [start, stop) of a document; only anchors in [core_start, core_stop) are taken from this window."""

    document: int
    start: int
    stop: int
    core_start: int
    core_stop: int


def windows_of(pieces: Pieces, document: int, *, room: int, margin: int) -> Iterator[Window]:
    """Cut a document into windows of at most `room` pieces whose cores share no piece and leave none out.

    There are as few as can be, of much the same length. A core keeps `margin` pieces from the window's edges, unless
    the edge is the document's, and begins with a line where one begins near enough.
    """
    n, core = len(pieces), 0
    while core < n:
        start = max(0, core - margin)
        if start + room >= n:
            yield Window(document, start, n, core, n)
            return
        # A core is two margins shorter than its window, the first and the last but one.
        spared = 0 if core else margin
        inner = n - core - margin - spared
        left = -(-inner // (room - 2 * margin))
        ideal = core + spared - (-inner // left)
        last = start + room - margin
        nearest = max(core + 1, ideal - margin // 2)
        lines = nearest + np.flatnonzero(pieces.gap[nearest : last + 1] >= NEW_LINE)
        end = int(lines[np.abs(lines - ideal).argmin()]) if len(lines) else min(ideal, last)
        yield Window(document, start, end + margin, core, end)
        core = end


@dataclass(frozen=True, slots=True)
class Batch:
    """b windows in arrays of shape (b, t); piece i of a window stands in column i + 1, padding after its last.

    ids, case, mark, gap, line: as in Pieces, with BEGIN and END around each window. filled: whether a column holds
    anything. ends_sentence, within_word: as in Pieces.
    """

    ids: Ints
    case: Ints
    mark: Ints
    gap: Ints
    line: Ints
    filled: Bools
    ends_sentence: Bools
    within_word: Bools


def lay_out(windows: Sequence[Window], documents: Sequence[Pieces]) -> Batch:
    """Lay windows side by side, padded to the longest."""
    shape = len(windows), max(window.stop - window.start for window in windows) + 2
    numbers: dict[str, Ints] = {name: np.zeros(shape, dtype=np.int64) for name in (*READ, "line")}
    flags: dict[str, Bools] = {name: np.zeros(shape, dtype=np.bool_) for name in ("filled", *_FLAGS)}
    for row, window in enumerate(windows):
        pieces, n = documents[window.document], window.stop - window.start
        for name in (*READ, "line"):
            numbers[name][row, 1 : n + 1] = getattr(pieces, name)[window.start : window.stop]
        for name in _FLAGS:
            flags[name][row, 1 : n + 1] = getattr(pieces, name)[window.start : window.stop]
        numbers["ids"][row, [0, n + 1]] = BEGIN, END
        numbers["line"][row, 0] = numbers["line"][row, 1]
        numbers["line"][row, n + 1 :] = numbers["line"][row, n]
        flags["filled"][row, : n + 2] = True
    return Batch(
        ids=numbers["ids"],
        case=numbers["case"],
        mark=numbers["mark"],
        gap=numbers["gap"],
        line=numbers["line"],
        filled=flags["filled"],
        ends_sentence=flags["ends_sentence"],
        within_word=flags["within_word"],
    )


def relate(batch: Batch, likely: Bools, rows: Ints, anchors: Ints) -> tuple[Ints, Ints, Ints]:
    """Describe how each piece lies to each anchor: buckets of distance, lines and what is crossed, each (pairs, t).

    likely: (b, t), the pieces that are more likely anchors than not. rows, anchors: (pairs,), the row and column of
    each anchor.
    """
    at = anchors[:, None]
    distance = np.arange(batch.ids.shape[1])[None] - at
    size = np.abs(distance)
    steps = np.where(size <= 8, size, 8 + np.log2(np.maximum(size, 8) / 8) * 3).astype(np.int64)
    steps = np.minimum(steps, DISTANCES // 2 - 1)
    lines = np.clip(batch.line[rows] - batch.line[rows, anchors][:, None], -(LINES // 2), LINES // 2) + LINES // 2
    crossed = _between(batch.ends_sentence, rows, at) * 4 + _between(likely, rows, at)
    return np.where(distance < 0, steps, DISTANCES // 2 + steps), lines, crossed


def _between(flags: Bools, rows: Ints, at: Ints) -> Ints:
    """Count the flags strictly between each piece and its anchor, up to 3."""
    upto = flags.astype(np.int64).cumsum(-1)[rows]
    before = upto - flags[rows]
    right = before - np.take_along_axis(upto, at, 1)
    left = np.take_along_axis(before, at, 1) - upto
    counted: Ints = np.minimum(np.maximum(np.maximum(left, right), 0), 3)
    return counted
