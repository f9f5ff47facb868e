"""Level lines as sides of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import as_image
from coarea.base.keywords import with_hints
from coarea.base.options import as_mask, as_number


@with_hints
def level_line_sides(
    image: ArrayLike, *, step: float | None = None, mask: ArrayLike | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Pixel sides on which a level line runs.

    Parameters
    ----------
    image : (h, w) array_like
        Real image.
    step : float, optional
        Keep only the level lines whose level is a multiple of `step`, in grey values: between pixels whose
        ``value // step`` differ. By default all of them. For exact multiples, scale floating point images to integers.
    mask : (h, w) array_like of bool, optional
        Pixels without data, along which no line runs.

    Returns
    -------
    below : (h - 1, w) array of bool
        True where a line separates pixel (row, column) from (row + 1, column).
    right : (h, w - 1) array of bool
        True where a line separates pixel (row, column) from (row, column + 1).

    Raises
    ------
    ValueError
        If `image` is not 2-D, `step` is not positive or `mask` has another shape.
    TypeError
        If `mask` is not boolean.

    See Also
    --------
    draw_level_lines : draws them.

    Examples
    --------
    >>> below, right = level_line_sides([[1, 1], [1, 3]])
    >>> below.tolist(), right.tolist()
    ([[False, True]], [[False], [True]])
    """
    values = as_image(image, ndim=2)
    if step is not None:
        # A 64-bit step: in the image's own dtype a large step would overflow.
        values = values // np.float64(as_number("step", step, above=0))
    below, right = values[1:] != values[:-1], values[:, 1:] != values[:, :-1]
    if mask is not None:
        known = ~as_mask("mask", mask, values.shape)
        below &= known[1:] & known[:-1]
        right &= known[:, 1:] & known[:, :-1]
    return below, right
