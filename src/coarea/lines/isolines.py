"""Level lines of the bilinear surface through the pixel centres: sub-pixel, at any levels, nested."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, as_image, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import came
from coarea.lines import _isolines

EXACT_MAX = 2**53  # integers up to here are doubles


class Drawn(NamedTuple):
    """Lines as arrays; `level` counts the given levels, `contrast` is empty unless asked for."""

    points: NDArray[np.float64]
    start: NDArray[np.int64]
    level: NDArray[np.int32]
    parent: NDArray[np.int32]
    closed: NDArray[np.bool_]
    low_inside: NDArray[np.bool_]
    contrast: NDArray[np.float64]


def as_surface(image: ArrayLike) -> NDArray[np.float64]:
    """The image as doubles, none of them rounded but for more exact floats."""
    array = as_image(image, ndim=2, finite=True)
    if array.dtype.kind in "ui" and max(int(array.max()), -int(array.min())) > EXACT_MAX:
        raise ValueError("image must hold integers up to 2**53, which floats hold: subtract image.min(), or divide")
    with np.errstate(over="ignore"):
        return as_image(array.astype(np.float64), finite=True)


def draw_isolines(
    surface: NDArray[np.float64], levels: NDArray[np.float64], steepness: NDArray[np.float64] | None = None
) -> Drawn:
    """All lines at increasing levels, the open ones first.

    `steepness` is an array of one number for each cell between four pixels; the contrast of a line is the least of the
    cells that it passes.
    """
    rows, columns = surface.shape
    low, high = float(surface.min()), float(surface.max())
    if min(rows, columns) < 2:
        levels = levels[:0]  # no cells
    skipped = int(np.searchsorted(levels, low))
    levels = levels[skipped : np.searchsorted(levels, high)]
    # Powers of two round nothing, and products of grey values then neither overflow nor vanish.
    factor = math.ldexp(1, min(-math.frexp(max(-low, high))[1], 1000))
    width, n_pixels = columns + 2, (rows + 2) * (columns + 2)
    if n_pixels > INDEX_MAX:
        raise ValueError(f"image must have at most {INDEX_MAX} pixels with a ring around it, got {n_pixels}")
    values, rank = np.zeros((rows + 2, width)), np.full((rows + 2, width), -1, np.int32)
    np.multiply(surface, factor, out=values[1:-1, 1:-1])
    rank[1:-1, 1:-1] = 0
    grid = values.ravel(), width, levels * factor, rank.ravel()
    first = np.empty((n_pixels, 2), np.int32)
    n_points = _isolines.number_crossings(*grid, first, INDEX_MAX - n_pixels)
    if n_points < 0:
        raise ValueError(f"levels are too many: the lines have more than {INDEX_MAX - n_pixels} points, give fewer")
    line = np.full(n_points, -1, np.int32)
    points = np.empty((n_points, 2))
    room = n_points // 2 + 1
    start, level, closed = np.empty(room + 1, np.int64), np.empty(room, np.int32), np.empty(room, np.uint8)
    contrast = np.empty(room)
    cells = np.zeros(0)
    if steepness is not None:
        cells = np.pad(steepness, ((1, 2), (1, 2))).ravel()
    n = _isolines.draw_lines(*grid, first, cells, line, points, start, level, closed, contrast)
    parent, order, n_inside = np.empty((3, n), np.int32)
    low_inside, closed = np.empty(n, np.uint8), closed[:n].view(np.bool_)
    _isolines.nest(rank.ravel(), width, first, line, width + 1, parent, low_inside, n_inside, order)
    turn(parent, low_inside, order[(~closed & (n_inside > surface.size // 2))[order]])
    return Drawn(
        points,
        start[: n + 1].copy(),
        level[:n] + np.int32(skipped),
        parent,
        closed.copy(),
        low_inside.view(np.bool_),
        contrast[: n if steepness is not None else 0].copy(),
    )


def turn(parent: NDArray[np.int32], low_inside: NDArray[np.uint8], path: NDArray[np.int32]) -> None:
    """See the lines from inside the last line of a path from the root, as the others see them."""
    if len(path):
        n = len(parent)
        enclosing = np.arange(-1, n, dtype=np.int32)  # by what lies now in no line, in line 0, ...
        enclosing[np.append(-1, path) + 1] = np.append(path, -1)
        parent[:], parent[path] = enclosing[parent + 1], enclosing[path + 1]
        low_inside[path] ^= 1


def as_levels(levels: ArrayLike) -> NDArray[np.float64]:
    """Numbers in increasing order, each once."""
    values = as_real("levels", levels)
    if values.dtype == bool:
        raise TypeError("levels must be numbers, got booleans")
    if values.ndim > 1:
        raise ValueError(f"levels must be a number or a sequence of numbers, got {came(values)}")
    if not np.isfinite(values).all():
        raise ValueError("levels must be finite")
    return np.unique(values.astype(np.float64))


@with_hints
def isolines(image: ArrayLike, levels: ArrayLike) -> Drawn:
    """x."""
    return draw_isolines(as_surface(image), as_levels(levels))
