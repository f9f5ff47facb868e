"""Sums and extreme values of an image over the shapes of a tree."""

import numpy as np

from coarea.base.arrays import Array, Indices
from coarea.base.types import Statistic
from coarea.trees import _passes


def accumulate(parent: Indices, node_of_pixel: Indices, values: Array, how: Statistic) -> Array:
    """The kernels know sums and maxima, of int64 and of float64; least values are those of the complement."""
    if values.ndim > node_of_pixel.ndim:
        channels = [accumulate(parent, node_of_pixel, channel, how) for channel in np.moveaxis(values, -1, 0)]
        return np.stack(channels, axis=-1) if channels else np.empty((len(parent), 0), values.dtype)
    dtype = values.dtype.newbyteorder("=")
    wide: Array = np.ascontiguousarray(
        values, np.float64 if dtype.kind == "f" else np.int64 if dtype != "u8" else dtype
    )
    if how == "sum":
        terms = wide if dtype.kind == "f" else wide.view(np.uint64)  # unsigned sums may wrap
        out = np.zeros(len(parent), terms.dtype)
        _passes.add_pixels(node_of_pixel.ravel(), terms.ravel(), out)
        _passes.accumulate_sum(parent, out)
        return out.view(wide.dtype)
    if dtype == "u8":
        wide = (wide ^ np.uint64(2**63)).view(np.int64)  # the same order
    sign = (lambda x: x) if how == "max" else np.negative if dtype.kind == "f" else np.invert
    out = np.full(len(parent), -np.inf if dtype.kind == "f" else np.iinfo(np.int64).min, wide.dtype)
    _passes.max_pixels(node_of_pixel.ravel(), sign(wide).ravel(), out)
    _passes.accumulate_max(parent, out)
    extreme: Array = sign(out)
    return (extreme.view(np.uint64) ^ np.uint64(2**63)) if dtype == "u8" else extreme.astype(dtype)
