"""What the machine said and what people made of it, counted, with places to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from annotate.derive import Span
from annotate.evaluation.excerpts import excerpt_of
from annotate.review.changes import AttributeChange, Changes, Link, LinkChange, Mark, RegionChange, Values
from annotate.review.walk import Done
from annotate.scheme import ATTRIBUTES

NOTHING = "–"
_FREE = {name for controls in ATTRIBUTES.values() for name, values in controls.items() if values is None}


@dataclass(frozen=True, slots=True)
class Example:
    """A place of a confusion: the text with the regions marked, as the machine had it and as a person left it.

    None where one of them has nothing there.
    """

    article: str
    annotator: str
    machine: str | None
    people: str | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """One kind of correction, as `Cue cue_class neutral → claim`, how often it was made, and examples."""

    what: str
    count: int
    examples: tuple[Example, ...] = ()


@dataclass(slots=True)
class Confusions:
    """Collects corrections. examples: how many to keep of each kind, of different articles where there are enough."""

    examples: int = 3
    _counts: dict[str, int] = field(default_factory=dict)
    _kept: dict[str, list[Example]] = field(default_factory=dict)

    def add(self, done: Done, changes: Changes) -> None:
        """Count the corrections of one annotation."""
        for what, before, after in _corrections(changes):
            self._counts[what] = self._counts.get(what, 0) + 1
            kept = self._kept.setdefault(what, [])
            twice = self._replaceable(kept, done.article.id)
            if len(kept) < self.examples or twice is not None:
                example = _example(done, before, after)
                if len(kept) < self.examples:
                    kept.append(example)
                elif twice is not None:
                    kept[twice] = example

    @staticmethod
    def _replaceable(kept: Sequence[Example], article: str) -> int | None:
        """Return which example may give way to one of another article, its own having one already."""
        articles = [example.article for example in kept]
        if article in articles:
            return None
        return next((index for index, each in enumerate(articles) if each in articles[:index]), None)

    def found(self) -> tuple[Confusion, ...]:
        """Return the confusions, the most frequent first."""
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Confusion(what, count, tuple(self._kept[what])) for what, count in ranked)


@dataclass(frozen=True, slots=True)
class _Shown:
    marks: tuple[Mark, ...]
    note: str = ""


_Correction = tuple[str, _Shown | None, _Shown | None]


def _corrections(changes: Changes) -> Iterator[_Correction]:
    for region in changes.regions:
        yield from _of_region(region)
    for attribute in changes.attributes:
        if not attribute.accepted:
            yield _of_attribute(attribute)
    new = {change.after.id for change in changes.regions if change.added and change.after}
    for relation in changes.relations:
        ends = relation.after and {relation.after.source.id, relation.after.target.id}
        # What came or went with a region is no correction besides it.
        if not (relation.accepted or relation.with_end or (relation.added and ends and ends & new)):
            yield _of_relation(relation)


def _of_region(change: RegionChange) -> Iterator[_Correction]:
    before = _Shown((change.before,)) if change.before else None
    after = _Shown((change.after,)) if change.after else None
    if change.added:
        yield f"{change.label} added", None, after
    elif change.deleted:
        yield f"{change.label} deleted", before, None
    if change.before and change.after:
        if change.relabelled:
            yield f"{change.before.label} → {change.after.label}", before, after
        if change.moved:
            yield f"{change.before.label} {_boundary(change.before.span, change.after.span)}", before, after


def _boundary(before: Span, after: Span) -> str:
    if after[0] <= before[0] and before[1] <= after[1]:
        return "made longer"
    if before[0] <= after[0] and after[1] <= before[1]:
        return "made shorter"
    return "moved"


def _of_attribute(change: AttributeChange) -> _Correction:
    if change.name in _FREE:
        # Every name is another value: counted one by one, they would say nothing.
        how = "changed" if change.before and change.after else "deleted" if change.before else "added"
    else:
        how = f"{_told(change.before)} → {_told(change.after)}"
    before, after = (_Shown((change.mark,), f"{change.name}: {_told(each)}") for each in (change.before, change.after))
    return f"{change.mark.label} {change.name} {how}", before, after


def _of_relation(change: LinkChange) -> _Correction:
    label = change.label or "relation without a label"
    before, after = (_of_link(each) for each in (change.before, change.after))
    if change.relabelled and change.after:
        return f"{label} → {change.after.label or 'without a label'}", before, after
    return f"{label} {'added' if change.added else 'deleted' if change.deleted else 'relinked'}", before, after


def _of_link(link: Link | None) -> _Shown | None:
    return _Shown((link.source, link.target), f"{link.label or 'no label'}: from the {link.source.label} to the"
                  f" {link.target.label}") if link else None  # fmt: skip


def _told(values: Values) -> str:
    return ", ".join(values) or NOTHING


def _example(done: Done, before: _Shown | None, after: _Shown | None) -> Example:
    around = [mark.span for shown in (before, after) if shown for mark in shown.marks]
    return Example(
        article=done.article.id,
        annotator=done.annotator,
        machine=_excerpt(done.article.text, before, around),
        people=_excerpt(done.article.text, after, around),
    )


def _excerpt(text: str, shown: _Shown | None, around: Sequence[Span]) -> str | None:
    if shown is None:
        return None
    line = excerpt_of(text, [(mark.span, mark.label) for mark in shown.marks], around)
    return f"{line} ({shown.note})" if shown.note else line
