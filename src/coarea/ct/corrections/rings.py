"""Rings: what a bin shows too much in all views, because its gain is not what the flat image said."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_count
from coarea.ct.corrections.bad_pixels import interpolated

NORMAL = 1.4826  # standard deviation of a normal distribution over its median absolute deviation
PASSES = 3  # neighbours with errors make each other's excess doubtful at first
ERRORS = 3.75  # standard errors of a mean: three of a median


@with_hints
def remove_rings(data: ArrayLike, *, width: int = 9) -> Array:
    """Take from every bin of the detector what it shows too much in most views.

    A gain that is wrong by the factor g adds ``-log(g)`` to the line integrals of a bin in all views, and makes a
    ring. In each view the median of `width` neighbouring bins says what a bin should show; the excess e is the median
    over the views of what it shows beyond that. Of it ``e (1 - (s / e)^2)`` is taken away, where it is above s, three
    of its standard errors: little of a doubtful one [Breiman1995]_. Structures of the object are no narrow peaks in the
    same bin of most views, and a median keeps edges, so data without such errors hardly change.

    Parameters
    ----------
    data : (view, u) or (view, v, u) array_like
        Line integrals; rows are corrected one by one. NaN, where nothing was measured, stays.
    width : int, default 9
        Of the medians in bins. Stripes of up to half of it are removed; what is wrong with wider ones stays.

    Returns
    -------
    ndarray
        float32 for float32 and small integers, otherwise float64.

    Raises
    ------
    ValueError
        If the data are not in two or three axes, hold infinite values, or there are fewer than three views.

    See Also
    --------
    line_integrals : what is corrected before.
    find_center : what comes after it.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> gain = np.ones(12)
    >>> gain[5] = 1.02
    >>> measured = np.ones((6, 12)) - np.log(gain)
    >>> np.abs(ct.remove_rings(measured) - 1).max() < 1e-12
    np.True_
    """
    measured = as_real("data", data)
    width = as_count("width", width, least=3)
    if measured.ndim not in (2, 3) or not measured.size:
        raise ValueError(f"data must have shape (view, u) or (view, v, u), got {measured.shape}")
    if len(measured) < 3:
        raise ValueError(f"data must hold three views or more, rings being what most show, got {len(measured)}")
    if np.isinf(measured).any():
        raise ValueError("data must be finite, but for NaN where nothing was measured")
    corrected = measured.astype(np.result_type(measured.dtype, np.float32))
    rows = corrected.reshape(len(corrected), -1, corrected.shape[-1])
    known = interpolated(corrected).reshape(rows.shape)
    for row in range(rows.shape[1]):
        data = known[:, row]
        for _ in range(PASSES):
            excess = _excess(data, width)
            data, rows[:, row] = data - excess, rows[:, row] - excess
    return corrected


def _excess(data: Array, width: int) -> Array:
    """What each bin shows beyond its neighbours, the median over the views that were measured."""
    data = data[~np.isnan(data).any(axis=-1)]
    if not len(data):
        return np.zeros(data.shape[-1], data.dtype)
    beyond = data - ndimage.median_filter(data, (1, width), mode="nearest")
    excess = np.median(beyond, axis=0)
    deviation = NORMAL * np.median(np.abs(beyond - excess), axis=0)
    doubt = ERRORS * deviation / np.sqrt(len(data))
    sure: Array = excess * np.maximum(0, 1 - np.divide(doubt, excess, out=np.ones_like(excess), where=excess != 0) ** 2)
    return sure
