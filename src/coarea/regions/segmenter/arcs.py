"""Arcs between regions, and what oriented maps say along them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.regions.region_graph import keys_of_pairs, sides_along
from coarea.regions.segmenter._arcs import normals, sample

RADIUS = 6.0  # pixels: the sides within it give an arc its direction
Doubles = NDArray[np.float64]


class Arcs(NamedTuple):
    """The arcs of a label image, and the sides of pixels that they consist of, arc after arc from top to bottom.

    `ends` (arcs, 2) are labels i < j in increasing order. `y` and `x` are the middles of the sides; side k lies
    between the pixel (row, column) and the next one below (`down`) or to the right. `angle` is that of its normal.
    """

    ends: NDArray[np.int64]
    start: NDArray[np.int64]
    y: Doubles
    x: Doubles
    is_below: NDArray[np.bool_]
    angle: Doubles

    def mean(self, values: Doubles) -> Doubles:
        """The means over the sides of each arc."""
        totals: Doubles = np.add.reduceat(values, self.start[:-1]) if len(values) else np.empty(0)
        return totals / np.diff(self.start)

    def mean_strength(self, strength: NDArray[np.float32]) -> Doubles:
        """The means of a map (2, rows, columns) of the sides below and to the right of each pixel."""
        return self.mean(strength[1 - self.is_below, self.y.astype(np.intp), self.x.astype(np.intp)].astype(float))

    def mean_contrast(self, contrast: NDArray[np.float32]) -> Doubles:
        """The means of contrasts (angles, rows, columns) of blocks of 2 x 2 pixels, at the sides' own normals."""
        values = np.empty(len(self.y))
        sample(contrast, (self.y - 0.5) / 2, (self.x - 0.5) / 2, self.angle, values)
        return self.mean(values)


def arcs_of(labels: NDArray[np.int32]) -> Arcs:
    """The arcs of a label image (rows, columns), labels 0 to n - 1."""
    n = int(labels.max()) + 1
    parts = []
    for axis, down in ((1, 0), (0, 1)):
        near, far = sides_along(labels, axis)
        row, column = np.nonzero(near != far)
        one, other = near[row, column].astype(np.int64), far[row, column].astype(np.int64)
        sign = np.where(one < other, 1, -1).astype(np.int8)
        parts.append(
            (keys_of_pairs(one, other, n), row + 0.5 * down, column + 0.5 * (1 - down), sign * down, sign * (1 - down))
        )
    key, y, x, down_, right = (np.concatenate(both) for both in zip(*parts, strict=True))
    order = np.lexsort((x, y, key))
    key, y, x, down_, right = (array[order] for array in (key, y, x, down_, right))
    distinct, start = np.unique(key, return_index=True)
    start = np.append(start, len(key)).astype(np.int64)
    angle = np.empty(len(key))
    normals(start, y, x, down_, right, RADIUS, angle)
    return Arcs(np.stack([distinct // n, distinct % n], axis=1), start, y, x, down_ != 0, angle)
