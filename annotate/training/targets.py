"""What the network should answer for an annotated article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np

from annotate.corpora import AnnotatedArticle, Annotation
from annotate.derive import Span
from annotate.pipeline.network.pieces import GLUED, Ints, Pieces
from annotate.pipeline.network.terms import BEGIN_QUOTE, CLASSES, CUE, END_QUOTE, IN_QUOTE, SOURCE

ANY_CLASS = -1  # an anchor whose cue class its corpus does not tell


@dataclass(frozen=True, slots=True)
class Target:
    """One attribution: its anchor, its class (an index into CLASSES or ANY_CLASS) and, in text order, the pieces that
    carry a tag with the tag of each."""

    anchor: int
    cue_class: int
    pieces: Ints
    tags: Ints


@dataclass(frozen=True, slots=True)
class Lesson:
    """An article as the network meets it; style: an index into STYLES."""

    pieces: Pieces
    targets: tuple[Target, ...]
    style: int


class Heads(Protocol):
    """Tells the head word of a cue."""

    def pick(self, pieces: Pieces, span: Span) -> int | None:
        """Return the first piece of the head word; None when the span holds no piece."""


class CueHeads:
    """Tell the head word of a cue: the one that stands most often in cues, relative to its use elsewhere.

    Learned from the corpus instead of a parse, so that "has repeatedly said" and "in the words of" are treated alike.
    """

    def __init__(self, corpus: Iterable[tuple[Pieces, AnnotatedArticle]]) -> None:
        in_cues: Counter[int] = Counter()
        everywhere: Counter[int] = Counter()
        for pieces, article in corpus:
            everywhere.update(pieces.ids.tolist())
            for span in chain.from_iterable(item.cue for item in article.attributions):
                in_cues.update(pieces.ids[slice(*pieces.inside(span))].tolist())
        self._affinity = {piece: (count + 0.3) / (everywhere[piece] + 1) for piece, count in in_cues.items()}

    def pick(self, pieces: Pieces, span: Span) -> int | None:
        """Return the first piece of the head word; None when the span holds no piece."""
        first, last = pieces.inside(span)
        # A piece inside a word is never the anchor: its word's first piece is.
        begins = [at for at in range(first, last) if at == first or pieces.gap[at] > GLUED]
        return max(begins, key=lambda at: (self._affinity.get(int(pieces.ids[at]), 0.0), at), default=None)


def targets_of(pieces: Pieces, annotations: Sequence[Annotation], heads: Heads) -> tuple[Target, ...]:
    """Turn attributions into targets; of several with one anchor, the first."""
    found: dict[int, Target] = {}
    for annotation in annotations:
        tags: dict[int, int] = {}
        for span in annotation.quote:
            first, last = pieces.inside(span)
            if first < last:
                tags |= dict.fromkeys(range(first, last), IN_QUOTE) | {first: BEGIN_QUOTE} | {last - 1: END_QUOTE}
        if not tags:
            continue
        anchor = heads.pick(pieces, annotation.cue[0]) if annotation.cue else None
        anchor = min(tags) if anchor is None else anchor
        for tag, spans in ((SOURCE, annotation.source), (CUE, annotation.cue)):
            for span in spans:
                tags |= dict.fromkeys(range(*pieces.inside(span)), tag)
        known = annotation.cue_class in CLASSES
        index = CLASSES.index(annotation.cue_class) if known and annotation.cue_class else ANY_CLASS
        tagged = np.array(sorted(tags), dtype=np.int64)
        values = np.array([tags[at] for at in tagged.tolist()], dtype=np.int64)
        found.setdefault(anchor, Target(anchor, index, tagged, values))
    return tuple(found.values())
