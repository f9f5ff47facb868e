"""Rings of pixel sides without some of their sides: along the frame of the image, or along pixels without data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Points = NDArray[np.float64]
Mask = NDArray[np.bool_]
Pieces = tuple[Points, Places, Places]  # points, starts, and of which ring each piece is


def without_sides(
    points: Points, start: Places, shape: tuple[int, ...], *, frame: bool, missing: Mask | None
) -> Pieces:
    """The pieces of rings that run neither along the frame, unless `frame`, nor along missing pixels."""
    counts = np.diff(start)
    affected = np.full(len(counts), missing is not None)
    if missing is None:
        at_row, at_column = _on_frame(points, shape).T
        affected[np.searchsorted(start, np.flatnonzero(at_row | at_column), "right") - 1] = True
    is_changed = np.repeat(affected, counts)
    own, begins = points.compress(is_changed, axis=0), np.append(0, np.cumsum(counts[affected]))
    if missing is None:
        cut, begins, ring = _cut(own, begins, _along_frame(own, shape))
    else:
        own, begins = _side_by_side(own, begins)
        cut, begins, ring = _cut(own, begins, _along_missing(own, np.pad(missing, 1, constant_values=not frame)))
        cut, begins = _straightened(cut, begins)
    changed, others = np.flatnonzero(affected), np.flatnonzero(~affected)
    line = np.concatenate([others, changed[ring]])
    order = np.argsort(line, kind="stable")
    line, lengths = line[order], np.concatenate([counts[others], np.diff(begins)])[order]
    found, is_cut = np.empty((lengths.sum(), 2)), np.repeat(affected[line], lengths)
    as_one = found.view(np.complex128)[:, 0]  # number for each point: places in arrays of one axis are found faster
    as_one[is_cut] = cut.view(np.complex128)[:, 0]  # in the order of the rings, as the others
    as_one[~is_cut] = points.view(np.complex128)[:, 0][~is_changed]
    return found, np.append(0, np.cumsum(lengths)), line


def _cut(points: Points, start: Places, dropped: Mask) -> Pieces:
    """The pieces of rings that are left without the sides, from a point to the next one, that are dropped.

    A ring that loses any is read from behind one of them on, so that every piece comes at once.
    """
    n_sides = np.diff(start) - 1
    ring = np.repeat(np.arange(len(n_sides)), n_sides)
    along = np.arange(len(ring)) - np.repeat(np.cumsum(n_sides) - n_sides, n_sides)  # the place of a side in its ring
    sides = start[ring] + along
    is_dropped = dropped[sides]
    turn = np.zeros(len(n_sides), np.int64)
    turn[ring[is_dropped]] = along[is_dropped] + 1
    sides = start[ring] + (along + turn[ring]) % n_sides[ring]
    left = ~dropped[sides]
    begins, ends = left.copy(), left.copy()  # of pieces
    begins[1:] &= ~left[:-1] | (along[1:] == 0)
    ends[:-1] &= ~left[1:] | (along[1:] == 0)
    repeats = (1 + ends)[left]
    places = np.repeat(sides[left], repeats)
    last = np.cumsum(repeats)[ends[left]]  # behind the last point of each piece
    places[last - 1] += 1
    return points[places], np.append(0, last), ring[begins]


def _on_frame(points: Points, shape: tuple[int, ...]) -> Mask:
    """Whether a point lies on the first or last row of corners, and whether on the first or last column."""
    on_frame: Mask = (points == -0.5) | (points == np.array(shape) - 0.5)
    return on_frame


def _along_frame(points: Points, shape: tuple[int, ...]) -> Mask:
    along = np.zeros(len(points), bool)
    by_row, by_column = (_on_frame(points[:-1], shape) & (points[:-1] == points[1:])).T
    along[:-1] = by_row | by_column
    return along


def _along_missing(points: Points, missing: Mask) -> Mask:
    """Whether a side of one pixel has a missing one beside it; `missing` has a frame of what is outside."""
    along = np.zeros(len(points), bool)
    middle = (points[:-1] + points[1:]) / 2 + 1
    across = np.where(points[:-1] == points[1:], 0.5, 0)  # from the middle of the side to those of its pixels
    one, other = (middle - across).astype(np.int64), (middle + across).astype(np.int64)
    rows, columns = missing.shape
    for pixel in (one, other):
        row, column = np.clip(pixel, 0, (rows - 1, columns - 1)).T  # what leads from a ring to the next one is no side
        along[:-1] |= missing[row, column]
    return along


def _side_by_side(points: Points, start: Places) -> tuple[Points, Places]:
    """The rings with every corner of a pixel that they pass."""
    steps = np.zeros_like(points)
    steps[:-1] = np.diff(points, axis=0)
    steps[start[1:] - 1] = 0
    counts = np.maximum(np.abs(steps).max(axis=1, initial=0), 1).astype(np.int64)
    ends = np.cumsum(counts)
    along = (np.arange(counts.sum()) - np.repeat(ends - counts, counts))[:, None]
    all_points = np.repeat(points, counts, axis=0) + along * np.repeat(np.sign(steps), counts, axis=0)
    return all_points, np.append(0, ends[start[1:] - 1])


def _straightened(points: Points, start: Places) -> tuple[Points, Places]:
    """The pieces without the points in which they go straight on."""
    bends = np.ones(len(points), bool)
    steps = np.diff(points, axis=0)
    bends[1:-1] = (steps[:-1] != steps[1:]).any(axis=1)
    bends[start[:-1]] = bends[start[1:] - 1] = True
    return points[bends], np.append(0, np.cumsum(bends)[start[1:] - 1])
