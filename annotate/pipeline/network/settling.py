"""Proposals of one document against each other: what two of them claim belongs to the surer one."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.pipeline.network.proposals import Proposal, Run, meet

_NEAR = 8  # proposals later in the text that one is compared with
_ALIKE = 0.8  # shared part of two quotes from which they are taken for one and the same


def settle(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Return the proposals in text order after giving what two quotes share to one of them.

    Nested reporting is no conflict: there, one's anchor stands in the other's quote. Of two proposals with much the
    same quote the one with the higher score stays; a smaller shared part goes to the quote it more certainly is of.
    """
    ordered = sorted(proposals, key=lambda item: (item.anchor, item.first))
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 : index + 1 + _NEAR]:
            shared = [(max(a[0], b[0]), min(a[1], b[1])) for a in one.quote for b in other.quote if meet(a, b)]
            if not shared or _nested(one, other) or _nested(other, one):
                continue
            common = _size(shared)
            if common >= _ALIKE * (_size(one.quote) + _size(other.quote) - common):
                min(one, other, key=lambda item: item.score).quote = []
                continue
            for run in shared:
                loser = one if one.certainty_of("quote", [run]) < other.certainty_of("quote", [run]) else other
                loser.quote = _without(loser.quote, run)
    return [item for item in ordered if item.quote]


def _nested(inner: Proposal, outer: Proposal) -> bool:
    return any(first <= inner.anchor < last for first, last in outer.quote)


def _size(runs: Sequence[Run]) -> int:
    return sum(last - first for first, last in runs)


def _without(runs: Sequence[Run], hole: Run) -> list[Run]:
    left = [piece for first, last in runs for piece in ((first, min(last, hole[0])), (max(first, hole[1]), last))]
    return [piece for piece in left if piece[0] < piece[1]]
