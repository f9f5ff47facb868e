"""The sides of pixels in the order of their strengths."""

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.levels import sortable_bits, to_ranks
from coarea.regions import _sides_order


def sorted_sides(strength: Array) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Keys in the order of the strengths, increasing, and the sides that have them.

    Side ``n_axes * p + k`` lies between pixel p and the next one along axis k, counted from the last axis to the first;
    those of equal keys come in the order of these numbers. `strength` has an array for each axis, from the first one.
    """
    is_inside = np.ones(strength.shape, bool)
    for axis, own in enumerate(is_inside):
        np.moveaxis(own, axis, 0)[-1] = False
    side = np.flatnonzero(np.moveaxis(is_inside[::-1], 0, -1)).astype(np.int32)
    key = np.moveaxis(_keys(strength)[::-1], 0, -1).ravel()[side]
    ordered_key, ordered_side = np.empty_like(key), np.empty_like(side)
    _sides_order.sort_sides(key, side, ordered_key, ordered_side)
    return ordered_key, ordered_side


def _keys(strength: Array) -> NDArray[np.uint32]:
    """Numbers in the order of the strengths."""
    if strength.dtype != np.float32:
        return to_ranks(strength)[0].astype(np.uint32)
    return sortable_bits(strength)
