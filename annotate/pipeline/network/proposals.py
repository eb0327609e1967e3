"""What one anchor's tags say: the runs of pieces that are its quote, its source and its cue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from annotate.pipeline.network.config import Floats
from annotate.pipeline.network.paths import Tags
from annotate.pipeline.network.pieces import NEW_LINE, Bools, Pieces
from annotate.pipeline.network.terms import BEGIN_QUOTE, CUE, END_QUOTE, IN_QUOTE, NOTHING, ROLES, SOURCE

Run = tuple[int, int]  # half-open, in pieces

_QUOTE_TAGS = (BEGIN_QUOTE, IN_QUOTE, END_QUOTE)
# Of the constants below, each was chosen on the dev parts of the corpora.
_GAP = 5  # pieces inside a quote that the tags leave out: so few are a slip, hardly ever an annotator's wish
_FAINT = 0.25  # probability from which pieces are the source of an attribution that the tags give none
_SHORT, _FIRM = 3, 0.65  # a further part of a quote of so few pieces needs this probability
_SURE = 0.9  # probability from which a cue has a further part


@dataclass(slots=True)
class Proposal:
    """An attribution as its own window reads it; `anchor`, `first` and all runs are in pieces of the document.

    chances: (CLASSES,), the probability that the piece is the anchor of each. roles: (n, ROLES), the probability of
    each role for the n pieces from `first` on. cue_class and what follows is decided later.
    """

    anchor: int
    chances: Floats
    first: int
    roles: Floats
    quote: list[Run]
    source: list[Run]
    cue: list[Run]
    cue_class: str = ""
    chance: float = 0.0
    certainty: float = 0.0
    score: float = 0.0

    def certainty_of(self, role: str, runs: Iterable[Run]) -> float:
        """Return the geometric mean of the probabilities that the pieces of the runs have this role."""
        return mean_of([self._own(role, run) for run in runs])

    def overall(self) -> float:
        """Return the same over all its pieces, each in its own role."""
        runs = {"quote": self.quote, "source": self.source, "cue": self.cue}
        return mean_of([self._own(role, run) for role in ROLES for run in runs[role]])

    def _own(self, role: str, run: Run) -> Floats:
        return self.roles[max(0, run[0] - self.first) : max(0, run[1] - self.first), ROLES.index(role)]


def mean_of(chances: list[Floats]) -> float:
    """Return the geometric mean of probabilities, 0 of none."""
    together = np.concatenate(chances) if chances else np.empty(0)
    return float(np.exp(np.log(np.maximum(together, 1e-9)).mean())) if len(together) else 0.0


def propose(anchor: int, chances: Floats, *, first: int, tags: Tags, tag_chances: Floats) -> Proposal:
    """Read the tags of the n pieces from `first` on; tag_chances: (n, TAGS).

    One source is kept, the likeliest, and is looked for among faint ones where the tags name none. One cue is kept,
    the anchor's own, with further parts that are nearly certain.
    """
    source = _source(tags, tag_chances[:, SOURCE])
    cue = _cue(tags, tag_chances[:, CUE], anchor - first)

    def moved(runs: Iterable[Run]) -> list[Run]:
        return [(start + first, end + first) for start, end in runs]

    return Proposal(
        anchor=anchor,
        chances=chances,
        first=first,
        roles=np.stack([tag_chances[:, _QUOTE_TAGS].sum(-1), tag_chances[:, SOURCE], tag_chances[:, CUE]], axis=-1),
        quote=moved(_parts(tags)),
        source=moved(source),
        cue=moved(cue),
    )


def parts_of(proposal: Proposal, pieces: Pieces) -> list[Run]:
    """Return the parts of the quote, mended: small gaps on one line closed, small parts that are doubtful left out."""
    parts: list[Run] = []
    for run in proposal.quote:
        if parts and _slip((parts[-1][1], run[0]), proposal, pieces):
            parts[-1] = parts[-1][0], run[1]
        else:
            parts.append(run)
    firm = [run for run in parts if run[1] - run[0] > _SHORT or proposal.certainty_of("quote", [run]) >= _FIRM]
    return firm or parts


def _slip(gap: Run, proposal: Proposal, pieces: Pieces) -> bool:
    taken = any(meet(gap, run) for run in (*proposal.source, *proposal.cue))
    new_line = bool((pieces.gap[gap[0] : gap[1] + 1] >= NEW_LINE).any())
    return 0 < gap[1] - gap[0] <= _GAP and not taken and not new_line


def runs_of(flags: Bools) -> list[Run]:
    """Return the runs of true flags."""
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def meet(one: Run, other: Run) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _parts(tags: Tags) -> list[Run]:
    parts: list[Run] = []
    for first, last in runs_of(np.isin(tags, _QUOTE_TAGS)):
        own = tags[first:last]
        inner = first + 1 + np.flatnonzero((own[1:] == BEGIN_QUOTE) | (own[:-1] == END_QUOTE))
        cuts = [first, *inner.tolist(), last]
        parts += pairwise(cuts)
    return parts


def _source(tags: Tags, chances: Floats) -> list[Run]:
    runs = runs_of(tags == SOURCE) or runs_of((chances >= _FAINT) & (tags == NOTHING))
    return [max(runs, key=lambda run: mean_of([chances[slice(*run)]]))] if runs else []


def _cue(tags: Tags, chances: Floats, anchor: int) -> list[Run]:
    means = {run: mean_of([chances[slice(*run)]]) for run in runs_of(tags == CUE)}
    if not means:
        return []
    own = next((run for run in means if run[0] <= anchor < run[1]), None) or max(means, key=lambda run: means[run])
    return [run for run in means if run == own or means[run] >= _SURE]
