"""Which split an article belongs to, and which story: the plan of a release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from annotate.dataset.spool import Spool
from annotate.dataset.verified import Withheld

SPLITS = ("train", "dev", "test")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article stands. story: shared by articles that must not be parted; split: null in an unsplit dataset."""

    story: str | None = None
    split: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The placement of each article, by its id, and how they were placed.

    withheld: articles that fit into no split without leaking; they are not published.
    """

    method: str | None
    placements: Mapping[str, Placement]
    withheld: tuple[Withheld, ...] = field(default=())

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
