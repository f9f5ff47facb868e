"""Lines as valid polygons and line strings: what files of vector data and shapely take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.lines._polygons import Places, Points, simple_loops


class Geometries(NamedTuple):
    """Features of parts of rings, as nested ragged arrays; the parts of polygons come before those of lines.

    A part of a polygon is an outer ring, then those of its holes, each ending with its first point. A part of lines is
    one line.
    """

    places: Places  # of the points of one ring after the other
    ring_start: Places  # in the places
    part_start: Places  # in the rings
    feature: Places  # of each part
    is_polygon: NDArray[np.bool_]  # of each feature

    def parts(self, polygons: bool) -> slice:
        """Which parts are those of polygons, or of lines."""
        n = int(np.count_nonzero(self.is_polygon[self.feature]))
        return slice(0, n) if polygons else slice(n, len(self.feature))


def features_of(node: Array | None, k: int) -> Places:
    """The feature of each line: the lines of one node make one, by the order of their first ones; others one each."""
    if node is None:
        return np.arange(k)
    _, first, inverse = np.unique(node, return_index=True, return_inverse=True)
    feature: Places = np.argsort(np.argsort(first))[inverse]
    return feature


def geometries(
    points: Points, start: Places, closed: NDArray[np.bool_], feature: Places, *, shapes: bool, mirrored: bool
) -> Geometries:
    """The parts of all features: polygons of closed lines, if there is an outer one, otherwise lines as they are.

    What encloses nothing, or is a point only, has no part.

    Outer rings run clockwise and holes counterclockwise, seen with rows downwards; if `mirrored`, with rows upwards.
    """
    n = int(feature.max(initial=-1)) + 1
    is_polygon = np.bincount(feature[~closed], minlength=n) == 0
    order = np.argsort(feature, kind="stable")
    order = order[is_polygon[feature[order]]]
    counts = np.diff(start)
    ring_places = _ranges(start[order], counts[order])
    ring_start = np.append(0, np.cumsum(counts[order]))
    loops = simple_loops(points[ring_places], ring_start, feature[order], shapes=shapes)
    is_polygon[loops.group[loops.outer < 0]] = False
    used = np.flatnonzero(is_polygon[loops.group])
    moves = (points != np.repeat(points[start[:-1]], counts, axis=0)).any(axis=1)
    has_length = np.logical_or.reduceat(moves, start[:-1]) if len(points) else closed
    lines = np.flatnonzero(~is_polygon[feature] & has_length)

    # Polygons
    sizes, outer = np.diff(loops.start)[used], loops.outer[used]
    order = np.lexsort((outer != used, outer, loops.group[used]))
    used, sizes, outer = used[order], sizes[order], outer[order]
    backwards = np.where(loops.is_reversed[used] != mirrored, -1, 1)
    step = np.repeat(np.arange(len(used)), sizes + 1)
    begins = np.append(0, np.cumsum(sizes + 1))
    along = (np.arange(begins[-1]) - begins[step]) * backwards[step] % sizes[step]
    places = ring_places[loops.places[loops.start[used][step] + along]]
    is_outer = np.flatnonzero(outer == used)

    k = len(lines)
    return Geometries(
        places=np.concatenate([places, _ranges(start[lines], counts[lines])]),
        ring_start=np.concatenate([begins, begins[-1] + np.cumsum(counts[lines])]),
        part_start=np.concatenate([is_outer, len(used) + np.arange(k + 1)]),
        feature=np.concatenate([loops.group[used][is_outer], feature[lines]]),
        is_polygon=is_polygon,
    )


def _ranges(first: Places, counts: Places) -> Places:
    """first[0], first[0] + 1, ..., first[1], ..."""
    ends = np.cumsum(counts)
    return np.repeat(first - (ends - counts), counts) + np.arange(counts.sum())
