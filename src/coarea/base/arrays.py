"""Images as arrays: their checks, and the types of what the rooms hand to each other."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
Indices = NDArray[np.int32]

INDEX_MAX = 2**31 - 1


def as_image(image: ArrayLike, *, ndim: int | None = None, finite: bool = False) -> Array:
    """Return the image as a C-contiguous array in native byte order, or say what is wrong with it."""
    array = np.asarray(image)
    if array.dtype.kind not in "buif":
        raise TypeError(f"image must have a real dtype, got {array.dtype}")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"image must be {ndim}-D, got {array.ndim}-D")
    if array.ndim == 0:
        raise ValueError("image must have at least one axis, got a scalar")
    if array.size == 0:
        raise ValueError(f"image must hold at least one pixel, got shape {array.shape}")
    if array.dtype.kind == "f":
        extremes = array.min(), array.max()  # both are NaN if any value is; no temporary array is needed
        if np.isnan(extremes).any():
            raise ValueError("image contains NaN")
        if finite and np.isinf(extremes).any():
            raise ValueError("image contains infinite values")
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def has_channels(shape: tuple[int, ...]) -> bool:
    """Whether the last axis of an image file is taken for colours or transparency, not for pixels."""
    return len(shape) >= 3 and shape[-1] in (2, 3, 4)
