"""The ragged arrays that lines are made of: checks, choices, a small picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, as_array, as_real
from coarea.base.html import SIDE
from coarea.base.options import as_sizes


def checked(
    points: ArrayLike,
    start: ArrayLike,
    shape: Any,
    *,
    parent: ArrayLike,
    closed: ArrayLike,
    is_hole: ArrayLike,
    node: ArrayLike | None,
    level: ArrayLike | None,
    columns: Mapping[str, ArrayLike],
) -> dict[str, Any]:
    """Copies of the arrays in their dtypes, or an error that says which of them breaks which rule."""
    places = np.array(as_real("points", points), np.float64, order="C")
    if places.ndim != 2 or places.shape[1] != 2:
        raise ValueError(f"points must have shape (n, 2), rows and columns, got {places.shape}")
    if not np.isfinite(places).all():
        raise ValueError("points must be finite")
    sizes = as_sizes("shape", shape)
    if len(sizes) != 2:
        raise ValueError(f"shape must be the rows and columns of the image, got {shape!r}")
    bounds = _whole("start", start, None)
    if not bounds.size or bounds[0] != 0 or bounds[-1] != len(places) or (np.diff(bounds) < 2).any():
        rule = f"increase from 0 to {len(places)}, the number of points, by at least 2 a line"
        raise ValueError(f"start must {rule}, got {start!r}")
    k = len(bounds) - 1
    parents = _whole("parent", parent, k)
    if k and not -1 <= parents.min() <= parents.max() < k:
        raise ValueError(f"parent must be in [-1, {k}), got {parents.min()} to {parents.max()}")
    if (outermost(parents) >= 0).any():
        raise ValueError("parent must lead from each line to an outermost one, got a circle")
    is_closed, holes = _marks("closed", closed, k), _marks("is_hole", is_hole, k)
    if (places[bounds[:-1]] != places[bounds[1:] - 1]).any(axis=1)[is_closed].any():
        raise ValueError("points of a closed line must end with its first point")
    more = {name: np.array(_per_line(name, as_array(name, column), k)) for name, column in columns.items()}
    return {
        "points": places,
        "start": bounds,
        "shape": sizes,
        "parent": parents,
        "closed": is_closed,
        "is_hole": holes,
        "node": None if node is None else _whole("node", node, k).astype(np.int32),
        "level": None if level is None else np.array(_per_line("level", as_real("level", level), k), np.float64),
        "columns": more,
    }


def ragged(
    points: NDArray[np.float64], first: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The points of lines, each given by its first point and their number, one after the other, and their starts."""
    start = np.zeros(len(first) + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return points[np.repeat(first - start[:-1], counts) + np.arange(start[-1])], start


def lengths(points: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """The Euclidean length of each line."""
    steps = np.zeros(len(points))
    one, other = np.diff(points, axis=0).T
    np.hypot(one, other, out=steps[:-1])
    return sums(steps, start)


def areas(points: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """The area in each closed line, negative if it is on the left hand, seen with the first axis downwards."""
    one, other = (points - np.repeat(points[start[:-1]], np.diff(start), axis=0)).T  # small numbers: no digit is lost
    crosses = np.zeros(len(points))
    crosses[:-1] = other[:-1] * one[1:] - other[1:] * one[:-1]
    return sums(crosses, start) / 2


def sums(steps: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum of what belongs to the steps from each point of a line to the next one, without the step behind it."""
    steps[start[1:] - 1] = 0
    return np.add.reduceat(steps, start[:-1]) if len(steps) else np.zeros(0)


def enclosing(parent: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of the chosen lines the nearest chosen line around it, as a place among them, or -1.

    Pointers are doubled: as many rounds as the logarithm of the depth.
    """
    place = np.full(len(parent) + 1, -1)  # the last entry stands for no line
    place[chosen] = np.arange(len(chosen))
    up = np.append(parent, -1)
    up[-1] = len(parent)
    up[up < 0] = len(parent)
    nearest = np.where(place >= 0, np.arange(len(up)), up)  # a chosen line stays where it is
    while not np.array_equal(farther := nearest[nearest], nearest):
        nearest = farther
    parents: NDArray[np.int64] = place[nearest[up[chosen]]]
    return parents


def outermost(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each line gets in more steps to its parent than there are lines: -1, if there is no circle."""
    up = np.append(parent, -1)  # -1 leads to itself
    for _ in range(len(up).bit_length()):
        up = up[up]
    return up[:-1]


def thumbnail(points: NDArray[np.float64], start: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """A small picture of the lines, black on white."""
    marked = marked_pixels(points, start, shape, min(1.0, SIDE / max(*shape, 1)))
    return np.where(marked, np.uint8(0), np.uint8(255))


def marked_pixels(
    points: NDArray[np.float64], start: NDArray[np.int64], shape: tuple[int, int], zoom: float
) -> NDArray[np.bool_]:
    """Which pixels of the zoomed image lines go through."""
    rows, columns = (max(1, round(size * zoom)) for size in shape)
    marked = np.zeros((rows, columns), bool)
    steps = np.diff(points, axis=0)
    steps[start[1:-1] - 1] = 0  # from the end of a line to the next one
    counts = np.ceil(np.abs(steps).max(axis=1, initial=0) * zoom).astype(np.int64) + 1
    along = (np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)) / np.repeat(counts, counts)
    places = (np.repeat(points[:-1], counts, axis=0) + along[:, None] * np.repeat(steps, counts, axis=0) + 0.5) * zoom
    row, column = np.clip(places.astype(np.int64), 0, (rows - 1, columns - 1)).T
    marked[row, column] = True
    return marked


def _per_line(name: str, array: Array, k: int) -> Array:
    if array.shape != (k,):
        raise ValueError(f"{name} must have shape ({k},), one entry per line, got {array.shape}")
    return array


def _whole(name: str, values: ArrayLike, k: int | None) -> NDArray[np.int64]:
    array = as_real(name, values)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integers, got {array.dtype}")
    if array.size and array.max() > (INDEX_MAX if name == "node" else np.iinfo(np.int64).max):
        raise ValueError(f"{name} must hold integers below 2**31, got {array.max()}")
    if array.ndim != 1:
        raise ValueError(f"{name} must have one axis, got {array.ndim}")
    return np.array(array if k is None else _per_line(name, array, k), np.int64)


def _marks(name: str, values: ArrayLike, k: int) -> NDArray[np.bool_]:
    array = as_array(name, values)
    if array.dtype != bool:
        raise TypeError(f"{name} must be boolean, got {array.dtype}")
    return np.array(_per_line(name, array, k))
