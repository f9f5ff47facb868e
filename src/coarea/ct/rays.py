"""Rays as the kernels take them: crossings of the rows or of the columns of a pixel grid."""

from dataclasses import dataclass, replace

import numpy as np

from coarea.base.arrays import Array
from coarea.ct.geometry import Geometry, Index


@dataclass(frozen=True)
class Rays:
    """For each view and column of the detector, how its ray crosses the image; all arrays are (views, columns).

    A ray that is `steep` crosses every row, at the column `start + slope * row`; another one crosses every column, at
    the row `start + slope * column`. Both count from 1 for the frame around the image. From row (column) `lo` on and
    before `hi` it is between pixels of the image or at its edge. `length` is its way from row to row.
    """

    steep: Array
    start: Array
    slope: Array
    length: Array
    lo: Array
    hi: Array

    @classmethod
    def through(cls, geometry: Geometry, shape: tuple[int, ...], spacing: tuple[float, ...]) -> "Rays":
        """The rays of a geometry through an image of (rows, columns) pixels of a size."""
        points, directions = geometry.rays()
        size, step = np.array(shape[::-1]), np.array(spacing[::-1])  # now x, y
        point = points / step + (size - 1) / 2
        way = directions / step
        steep = np.abs(way[..., 1]) >= np.abs(way[..., 0])
        main = np.where(steep, 1, 0)[..., None]
        main_way, other_way = (np.take_along_axis(way, axis, -1)[..., 0] for axis in (main, 1 - main))
        main_point, other_point = (np.take_along_axis(point, axis, -1)[..., 0] for axis in (main, 1 - main))
        slope = other_way / main_way
        start = other_point - slope * main_point + 1
        length = np.hypot(np.where(steep, *step[::-1]), slope * np.where(steep, *step))
        lo, hi = _range(start, slope, np.where(steep, *size), np.where(steep, *size[::-1]))
        return cls(steep.astype(np.uint8), start, slope, length, lo, hi)

    def of_views(self, views: Index | int) -> "Rays":
        """Some of the views, or one without their axis; with a slice nothing is copied."""
        return type(self)(*(array[views] for array in self.arrays()))

    def arrays(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """The fields, as the kernels take them."""
        return self.steep, self.start, self.slope, self.length, self.lo, self.hi


def _range(start: Array, slope: Array, width: Array, n_rows: Array) -> tuple[Array, Array]:
    """The rows in which 0 < start + slope * row < width + 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([-start / slope, (width + 1 - start) / slope])
    inside = (start > 0) & (start < width + 1)
    vertical = slope == 0
    first = np.where(vertical, np.where(inside, -np.inf, np.inf), ends.min(0))
    last = np.where(vertical, np.inf, ends.max(0))
    lo = np.ceil(np.clip(first, 0, n_rows)).astype(np.int32)
    hi = np.floor(np.clip(last, -1, n_rows - 1)).astype(np.int32) + 1
    return lo, hi


def check_source(geometry: Geometry, shape: tuple[int, ...], spacing: tuple[float, ...]) -> None:
    """Rays are lines: they must not meet the image behind their source."""
    radius = np.hypot(*np.multiply(shape, spacing)) / 2
    if geometry.source_to_axis <= radius:
        raise ValueError(
            f"source_to_axis must exceed half the image's diagonal, {radius:g}, got {geometry.source_to_axis:g}"
        )


@dataclass(frozen=True)
class Heights:
    """How rays rise to the rows of a detector, in voxels.

    At row r of `Rays`, that to detector row j is (near + far * r) * (bottom + step * j) above the source.
    """

    near: Array
    far: Array
    z0: float
    bottom: float
    step: float
    voxel_height: float

    @classmethod
    def of(cls, geometry: Geometry, rays: Rays, shape: tuple[int, ...], spacing: tuple[float, ...]) -> "Heights":
        """Heights along rays through a volume of (z, y, x) voxels of a size."""
        sources, ways = geometry.rays()
        steep = rays.steep.astype(bool)
        row_size, n_rows = np.where(steep, *spacing[1:]), np.where(steep, *shape[1:])
        main = np.where(steep, 1, 0)[..., None]
        source, way = (np.take_along_axis(array, main, -1)[..., 0] for array in (sources, ways))
        far = row_size / way  # the fraction of the way to the detector that one row takes
        near = (-(n_rows - 1) / 2 * row_size - source) / way
        v, height = geometry.rows(), spacing[0]
        return cls(near, far, (shape[0] - 1) / 2 + 1, v[0] / height, geometry.row_spacing / height, height)

    def of_views(self, views: Index) -> "Heights":
        """Some of the views; with a slice nothing is copied."""
        return replace(self, near=self.near[views], far=self.far[views])

    def arguments(self) -> tuple[Array, Array, float, float, float, float]:
        """The fields, as the kernels take them."""
        return self.near, self.far, self.z0, self.bottom, self.step, self.voxel_height
