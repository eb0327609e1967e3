"""What two readings of one article agree in, as ratios whose two parts add up over articles.

Whose reading is called the right one makes no difference: each is taken as the prediction of the other, either way
round, so that precision, recall and F1 are one figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from nervaluate.entities import Entity  # type: ignore[import-untyped]
from nervaluate.strategies import ExactEvaluation, PartialEvaluation  # type: ignore[import-untyped]
from numpy.typing import NDArray

from annotate.derive import Span, name_key
from annotate.evaluation import OF_ATTRIBUTIONS, PARTS, Comparison
from annotate.evaluation.figures import count_article
from annotate.review.agreement.alignment import paired, paired_across
from annotate.review.agreement.clusters import b_cubed
from annotate.review.agreement.readings import CHOICES, NAMES, Place, Reading
from annotate.scheme import Label, Relation

Key = tuple[str, ...]
Ratios = NDArray[np.float64]
Ends = Mapping[Place, Place]

ALL = "all"
_LABELS = (*Label, ALL)

# What is measured, in order:
# attributions: as `annotate evaluate` defines them. spans: F1 of regions, by their very boundaries (exact), or with a
# half for those that only overlap (partial). finding: F1 of regions that overlap at all. delimiting: of the regions
# that both found, those with the same boundaries. labelling: of the words that both marked, those with the same label;
# of the regions that both found, those with the same value. linking: F1 of relations whose two ends both found.
# speakers: B³ of named mentions, and the names themselves.
KEYS: tuple[Key, ...] = (
    *(("attributions", part, measure) for part in PARTS for measure in OF_ATTRIBUTIONS),
    *(("spans", str(label), way) for label in _LABELS for way in ("exact", "partial")),
    *(("finding", str(label)) for label in _LABELS),
    *(("delimiting", str(label)) for label in _LABELS),
    ("labelling", "label"),
    *(("labelling", name) for name in CHOICES),
    *(("labelling", name) for name in NAMES if name != "name"),
    *(("linking", str(relation)) for relation in (*Relation, ALL)),
    ("speakers", "clusters"),
    ("speakers", "name"),
)
_INDEX = {key: index for index, key in enumerate(KEYS)}


def count_pair(id_: str, text: str, one: Reading, other: Reading) -> Ratios:
    """Count what two readings agree in: KEYS x (agreed, of how many)."""
    counter = _Counter(one, other)
    counter.count_attributions(id_, text)
    counter.count_regions()
    counter.count_values()
    counter.count_links()
    counter.count_speakers()
    return counter.ratios


class _Counter:
    def __init__(self, one: Reading, other: Reading) -> None:
        self._one, self._other = one, other
        self._pairs = {label: paired(one.spans(label), other.spans(label)) for label in Label}
        self.ratios: Ratios = np.zeros((len(KEYS), 2))

    def _add(self, key: Key, agreed: float, of: float) -> None:
        self.ratios[_INDEX[key]] += agreed, of

    def count_attributions(self, id_: str, text: str) -> None:
        sides = self._one.annotations, self._other.annotations
        there, back = (count_article(Comparison(id_, text, *order)) for order in (sides, sides[::-1]))
        both = there + back
        for part, name in enumerate(PARTS):
            for index, measure in enumerate(OF_ATTRIBUTIONS):
                # Either way round, what is predicted and what is annotated are the same.
                right, predicted, *_ = both[part, index]
                self._add(("attributions", name, measure), right, predicted)

    def count_regions(self) -> None:
        for label in Label:
            spans = self._one.spans(label), self._other.spans(label)
            marked = len(spans[0]) + len(spans[1])
            exact, partial = matched(self._pairs[label])
            for name in (str(label), ALL):
                self._add(("spans", name, "exact"), 2 * exact, marked)
                self._add(("spans", name, "partial"), 2 * exact + partial, marked)
                self._add(("finding", name), 2 * (exact + partial), marked)
                self._add(("delimiting", name), exact, exact + partial)

    def count_values(self) -> None:
        left = [
            [place for place in reading.regions if place[1] not in {pair[side] for pair in self._pairs[place[0]]}]
            for side, reading in enumerate((self._one, self._other))
        ]
        same = sum(len(pairs) for pairs in self._pairs.values())
        self._add(("labelling", "label"), same, same + len(paired_across(*left)))
        for name, (label, _) in CHOICES.items():
            values = [(self._one.quality, self._other.quality)] if label is None else self._values(label, name)
            both = [(a, b) for a, b in values if a is not None and b is not None]
            self._add(("labelling", name), sum(a == b for a, b in both), len(both))
        for name, label in NAMES.items():
            if name != "name":
                self._add(("labelling", name), *_same_names(self._values(label, name)))

    def _values(self, label: Label, name: str) -> list[tuple[str | None, str | None]]:
        return [
            (self._one.regions[label, a].get(name), self._other.regions[label, b].get(name))
            for a, b in self._pairs[label]
        ]

    def count_links(self) -> None:
        ends = {(label, a): (label, b) for label, pairs in self._pairs.items() for a, b in pairs}
        back = {b: a for a, b in ends.items()}
        of: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for reading, beside, known in ((self._one, self._other, ends), (self._other, self._one, back)):
            for relation, source, target in reading.links:
                if source in known and target in known:
                    same = _linked(beside, relation, known[source], known[target])
                    for name in (str(relation), ALL):
                        of[name][0] += same
                        of[name][1] += 1
        for name, (agreed, total) in of.items():
            self._add(("linking", name), agreed, total)

    def count_speakers(self) -> None:
        values = self._values(Label.SOURCE, "name")
        self._add(("speakers", "name"), *_same_names(values))
        named = [(name_key(a), name_key(b)) for a, b in values if a is not None and b is not None]
        self._add(("speakers", "clusters"), sum(b_cubed(named)) / 2, len(named))


def _linked(reading: Reading, relation: Relation, source: Place, target: Place) -> bool:
    """Tell whether two places are joined; of a split quote's parts, it does not matter which one was begun with."""
    if (relation, source, target) in reading.links:
        return True
    return relation is Relation.CONTINUES and (relation, target, source) in reading.links


def _same_names(values: Iterable[tuple[str | None, str | None]]) -> tuple[int, int]:
    """Count the regions with the same name, and those that at least one side named."""
    keys = [(name_key(a or ""), name_key(b or "")) for a, b in values if a is not None or b is not None]
    return sum(a == b for a, b in keys), len(keys)


def matched(pairs: Sequence[tuple[Span, Span]]) -> tuple[int, int]:
    """Count, with nervaluate, the spans of the one side with the other's boundaries, and those that only overlap.

    nervaluate goes through lists in their order and takes the first overlap it meets, so that order and nested spans
    would change its counts (https://github.com/MantisAI/nervaluate/issues/40 and 84). It is given one pair at a time,
    as an article of its own.
    """
    exact = partial = 0
    strict, loose = ExactEvaluation(), PartialEvaluation()
    for a, b in pairs:
        # Its ends are those of the last character.
        sides = [Entity("", a[0], a[1] - 1)], [Entity("", b[0], b[1] - 1)]
        exact += strict.evaluate(*sides, [""])[0].correct
        partial += loose.evaluate(*sides, [""])[0].partial
    return exact, partial
