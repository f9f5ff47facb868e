"""Rays as the kernels take them: crossings of the rows or of the columns of a pixel grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from coarea.base.arrays import Array
from coarea.base.threads import in_threads
from coarea.ct import _joseph_space
from coarea.ct.geometry import Geometry, Index, Rises
from coarea.ct.vectors import Vectors


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
        points, directions = np.broadcast_arrays(*geometry.rays())
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

    def of_columns(self, first: int, last: int) -> "Rays":
        """Those to some columns of the detector."""
        return type(self)(*(array[:, first:last] for array in self.arrays()))

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
    half = np.multiply(shape, spacing) / 2
    if isinstance(geometry, Vectors):
        _check_sources(geometry, half)
        return
    radius = np.hypot(*half[-2:])
    if geometry.source_to_axis <= radius:
        raise ValueError(
            f"source_to_axis must exceed half the image's diagonal, {radius:g} with pixels of "
            f"{' x '.join(f'{size:g}' for size in spacing)}, got {geometry.source_to_axis:g}: check spacing"
        )


def _check_sources(geometry: Vectors, half: Array) -> None:
    """The whole image, of half sizes (z,) y, x, must lie in front of a source, seen across the detector."""
    if geometry.sources is None:
        return
    normals = geometry.normals()
    reach = np.abs(normals) @ half[::-1]
    wrong = np.flatnonzero((geometry.sources * normals).sum(-1) >= -reach)
    if wrong.size:
        place = ", ".join(f"{part:g}" for part in geometry.sources[wrong[0]])
        reaches = ", ".join(f"{part:g}" for part in half[::-1])
        raise ValueError(
            f"each source must have the whole image, which reaches to {reaches}, on the side of its detector, "
            f"got a source at {place} in view {wrong[0]}: sources are places in the unit of spacing; directions of "
            "parallel rays are given as directions="
        )


@dataclass(frozen=True)
class Heights:
    """How rays rise to the rows of a detector, in voxels, as `_joseph_cone` takes it.

    At row r of `Rays`, a ray is the part near + far * r of its way from a point at the height z0; the way to detector
    row j rises by bottom + step * j, or, of parallel rays, the way by bottom and the point from row to row by step.
    `near`, `far`, `z0` and `bottom` are (views, columns), `step` is (views,).
    """

    near: Array
    far: Array
    z0: Array
    bottom: Array
    step: Array
    voxel_height: float
    is_divergent: bool

    @classmethod
    def of(
        cls, geometry: Geometry, rises: Rises, rays: Rays, shape: tuple[int, ...], spacing: tuple[float, ...]
    ) -> "Heights":
        """Heights along rays through a volume of (z, y, x) voxels of a size."""
        points, ways = np.broadcast_arrays(*geometry.rays())
        steep = rays.steep.astype(bool)
        row_size, n_rows = np.where(steep, *spacing[1:]), np.where(steep, *shape[1:])
        main = np.where(steep, 1, 0)[..., None]
        point, way = (np.take_along_axis(array, main, -1)[..., 0] for array in (points, ways))
        far = row_size / way  # the fraction of the way to the detector that one row takes
        near = (-(n_rows - 1) / 2 * row_size - point) / way
        height = spacing[0]
        z0 = (shape[0] - 1) / 2 + 1 + rises.heights / height
        return cls(
            near,
            far,
            np.broadcast_to(z0, near.shape),
            np.broadcast_to(rises.first / height, near.shape),
            np.broadcast_to(rises.steps / height, len(near)),
            height,
            rises.is_divergent,
        )

    def of_views(self, views: Index) -> "Heights":
        """Some of the views; with a slice nothing is copied."""
        return replace(self, **{name: getattr(self, name)[views] for name in ("near", "far", "z0", "bottom", "step")})

    def arrays(self) -> tuple[Array, Array, Array, Array, Array]:
        """The arrays, as the kernels take them."""
        return self.near, self.far, self.z0, self.bottom, self.step


@dataclass(frozen=True)
class RaysInSpace:
    """Rays in any direction as `_joseph_space` takes them, x, y, z in voxels of which the first is at 1.

    `points` and `ways` are those to row 0 of the detector, (views, columns, 3), the steps what is added to them from
    row to row, (views, 3).
    """

    points: Array
    ways: Array
    point_steps: Array
    way_steps: Array
    spacing: Array
    n_rows: int

    @classmethod
    def through(cls, geometry: Vectors, shape: tuple[int, ...], spacing: tuple[float, ...]) -> "RaysInSpace":
        """The rays of a geometry through a volume of (z, y, x) voxels of a size."""
        size, step = np.array(shape[::-1]), np.array(spacing[::-1])
        (points, ways), (point_steps, way_steps) = np.broadcast_arrays(*geometry.first_row()), geometry.row_steps()
        arrays = (points / step + (size - 1) / 2 + 1, ways / step, point_steps / step, way_steps / step)
        points, ways, point_steps, way_steps = map(np.ascontiguousarray, arrays)
        return cls(points, ways, point_steps, way_steps, step, geometry.projection_shape[1])

    def of_views(self, views: Index) -> "RaysInSpace":
        """Some of the views."""
        arrays = (self.points, self.ways, self.point_steps, self.way_steps)
        points, ways, point_steps, way_steps = (np.ascontiguousarray(array[views]) for array in arrays)
        return replace(self, points=points, ways=ways, point_steps=point_steps, way_steps=way_steps)

    def _arguments(self) -> tuple[Array, Array, Array, Array, Array]:
        """The fields, as the kernels take them."""
        return self.points, self.ways, self.point_steps, self.way_steps, self.spacing

    def project(self, volume: Array, parts: int) -> Array:
        """Line integrals of a volume, (views, rows, columns), in so many threads."""
        framed, size = frame(volume.shape, 3, volume.dtype), np.array(volume.shape[::-1], np.intp)
        _inside(framed, volume.shape)[:] = volume
        out = np.empty((len(self.points), self.n_rows, self.points.shape[1]), volume.dtype)

        def run(first: int, last: int) -> None:
            _joseph_space.project(framed, size, *self._arguments(), out, first, last)

        in_threads(run, out.shape[0] * out.shape[1], parts)
        return out

    def back_project(self, projections: Array, shape: tuple[int, ...], parts: int) -> Array:
        """The adjoint: a volume of a shape."""
        data, size = np.ascontiguousarray(projections), np.array(shape[::-1], np.intp)
        volume = frame(shape, 3, data.dtype)
        for axis in range(3):

            def run(first: int, last: int, axis: int = axis) -> None:
                _joseph_space.back_project(data, size, *self._arguments(), axis, volume, first, last)

            in_threads(run, int(size[axis]), parts)
        return np.ascontiguousarray(_inside(volume, shape))


def frame(shape: Sequence[int], axes: int, dtype: DTypeLike) -> Array:
    """Zeros for an image, with two more before and two after along the last axes.

    The rows get an odd length: in steps of a power of two they would compete for few places in the cache.
    """
    sizes = [*shape[:-axes], *(size + 4 for size in shape[-axes:])]
    sizes[1] |= 1
    return np.zeros(sizes, dtype)


def _inside(frame: Array, shape: tuple[int, ...]) -> Array:
    """The volume in a frame along all axes."""
    return frame[tuple(slice(2, size + 2) for size in shape)]
