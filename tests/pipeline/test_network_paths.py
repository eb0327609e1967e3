"""The best path is the best of all that are allowed, and each row finds its own."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from annotate.pipeline.network.paths import best_paths
from annotate.pipeline.network.proposals import runs_of
from annotate.pipeline.network.terms import BEGIN_QUOTE, CUE, END_QUOTE, IN_QUOTE, NOTHING, SOURCE, TAGS

LENGTH = 5
LOGITS = arrays.arrays(np.float32, (LENGTH, len(TAGS)), elements=st.floats(-8, 0, width=16))
WORDS = st.lists(st.booleans(), min_size=LENGTH, max_size=LENGTH).map(lambda flags: np.array([False, *flags[1:]]))
OPEN = {BEGIN_QUOTE, IN_QUOTE}


def allowed(path: tuple[int, ...], within_word: np.ndarray) -> bool:
    """Say again, in other words, what a sequence of tags must be."""
    for at, tag in enumerate(path):
        before = path[at - 1] if at else NOTHING
        if (tag == IN_QUOTE and before not in OPEN) or (before in OPEN and tag not in {IN_QUOTE, END_QUOTE}):
            return False
        if within_word[at] and not (before in OPEN or (before == tag and tag in {NOTHING, SOURCE, CUE})):
            return False
    return True


def worth(path: tuple[int, ...], log_p: np.ndarray) -> float:
    joined = {(one, two) for one in OPEN for two in (IN_QUOTE, END_QUOTE)} | {(t, t) for t in (NOTHING, SOURCE, CUE)}
    changes = sum((one, two) not in joined for one, two in pairwise(path))
    return float(sum(log_p[at, tag] for at, tag in enumerate(path))) - 0.5 * changes


@given(LOGITS, WORDS)
def test_no_allowed_path_is_better(log_p: np.ndarray, within_word: np.ndarray) -> None:
    (found,) = best_paths(log_p[None], within_word[None])
    path = tuple(found.tolist())
    assert allowed(path, within_word)
    best = max(worth(way, log_p) for way in product(range(len(TAGS)), repeat=LENGTH) if allowed(way, within_word))
    assert abs(worth(path, log_p) - best) < 1e-3


@given(st.lists(st.tuples(LOGITS, WORDS), min_size=2, max_size=6))
def test_rows_do_not_see_each_other(rows: list[tuple[np.ndarray, np.ndarray]]) -> None:
    log_p, within_word = (np.stack(side) for side in zip(*rows, strict=True))
    together = best_paths(log_p, within_word)
    for index, (one, words) in enumerate(rows):
        assert (best_paths(one[None], words[None])[0] == together[index]).all()


@given(st.lists(st.booleans()))
def test_runs_are_those_of_the_flags(flags: list[bool]) -> None:
    runs = runs_of(np.array(flags, dtype=np.bool_))
    assert [at for first, last in runs for at in range(first, last)] == [at for at, flag in enumerate(flags) if flag]
    assert all(before[1] < after[0] for before, after in pairwise(runs))
