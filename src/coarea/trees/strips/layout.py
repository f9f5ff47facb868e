"""Where an image is cut into strips or slabs: by shape, dtype and kind of tree, so that all numbers of threads agree.

Strips are cut across the rows. Slabs of volumes are cut across the longest axis, where they share least.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# Rows and pixels that a strip has, whatever is more; `_least` chooses. Levels of 16 bits have tables, which are
# cleared for each strip.
FEW_LEVELS = 128, 2**17
MANY_LEVELS = 256, 2**18
# What is in one piece: images of more than 8 bits that are lower than one and a half of such strips.
UNCUT = 512, 2**18
# Planes and voxels of a slab, for any number of levels. Builders of volumes wait for memory most of the time, so slabs
# take .4 to .8 of the time of one piece in one thread, for shapes and for max-trees of all connectivities. Half as many
# planes take as long, but have a larger core, which threads do not share. Where each voxel has a level of its own along
# one path, as in a ramp, slabs take 2 to 3 times as long as one piece.
SLABS = 16, 2**18


def cut_axis(shape: tuple[int, ...]) -> int:
    """The axis across which an image is cut."""
    return 0 if len(shape) == 2 else int(np.argmax(shape))


def first_rows(
    shape: tuple[int, ...], dtype: np.dtype[Any], rows: int | None = None, *, of_shapes: bool = True
) -> list[int]:
    """The first row of each strip, or plane of each slab, and at the end the number of rows.

    Strips have about as many rows as asked for, by default what is fast, and above their seams at most half of the
    image.
    """
    n_rows = shape[cut_axis(shape)]
    if len(shape) == 1:
        return [0, n_rows]
    if rows is None:
        if len(shape) == 2 and dtype.itemsize > 1 and _number(n_rows, _height(UNCUT, shape)) == 1:
            return [0, n_rows]
        rows = _height(_least(dtype, of_shapes) if len(shape) == 2 else SLABS, shape)
    n_strips = _number(n_rows, rows)
    return [n_rows * strip // n_strips for strip in range(n_strips + 1)]


def _least(dtype: np.dtype[Any], of_shapes: bool) -> tuple[int, int]:
    """Rows and pixels of a strip.

    Max-trees take half the time of shapes to build, but what comes after that is the same: their strips are fewer.
    """
    if dtype.itemsize == 2 or (dtype.itemsize > 1 and not of_shapes):
        return MANY_LEVELS
    rows, pixels = FEW_LEVELS
    return rows, pixels if of_shapes else 2 * pixels


def _height(least: tuple[int, int], shape: tuple[int, ...]) -> int:
    rows, pixels = least
    return max(rows, pixels * shape[cut_axis(shape)] // math.prod(shape))


def _number(n_rows: int, rows: int) -> int:
    return max(1, (n_rows + rows // 2) // rows)
