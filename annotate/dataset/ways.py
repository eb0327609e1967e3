"""Ways of splitting: by story, by time, by outlet."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from json import loads
from typing import Any

from annotate.dataset.inputs import SPLITS
from annotate.dataset.splitting import Member, Story
from annotate.dataset.verified import Withheld
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.store.assignments import Assigned

__all__ = ["SALT", "SHARES", "ByOutlet", "ByStory", "ByTime"]

SALT = "source-annotator"
SHARES = (80, 10, 10)
Shares = tuple[int, int, int]


def drawn(name: str, salt: str, shares: Sequence[int]) -> int:
    """Return the place among the shares that a name falls to: always the same, and as often as the shares say."""
    digest = hashlib.blake2b(f"{salt}\n{name}".encode(), digest_size=8).digest()
    point = int.from_bytes(digest) * sum(shares) >> 64
    return bisect_right(list(accumulate(shares)), point)


class ByStory:
    """Whole stories, by the salted hash of their names."""

    method = "stories"

    def __init__(self, *, shares: Shares = SHARES, salt: str = SALT) -> None:
        self._shares, self._salt = shares, salt

    def begin(self, stories: Sequence[Story], released: Iterable[Assigned]) -> Mapping[str, Any]:
        """Return the settings."""
        return {"shares": list(self._shares), "salt": self._salt}

    def outlet(self, record: Record) -> str | None:
        """Ask nothing."""
        return None

    def place(self, story: Story, member: Member) -> str | Withheld:
        """Draw the story's split."""
        return SPLITS[drawn(story.name, self._salt, self._shares)]

    def join(self, member: Member, split: str) -> Withheld | None:
        """Let every article join its story."""
        return None


class ByTime:
    """Stories by the day of their last article, so that train knows nothing of what comes after it.

    until: the first days of dev and test, or of test alone; None: those of the latest release by time, or else such
    that the splits have these shares of the articles. An article without a date goes with its story; a story without
    any date is withheld.
    """

    method = "time"

    def __init__(self, *, until: Sequence[date] | None = None, shares: Shares = SHARES) -> None:
        if until is not None and (not 1 <= len(until) <= 2 or list(until) != sorted(set(until))):
            raise DatasetError(
                "the boundaries are not one or two days in order",
                where="--until",
                mend="give the first days of dev and test, as in 2021-09-01,2021-10-01",
            )
        self._until = [day.toordinal() for day in until] if until is not None else None
        self._shares = shares
        self._bounds: list[int] = []

    def begin(self, stories: Sequence[Story], released: Iterable[Assigned]) -> Mapping[str, Any]:
        """Find the boundaries. Raises: DatasetError when no article has a date to find them by."""
        until = self._until or _last_boundaries(released) or self._by_shares(stories)
        # One boundary parts train and test, and dev is empty.
        self._bounds = [until[0], until[-1]]
        return {"until": [date.fromordinal(day).isoformat() for day in until]}

    def _by_shares(self, stories: Sequence[Story]) -> list[int]:
        days = sorted(day for story in stories for member in story.members if member.here and (day := _last_day(story)))
        if not days:
            raise DatasetError(
                "no article has a date to split by", mend="give `published` at ingest, or split by stories"
            )
        ends = list(accumulate(self._shares))[:2]
        # The first day of a split is that of its first article; behind the last article begins what is empty.
        bounds = [days[at] if (at := len(days) * end // 100) < len(days) else days[-1] + 1 for end in ends]
        return bounds if bounds[0] != bounds[1] else bounds[:1]

    def outlet(self, record: Record) -> str | None:
        """Ask nothing."""
        return None

    def place(self, story: Story, member: Member) -> str | Withheld:
        """Return the split of the story's last day."""
        last = _last_day(story)
        if last is None:
            return Withheld(member.id, "neither it nor another article of its story has a date to split by")
        return SPLITS[bisect_right(self._bounds, last)]

    def join(self, member: Member, split: str) -> Withheld | None:
        """Keep what is dated after the end of a split out of it."""
        end = SPLITS.index(split)
        if member.day is None or end == len(self._bounds) or member.day < self._bounds[end]:
            return None
        day, bound = (date.fromordinal(number).isoformat() for number in (member.day, self._bounds[end]))
        return Withheld(member.id, f"its story was released in {split}, which ends before {bound}, and it is of {day}")


class ByOutlet:
    """Held-out outlets go to test, everything else by story to train and dev.

    Names of outlets are looked up in the outlet registry, so that aliases and sites count. Of a story that a held-out
    outlet tells too, the other articles are withheld: in train they would give its words away, in test they would be of
    outlets that train knows. Articles of unknown outlets are withheld.
    """

    method = "outlet"

    def __init__(self, held_out: Sequence[str], *, shares: Shares = SHARES, salt: str = SALT) -> None:
        from annotate.pipeline.registry import Registry

        self._registry = Registry.load()
        self._names = {self._key(name): self._registry.canonical(name) or name for name in held_out}
        self._shares, self._salt = shares[:2] if sum(shares[:2]) else SHARES[:2], salt

    def _key(self, name: str) -> str:
        from annotate.pipeline.registry import key_of

        return key_of(self._registry.canonical(name) or name)

    def begin(self, stories: Sequence[Story], released: Iterable[Assigned]) -> Mapping[str, Any]:
        """Return the settings. Raises: DatasetError when no article is of an outlet that is to be held out."""
        there = {member.outlet for story in stories for member in story.members}
        for key, name in self._names.items():
            if key not in there:
                raise DatasetError(f"no article is of {name}", where="--held-out", mend="see the articles' publishers")
        return {"held_out": sorted(self._names.values()), "shares": list(self._shares), "salt": self._salt}

    def outlet(self, record: Record) -> str | None:
        """Return the key of the outlet: of its stated name, of its address, or as the text shows it."""
        from annotate.stories.publishers import publishers_of

        if record.meta.publisher and record.meta.publisher.strip():
            return self._key(record.meta.publisher)
        site = self._registry.of_url(record.meta.url)
        names = [site.name] if site else publishers_of(record)
        return self._key(names[0]) if names else None

    def place(self, story: Story, member: Member) -> str | Withheld:
        """Return test for a held-out outlet; for the others draw train or dev, unless one tells their story."""
        if member.outlet in self._names:
            return "test"
        if member.outlet is None:
            return Withheld(member.id, "nobody knows whose article it is: it may be of an outlet that is held out")
        tellers = [other for other in story.members if other.outlet in self._names]
        if tellers:
            name = self._names[str(tellers[0].outlet)]
            return Withheld(member.id, f"its story is told by {name} too, which is held out ({tellers[0].id})")
        return SPLITS[drawn(story.name, self._salt, self._shares)]

    def join(self, member: Member, split: str) -> Withheld | None:
        """Keep held-out outlets in test, and the others out of it."""
        if member.outlet is None:
            return Withheld(member.id, "nobody knows whose article it is: it may be of an outlet that is held out")
        if member.outlet in self._names and split != "test":
            return Withheld(
                member.id, f"its story was released in {split}, and {self._names[member.outlet]} is held out for test"
            )
        if member.outlet not in self._names and split == "test":
            return Withheld(member.id, "its story was released in test, and its outlet is not one that is held out")
        return None


def _last_day(story: Story) -> int | None:
    return max((member.day for member in story.members if member.day is not None), default=None)


def _last_boundaries(released: Iterable[Assigned]) -> list[int] | None:
    found: list[int] | None = None
    for item in released:
        if item.method == ByTime.method:
            until = loads(item.detail).get("until")
            found = [date.fromisoformat(day).toordinal() for day in until] if until else found
    return found
