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

    if rgb.shape[-1:] != (3,):
        remedy = ": leave out the opacity, image[..., :3]" if rgb.shape[-1:] == (4,) else ""
        raise ValueError(f"image must have 3 channels in its last axis, red, green and blue, got {rgb.shape}{remedy}")
    if rgb.dtype.kind == "f":
        if not (rgb.min() >= 0 and rgb.max() <= 1):
            raise ValueError(
                f"image must be from 0 to 1 if it is of floats, got {rgb.min():g} to {rgb.max():g}: divide it, or give "
                "integers of 8 or 16 bits"
            )
    elif rgb.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"image must be of uint8, uint16 or floats from 0 to 1 where it has colours, got {rgb.dtype}")
    lab: Array = rgb2lab(rgb) * [2.55, 1, 1] + [0, 128, 128]
    return np.clip(np.rint(lab), 0, 255).astype(np.uint8)
