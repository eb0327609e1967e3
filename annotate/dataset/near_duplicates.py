"""Articles that are the same text over long stretches: reprints, updates, and one agency's report in several papers.

MinHash over runs of SHINGLE words finds the candidates (A. Broder: On the resemblance and containment of documents,
1997), and each of them is compared word for word before it counts. Nothing here is drawn at random: the words are
hashed by their letters, the permutations come from a fixed seed. An index of all sketches would take some 20 kB an
article; here each leaves one number a band, and only what shares such a number with another article is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from datasketch import MinHash

from annotate.dataset.wordings import Wording, Wordings
from annotate.stories.fingerprints import winnow

SHINGLE = 5  # words
SIMILAR = (
    0.4  # of all their shingles that two articles share (Jaccard): two updates of which each is half new have 0.33
)
_ALIKE = 0.95  # from which on a text stands for the other one, so that a thousand reprints are no million pairs
_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93], dtype=np.uint64)  # one for each row
_BANDS, _ROWS = 42, 3  # of two articles at SIMILAR, 94 of a hundred pairs are candidates; from 0.5 on, 99.6

Shingles = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two articles, by their numbers in the collection. similarity: the share of shingles in both, exactly counted."""

    one: int
    other: int
    similarity: float


def near_duplicates(
    wordings: Wordings, articles: Sequence[Wording], group_of: Callable[[int], int]
) -> Iterator[NearDuplicate]:
    """Yield near-duplicates of different groups: enough of them to join whatever is one.

    group_of: the group of an article by its number, asked again and again while groups grow.
    """
    shared = _shared(_bands(wordings, articles))
    seen: dict[int, list[int]] = {}  # by what they share with others
    for number, bands in shared.items():
        own = _shingles(wordings, articles[number])
        stands_for_it = False
        for other in sorted({other for band in bands for other in seen.get(band, ())}):
            # What is joined already is compared only to see whether this text must be looked up too.
            similarity = jaccard(own, _shingles(wordings, articles[other]))
            stands_for_it = stands_for_it or similarity >= _ALIKE
            if similarity >= SIMILAR and group_of(number) != group_of(other):
                yield NearDuplicate(other, number, similarity)
        if not stands_for_it:
            for band in bands:
                seen.setdefault(band, []).append(number)


def _bands(wordings: Wordings, articles: Sequence[Wording]) -> Shingles:
    """Return a number for each band of each article's sketch, [articles, _BANDS]; 0 for those without a shingle."""
    blank = MinHash(num_perm=_BANDS * _ROWS, seed=1, scheme="affine32", hashfunc=int)
    bands = np.zeros((len(articles), _BANDS), dtype=np.uint64)
    for number, article in enumerate(articles):
        own = _shingles(wordings, article)
        if len(own):
            sketch = blank.copy()
            sketch.update_batch((own & np.uint64(0xFFFFFFFF)).tolist())
            mixed = sketch.hashvalues.astype(np.uint64).reshape(_BANDS, _ROWS) * _ODD
            bands[number] = np.bitwise_xor.reduce(mixed ^ (mixed >> np.uint64(29)), axis=1) | np.uint64(1)
    return bands


def _shared(bands: Shingles) -> dict[int, list[int]]:
    """Return which bands each article shares with another one, for those that share any, in their order."""
    shared: dict[int, list[int]] = {}
    known = 0
    for column in bands.T:
        values, kinds, counts = np.unique(column, return_inverse=True, return_counts=True)
        several = (counts > 1) & (values != 0)
        for number in np.flatnonzero(several[kinds]).tolist():
            shared.setdefault(number, []).append(known + int(kinds[number]))
        known += len(values)
    return dict(sorted(shared.items()))


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the share of the elements of two sets that both have."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)


def _shingles(wordings: Wordings, article: Wording) -> Shingles:
    hashes, _ = winnow(wordings.body(article)["word"], run=SHINGLE, window=1)
    return np.unique(hashes)
