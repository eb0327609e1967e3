"""Graphs that answer as a test wants them to, in place of the trained ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from annotate.pipeline.network.config import Floats
from annotate.pipeline.network.pieces import Ints
from annotate.pipeline.network.reading import AttributionNetwork
from annotate.pipeline.network.terms import CLASSES, TAGS
from annotate.pipeline.network.windows import Batch


class RandomGraphs:
    """Answers at random, the same for the same window, and counts: the worst that a network could say.

    read_pieces: how many columns each window had that was read. tagged: how many anchors were tagged at once.
    """

    def __init__(self, *, seed: int = 0, anchors: float = 0.1) -> None:
        self._seed = seed
        self._anchors = anchors
        self.read_pieces: list[int] = []
        self.tagged: list[int] = []

    def read(self, batch: Batch, style: int) -> tuple[Floats, Floats, Floats]:
        shape = batch.ids.shape
        self.read_pieces.append(shape[1])
        assert shape[0] == 1
        chance = np.random.default_rng([self._seed, style, *batch.ids[0].tolist()])
        classes = chance.normal(0, 1, (*shape, 1 + len(CLASSES)))
        classes[..., 0] += np.where(chance.random(shape) < self._anchors, -6, 6)
        sides = chance.normal(0, 1, (*shape, 2)).astype(np.float32)
        return classes.astype(np.float32), sides, sides

    def tag(self, pieces: Floats, anchors: Floats, related: Sequence[Ints]) -> Floats:
        assert all(array.shape == (len(anchors), len(pieces)) for array in related)
        self.tagged.append(len(anchors))
        chance = np.random.default_rng([self._seed, *np.abs(anchors[:, 0] * 1e6).astype(int).tolist()])
        # Tags that last for a while, as real ones do, and single slips.
        slow = chance.normal(0, 3, (len(anchors), len(pieces) // 6 + 1, len(TAGS))).repeat(6, axis=1)
        return (slow[:, : len(pieces)] + chance.normal(0, 1, (len(anchors), len(pieces), len(TAGS)))).astype(np.float32)


@cache
def loaded() -> AttributionNetwork:
    return AttributionNetwork()


def network_of(graphs: RandomGraphs, *, min_score: float = 0.0) -> AttributionNetwork:
    """Return a network whose graphs are these."""
    network = AttributionNetwork(min_score=min_score)
    network._graphs = graphs  # type: ignore[assignment]
    return network
