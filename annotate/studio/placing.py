"""Where tasks come in a queue, and how a task says so in its own data: what views sort and filter by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from annotate.review.places import written

__all__ = ["QUEUE", "UNPLACED", "Placing", "column"]

QUEUE = "queue"


def column(order: str) -> str:
    """Return the key of a task's data that holds its place in an order."""
    return f"order_{order}"


@dataclass(frozen=True, slots=True)
class Placing:
    """The places of a project's tasks in one order, by push key; none without an order."""

    order: str | None = None
    places: Mapping[str, int] = field(default_factory=dict)

    def marks(self, push_key: str, sample: str | None = None) -> dict[str, str]:
        """Return what a task's data and meta say of its place.

        A task of a sample names it and has no place; the others name none, as soon as there is an order.
        """
        if sample is not None:
            return {QUEUE: sample}
        if self.order is None:
            return {}
        place = self.places.get(push_key)
        return {QUEUE: "", **({} if place is None else {column(self.order): written(place)})}

    def in_order(self, due: Iterable[tuple[str, str | None]]) -> list[str]:
        """Return push keys in the order of their places; behind them those of a sample, in random order.

        due: push keys with the name of their sample, in the order that holds between equals. A sample goes by the keys
        themselves, which are hashes: whatever part of it has been annotated so far is a random sample, too.
        """
        queued: list[str] = []
        sampled: list[str] = []
        for key, sample in due:
            (queued if sample is None else sampled).append(key)
        last = max(self.places.values(), default=0) + 1
        return [*sorted(queued, key=lambda key: self.places.get(key, last)), *sorted(sampled)]


UNPLACED = Placing()
