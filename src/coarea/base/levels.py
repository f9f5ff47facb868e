"""Grey values as levels: integers that keep their order."""

import bisect
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array


def rank(values: Array, value: float) -> tuple[int, bool, object]:
    """Place a number among increasing grey values.

    Returns how many levels lie below it, whether it is a level itself, and the number rounded down to the
    dtype of the image.
    """
    if values.dtype.kind == "f":
        wide = values.astype(np.result_type(values, np.float64))
        below = int(np.searchsorted(wide, value))
        with np.errstate(over="ignore"):
            rounded = values.dtype.type(value)
            if wide.dtype.type(rounded) > value:
                rounded = np.nextafter(rounded, values.dtype.type(-np.inf))
        return below, below < len(wide) and bool(wide[below] == value), rounded
    integers = values.astype(np.int64) if values.dtype.kind == "b" else values
    floor = math.floor(value)
    below = bisect.bisect_left(integers, floor)
    is_level = floor == value and below < len(integers) and int(integers[below]) == floor
    if not is_level:
        below = bisect.bisect_right(integers, floor)
    lowest, highest = integer_range(values.dtype)
    return below, is_level, values.dtype.type(min(max(floor, lowest), highest))


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


def sortable_bits(image: Array) -> NDArray[np.uint32]:
    """Numbers of 32 bits as unsigned integers in the same order; -0.0 is 0.0."""
    sign = np.uint32(2**31)
    bits: NDArray[np.uint32] = (image + image.dtype.type(0)).view(np.uint32)
    if image.dtype.kind == "f":  # those of negative numbers fall where the numbers rise
        bits ^= (np.uint32(0) - (bits >> 31)) | sign
    elif image.dtype.kind == "i":
        bits ^= sign
    return bits


def steps_between(value: Array, other: Array) -> Array:
    """The distances of grey values: int64 for integers of up to 32 bits, uint64 for 64 bits, otherwise their dtype."""
    is_above = value > other
    if value.dtype.kind in "bui":  # differences wrap to the right value
        value, other = (part.astype(np.int64 if part.itemsize < 8 else np.uint64) for part in (value, other))
    distances: Array = np.where(is_above, value - other, other - value)
    return distances
