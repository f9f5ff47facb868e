"""The grey values of a strip as levels: ranks in a strip of its own take less memory, nearer, than in the image."""

from __future__ import annotations

import numpy as np

from coarea.base.arrays import Array
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
