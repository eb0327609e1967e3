"""Fingerprints of running text: which words two texts have in common, however much was cut around them.

Runs of four words are hashed, and of each three neighbouring hashes the smallest is kept: two texts that share six
words in a row share a fingerprint, for certain (S. Schleimer, D. Wilkerson, A. Aiken: Winnowing, SIGMOD 2003). MinHash,
which estimates how alike two whole texts are, would miss a quote of which a third is left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RUN = 4
WINDOW = 3

Hashes = npt.NDArray[np.uint64]
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)


def winnow(
    hashes: Sequence[int] | npt.NDArray[np.integer], *, run: int = RUN, window: int = WINDOW
) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Return the fingerprints of a text, and the number of the word at which each begins.

    hashes: of its words, in order. Two texts with `run + window - 1` words in common share a fingerprint.
    """
    words = np.array(hashes, dtype=np.uint64)
    if len(words) < run:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    runs = np.zeros(len(words) - run + 1, dtype=np.uint64)
    for offset in range(run):
        # Beyond the fourth word the factors come round again, turned by some bits.
        part = words[offset : offset + len(runs)] * _FACTORS[offset % len(_FACTORS)]
        if offset >= len(_FACTORS):
            part ^= part << np.uint64(7 * (offset // len(_FACTORS)))
        runs ^= part ^ (part >> np.uint64(29))
    runs *= _FACTORS[1]
    runs ^= runs >> np.uint64(32)
    if len(runs) <= window:
        chosen = np.array([int(np.argmin(runs))])
    else:
        windows = np.lib.stride_tricks.sliding_window_view(runs, window)
        chosen = np.unique(np.argmin(windows, axis=1) + np.arange(len(windows)))
    return runs[chosen], chosen
