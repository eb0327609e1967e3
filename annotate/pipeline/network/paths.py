"""The best sequence of tags for each anchor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotate.pipeline.network.config import Floats
from annotate.pipeline.network.pieces import Bools
from annotate.pipeline.network.terms import BEGIN_QUOTE, CUE, END_QUOTE, IN_QUOTE, NOTHING, SOURCE, TAGS

Tags = NDArray[np.int8]

FORBIDDEN = -1e4  # as a log probability: less likely than any sequence that is allowed
_SWITCH = 0.5  # what each end of a span costs: spans of doubtful pieces come out whole rather than in crumbs
_QUOTE = (BEGIN_QUOTE, IN_QUOTE, END_QUOTE)


def _between_words() -> Floats:
    """Return what it costs to go from one tag (row) to the next (column) where a new word begins."""
    costs = np.full((len(TAGS), len(TAGS)), -_SWITCH, dtype=np.float32)
    np.fill_diagonal(costs, 0)
    costs[[BEGIN_QUOTE, IN_QUOTE], :] = FORBIDDEN
    costs[:, [IN_QUOTE]] = FORBIDDEN
    for before in (BEGIN_QUOTE, IN_QUOTE):
        costs[before, [IN_QUOTE, END_QUOTE]] = 0
    costs[END_QUOTE, END_QUOTE] = -_SWITCH
    return costs


def _within_word() -> Floats:
    """Return the same inside a word, whose pieces all belong to one span or to none."""
    costs = np.full((len(TAGS), len(TAGS)), FORBIDDEN, dtype=np.float32)
    for before, after in ((NOTHING, NOTHING), (SOURCE, SOURCE), (CUE, CUE)):
        costs[before, after] = 0
    for before in (BEGIN_QUOTE, IN_QUOTE):
        costs[before, [IN_QUOTE, END_QUOTE]] = 0
    return costs


_BETWEEN, _WITHIN = _between_words(), _within_word()


def best_paths(log_p: Floats, within_word: Bools) -> Tags:
    """Find the likeliest tags of each row that the scheme allows (Viterbi, 1967).

    log_p: (rows, t, TAGS), changed by nothing. within_word: (rows, t). A part of a quote runs from BEGIN_QUOTE to
    END_QUOTE, or is an END_QUOTE alone. Every row is found by itself: its path does not depend on its neighbours.
    """
    rows, t, tags = log_p.shape
    back = np.empty((t, rows, tags), dtype=np.int8)
    score = log_p[:, 0].copy()
    score[:, IN_QUOTE] = FORBIDDEN
    for at in range(1, t):
        ways = score[:, :, None] + np.where(within_word[:, at, None, None], _WITHIN, _BETWEEN)
        back[at] = ways.argmax(1)
        score = ways.max(1) + log_p[:, at]
    paths = np.empty((rows, t), dtype=np.int8)
    paths[:, -1] = score.argmax(-1)
    every = np.arange(rows)
    for at in range(t - 1, 0, -1):
        paths[:, at - 1] = back[at, every, paths[:, at]]
    return paths
