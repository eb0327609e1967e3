"""Speakers as clusters of mentions: B³ (Bagga and Baldwin 1998, "Algorithms for Scoring Coreference Chains").

Over the mentions that both readings marked and named: for each, the share of one reading's cluster around it that the
other's cluster holds too. How a name is spelt makes no difference here, only which mentions have the same one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence


def b_cubed(pairs: Sequence[tuple[Hashable, Hashable]]) -> tuple[float, float]:
    """Return the sums, over the mentions, of B³'s precision and recall.

    pairs: for each mention, its cluster in the one reading and in the other. Divided by the number of mentions, the
    sums are precision and recall; whose reading is called the right one swaps the two.
    """
    sides: tuple[defaultdict[Hashable, set[int]], ...] = (defaultdict(set), defaultdict(set))
    for mention, clusters in enumerate(pairs):
        for side, cluster in zip(sides, clusters, strict=True):
            side[cluster].add(mention)
    precision = recall = 0.0
    for one, other in pairs:
        shared = len(sides[0][one] & sides[1][other])
        precision += shared / len(sides[1][other])
        recall += shared / len(sides[0][one])
    return precision, recall
