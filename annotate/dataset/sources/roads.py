"""The road of a statement: from whom it is, through which outlets it came, and who printed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from annotate.record import Attribution
from annotate.scheme import SourceType
from annotate.stories.layers import hull, only_carries

ARROW = " > "
TOGETHER = " + "  # outlets that heard a source side by side


@dataclass(frozen=True, slots=True)
class Road:
    """The road of one statement.

    terminal: whom it goes back to, None where the article does not say. via: the outlets between, first the one that
    heard it; steps: how many there are one after the other.
    """

    terminal: str | None
    via: tuple[str, ...]
    steps: int
    path: str


def roads_of(
    item: Attribution, others: Sequence[Attribution], called: Callable[[Attribution], str | None], publisher: str | None
) -> list[Road]:
    """Return the roads of an attribution: one, or, for an outlet that carries what others say, one for each of these.

    called: how to name an attribution's source. publisher: the outlet whose article it is.
    """
    if item.source_type != SourceType.OUTLET or not only_carries(item, others):
        return [_road(called(item), item, publisher)]
    start, end = hull(item)
    carried = [
        other
        for other in others
        if other is not item
        and other.source_type != SourceType.OUTLET
        and start <= hull(other)[0]
        and hull(other)[1] <= end
    ]
    outlet = called(item)
    roads = [_road(called(other), other, publisher, at_least=outlet) for other in carried]
    return list(dict.fromkeys(roads)) or [_road(outlet, item, publisher)]


def _road(terminal: str | None, item: Attribution, publisher: str | None, at_least: str | None = None) -> Road:
    in_order = sorted(item.via, key=lambda via: via.step)
    stages = [
        list(dict.fromkeys(via.name for via in group)) for _, group in groupby(in_order, key=lambda via: via.step)
    ]
    if at_least and not any(at_least in stage for stage in stages):
        stages.append([at_least])
    via = tuple(dict.fromkeys(name for stage in stages for name in stage))
    path = [terminal or "?", *(TOGETHER.join(stage) for stage in stages)]
    if publisher and path[-1] != publisher:
        path.append(publisher)
    return Road(terminal, via, len(stages), ARROW.join(path))
