"""Differences along the axes of an array, and their transpose."""

import numpy as np

from coarea.base.arrays import Array


def _differences(image: Array) -> Array:
    """Backward differences along all axes, 0 where they leave the image."""
    found = np.zeros((image.ndim, *image.shape), image.dtype)
    for axis, out in enumerate(found):
        np.subtract(*_pairs(image, axis), out=_pairs(out, axis)[0])
    return found


def _transposed(slopes: Array) -> Array:
    """The transpose of `_differences`."""
    image = np.zeros(slopes.shape[1:], slopes.dtype)
    for axis, part in enumerate(slopes):
        later, earlier = _pairs(image, axis)
        later += _pairs(part, axis)[0]
        earlier -= _pairs(part, axis)[0]
    return image


def _pairs(image: Array, axis: int) -> tuple[Array, Array]:
    """Views of all pixels but the first, and of all but the last, along an axis."""
    along = np.moveaxis(image, axis, 0)
    return np.moveaxis(along[1:], 0, axis), np.moveaxis(along[:-1], 0, axis)
