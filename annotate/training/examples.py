"""Lessons cut into windows, shuffled, mixed by style, disturbed a little and laid side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from annotate.pipeline.network.pieces import CLOSING, OPENING, Ints, Pieces
from annotate.pipeline.network.terms import BEGIN_QUOTE, CUE, END_QUOTE, IN_QUOTE, ROLES, SOURCE
from annotate.pipeline.network.windows import MASKED, Batch, Window, lay_out
from annotate.training.targets import ANY_CLASS, Lesson

_ALIKE = (("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"))  # marks that are swapped for each other
_SWAPPED, _HIDDEN = 0.3, 0.06  # share of windows whose marks are swapped, and of pieces that are hidden


@dataclass(frozen=True, slots=True)
class Example:
    """A batch with its answers.

    anchors: (b, t), 0 for none, k + 1 for class k, ANY_CLASS for an anchor of unknown class. roles: (b, t, ROLES),
    whether a piece stands in any quote, source, cue. rows, columns: (pairs,), where the anchors are. tags: (pairs, t).
    """

    batch: Batch
    style: Ints
    anchors: Ints
    roles: NDArray[np.float32]
    rows: Ints
    columns: Ints
    tags: Ints


class Marks:
    """The quotation marks that a vocabulary has, and their exchange."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.pairs = [(tokenizer.token_to_id(opening), tokenizer.token_to_id(closing)) for opening, closing in _ALIKE]

    def disturb(self, batch: Batch, chance: np.random.Generator) -> None:
        """Swap the marks of some windows for others, and hide some pieces, in place."""
        opening, closing = (list(side) for side in zip(*self.pairs, strict=True))
        for ids, mark, filled in zip(batch.ids, batch.mark, batch.filled, strict=True):
            if chance.random() < _SWAPPED:
                new = self.pairs[chance.integers(len(self.pairs))]
                ids[(mark == OPENING) & np.isin(ids, opening)] = new[0]
                ids[(mark == CLOSING) & np.isin(ids, closing)] = new[1]
            hidden = (chance.random(len(ids)) < _HIDDEN) & filled & (mark != OPENING) & (mark != CLOSING)
            hidden[[0, int(filled.sum()) - 1]] = False
            ids[hidden] = MASKED


class Stream:
    """The windows of some lessons for ever: in every round new cuts and a new order, the same for the same seed.

    Of `world` streams, the one of each `rank` gives its share; all of them give the same where there are fewer windows
    than streams. Its place is two numbers, so that training can go on where it stopped.
    """

    def __init__(self, lessons: Sequence[int], lengths: Sequence[int], *, room: int, seed: Sequence[int], rank: int,
                 world: int) -> None:  # fmt: skip
        self.lessons, self._lengths = lessons, lengths
        self._room, self._seed, self._rank, self._world = room, tuple(seed), rank, world
        self.round, self.at = 0, 0
        self._windows = self._shuffled()

    def seek(self, round: int, at: int) -> None:
        self.round, self.at = round, at
        self._windows = self._shuffled()

    def __next__(self) -> Window:
        if self.at == len(self._windows):
            self.seek(self.round + 1, 0)
        self.at += 1
        return self._windows[self.at - 1]

    def _shuffled(self) -> list[Window]:
        chance = np.random.default_rng((*self._seed, self.round))
        windows = [window for lesson in self.lessons for window in self._cut(lesson, chance)]
        order = chance.permutation(len(windows))
        share = order[self._rank :: self._world] if len(order) >= self._world else order
        return [windows[index] for index in share]

    def _cut(self, lesson: int, chance: np.random.Generator) -> Iterator[Window]:
        n, room = self._lengths[lesson], self._room
        if n <= room:
            yield Window(lesson, 0, n, 0, n)
            return
        first = int(chance.integers(room // 3, room))
        for stop in (*range(first, n, room), n):
            start = max(0, stop - room)
            yield Window(lesson, start, min(n, start + room), start, stop)


def example_of(windows: Sequence[Window], lessons: Sequence[Lesson], documents: Sequence[Pieces]) -> Example:
    """Lay windows side by side with the answers that lie inside them; `documents` holds the lessons' pieces."""
    batch = lay_out(windows, documents)
    b, t = batch.ids.shape
    anchors = np.zeros((b, t), dtype=np.int64)
    roles = np.zeros((b, t, len(ROLES)), dtype=np.float32)
    pairs: list[tuple[int, int, Ints]] = []
    for row, window in enumerate(windows):
        for target in lessons[window.document].targets:
            inside = (target.pieces >= window.start) & (target.pieces < window.stop)
            columns, tags = target.pieces[inside] - window.start + 1, target.tags[inside].copy()
            if not len(columns):
                continue
            roles[row, columns[np.isin(tags, (BEGIN_QUOTE, IN_QUOTE, END_QUOTE))], 0] = 1
            roles[row, columns[tags == SOURCE], 1] = 1
            roles[row, columns[tags == CUE], 2] = 1
            if not window.start <= target.anchor < window.stop:
                continue
            # A quote that begins before the window begins with it.
            tags[:1] = np.where(tags[:1] == IN_QUOTE, BEGIN_QUOTE, tags[:1])
            column = target.anchor - window.start + 1
            anchors[row, column] = target.cue_class if target.cue_class == ANY_CLASS else target.cue_class + 1
            tagged = np.zeros(t, dtype=np.int64)
            tagged[columns] = tags
            pairs.append((row, column, tagged))
    return Example(
        batch=batch,
        style=np.array([lessons[window.document].style for window in windows], dtype=np.int64),
        anchors=anchors,
        roles=roles,
        rows=np.array([row for row, _, _ in pairs], dtype=np.int64),
        columns=np.array([column for _, column, _ in pairs], dtype=np.int64),
        tags=np.array([tagged for _, _, tagged in pairs], dtype=np.int64).reshape(-1, t),
    )
