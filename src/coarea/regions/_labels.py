"""Label images as they are given, with their regions numbered from 0."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, Indices, as_image
from coarea.base.colors import warn_of_colors

COLORS = "Labels have no channels: if these are colours, give the labels themselves."


class Numbered(NamedTuple):
    """Regions numbered from 0 in the order of their labels."""

    number: Indices  # of the region of each pixel
    labels: Array  # (n,), of each region, increasing


def numbered(labels: ArrayLike) -> Numbered:
    """Number the regions of a label image of any integers."""
    array = as_image(labels, name="labels")
    if array.dtype.kind == "f":
        raise TypeError(
            f"labels must be integers, got {array.dtype}: convert them, labels.astype(int), or give the labels "
            "of a segmentation, not an image"
        )
    warn_of_colors(array, COLORS)
    if array.dtype == bool:
        array = array.view(np.uint8)
    low, high = int(array.min()), int(array.max())
    if low >= 0 and high <= 2 * array.size + 255:
        counts = np.bincount(array.ravel().astype(np.intp, copy=False))
        found = np.flatnonzero(counts)
        if len(found) == high + 1:
            return Numbered(array.astype(np.int32), found.astype(array.dtype))
        place = np.zeros(high + 1, np.int32)
        place[found] = np.arange(len(found), dtype=np.int32)
        return Numbered(place[array], found.astype(array.dtype))
    found, number = np.unique(array, return_inverse=True)
    return Numbered(number.reshape(array.shape).astype(np.int32), found)
