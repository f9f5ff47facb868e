"""Level lines of the bilinear surface through the pixels: at any levels, between the pixels, nested."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, as_image, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import came
from coarea.lines import _isolines
from coarea.lines.lines import Lines

EXACT_MAX = 2**53  # doubles hold the integers up to here
Doubles = NDArray[np.float64]


class Drawn(NamedTuple):
    """What is found of lines; `contrast` is empty unless asked for."""

    lines: Lines
    low_inside: NDArray[np.bool_]  # of open lines too
    contrast: Doubles


@with_hints
def isolines(image: ArrayLike, levels: ArrayLike) -> Lines:
    """Level lines of the image at given levels, between the pixels, with those that enclose each.

    In each cell between four pixel centres the image is taken for the bilinear surface through its corners. The lines
    of a level t are what separates {u > t} from {u <= t} on it, with each piece of hyperbola in a cell as a straight
    segment. Where the corners of a cell are high and low in turn, the value of the saddle decides which of them are
    joined [NielsonHamann1991]_. All levels are drawn at once, in a time that grows with the number of points.

    Parameters
    ----------
    image : (h, w) array_like
        Any real dtype, finite.
    levels : float or (n,) array_like
        In any order; one that is given twice counts once. Levels that the image does not cross have no lines. Where a
        grey value is itself a level its pixel counts as below, and the line passes through its centre: levels between
        the grey values, such as half-integers for integers, give lines that touch nowhere.

    Returns
    -------
    Lines
        With the `level` of each, open ones first. What is above the level is on the right hand of a line, seen with
        rows downwards; `is_hole` marks closed lines around what is below. `parent` is the nearest line around each,
        whatever their levels: of an open line the inside is the part with fewer pixels, and of two equal ones that
        without pixel (0, 0), as for the shapes of :func:`tree_of_shapes`. An image of one row or column has no lines.

    Raises
    ------
    ValueError
        If the image is not 2-D, not finite or holds integers beyond 2**53, or the levels are not finite, or so many
        that their lines have more than 2**31 points.
    TypeError
        If a dtype is not real.

    See Also
    --------
    contours : lines on the sides of pixels, of the nodes of a tree.
    skimage.measure.find_contours : lines of one level, not nested; an option decides all saddles alike.

    Notes
    -----
    The negative image has the same lines, turned, at the negative levels; but where a level is the value of a pixel or
    of a saddle, which then counts as below, it may have others.

    Examples
    --------
    >>> import coarea
    >>> lines = coarea.isolines([[0, 0, 0], [0, 4, 0], [0, 0, 0]], [1, 3])
    >>> lines
    <Lines of a 3x3 image: 2 lines, 0 open, 10 points>
    >>> lines.level.tolist(), lines.parent.tolist(), lines.area.tolist()
    ([1.0, 3.0], [-1, 0], [1.125, 0.125])
    >>> lines[1].tolist()
    [[0.75, 1.0], [1.0, 1.25], [1.25, 1.0], [1.0, 0.75], [0.75, 1.0]]
    """
    return draw_isolines(as_surface(image), as_levels(levels)).lines


def as_surface(image: ArrayLike) -> Array:
    """The image, if doubles can hold it."""
    array = as_image(image, ndim=2, finite=True)
    if array.dtype.kind in "ui" and max(int(array.max()), -int(array.min())) > EXACT_MAX:
        raise ValueError("image must hold integers up to 2**53, which float64 holds: subtract image.min(), or divide")
    if array.dtype.itemsize <= 8:
        return array
    with np.errstate(over="ignore"):
        return as_image(array.astype(np.float64), finite=True)


def as_levels(levels: ArrayLike) -> Doubles:
    """Numbers in increasing order, each once."""
    values = as_real("levels", levels)
    if values.dtype == bool:
        raise TypeError("levels must be numbers, got booleans")
    if values.ndim > 1:
        raise ValueError(f"levels must be a number or a sequence of numbers, got {came(values)}")
    if not np.isfinite(values).all():
        raise ValueError("levels must be finite")
    return np.unique(values.astype(np.float64))


def draw_isolines(surface: Array, levels: Doubles, steepness: Doubles | None = None) -> Drawn:
    """The lines at increasing levels.

    `steepness` is a number for each cell between four pixels, (h - 1, w - 1); the contrast of a line is the least of
    the cells that it passes.
    """
    (rows, columns), low, high = surface.shape, float(surface.min()), float(surface.max())
    width, n_pixels = columns + 2, (rows + 2) * (columns + 2)
    if n_pixels > INDEX_MAX:
        raise ValueError(f"image must have at most {INDEX_MAX} pixels with a ring around it, got {n_pixels}")
    n_cells = (rows - 1) * (columns - 1)
    levels = levels[(low <= levels) & (levels < high) & (n_cells > 0)]
    # A power of two rounds nothing, and products of grey values then stay in range.
    scale = np.float64(math.ldexp(1, min(-math.frexp(max(-low, high))[1], 1000)))
    values, rank = np.empty((rows + 2, width)), np.empty((rows + 2, width), np.int32)
    np.multiply(surface, scale, out=values[1:-1, 1:-1])
    rank[[0, -1]] = rank[:, [0, -1]] = -1
    grid = values.ravel(), width, levels * scale, rank.ravel()
    first, crossed = np.empty((n_pixels, 2), np.int32), np.empty(rows + 2, np.uint8)
    most = INDEX_MAX - n_pixels  # pixels and both sides of each line, which has two crossings at least, are numbered
    n_crossings = _isolines.number_crossings(*grid, first, crossed, most)
    if n_crossings < 0:
        raise ValueError(f"levels must be fewer, or their step larger: their lines have more than {most} points")
    line = np.full(n_crossings, -1, np.int32)
    points = np.empty((n_crossings + n_crossings // 4, 2))
    room = n_crossings // 2 + 1
    start, level, closed = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.uint8)
    contrast = np.empty(room)
    cells = np.zeros(0) if steepness is None else np.pad(steepness, ((1, 2), (1, 2))).ravel()
    n = _isolines.draw_lines(*grid, first, crossed, cells, line, points, start, level, closed, contrast)
    is_closed, low_inside = closed[:n].view(np.bool_), np.empty(n, np.uint8)
    parent, n_inside, order = (np.empty(n, np.int32) for _ in range(3))
    _isolines.nest(rank.ravel(), width, first, crossed, line, width + 1, parent, low_inside, n_inside, order)
    turn(parent, low_inside, order[(~is_closed & (n_inside > surface.size // 2))[order]])
    lines = Lines._trusted(
        points[: start[n]],
        start[: n + 1].copy(),
        surface.shape,
        parent=parent.astype(np.int64),
        closed=is_closed.copy(),
        is_hole=is_closed & low_inside.view(np.bool_),
        level=levels[level[:n]],
    )
    return Drawn(lines, low_inside.view(np.bool_), contrast[: n * (steepness is not None)].copy())


def turn(parent: NDArray[np.int32], low_inside: NDArray[np.uint8], path: NDArray[np.int32]) -> None:
    """See the lines from inside the last line of a path, which are each around the next one, not from outside."""
    if len(path):
        enclosing = np.arange(-1, len(parent), dtype=np.int32)  # what lay in no line, in line 0, in line 1, ...
        enclosing[np.append(-1, path) + 1] = np.append(path, -1)
        parent[:], parent[path] = enclosing[parent + 1], enclosing[path + 1]
        low_inside[path] ^= 1
