"""Joseph's line integral by definition."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage


@dataclass
class Line:
    """A ray through points of (x, y, z)."""

    point: np.ndarray
    way: np.ndarray


def joseph(volume, spacing, line, *, upwards=False) -> float:
    """Sum over the slices across the main axis of interpolated values, times the way from slice to slice.

    The main axis is x or y, or, if rays may lead upwards, z too.
    """
    size, step = np.array(volume.shape[::-1]), np.array(spacing[::-1])  # x, y, z
    point, way = line.point / step + (size - 1) / 2, line.way / step
    main = 0 if abs(way[0]) > abs(way[1]) * (1 + 1e-12) else 1
    if upwards and abs(way[2]) > abs(way[main]):
        main = 2
    total = 0.0
    for slice_ in range(size[main]):
        place = point + way * (slice_ - point[main]) / way[main]
        place[main] = slice_
        total += ndimage.map_coordinates(volume, place[::-1, None], order=1, mode="grid-constant")[0]
    return total * np.linalg.norm(line.way / way[main])
