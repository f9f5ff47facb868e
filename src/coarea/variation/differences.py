"""Differences along the axes of an array, and their transpose."""

import numpy as np

from coarea.base.arrays import Array


def differences(image: Array) -> Array:
    """Backward differences along all axes, 0 where they leave the image."""
    found = np.zeros((image.ndim, *image.shape), image.dtype)
    for axis, out in enumerate(found):
        np.subtract(*pairs_along(image, axis), out=pairs_along(out, axis)[0])
    return found


def transposed_differences(slopes: Array) -> Array:
    """The transpose of `differences`."""
    image = np.zeros(slopes.shape[1:], slopes.dtype)
    for axis, part in enumerate(slopes):
        later, earlier = pairs_along(image, axis)
        later += pairs_along(part, axis)[0]
        earlier -= pairs_along(part, axis)[0]
    return image


def pairs_along(image: Array, axis: int) -> tuple[Array, Array]:
    """Views of all pixels but the first, and of all but the last, along an axis."""
    along = np.moveaxis(image, axis, 0)
    return np.moveaxis(along[1:], 0, axis), np.moveaxis(along[:-1], 0, axis)
