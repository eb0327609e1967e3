"""Which statements, and which articles, are worth comparing: found by sorting, never by going through all pairs.

What two statements share is a hash: a fingerprint of running text, or a pair of rare features. Hashes are sorted, and
equal ones lie next to each other. Small groups give all their pairs; of large ones, each member is only compared with
its neighbours in the order of the articles (a text with hundreds of copies is found by that, and a phrase that
everybody uses costs no more than its length). So the number of comparisons grows with the number of statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotate.stories.features import Features
from annotate.stories.table import BARE, Ints, Table

_SMALL = 12  # members of a group that are all compared with each other
_NEIGHBOURS = 2  # with how many each is compared in a larger one
_LARGE = 200  # pairs of features in more statements than these tell nothing
_STATEMENT_TOP = 7  # features of a statement whose pairs are looked up
_ARTICLE_TOP = 8
_SAMPLED = 4  # one of so many fingerprints stands for a text
_PARTS = 4  # how many parts the pairs of features are sorted in, to bound memory

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of numbers with how many hashes each shares, sorted."""

    one: Ints
    other: Ints
    shared: Ints

    def __len__(self) -> int:
        return len(self.one)


def equal_hashes(
    hashes: Hashes, members: Ints, order: Ints, owner: Ints, *, large: int | None
) -> tuple[Ints, Ints, Ints]:
    """Return pairs of members that have a hash in common, and how many members have that hash.

    order: each member's place, by which neighbours are told. owner: members with one owner are no pair. large: groups
    of more members are left out; None keeps them all.
    """
    sort = np.lexsort((order[members], hashes))
    hashes, members = hashes[sort], members[sort]
    fresh = np.ones(len(hashes), dtype=bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (members[1:] != members[:-1])
    hashes, members = hashes[fresh], members[fresh]
    if not len(hashes):
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
    sizes = np.diff(np.r_[starts, len(hashes)])
    size = np.repeat(sizes, sizes)
    first = np.repeat(starts, sizes)
    ones, others, crowds = [], [], []
    for distance in range(1, _SMALL):
        limit = size[distance:]
        keep = hashes[distance:] == hashes[:-distance]
        keep &= (limit <= _SMALL) | (distance <= _NEIGHBOURS)
        if large is not None:
            keep &= limit <= large
        at = np.flatnonzero(keep)
        ones.append(members[at])
        others.append(members[at + distance])
        crowds.append(size[at])
    # In a large group everybody is compared with its first member too, so that it holds together.
    at = np.flatnonzero((size > _SMALL) & (np.arange(len(size)) - first > _NEIGHBOURS))
    if large is not None:
        at = at[size[at] <= large]
    ones.append(members[first[at]])
    others.append(members[at])
    crowds.append(size[at])
    one, other, crowd = np.concatenate(ones), np.concatenate(others), np.concatenate(crowds)
    keep = owner[one] != owner[other]
    return one[keep], other[keep], crowd[keep]


def counted(one: Ints, other: Ints, order: Ints, weight: Ints | None = None) -> Pairs:
    """Count how often each pair stands there, or sum its weights; what comes first in the order is put first."""
    swap = order[one] > order[other]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    size = int(order.max()) + 1 if len(order) else 1
    keys = order[one] * size + order[other]
    _, index, inverse = np.unique(keys, return_index=True, return_inverse=True)
    counts = np.bincount(inverse, weights=weight, minlength=len(index)).astype(np.int64)
    return Pairs(one[index], other[index], counts)


def copied(table: Table, ranks: Ints, order: Ints) -> tuple[Pairs, Pairs]:
    """Return the pairs of statements, and of articles, that share runs of words; of articles, about how many."""
    hashes = np.array(table.fingerprints, dtype=np.uint64)
    rows = np.array(table.fingerprint_rows, dtype=np.int64)
    lengths = np.diff(np.r_[0, np.array(table.fingerprint_ends, dtype=np.int64)])
    articles = np.repeat(np.arange(len(lengths)), lengths)
    # Of whole texts, one fingerprint of several is enough to see that they share many.
    sample = hashes % np.uint64(_SAMPLED) == 0
    one, other, _ = equal_hashes(hashes[sample], articles[sample], ranks, np.arange(len(lengths)), large=None)
    of_articles = counted(one, other, ranks)
    several = of_articles.shared > 1
    of_articles = Pairs(of_articles.one[several], of_articles.other[several], of_articles.shared[several] * _SAMPLED)
    del one, other, articles, sample
    inside = rows >= 0
    owner = np.array(table.article, dtype=np.int64)
    one, other, _ = equal_hashes(hashes[inside], rows[inside], order, owner, large=None)
    said = _one_is_said(table, one, other)
    return counted(one[said], other[said], order), of_articles


def about_the_same(features: Features, order: Ints) -> Pairs:
    """Return the pairs of statements, of different articles, whose rarest features agree in two at least."""
    table = features.table
    articles_with = np.array(table.vocabulary.articles_with, dtype=np.int64)
    useful = articles_with[features.flat] > 1
    owner = np.array(table.article, dtype=np.int64)
    sizes = np.diff(features.ends)
    row_of = np.repeat(np.arange(len(sizes)), sizes)[useful]
    flat = features.flat[useful].astype(np.int64)
    # The place of each feature among the useful ones of its row: the heaviest come first.
    begin = np.flatnonzero(np.r_[True, row_of[1:] != row_of[:-1]]) if len(row_of) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(np.r_[begin, len(row_of)])
    place = np.arange(len(row_of)) - np.repeat(begin, lengths)
    top = place < _STATEMENT_TOP
    bare = np.array(table.attribution, dtype=np.int64) == BARE
    return _feature_pairs(row_of[top], flat[top], order, owner, bare)


def near_articles(tops: Sequence[Sequence[tuple[int, float]]], ranks: Ints) -> Pairs:
    """Return the pairs of articles whose rarest features agree in two at least."""
    row_of = np.array([number for number, top in enumerate(tops) for _ in top[:_ARTICLE_TOP]], dtype=np.int64)
    flat = np.array([feature for top in tops for feature, _ in top[:_ARTICLE_TOP]], dtype=np.int64)
    return _feature_pairs(row_of, flat, ranks, np.arange(len(tops)), np.zeros(len(tops), dtype=bool))


def _one_is_said(table: Table, one: Ints, other: Ints) -> npt.NDArray[np.bool_]:
    """Tell of each pair whether one of the two is no sentence that an article states as fact."""
    bare = np.array(table.attribution, dtype=np.int64) == BARE
    kept: npt.NDArray[np.bool_] = ~(bare[one] & bare[other])
    return kept


def _feature_pairs(row_of: Ints, flat: Ints, order: Ints, owner: Ints, bare: npt.NDArray[np.bool_]) -> Pairs:
    """Look up pairs of features: `row_of` is sorted, and few features belong to a row.

    One pair that few have is enough, of pairs that many have it takes two. Two rows that are both bare are no pair.
    """
    ones: list[Ints] = []
    others: list[Ints] = []
    weights: list[Ints] = []
    for part in range(_PARTS):
        keys, members = [], []
        for distance in range(1, max(_STATEMENT_TOP, _ARTICLE_TOP)):
            at = np.flatnonzero(row_of[distance:] == row_of[:-distance])
            low = np.minimum(flat[at], flat[at + distance])
            high = np.maximum(flat[at], flat[at + distance])
            chosen = low % _PARTS == part
            keys.append((low[chosen].astype(np.uint64) << np.uint64(32)) | high[chosen].astype(np.uint64))
            members.append(row_of[at][chosen])
        one, other, crowd = equal_hashes(np.concatenate(keys), np.concatenate(members), order, owner, large=_LARGE)
        said = ~(bare[one] & bare[other])
        ones.append(one[said])
        others.append(other[said])
        weights.append(np.where(crowd[said] <= _SMALL, 2, 1))
    found = counted(np.concatenate(ones), np.concatenate(others), order, np.concatenate(weights))
    enough = found.shared > 1
    return Pairs(found.one[enough], found.other[enough], found.shared[enough])
