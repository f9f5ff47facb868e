"""Detector pixels that measure nothing: which they are, and what their neighbours say in their place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from coarea.base.arrays import Array

FEWEST_VIEWS = 8  # of which equal counts are no chance: opposite views of an exact scan agree at the axis
STUCK = 0.05  # what pixels around one that is stuck must vary by, in parts of the flat image
DEAD = 0.1  # of what is around a pixel that always shows the same
HOT = 1.5  # times the flat image: refraction at edges stays below
AROUND = 7  # pixels along u among which a group of three is still an exception
ROWS_AROUND = 3


def bad_pixels(transmission: Array) -> NDArray[np.bool_]:
    """Pixels of the detector that do not answer to the object, from the transmission (view, [v,] u).

    Stuck ones show the same in all views where most of their neighbours vary by `STUCK` or are bright; hot ones are on
    the average `HOT` times as bright as the flat image and as their neighbours. Pixels that are alike in a whole
    region, such as those that only see air or a centred cylinder, are none of them.
    """
    if len(transmission) < FEWEST_VIEWS:
        return np.zeros(transmission.shape[1:], bool)
    with np.errstate(invalid="ignore", over="ignore"):
        varies, mean = np.ptp(transmission, axis=0), transmission.mean(axis=0, dtype=np.float64)
        around = _median_around(mean)
        stuck = (varies == 0) & ((_median_around(varies) >= STUCK) | (mean < DEAD * around))
        hot = (mean > HOT) & (mean > HOT * around)
    found: NDArray[np.bool_] = stuck | hot
    return found


def interpolated(data: Array) -> Array:
    """A copy of the data (view, [v,] u) in which NaN is interpolated linearly along u, in rows without data along v.

    At the ends of a row the nearest value is taken; what has no value in its whole view stays NaN.
    """
    filled = data.copy()
    for view in filled:
        for axis in (-1, -2)[: view.ndim]:
            if np.isnan(view).any():
                _interpolate_rows(np.moveaxis(view, axis, -1))
    return filled


def _median_around(values: Array) -> Array:
    """Median of the pixels around each; those without a value count as 0."""
    size = (1,) * (values.ndim - 2) + (ROWS_AROUND, AROUND)[-values.ndim :]
    around: Array = ndimage.median_filter(np.nan_to_num(values, posinf=0, neginf=0), size, mode="mirror")
    return around


def _interpolate_rows(rows: Array) -> None:
    """Fill what is NaN from the nearest values to the left and to the right, in place."""
    n = rows.shape[-1]
    known, here = ~np.isnan(rows), np.arange(n)
    left = np.maximum.accumulate(np.where(known, here, -1), axis=-1)
    right = np.minimum.accumulate(np.where(known, here, n)[..., ::-1], axis=-1)[..., ::-1]
    left, right = np.where(left < 0, right, left), np.where(right == n, left, right)
    *place, at = np.nonzero(~known & (left >= 0) & (left < n))
    before, after = left[(*place, at)], right[(*place, at)]
    part = (at - before) / np.maximum(after - before, 1)
    rows[(*place, at)] = (1 - part) * rows[(*place, before)] + part * rows[(*place, after)]
