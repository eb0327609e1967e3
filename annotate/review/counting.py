"""Counting changes: what became of what the machine gave, and the machine's precision, recall and F1 against people.

Definitions. A person's final page is taken as right; figures are in per cent.

exact: a region of the machine's is right when the person's that it was matched with has its label and its very span.
partial: it is right when that one has its label and shares a character with it.
relations: one is right when the person's page has it too: the same label between the regions that its two ends were
matched with.
attributes: of regions that both have under the same label. A value is right when the person left it as it was.
Precision is over the machine's values and recall over the person's, either of which may be absent; accuracy is the
share of right values among those where either side gives one. What only a person sets is not counted.

Precision is right over predicted, recall right over annotated, under the label (or relation, or attribute) that the
machine gave and the person gave respectively; F1 is their harmonic mean. Intervals are 95 % of F1, from a bootstrap
over articles (annotate.evaluation.intervals); several annotations of one article are drawn together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from annotate.evaluation.figures import COLUMNS, Figure, f1_of, figure_of
from annotate.evaluation.intervals import Interval, interval_of, resample
from annotate.review.changes import AttributeChange, Changes, LinkChange, RegionChange
from annotate.scheme import ATTRIBUTES, HUMAN_ONLY, Label, Relation

WHAT = ("regions", "relations", "attributes")
MEASURES = ("exact", "partial", "relations", "attributes")
ALL = "all"
UNLABELLED = "without a label"
_FATES = ("given", "accepted", "moved", "relabelled", "relinked", "changed", "deleted", "added")
_ORDER = {
    name: number
    for number, name in enumerate(
        [
            ALL,
            *map(str, Label),
            *map(str, Relation),
            *(name for label in ATTRIBUTES for name in ATTRIBUTES[label] if name not in HUMAN_ONLY),
        ]
    )
}

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of what the machine gave (`given`), and how many a person added.

    accepted: nothing about it was changed. Of regions, moved, relabelled, relinked (a relation that starts there) and
    changed (an attribute) may be true of one together. Of attributes, changed is another value, deleted none.
    """

    given: int = 0
    accepted: int = 0
    moved: int = 0
    relabelled: int = 0
    relinked: int = 0
    changed: int = 0
    deleted: int = 0
    added: int = 0


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The share of the machine's regions that were accepted, in per cent; None where it gave none."""

    share: float | None
    given: int
    accepted: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What is counted over some annotations. fates: WHAT → name → Fates; figures: MEASURES → name → Figure.

    accuracy: of attributes, in per cent. Each mapping begins with `all` where it has anything.
    """

    annotations: int
    articles: int
    acceptance: Acceptance
    fates: Mapping[str, Mapping[str, Fates]]
    figures: Mapping[str, Mapping[str, Figure]]
    accuracy: Mapping[str, float]


@dataclass(slots=True)
class Counting:
    """Adds up annotations that come article by article."""

    annotations: int = 0
    _article: str | None = None
    _fates: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _figures: list[Counter[tuple[_Key, int]]] = field(default_factory=list)
    _accepted: list[Counter[str]] = field(default_factory=list)
    _either: Counter[str] = field(default_factory=Counter)

    def add(self, article: str, changes: Changes) -> None:
        """Count one annotation; those of one article follow each other."""
        if article != self._article or not self._figures:
            self._article = article
            self._figures.append(Counter())
            self._accepted.append(Counter())
        self.annotations += 1
        for region in changes.regions:
            self._region(region)
        for relation in changes.relations:
            self._relation(relation)
        for attribute in changes.attributes:
            self._attribute(attribute)

    def _region(self, change: RegionChange) -> None:
        for name in (ALL, change.label):
            self._fate("regions", name, given=not change.added, accepted=change.accepted, moved=change.moved,
                       relabelled=change.relabelled, relinked=change.relinked, changed=bool(change.attributes),
                       deleted=change.deleted, added=change.added)  # fmt: skip
        if change.before:
            self._accepted[-1].update(given=1, accepted=int(change.accepted))
        before, after = change.before, change.after
        alike = before is not None and after is not None and before.label == after.label
        shared = before and after and min(before.span[1], after.span[1]) > max(before.span[0], after.span[0])
        names = (before.label if before else None, after.label if after else None)
        self._figure("exact", *names, right=alike and not change.moved)
        self._figure("partial", *names, right=alike and bool(shared))

    def _relation(self, change: LinkChange) -> None:
        for name in (ALL, change.label or UNLABELLED):
            self._fate("relations", name, given=not change.added, accepted=change.accepted,
                       relabelled=change.relabelled, relinked=change.relinked, deleted=change.deleted,
                       added=change.added)  # fmt: skip
        names = [link.label or UNLABELLED if link else None for link in (change.before, change.after)]
        self._figure("relations", *names, right=change.accepted)

    def _attribute(self, change: AttributeChange) -> None:
        before, after = bool(change.before), bool(change.after)
        for name in (ALL, change.name):
            self._fate("attributes", name, given=before, accepted=change.accepted,
                       changed=before and after and not change.accepted, deleted=before and not after,
                       added=after and not before)  # fmt: skip
            self._either[name] += 1
        names = (change.name if before else None, change.name if after else None)
        self._figure("attributes", *names, right=change.accepted)

    def _fate(self, what: str, name: str, **happened: bool) -> None:
        for fate, true in happened.items():
            self._fates[what, name, fate] += true

    def _figure(self, measure: str, before: str | None, after: str | None, *, right: bool) -> None:
        """Count in COLUMNS: right and predicted under the machine's name, found and annotated under the person's."""
        counts = self._figures[-1]
        for given, (correct, whole) in ((before, (0, 1)), (after, (2, 3))):
            for name in (ALL, given) if given else ():
                counts[(measure, name), correct] += right
                counts[(measure, name), whole] += 1

    def section(self, *, seed: int) -> Section:
        """Return what was counted. seed: of the bootstrap."""
        figures = self._all_figures(seed)
        accuracy = {
            name: round(100 * self._fates["attributes", name, "accepted"] / self._either[name], 1)
            for name in _ordered(self._either)
        }
        return Section(self.annotations, len(self._figures), self._acceptance(seed), self._all_fates(), figures,
                       accuracy)  # fmt: skip

    def _all_fates(self) -> dict[str, dict[str, Fates]]:
        return {
            what: {
                name: Fates(**{fate: self._fates[what, name, fate] for fate in _FATES})
                for name in _ordered({name for each, name, _ in self._fates if each == what})
            }
            for what in WHAT
        }

    def _acceptance(self, seed: int) -> Acceptance:
        counts = np.array([[each["accepted"], each["given"]] for each in self._accepted], dtype=np.int64)
        accepted, given = (int(number) for number in counts.sum(axis=0)) if len(counts) else (0, 0)
        if not given:
            return Acceptance(None, 0, 0)
        drawn = resample(counts, seed=seed).astype(float)
        shares = np.divide(100 * drawn[:, 0], drawn[:, 1], out=np.full(len(drawn), np.nan), where=drawn[:, 1] > 0)
        interval = interval_of(shares, int((counts[:, 1] > 0).sum()))
        return Acceptance(round(100 * accepted / given, 1), given, accepted, interval)

    def _all_figures(self, seed: int) -> dict[str, dict[str, Figure]]:
        keys: list[_Key] = [
            (measure, name)
            for measure in MEASURES
            for name in _ordered({key[1] for each in self._figures for key, _ in each if key[0] == measure})
        ]
        found: dict[str, dict[str, Figure]] = {measure: {} for measure in MEASURES}
        if not keys:
            return found
        counts = np.array(
            [[[each[key, column] for column in range(len(COLUMNS))] for key in keys] for each in self._figures],
            dtype=np.int64,
        )
        drawn = f1_of(resample(counts, seed=seed))
        for index, (measure, name) in enumerate(keys):
            holding = int(counts[:, index].any(axis=1).sum())
            found[measure][name] = figure_of(counts[:, index].sum(axis=0), interval_of(drawn[:, index], holding))
        return found


def _ordered(names: Iterator[str] | Sequence[str] | set[str] | Mapping[str, int]) -> list[str]:
    return sorted(names, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
