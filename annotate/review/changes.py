"""What became of each pre-annotation: two Label Studio result lists, the machine's and a person's, side by side.

Label Studio keeps no trace of what was deleted, and a boundary that is drawn anew arrives as a deletion and an
addition. So the person's regions are set against the machine's, each used once, in this order:

1. the same region id, whatever else has changed;
2. the same span: kept when the label is the same, relabelled when it is another;
3. the same label and shared characters, the best overlap (intersection over union) first: the boundary was moved.

What is left of the machine's was deleted, and what is left of the person's was added. Relations have no id: they are
compared by the regions that they join, each person's region standing for the one it was matched with, and by their
label. As in annotate.regions.annotations, one without a label is read by its ends where only one relation can join
them, one that was drawn from the wrong end is turned, and one that its ends' labels leave without meaning is none.
Offsets alone count; the server's copies of a region's text cannot be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotate.derive import Span
from annotate.errors import RecordError
from annotate.scheme import ATTRIBUTES, HUMAN_ONLY, RELATION_ENDS, Relation

__all__ = ["AttributeChange", "Changes", "LinkChange", "Mark", "RegionChange", "compare", "only_relation"]

Values = tuple[str, ...]

# The scheme by plain strings, as items have them: looked up for every item of every page.
_ATTRIBUTES = {str(label): frozenset(controls) for label, controls in ATTRIBUTES.items()}
_ENDS = {
    str(relation): frozenset((str(source), str(target)) for source, target in ends)
    for relation, ends in RELATION_ENDS.items()
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled region. attributes: the values of each control that has some, sorted."""

    id: str
    label: str
    span: Span
    attributes: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegionChange:
    """A region as the machine gave it and as a person left it; None where one of them has it not.

    relinked: a relation that starts from it was drawn, deleted, relabelled or pointed elsewhere (one that only went
    with its other end does not count). attributes: names of the machine's attributes whose value changed.
    """

    before: Mark | None
    after: Mark | None
    relinked: bool = False
    attributes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The machine's label, or the person's for what was added."""
        mark = self.before or self.after
        assert mark is not None
        return mark.label

    @property
    def added(self) -> bool:
        return self.before is None

    @property
    def deleted(self) -> bool:
        return self.after is None

    @property
    def moved(self) -> bool:
        return self.before is not None and self.after is not None and self.before.span != self.after.span

    @property
    def relabelled(self) -> bool:
        return self.before is not None and self.after is not None and self.before.label != self.after.label

    @property
    def accepted(self) -> bool:
        """Whether the machine gave it and nothing about it was changed."""
        kept = not (self.added or self.deleted)
        return kept and not (self.moved or self.relabelled or self.relinked or self.attributes)


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """The values of one attribute of a region that both have under the same label; empty: not given.

    before is after when it was accepted. mark: the person's region.
    """

    mark: Mark
    name: str
    before: Values
    after: Values

    @property
    def accepted(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Link:
    """A relation by the regions that it joins; label: None where it has none and its ends do not tell."""

    source: Mark
    target: Mark
    label: str | None


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A relation as the machine drew it and as a person left it; None where one of them has it not.

    relinked: one end is another region. relabelled: the ends stayed, the label did not. with_end: it went along
    with a region that it joined, which was deleted or has a label now that it cannot join.
    """

    before: Link | None
    after: Link | None
    relinked: bool = False
    relabelled: bool = False
    with_end: bool = False

    @property
    def label(self) -> str | None:
        """The machine's label, or the person's for what was added."""
        link = self.before or self.after
        assert link is not None
        return link.label

    @property
    def added(self) -> bool:
        return self.before is None

    @property
    def deleted(self) -> bool:
        return self.after is None

    @property
    def accepted(self) -> bool:
        return not (self.added or self.deleted or self.relinked or self.relabelled)


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that was kept, changed, deleted and added, in the order of the text.

    attributes: of regions that both have under the same label, where either gives a value. ratings: how many values of
    what only a person sets (the Admiralty ratings and the article's quality) were given: no corrections.
    """

    regions: tuple[RegionChange, ...]
    attributes: tuple[AttributeChange, ...]
    relations: tuple[LinkChange, ...]
    ratings: int = 0

    @property
    def touched(self) -> int:
        """The number of regions that a person added, deleted or changed in any way."""
        return sum(not change.accepted for change in self.regions)


def compare(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Changes:
    """Compare the result list that a person started from with the one that they left.

    The order of the items makes no difference. Raises: RecordError for an item of unknown shape.
    """
    return _Comparison(_Page.of(before), _Page.of(after)).changes()


def only_relation(ends: tuple[str, str]) -> Relation | None:
    """Return the relation that a line between these labels must mean, whichever way it was drawn, if it is but one."""
    possible = [relation for relation in Relation if _joins(relation, ends) or _joins(relation, ends[::-1])]
    return possible[0] if len(possible) == 1 else None


def _joins(relation: str, ends: tuple[str, str]) -> bool:
    return ends in _ENDS.get(relation, ())


_LinkKey = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class _Page:
    """A result list, read: regions by id, relations as (from, to, label), and the number of people's ratings."""

    marks: Mapping[str, Mark]
    links: frozenset[_LinkKey]
    ratings: int

    @classmethod
    def of(cls, result: Sequence[Mapping[str, Any]]) -> _Page:
        try:
            marks, ratings = _read_marks(result)
            return cls(marks, frozenset(_read_links(result, marks)), ratings)
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
            raise RecordError(f"a region has an unknown shape ({type(error).__name__}: {error})") from None


def _read_marks(result: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Mark], int]:
    labels: dict[str, tuple[str, Span]] = {}
    for item in result:
        if item["type"] == "labels" and item["value"]["labels"]:
            value = item["value"]
            labels[item["id"]] = (str(value["labels"][0]), (int(value["start"]), int(value["end"])))
    values: dict[str, dict[str, Values]] = {name: {} for name in labels}
    ratings = 0
    for item in result:
        if item["type"] in {"labels", "relation"}:
            continue
        name, given = item["from_name"], _values(item)
        if name == "quality":
            ratings += bool(given)
        elif given and item["id"] in labels and name in _ATTRIBUTES.get(labels[item["id"]][0], ()):
            # A relabelled region keeps values of its former label on the page's side: they no longer apply.
            if name in HUMAN_ONLY:
                ratings += 1
            else:
                values[item["id"]][name] = given
    return {name: Mark(name, label, span, values[name]) for name, (label, span) in labels.items()}, ratings


def _values(item: Mapping[str, Any]) -> Values:
    given = item["value"]["text" if item["type"] == "textarea" else item["type"]]
    return tuple(sorted({value.strip() for value in ([given] if isinstance(given, str) else given)} - {""}))


def _read_links(result: Sequence[Mapping[str, Any]], marks: Mapping[str, Mark]) -> Iterator[_LinkKey]:
    for item in result:
        if item["type"] != "relation":
            continue
        source, target = item["from_id"], item["to_id"]
        if item.get("direction") == "left":
            source, target = target, source
        if source not in marks or target not in marks:
            continue
        ends = (marks[source].label, marks[target].label)
        for label in item.get("labels") or [only_relation(ends)]:
            if label is None or label not in _ENDS or _joins(label, ends):
                yield source, target, label
            elif _joins(label, ends[::-1]):
                yield target, source, label
            # What is left joins regions that have lost the labels it is for: it means nothing any more.


class _Comparison:
    def __init__(self, before: _Page, after: _Page) -> None:
        self._before = before
        self._after = after
        # The machine's region id → the person's, and back.
        self._became: dict[str, str] = {}
        self._was: dict[str, str] = {}
        self._match_regions()

    # -- regions -------------------------------------------------------------------------------------------------

    def _match_regions(self) -> None:
        for name in sorted(self._before.marks.keys() & self._after.marks.keys()):
            self._pair(name, name)
        self._pair_where(lambda one, other: one.span == other.span and one.label == other.label)
        self._pair_where(lambda one, other: one.span == other.span)
        self._pair_where(lambda one, other: one.label == other.label)

    def _pair(self, before: str, after: str) -> None:
        self._became[before] = after
        self._was[after] = before

    def _pair_where(self, alike: Callable[[Mark, Mark], bool]) -> None:
        """Pair what is still alone, shares characters and is alike; the best overlaps first."""
        one_by_one = [mark for mark in _in_order(self._before.marks) if mark.id not in self._became]
        others = [mark for mark in _in_order(self._after.marks) if mark.id not in self._was]
        found = [
            (-_overlap(one.span, other.span), len(_differing(one, other)), number, index, one.id, other.id)
            for number, one in enumerate(one_by_one)
            for index, other in enumerate(others)
            if alike(one, other) and _overlap(one.span, other.span) > 0
        ]
        for *_, one_id, other_id in sorted(found):
            if one_id not in self._became and other_id not in self._was:
                self._pair(one_id, other_id)

    # -- relations -----------------------------------------------------------------------------------------------

    def _link_changes(self) -> Iterator[LinkChange]:
        """Pair relations by what they join, in the machine's names where there are some."""
        given = {self._renamed(*link): link for link in self._after.links}
        lost = sorted(self._before.links - given.keys(), key=_link_order)
        new = sorted(given.keys() - self._before.links, key=_link_order)
        for link in sorted(self._before.links & given.keys(), key=_link_order):
            yield LinkChange(self._drawn(link), self._left(given[link]))
        for kind, alike in (
            ("relabelled", _same_ends),
            ("relinked", _turned),
            ("relinked", _same_start),
            ("relinked", self._same_target),
        ):
            for link in list(lost):
                other = next((each for each in new if alike(link, each)), None)
                if other is not None:
                    lost.remove(link)
                    new.remove(other)
                    yield LinkChange(self._drawn(link), self._left(given[other]), **{kind: True})
        for link in lost:
            yield LinkChange(self._drawn(link), None, with_end=not self._still_possible(link))
        for link in new:
            yield LinkChange(None, self._left(given[link]))

    def _renamed(self, source: str, target: str, label: str | None) -> _LinkKey:
        # No new region bears the id of one that was deleted: sharing an id, they would be a pair.
        return self._was.get(source, source), self._was.get(target, target), label

    def _still_possible(self, link: _LinkKey) -> bool:
        """Tell whether both ends are still there, under labels that the relation can join."""
        source, target = (self._after.marks.get(self._became.get(end, "")) for end in link[:2])
        if source is None or target is None:
            return False
        return link[2] not in list(Relation) or _joins(str(link[2]), (source.label, target.label))

    def _same_target(self, one: _LinkKey, other: _LinkKey) -> bool:
        """Tell whether only the start is another region; one that was deleted took its relation with it."""
        return one[1:] == other[1:] and one[0] in self._became

    def _drawn(self, link: _LinkKey) -> Link:
        return Link(self._before.marks[link[0]], self._before.marks[link[1]], link[2])

    def _left(self, link: _LinkKey) -> Link:
        return Link(self._after.marks[link[0]], self._after.marks[link[1]], link[2])

    def _corrected_starts(self, change: LinkChange) -> Iterator[str]:
        """Yield the machine's regions from which a relation starts that is not as it was, or was not there."""
        if change.accepted or change.with_end:
            return
        if change.before is not None:
            yield change.before.source.id
        if change.after is not None and change.after.source.id in self._was:
            yield self._was[change.after.source.id]

    # -- together ------------------------------------------------------------------------------------------------

    def changes(self) -> Changes:
        links = sorted(self._link_changes(), key=_change_order)
        starts = {name for change in links for name in self._corrected_starts(change)}
        regions, attributes = [], []
        for mark in _in_order(self._before.marks):
            after = self._after.marks.get(self._became.get(mark.id, ""))
            changed: list[str] = []
            if after is not None and after.label == mark.label:
                for name in sorted(mark.attributes.keys() | after.attributes.keys()):
                    values = (mark.attributes.get(name, ()), after.attributes.get(name, ()))
                    attributes.append(AttributeChange(after, name, *values))
                    changed += [name] if values[0] != values[1] else []
            relinked = after is not None and mark.id in starts
            regions.append(RegionChange(mark, after, relinked=relinked, attributes=tuple(changed)))
        new = (mark for mark in self._after.marks.values() if mark.id not in self._was)
        regions += [RegionChange(None, mark) for mark in new]
        return Changes(tuple(sorted(regions, key=_region_order)), tuple(attributes), tuple(links), self._after.ratings)


def _in_order(marks: Mapping[str, Mark]) -> list[Mark]:
    return sorted(marks.values(), key=lambda mark: (mark.span, mark.label, mark.id))


def _overlap(one: Span, other: Span) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def _differing(one: Mark, other: Mark) -> set[str]:
    names = one.attributes.keys() | other.attributes.keys()
    return {name for name in names if one.attributes.get(name) != other.attributes.get(name)}


def _same_ends(one: _LinkKey, other: _LinkKey) -> bool:
    return one[2] != other[2] and (one[:2] == other[:2] or _turned(one, (*other[:2], one[2])))


def _turned(one: _LinkKey, other: _LinkKey) -> bool:
    return one == (other[1], other[0], other[2])


def _same_start(one: _LinkKey, other: _LinkKey) -> bool:
    return (one[0], one[2]) == (other[0], other[2])


def _link_order(link: _LinkKey) -> tuple[str, str, str]:
    return link[0], link[1], link[2] or ""


def _change_order(change: LinkChange) -> tuple[Span, Span, str, str, str]:
    link = change.before or change.after
    assert link is not None
    return link.source.span, link.target.span, link.label or "", link.source.id, link.target.id


def _region_order(change: RegionChange) -> tuple[Span, str, str]:
    mark = change.before or change.after
    assert mark is not None
    return mark.span, mark.label, mark.id
