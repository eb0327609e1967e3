"""Which articles tell one story: those that are about the same, share claims, or are copies of each other.

Two links of one kind, or one link of two kinds, or a long copied text join two articles; groups are joined only when
enough of their articles are linked, so that a chain of neighbours does not make one story of a whole collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from annotate.stories.candidates import Pairs
from annotate.stories.table import Ints, Table

_SAME_SUBJECT = 0.22  # likeness of what two articles are about: the same subject
_SAME_STORY = 0.33  # the same story by that alone
_COPIED = 0.3  # share of the shorter text
_REPRINT = 0.6  # share from which on one text is the other one, whatever else they are about
_FEWEST_COPIED = 12  # fingerprints
_DAYS = 10  # between two articles of a story, where both dates are known
_LINKED = 0.4  # of the possible links between two groups
_TRIED = 16
_WIDE = 12  # articles of a claim that are all linked with each other


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near articles are: `subject` by pair; `near` those of one story, by article; `copies` those copied."""

    subject: Mapping[tuple[int, int], float]
    near: Mapping[int, Collection[int]]
    copies: Mapping[int, Collection[int]]
    copied: Mapping[tuple[int, int], float]


def closeness(
    table: Table, tops: Sequence[Sequence[tuple[int, float]]], alike: Pairs, copied: Pairs, *, days: int = _DAYS
) -> Closeness:
    """Compare the articles that are candidates: `alike` in subject, `copied` in text."""
    vectors = [dict(top) for top in tops]
    subject: dict[tuple[int, int], float] = {}
    near: dict[int, set[int]] = {}
    for one, other in zip(alike.one.tolist(), alike.other.tolist(), strict=True):
        if _days_apart(table, one, other) > days:
            continue
        second = vectors[other]
        likeness = sum(share * second[feature] for feature, share in vectors[one].items() if feature in second)
        if likeness >= _SAME_SUBJECT:
            subject[one, other] = likeness
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    copies: dict[int, set[int]] = {}
    shares: dict[tuple[int, int], float] = {}
    lengths = np.diff(np.r_[0, np.array(table.fingerprint_ends, dtype=np.int64)])
    for one, other, shared in zip(copied.one.tolist(), copied.other.tolist(), copied.shared.tolist(), strict=True):
        shorter = min(int(lengths[one]), int(lengths[other]))
        if shared >= 0.6 * _FEWEST_COPIED and shared >= 0.5 * _COPIED * shorter:
            common = len(np.intersect1d(table.fingerprints_of(one), table.fingerprints_of(other)))
            share = common / shorter
            if common >= _FEWEST_COPIED and share >= _COPIED:
                shares[one, other] = share
                for first, second in ((one, other), (other, one)):
                    copies.setdefault(first, set()).add(second)
                    near.setdefault(first, set()).add(second)
    return Closeness(subject, near, copies, shares)


def _days_apart(table: Table, one: int, other: int) -> int:
    first, second = table.articles[one].day, table.articles[other].day
    return 0 if first is None or second is None else abs(first - second)


def stories_of(table: Table, close: Closeness, claims: Iterable[Sequence[int]], ranks: Ints) -> list[list[int]]:
    """Return the articles of each story in order; the stories of most articles come first."""
    shared: Counter[tuple[int, int]] = Counter()
    for rows in claims:
        articles = list(dict.fromkeys(table.article[row] for row in rows))
        pairs = combinations(articles, 2) if len(articles) <= _WIDE else pairwise(articles)
        shared.update(_ordered(one, other, ranks) for one, other in pairs)
    strengths: dict[tuple[int, int], float] = {}
    for pair in {*shared, *close.subject, *close.copied}:
        subject, copied = close.subject.get(pair, 0.0), close.copied.get(pair, 0.0)
        claims_shared = shared.get(pair, 0)
        if copied or claims_shared >= 2 or subject >= _SAME_STORY or (claims_shared and subject):
            strengths[pair] = 2 * copied + subject + 0.2 * claims_shared
    return _grouped(len(table.articles), strengths, close.copied, ranks)


def _ordered(one: int, other: int, ranks: Ints) -> tuple[int, int]:
    return (one, other) if ranks[one] < ranks[other] else (other, one)


def _grouped(
    count: int,
    strengths: Mapping[tuple[int, int], float],
    copied: Mapping[tuple[int, int], float],
    ranks: Ints,
) -> list[list[int]]:
    linked: dict[int, set[int]] = {}
    for one, other in strengths:
        linked.setdefault(one, set()).add(other)
        linked.setdefault(other, set()).add(one)
    group_of = list(range(count))
    groups = {number: [number] for number in range(count)}
    for (one, other), _ in sorted(
        strengths.items(), key=lambda item: (-item[1], int(ranks[item[0][0]]), int(ranks[item[0][1]]))
    ):
        first, second = group_of[one], group_of[other]
        if first == second:
            continue
        # Of many copies of one text, each is compared with a few only.
        if copied.get((one, other), 0.0) < _REPRINT and not _hold_together(groups[first], groups[second], linked):
            continue
        if len(groups[first]) < len(groups[second]):
            first, second = second, first
        for article in groups[second]:
            group_of[article] = first
        groups[first].extend(groups.pop(second))
    ordered = [sorted(group, key=lambda article: int(ranks[article])) for group in groups.values()]
    return sorted(ordered, key=lambda group: (-len(group), int(ranks[group[0]])))


def _hold_together(one: Sequence[int], other: Sequence[int], linked: Mapping[int, Collection[int]]) -> bool:
    first, second = one[:_TRIED], other[:_TRIED]
    links = sum(article in linked[member] for member in first for article in second)
    return links >= _LINKED * len(first) * len(second)
