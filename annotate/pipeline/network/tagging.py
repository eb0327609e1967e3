"""Windows through both graphs: which pieces are anchors, and how the pieces around each are tagged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.pipeline.network.config import Floats
from annotate.pipeline.network.graphs import Graphs
from annotate.pipeline.network.paths import FORBIDDEN, best_paths
from annotate.pipeline.network.pieces import Pieces
from annotate.pipeline.network.proposals import Proposal, propose
from annotate.pipeline.network.terms import END_QUOTE, NOTHING, TAGS
from annotate.pipeline.network.windows import Window, lay_out, relate

TOGETHER = 256  # anchors whose paths are searched at once


@dataclass(frozen=True, slots=True)
class _Open:
    """An anchor, with its probability by class, whose tags are still open.

    log_p: (n, TAGS), for the n pieces of its window.
    """

    window: Window
    anchor: int
    chances: Floats
    log_p: Floats


def proposals_of(
    graphs: Graphs, documents: Sequence[Pieces], windows: Iterable[Window], *, style: int, least: float
) -> Iterator[tuple[int, Proposal]]:
    """Yield every document's proposals, with the document's index.

    least: probability from which a piece is a candidate for an anchor.
    Each window goes through the graphs by itself. Side by side they would take as long, and no longer give the same
    answers: the quantised graph rounds by the largest number among all that it is given at once.
    """
    waiting: list[_Open] = []
    for window in windows:
        waiting += _read(graphs, documents, window, style, least)
        if len(waiting) >= TOGETHER:
            yield from _closed(waiting, documents)
            waiting = []
    yield from _closed(waiting, documents)


def _read(graphs: Graphs, documents: Sequence[Pieces], window: Window, style: int, least: float) -> Iterator[_Open]:
    batch = lay_out([window], documents)
    logits, as_pieces, as_anchors = graphs.read(batch, style)
    chances = _softmax(logits[0])
    core = slice(window.core_start - window.start + 1, window.core_stop - window.start + 1)
    columns = np.flatnonzero(1 - chances[core, 0] >= least) + core.start
    if not len(columns):
        return
    likely = chances[None, :, 0] < 0.5
    related = relate(batch, likely, np.zeros_like(columns), columns)
    tags = graphs.tag(as_pieces[0], as_anchors[0, columns], related)
    log_p = np.log(np.maximum(_softmax(tags[:, 1:-1]), 1e-9))
    for column, rows in zip(columns.tolist(), log_p, strict=True):
        yield _Open(window, column - 1 + window.start, chances[column, 1:], rows)


def _closed(waiting: Sequence[_Open], documents: Sequence[Pieces]) -> Iterator[tuple[int, Proposal]]:
    """Find the tags of all that wait in one go: a step of the search costs much the same for one and for many."""
    if not waiting:
        return
    longest = max(len(item.log_p) for item in waiting)
    # One column before and two behind: a quote may go on past its window, which costs nothing.
    log_p = np.full((len(waiting), longest + 3, len(TAGS)), FORBIDDEN, dtype=np.float32)
    log_p[:, :, NOTHING] = 0
    within_word = np.zeros(log_p.shape[:2], dtype=np.bool_)
    for row, item in enumerate(waiting):
        n, pieces, window = len(item.log_p), documents[item.window.document], item.window
        log_p[row, 1 : n + 1] = item.log_p
        log_p[row, n + 1, END_QUOTE] = 0
        within_word[row, 1 : n + 1] = pieces.within_word[window.start : window.stop]
    paths = best_paths(log_p, within_word)
    for item, path in zip(waiting, paths, strict=True):
        first, tags = item.window.start, path[1 : len(item.log_p) + 1]
        proposal = propose(item.anchor, item.chances, first=first, tags=tags, tag_chances=np.exp(item.log_p))
        yield item.window.document, proposal


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    shares: Floats = powers / powers.sum(-1, keepdims=True)
    return shares
