"""The grey values of a strip as levels: ranks in a strip of its own take less memory, nearer, than in the image."""

from __future__ import annotations

import numpy as np

from coarea.base.arrays import Array, Indices
from coarea.base.levels import sortable_bits, to_levels
from coarea.trees.strips import _ranks


def levels_of_strip(image: Array) -> tuple[Array, Array]:
    """As `to_levels`, faster for numbers of 32 bits; the zeros have the sign of the first one."""
    kind, size = image.dtype.kind, image.dtype.itemsize
    if size != 4 or kind not in "uif":
        return to_levels(image)
    bits = sortable_bits(image)
    pairs, spare = np.empty((2, bits.size), np.uint64)
    level, first = np.empty(bits.shape, np.int32), np.empty(bits.size, np.int32)
    n_levels = _ranks.rank_keys(bits.ravel(), pairs, spare, level.ravel(), first)
    return level, image.ravel()[first[:n_levels]]


def levels_of_runs(runs: list[Array], *, falls: bool) -> tuple[Indices, Array]:
    """The levels of runs, one after the other, that increase; with `falls` they decrease, and so do the values."""
    numbers = np.concatenate(runs)
    if numbers.dtype.itemsize != 4 or numbers.dtype.kind not in "uif":
        ranks, values = to_levels(numbers)
        return (len(values) - 1 - ranks, values[::-1]) if falls else (ranks, values)
    keys = sortable_bits(numbers)
    if falls:
        np.invert(keys, out=keys)
    start = np.cumsum([0, *map(len, runs)], dtype=np.int32)
    head, heap = np.empty((2, len(runs)), np.int32)
    level, first = np.empty((2, numbers.size), np.int32)
    n_levels = _ranks.merge_runs(keys, start, head, heap, level, first)
    return level, numbers[first[:n_levels]]
