"""Closed lines cut into simple loops, and the loops sorted into polygons with holes: what makes them valid."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.lines import _loops

Places = NDArray[np.int64]
Points = NDArray[np.float64]


class Loops(NamedTuple):
    """Loops that do not touch themselves; none ends with its first point."""

    places: Places  # of the points of one loop after the other
    start: Places  # of each loop in the places
    group: Places
    outer: Places  # the loop itself, or of a hole the loop around it; -1 where there is none
    is_reversed: NDArray[np.bool_]  # whether its inside is on the left hand, of a hole what is around it


def simple_loops(points: Points, start: Places, group: Places, *, shapes: bool) -> Loops:
    """Cut closed lines, sorted by their group, at the points where lines of one group meet.

    Lines of `shapes` have them on the right hand, and are cut such that the parts of a shape that meet at corners only
    come apart: each is a polygon. Other lines are alone in their groups, and may have their insides on either hand.
    """
    n = len(points)
    first_lines = np.flatnonzero(np.diff(group, prepend=-1))
    same = np.empty(n, np.int64)
    if n:
        bounds = np.append(start[first_lines], n)
        slots = np.full(2 << int(np.diff(bounds).max()).bit_length(), -1)
        _loops.same_points(points, bounds, same, slots)
    following = np.arange(1, n + 1)
    following[start[1:] - 2] = start[:-1]
    following[start[1:] - 1] = -1  # a line ends with its first point
    if shapes:
        _keep_right(points, start, same, following)
    places, stack, height = np.empty(n, np.int64), np.empty(n, np.int64), np.full(n, -1)
    begins, area = np.empty(n + 1, np.int64), np.empty(n)
    n_loops = _loops.cut(points, following, same, stack, height, places, begins, area)
    begins, area = begins[: n_loops + 1].copy(), area[:n_loops].copy()
    places = places[: begins[-1]]
    owners = group[np.searchsorted(start, places[begins[:-1]], "right") - 1]
    is_reversed = np.zeros(n_loops, bool)
    if not shapes and n_loops:
        is_reversed = np.bincount(owners, area)[owners] < 0
        area[is_reversed] *= -1
    return Loops(places, begins, owners, _outer(points, places, begins, owners, area), is_reversed)


def _keep_right(points: Points, start: Places, same: Places, following: Places) -> None:
    """Where two ways of a group meet, let each turn to the right, round the corner of the part that it comes from."""
    before = np.arange(-1, len(points) - 1)
    before[start[:-1]] = start[1:] - 2
    again = np.flatnonzero((same != np.arange(len(points))) & (following >= 0))
    first, index, times = np.unique(same[again], return_index=True, return_counts=True)
    one, other = first[times == 1], again[index][times == 1]
    rows, columns = (points[one] - points[before[one]]).T
    next_rows, next_columns = (points[following[one]] - points[one]).T
    turns_left = columns * next_rows < rows * next_columns
    one, other = one[turns_left], other[turns_left]
    following[one], following[other] = following[other], following[one]


def _outer(points: Points, places: Places, start: Places, group: Places, area: Points) -> Places:
    outer = np.where(area > 0, np.arange(len(area)), -1)
    if len(area):
        along = points[places]
        low, high = (extreme.reduceat(along, start[:-1], axis=0) for extreme in (np.minimum, np.maximum))
        order = np.lexsort((area < 0, low[:, 0], group))
        bounds = np.append(np.flatnonzero(np.diff(group[order], prepend=-1)), len(order))
        open, around = np.empty((2, len(area)), np.int64)
        _loops.find_owners(points, places, start, np.hstack([low, high]), order, bounds, area, open, around, outer)
    return outer
