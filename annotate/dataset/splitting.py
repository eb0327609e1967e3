"""Which split an article belongs to, and which story: the plan of a release.

Whole stories (`grouping`) go to one split. What was released stays where it is, whatever else changes: the salt, the
shares, the grouping. A new article joins the split of its story; where its story stands in two splits already, it fits
into neither and is withheld. How a story without a released article is placed is up to the way of splitting
(`ways`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from annotate.dataset.inputs import SPLITS
from annotate.dataset.spool import Spool
from annotate.dataset.verified import Withheld
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.store import Store
from annotate.store.assignments import Assigned, assign, assigned, released_records

if TYPE_CHECKING:
    from annotate.dataset.grouping import Join, Stories

_NAMED = 3  # articles of each split that a reason names
_LARGE = 0.1  # of all articles: a story with more cannot be weighed against the shares


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article stands. story: shared by articles that must not be parted; split: null in an unsplit dataset."""

    story: str | None = None
    split: str | None = None


def _nothing() -> None:
    """Leave everything as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The placement of each article, by its id, and how they were placed.

    withheld: articles that fit into no split without leaking; they are not published. settings: of the method, for the
    manifest. notes: what the maker of the release should know. settle: makes the placements last; called when
    everything is written and checked, before the folder changes, so that nothing is ever released without it.
    """

    method: str | None
    placements: Mapping[str, Placement]
    withheld: tuple[Withheld, ...] = field(default=())
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    settle: Callable[[], object] = _nothing

    @property
    def splits(self) -> tuple[str | None, ...]:
        """The splits that hold an article, in their usual order; (None,) when there are none."""
        if self.method is None:
            return (None,)
        used = {placement.split for placement in self.placements.values()}
        return tuple(name for name in SPLITS if name in used)


Divide = Callable[[Spool], Plan]


def undivided(spool: Spool) -> Plan:
    """Place every article in one dataset without splits."""
    return Plan(None, {record.id: Placement() for record in spool})


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story. here: it is to be released now; released: where it was before."""

    id: str
    sha256: str
    day: int | None
    outlet: str | None
    here: bool
    released: Assigned | None


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that must not be parted, in the order of their ids."""

    name: str
    members: Sequence[Member]

    @property
    def released(self) -> dict[str, list[Member]]:
        """The members that were released before, by their splits."""
        found: dict[str, list[Member]] = {}
        for member in self.members:
            if member.released is not None:
                found.setdefault(member.released.split, []).append(member)
        return found


class Way(Protocol):
    """A way of splitting.

    Where a split is expected, a reason in words may come instead, as Withheld.
    """

    method: str

    def begin(self, stories: Sequence[Story], released: Iterable[Assigned]) -> Mapping[str, Any]:
        """Look at the whole collection before anything is placed, and return the settings for the manifest."""

    def outlet(self, record: Record) -> str | None:
        """Return whose article it is, where the way asks for it."""

    def place(self, story: Story, member: Member) -> str | Withheld:
        """Return the split of a member of a story of which nothing was released."""

    def join(self, member: Member, split: str) -> Withheld | None:
        """Return why a new article cannot join its story, of which everything that was released is in `split`."""


def divided(store: Store, way: Way, *, taken: Iterable[Assigned] = (), where: str = "") -> Divide:
    """Return what divides a release in a way, keeps to what was released, and notes what it placed in the store.

    taken: assignments of a release that another store wrote, in the folder `where`.
    """

    def divide(spool: Spool) -> Plan:
        from annotate.dataset.grouping import group
        from annotate.dataset.released import Released

        own = assigned(store)
        released = Released(own)
        released.take(taken, where=where)
        hashes = {record.sha256 for record in spool}
        collection = _Collection(store, spool, [item.sha256 for item in released if item.sha256 not in hashes])
        found = group(collection)
        stories = _stories(found, _members(collection, hashes, released, way))
        settings = way.begin(stories, released)
        division = _Division(way, found.joins)
        for story in stories:
            division.add(story)
        notes = [*_notes(found, stories, released, way), *division.leaks(stories)]
        detail = json.dumps(settings, ensure_ascii=False, sort_keys=True)
        placed = [
            Assigned(member.sha256, member.id, placement.split, placement.story, way.method, detail)
            for story in stories
            for member in story.members
            if member.here and (placement := division.placements.get(member.id)) and placement.split and placement.story
        ]
        return Plan(
            way.method,
            division.placements,
            tuple(sorted(division.withheld, key=lambda item: item.article_id)),
            settings,
            tuple(notes),
            lambda: assign(store, [*(item for item in released), *placed], known=len(own)),
        )

    return divide


class _Collection:
    """What is grouped: the articles of this release, and behind them what was released before and is not in it."""

    def __init__(self, store: Store, spool: Spool, beside: Sequence[str]) -> None:
        self._store, self._spool, self._beside = store, spool, beside

    def __iter__(self) -> Iterator[Record]:
        yield from self._spool
        yield from released_records(self._store, self._beside)


def _members(collection: Iterable[Record], here: set[str], released: Any, way: Way) -> Iterator[Member]:
    from annotate.stories.publishers import day_of

    for record in collection:
        yield Member(
            record.id,
            record.sha256,
            day_of(record.meta.published),
            way.outlet(record),
            record.sha256 in here,
            released.of(record.sha256, record.id),
        )


def _stories(found: Stories, members: Iterable[Member]) -> list[Story]:
    by_story: dict[str, list[Member]] = {}
    for member in members:
        by_story.setdefault(found.story_of[member.id], []).append(member)
    return [Story(name, sorted(by_story[name], key=lambda member: member.id)) for name in sorted(by_story)]


class _Division:
    """Placements and withheld articles as they come."""

    def __init__(self, way: Way, joins: Sequence[Join]) -> None:
        self.way = way
        self.placements: dict[str, Placement] = {}
        self.withheld: list[Withheld] = []
        self._joins: dict[str, list[Join]] = {}
        for join in joins:
            self._joins.setdefault(join.one, []).append(join)
            self._joins.setdefault(join.other, []).append(join)

    def add(self, story: Story) -> None:
        """Place the articles of a story that are to be released."""
        released = story.released
        one_split = next(iter(released)) if len(released) == 1 else None
        # A story keeps the name under which it was released.
        names = [item.released.story for items in released.values() for item in items if item.released]
        name = min(names) if one_split else story.name
        for member in story.members:
            if not member.here:
                continue
            if member.released is not None:
                self.placements[member.id] = Placement(
                    name if one_split else member.released.story, member.released.split
                )
                continue
            found: str | Withheld
            if one_split is not None:
                found = self.way.join(member, one_split) or one_split
            elif released:
                found = Withheld(member.id, self._between(member, released))
            else:
                found = self.way.place(story, member)
            if isinstance(found, Withheld):
                self.withheld.append(found)
            else:
                self.placements[member.id] = Placement(name, found)

    def _between(self, member: Member, released: Mapping[str, Sequence[Member]]) -> str:
        parts = [f"in {split} ({_names(released[split])})" for split in SPLITS if split in released]
        why = "; ".join(str(join) for join in self._joins.get(member.id, ())[:2])
        return f"its story was released {' and '.join(parts)}, and it fits into neither: {why}"

    def leaks(self, stories: Iterable[Story]) -> Iterator[str]:
        """Say which articles that were released in different splits turn out to be of one story."""
        from annotate.dataset.grouping import crossings

        split_of = {
            member.id: member.released.split for story in stories for member in story.members if member.released
        }
        for story in stories:
            if len(story.released) > 1:
                joins = {join for member in story.members for join in self._joins.get(member.id, ())}
                for crossing in sorted(map(str, crossings(joins, split_of))):
                    yield f"{crossing}: both were released, and stay where they are"


def _names(members: Sequence[Member]) -> str:
    more = f" and {len(members) - _NAMED} more" if len(members) > _NAMED else ""
    return ", ".join(member.id for member in members[:_NAMED]) + more


def _notes(found: Stories, stories: Sequence[Story], released: Iterable[Assigned], way: Way) -> Iterator[str]:
    there = {member.sha256 for story in stories for member in story.members}
    elsewhere = sum(item.sha256 not in there for item in released)
    others = sum(item.method != way.method for item in released)
    if elsewhere:
        yield (
            f"{elsewhere} released articles are not in this store:"
            " new ones were compared with their ids and hashes alone"
        )
    if others:
        yield f"{others} articles were released by another way of splitting, and stay where they are"
    if not found.claims:
        yield f"{len(found.story_of)} articles are too many to compare what they claim: only their words were compared"
    sizes = Counter({story.name: sum(member.here for member in story.members) for story in stories})
    total = sizes.total()
    for name, size in sizes.most_common(1):
        if size > max(10, _LARGE * total):
            yield f"one story ({name}) has {size} of {total} articles: the shares of the splits can be met only roughly"


def shares_of(text: str) -> tuple[int, int, int]:
    """Read shares in per cent, such as `80,10,10`: of train, dev and test.

    Raises: DatasetError when they are not three whole numbers that make 100.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 3 and all(part.isdecimal() and part.isascii() for part in parts):
        train, dev, test = map(int, parts)
        if train + dev + test == 100:
            return train, dev, test
    raise DatasetError(
        f"{text!r} are no shares of train, dev and test", mend="give three whole numbers that make 100, as in 80,10,10"
    )
