"""Claims: statements joined by the matches between them, the best first.

A match of words joins two groups at once; a match of sense only when enough of the two groups' members match each
other, so that a chain of half-likenesses does not pull unlike statements together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from annotate.stories.matching import Likeness, Match
from annotate.stories.table import Ints, Table

_LINKED = 0.5  # of the possible matches of sense between two groups
_TRIED = 12  # members of a large group that count


def join(table: Table, matches: Iterable[Match], order: Ints) -> list[list[int]]:
    """Return the groups of statements that tell one claim, each in the order of the articles."""
    group_of: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    links: defaultdict[int, set[int]] = defaultdict(set)
    ranked = sorted(
        matches,
        key=lambda match: (
            match.likeness is not Likeness.WORDS,
            -match.score,
            -match.run,
            int(order[match.one]),
            int(order[match.other]),
        ),
    )
    for match in ranked:
        links[match.one].add(match.other)
        links[match.other].add(match.one)
    for match in ranked:
        for row in (match.one, match.other):
            if row not in group_of:
                group_of[row] = row
                groups[row] = [row]
        first, second = group_of[match.one], group_of[match.other]
        if first == second:
            continue
        if match.likeness is Likeness.SENSE and not _hold_together(groups[first], groups[second], links):
            continue
        keep, gone = (first, second) if len(groups[first]) >= len(groups[second]) else (second, first)
        for row in groups[gone]:
            group_of[row] = keep
        groups[keep].extend(groups.pop(gone))
    found = [sorted(rows, key=lambda row: int(order[row])) for rows in groups.values() if len(rows) > 1]
    kept = [rows for rows in (_without_repeats(table, rows) for rows in found) if _is_claim(table, rows)]
    return sorted(kept, key=lambda rows: int(order[rows[0]]))


def _hold_together(one: Sequence[int], other: Sequence[int], links: dict[int, set[int]]) -> bool:
    first, second = one[:_TRIED], other[:_TRIED]
    linked = sum(row in links[member] for member in first for row in second)
    return linked >= _LINKED * len(first) * len(second)


def _without_repeats(table: Table, rows: Sequence[int]) -> list[int]:
    """Keep one row of each attribution, the whole one, and no bare sentence of an article that says who says it."""
    attributed = {table.article[row] for row in rows if not table.is_bare(row)}
    kept: dict[tuple[int, int], int] = {}
    for row in rows:
        if table.is_bare(row) and table.article[row] in attributed:
            continue
        key = (table.article[row], table.attribution[row])
        if key not in kept or _extent(table, row) > _extent(table, kept[key]):
            kept[key] = row
    return list(kept.values())


def _extent(table: Table, row: int) -> tuple[int, int]:
    return table.end[row] - table.start[row], -row


def _is_claim(table: Table, rows: Sequence[int]) -> bool:
    """Tell whether somebody is said to say it, in one of several tellings."""
    articles = {table.article[row] for row in rows}
    attributed = [row for row in rows if not table.is_bare(row)]
    return bool(attributed) and (len(articles) > 1 or len({table.said_by[row] for row in attributed}) > 1)
