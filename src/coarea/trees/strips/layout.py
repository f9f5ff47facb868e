"""Where an image is cut into strips: by its shape and dtype alone, so that any number of threads gives one tree."""

from __future__ import annotations

from typing import Any

import numpy as np

# Rows and pixels that a strip has, whatever is more. Levels of 16 bits have tables, which are cleared for each strip.
FEW_LEVELS = 128, 2**17
MANY_LEVELS = 256, 2**18
# What is in one piece: images of more than 8 bits that are lower than one and a half of such strips.
UNCUT = 512, 2**18


def first_rows(shape: tuple[int, ...], dtype: np.dtype[Any], rows: int | None = None) -> list[int]:
    """The first row of each strip, and at the end the number of rows.

    Strips have about as many rows as asked for, by default what is fast, and above their seams at most half of the
    image.
    """
    height, width = shape
    if rows is None:
        if dtype.itemsize > 1 and _number(height, _height(UNCUT, width)) == 1:
            return [0, height]
        rows = _height(MANY_LEVELS if dtype.itemsize == 2 else FEW_LEVELS, width)
    n_strips = _number(height, rows)
    return [height * strip // n_strips for strip in range(n_strips + 1)]


def _height(least: tuple[int, int], width: int) -> int:
    rows, pixels = least
    return max(rows, pixels // width)


def _number(height: int, rows: int) -> int:
    return max(1, (height + rows // 2) // rows)
