"""Checks that the public functions share, and grey values as levels."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]

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
        if np.isnan(array).any():
            raise ValueError("image contains NaN")
        if finite and not np.isfinite(array).all():
            raise ValueError("image contains infinite values")
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def has_channels(shape: tuple[int, ...]) -> bool:
    """Whether the last axis of an image file is taken for colours or transparency, not for pixels."""
    return len(shape) >= 3 and shape[-1] in (2, 3, 4)


def integer_range(dtype: np.dtype[Any]) -> tuple[int, int]:
    """The smallest and the largest value of an integer dtype, or of bool."""
    if dtype.kind == "b":
        return 0, 1
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def to_levels(image: Array) -> tuple[Array, Array]:
    """Write the image as levels and their increasing grey values: image == values[levels].

    8- and 16-bit integers are levels already, of all the values of their dtype, up to the sign. Of other
    dtypes the levels are the ranks of the values that occur.
    """
    dtype = image.dtype
    if dtype.kind == "b":
        return image.astype(np.uint8), np.array([False, True])  # a view would trust bytes that decoders fill with 255
    if dtype.kind in "ui" and dtype.itemsize <= 2:
        unsigned = np.dtype(f"u{dtype.itemsize}")
        lowest, _ = integer_range(dtype)
        values = np.arange(lowest, lowest + 256**dtype.itemsize).astype(dtype)
        if dtype.kind == "u":
            return image, values
        return image.view(unsigned) ^ unsigned.type(-lowest), values
    values, levels = np.unique(image, return_inverse=True)
    return levels.reshape(image.shape).astype(np.int32), values


def to_ranks(image: Array) -> tuple[Array, Array]:
    """Write the image as ranks of the grey values that occur: image == values[ranks]."""
    levels, values = to_levels(image)
    occurs = np.zeros(len(values), bool)
    occurs[levels] = True
    if occurs.all():
        return levels, values
    return (np.cumsum(occurs) - 1).astype(levels.dtype)[levels], values[occurs]


def one_of(name: str, value: object, choices: Iterable[object]) -> None:
    """Refuse a value that is not one of the choices, and list them."""
    choices = tuple(choices)
    value = value.item() if isinstance(value, np.generic) else value
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
