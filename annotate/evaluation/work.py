"""How much is left for the annotator: operations in the labeling page from the prediction to the annotation.

To add a region, to delete one (its relations go with it), to add a relation and to delete a wrong one between regions
that stay are one operation each, so that a moved boundary costs a deletion, an addition and the relations. The
measure is their number over that from an empty page. White space and punctuation at the edges of a region do not
count, attributes neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotate.corpora import Annotation
from annotate.derive import Span
from annotate.evaluation.comparison import Comparison
from annotate.evaluation.intervals import Interval

Region = tuple[str, Span]
Link = tuple[Region, Region]


@dataclass(frozen=True, slots=True)
class Work:
    """left: operations in per cent of those from an empty page; interval: 95 % of it."""

    operations: int
    from_scratch: int
    left: float
    interval: Interval | None = None


def count_operations(comparison: Comparison) -> tuple[int, int]:
    """Count the operations from an article's prediction to its annotation, and those from an empty page."""
    regions, links = _graph(comparison, comparison.gold)
    given, given_links = _graph(comparison, comparison.predicted)
    kept = regions & given
    wrong = sum(one in kept and other in kept for one, other in given_links - links)
    operations = len(regions ^ given) + len(links - given_links) + wrong
    return operations, len(regions) + len(links)


def work_of(operations: int, from_scratch: int, interval: Interval | None = None) -> Work:
    """Make the measure of the two sums."""
    left = round(100 * operations / from_scratch, 1) if from_scratch else 0.0
    return Work(operations, from_scratch, left, interval)


def _graph(comparison: Comparison, annotations: Iterable[Annotation]) -> tuple[set[Region], set[Link]]:
    """Collect regions and relations: the first part of a quote holds its source, cue and further parts."""
    regions: set[Region] = set()
    links: set[Link] = set()
    for item in annotations:
        if not item.quote:
            continue
        first, *further = (("quote", comparison.characters.trimmed(span)) for span in item.quote)
        ends = [
            (role, comparison.characters.trimmed(span))
            for role, spans in (("source", item.source), ("cue", item.cue))
            for span in spans
        ]
        regions.update((first, *further, *ends))
        links.update((first, end) for end in ends)
        links.update((part, first) for part in further)
    return regions, links
