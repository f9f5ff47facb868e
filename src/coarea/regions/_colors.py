"""Colours as three numbers whose distances are about those that people see."""

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array


def lab8(rgb: Array) -> NDArray[np.uint8]:
    """Lab in 8 bits: the lightness times 2.55, and a and b plus 128, rounded and clipped.

    Parameters
    ----------
    rgb : (..., 3) ndarray
        sRGB: integers of 8 or 16 bits without sign, or floats from 0 to 1.
    """
    from skimage.color import rgb2lab  # here: its import takes longer than ours

    lab: Array = rgb2lab(rgb) * [2.55, 1, 1] + [0, 128, 128]
    return np.clip(np.rint(lab), 0, 255).astype(np.uint8)
