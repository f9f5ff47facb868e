"""Where an image is cut into strips: by its shape and dtype alone, so that any number of threads gives one tree."""

from __future__ import annotations

from typing import Any

import numpy as np

# Rows and pixels that a strip has, whatever is more. With many levels a larger share of the nodes meets a seam.
FEW_LEVELS = 128, 2**17
MANY_LEVELS = 512, 2**18


def first_rows(shape: tuple[int, ...], dtype: np.dtype[Any], rows: int | None = None) -> list[int]:
    """The first row of each strip, and at the end the number of rows.

    Strips have about as many rows as asked for, by default what is fast, and above their seams at most half of the
    image.
    """
    height, width = shape
    if rows is None:
        least, pixels = FEW_LEVELS if dtype.itemsize == 1 else MANY_LEVELS
        rows = max(least, pixels // width)
    n_strips = max(1, (height + rows // 2) // rows)
    return [height * strip // n_strips for strip in range(n_strips + 1)]
