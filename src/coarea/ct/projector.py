"""Projection of images along the rays of a scan, as a linear operator."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from scipy.sparse.linalg import LinearOperator

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_sizes, as_spacing, came
from coarea.base.threads import in_threads, number_of_workers
from coarea.ct import _joseph, _joseph_cone
from coarea.ct.geometry import Geometry, Index, as_geometry
from coarea.ct.rays import Heights, Rays, RaysInSpace, check_source, frame
from coarea.ct.vectors import Vectors

SMALLEST_PART = 1 << 18  # samples of the image a thread is worth starting for
TILE = 1 << 20  # bytes of a volume that stay in the cache
LARGEST_SIZE = 2**22 - 1  # of an image along an axis: positions in fixed point reach no farther


class Projector(LinearOperator):  # type: ignore[misc]
    """Line integrals of an image by Joseph's method [Joseph1982]_, with their exact adjoint.

    ``A(image)`` gives projections, ``A.T(projections)`` an image. Both are also a
    :class:`!scipy.sparse.linalg.LinearOperator` on flat vectors: ``A @ x``, ``A.T @ y`` and scipy's solvers work.
    A ray crosses every row of the image, or every column if those are more across; the value there is interpolated
    linearly between two pixels (in a volume between four voxels) and counts for the ray's way to the next one.
    Outside the image is 0.

    Parameters
    ----------
    geometry : ParallelBeam, FanBeam, ConeBeam or Vectors
    shape : sequence of int
        Of the image: (y, x), or (z, y, x) for a volume in a cone beam, or in a parallel beam slice by slice.
    spacing : float or sequence of float, default 1
        Size of the pixels, in the unit of the geometry: one for all axes or one for each.
    dtype : {float32, float64}, default float32
        Of all images and projections.
    workers : int, optional
        Number of threads. Default: as many as there are processors. No bit of the results depends on it.

    Attributes
    ----------
    domain_shape, range_shape : tuple of int
        Shapes of images and of projections: (view, u) for images, (view, v, u) for volumes.

    Raises
    ------
    ValueError
        If the shape does not fit the geometry, the source lies in the image, or a parameter is out of range.

    See Also
    --------
    line_integrals_of, to_autograd, fbp, sart

    Notes
    -----
    The adjoint is exact: <A x, y> = <x, A^T y> up to rounding. Positions along the rays are kept in double, and
    their arrays take about 40 bytes for every view and detector column; a volume is copied twice. In a cone beam rays
    are followed along x or y, which suits cone angles up to 45 degrees. :class:`Vectors` whose rows follow each other
    along z, as on a helix, are as fast; with other ones each ray has a main axis of its own, x, y or z.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> geometry = ct.ParallelBeam(angles=[0, np.pi / 2], n_detectors=4)
    >>> A = ct.Projector(geometry, (3, 4), dtype=np.float64)
    >>> A(np.ones((3, 4))).round(12).tolist()
    [[3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 4.0, 2.0]]
    >>> A.T(np.ones((2, 4))).shape
    (3, 4)
    """

    @with_hints
    def __init__(
        self,
        geometry: Geometry,
        shape: Sequence[int],
        *,
        spacing: float | Sequence[float] = 1.0,
        dtype: DTypeLike = np.float32,
        workers: int | None = None,
    ):
        self.geometry = geometry
        self.domain_shape = _image_shape(shape, geometry)
        self.spacing = as_spacing("spacing", spacing, len(self.domain_shape))
        self.workers = number_of_workers(workers)
        try:
            known = np.dtype(dtype)
        except (TypeError, ValueError):
            raise TypeError(f"dtype must be float32 or float64, got {came(dtype)}") from None
        if known not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64, got {known}")
        check_source(geometry, self.domain_shape, self.spacing)
        self._instruction_set = len(_joseph_cone.instruction_sets()) - 1
        self._heights: Heights | None = None
        self._in_space: RaysInSpace | None = None  # which goes without _rays
        rises = geometry.rises() if geometry.has_rows else None
        if isinstance(geometry, Vectors) and geometry.has_rows and rises is None:
            self._in_space = RaysInSpace.through(geometry, self.domain_shape, self.spacing)
        else:
            self._rays = Rays.through(geometry, self.domain_shape[-2:], self.spacing[-2:])
        if rises is not None:
            self._heights = Heights.of(geometry, rises, self._rays, self.domain_shape, self.spacing)
        super().__init__(known, self._matrix_shape())

    @property
    def range_shape(self) -> tuple[int, ...]:
        """Shape of the projections."""
        views, *rest = self.geometry.projection_shape
        return (views, *rest) if self.geometry.has_rows else (views, *self.domain_shape[:-2], *rest)

    def __repr__(self) -> str:
        sizes = " x ".join(map(str, self.domain_shape))
        return f"Projector({self.geometry!r}, image {sizes}, {self.dtype})"

    def _matrix_shape(self) -> tuple[int, int]:
        return int(np.prod(self.range_shape)), int(np.prod(self.domain_shape))

    def subset(self, views: Index) -> Self:
        """The projector of some of the views; of a slice of them nothing is copied.

        Parameters
        ----------
        views : slice or sequence of int
            As an index into an array of the views.

        Returns
        -------
        Projector
        """
        part = copy.copy(self)
        part.geometry = self.geometry[views]
        if self._in_space is not None:
            part._in_space = self._in_space.of_views(views)
        else:
            part._rays = self._rays.of_views(views)
        part._heights = None if self._heights is None else self._heights.of_views(views)
        part.shape = part._matrix_shape()
        return part

    def __call__(self, image: ArrayLike) -> Array:
        """Project an image of shape `domain_shape`; the result has `range_shape`."""
        return self._project(shaped("image", image, self.domain_shape, self.dtype))

    def back_project(self, projections: ArrayLike) -> Array:
        """Apply the adjoint to projections of shape `range_shape`, as ``A.T`` does; the result has `domain_shape`."""
        return self._back_project(shaped("projections", projections, self.range_shape, self.dtype))

    def _matvec(self, x: Array) -> Array:
        return self._project(np.asarray(x, self.dtype).reshape(self.domain_shape)).ravel()

    def _rmatvec(self, y: Array) -> Array:
        return self._back_project(np.asarray(y, self.dtype).reshape(self.range_shape)).ravel()

    def _adjoint(self) -> LinearOperator:
        return _Adjoint(self)

    _transpose = _adjoint

    def _parts(self, size: int) -> int:
        """How many threads the work is worth."""
        return max(1, min(self.workers, size // SMALLEST_PART))

    def _project(self, image: Array) -> Array:
        if self._in_space is not None:
            return self._in_space.project(image, self._parts(math.prod(self.range_shape) * max(image.shape)))
        if self._heights is not None:
            return self._project_cone(self._heights, image)
        out = np.empty(self.range_shape, self.dtype)
        if image.ndim == 2:
            self._project_slice(image, out)
        else:
            for z, plane in enumerate(image):
                self._project_slice(plane, out[:, z])
        return out

    def _back_project(self, data: Array) -> Array:
        if self._in_space is not None:
            return self._in_space.back_project(data, self.domain_shape, self._parts(data.size * max(self.domain_shape)))
        if self._heights is not None:
            return self._back_project_cone(self._heights, data)
        if data.ndim == 2:
            return self._back_project_slice(data)
        return np.stack([self._back_project_slice(data[:, z]) for z in range(data.shape[1])])

    def _project_slice(self, image: Array, out: Array) -> None:
        # the views of a subset often need one of the two orientations only
        unused = np.zeros((1, 2), self.dtype)
        rows = _framed(image) if self._rays.steep.any() else unused
        columns = _framed(image.T) if not self._rays.steep.all() else unused

        def run(first: int, last: int) -> None:
            _joseph.project(rows, columns, *self._rays.arrays(), out, first, last)

        in_threads(run, len(out), self._parts(out.size * max(image.shape)))

    def _back_project_slice(self, data: Array) -> Array:
        """Sum of what the steep rays bring to the rows of an image, and the others to those of a transposed one."""
        shape, steep = self.domain_shape[-2:], self._rays.steep
        images = {kind: frame(shape[:: 1 if kind else -1], 1, self.dtype) for kind in np.unique(steep).astype(bool)}
        parts = min(self._parts(data.size * max(shape)), max(shape))

        def run(first: int, last: int) -> None:  # some rows of each, so that threads are started once
            for kind, image in images.items():
                rows = len(image) * first // parts, len(image) * last // parts
                _joseph.back_project(data, *self._rays.arrays(), kind, image, *rows)

        in_threads(run, parts, parts)
        h, w = shape
        inside = [image[:, 2 : w + 2] if kind else image[:, 2 : h + 2].T for kind, image in images.items()]
        return np.ascontiguousarray(sum(inside[1:], start=inside[0]))

    def _project_cone(self, heights: Heights, volume: Array) -> Array:
        nz, ny, nx = volume.shape
        framed = frame((ny, nx, nz), 3, self.dtype)
        self._turn(volume.transpose(1, 2, 0), framed[2 : ny + 2, 2 : nx + 2, 2 : nz + 2])
        rows, columns = framed[2 : ny + 2], framed.transpose(1, 0, 2)[2 : nx + 2]
        views, n_v, n_u = self.range_shape
        out = np.empty((views, n_u, n_v), self.dtype)

        def run(first: int, last: int) -> None:
            scratch = np.empty(rows.shape[2], self.dtype)
            _joseph_cone.project(
                rows,
                columns,
                *self._rays.arrays(),
                *heights.arrays(),
                heights.voxel_height,
                heights.is_divergent,
                out,
                scratch,
                first,
                last,
                self._instruction_set,
            )

        in_threads(run, views, self._parts(out.size * max(volume.shape)))
        return self._turned(out.transpose(0, 2, 1))

    def _back_project_cone(self, heights: Heights, projections: Array) -> Array:
        nz, ny, nx = self.domain_shape
        data = self._turned(projections.transpose(0, 2, 1))
        found = np.empty(self.domain_shape, self.dtype)
        for steep, size in ((True, (ny, nx)), (False, (nx, ny))):
            volume = frame((*size, nz), 2, self.dtype)

            def run(first: int, last: int, volume: Array = volume, steep: bool = steep) -> None:
                scratch = np.empty(4 * volume.shape[2] + data.shape[2], self.dtype)
                rows = max(8, TILE // volume[0].nbytes)  # of more tiles scaling what the rays carry would take too long
                for row in range(first, last, rows):
                    _joseph_cone.back_project(
                        data, *self._rays.arrays(), *heights.arrays(), heights.voxel_height, heights.is_divergent,
                        steep, volume, scratch, 0, row, min(row + rows, last), self._instruction_set,
                    )  # fmt: skip

            in_threads(run, size[0], self._parts(data.size * max(size)))
            inside = volume[:, 2 : size[1] + 2, 2 : nz + 2]
            self._turn(inside, found.transpose((1, 2, 0) if steep else (2, 1, 0)), added=not steep)
            del volume, inside, run  # before there is another one
        return found

    def _turn(self, source: Array, target: Array, *, added: bool = False) -> None:
        """Copy an array, or add it, to one whose axes are in another order in memory."""

        def run(first: int, last: int) -> None:
            _joseph_cone.turn(source, target, added, first, last)

        in_threads(run, len(source), self._parts(source.size))

    def _turned(self, array: Array) -> Array:
        out = np.empty(array.shape, self.dtype)
        self._turn(array, out)
        return out


class _Adjoint(LinearOperator):  # type: ignore[misc]
    """The transpose of a projector; its own transpose is the projector."""

    def __init__(self, projector: Projector):
        self._projector = projector
        super().__init__(projector.dtype, projector.shape[::-1])

    def __call__(self, projections: ArrayLike) -> Array:
        return self._projector.back_project(projections)

    def _matvec(self, y: Array) -> Array:
        return self._projector._rmatvec(y)

    def _rmatvec(self, x: Array) -> Array:
        return self._projector._matvec(x)

    def _adjoint(self) -> LinearOperator:
        return self._projector

    _transpose = _adjoint


def shaped(name: str, values: ArrayLike, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """The array in a dtype, or what is wrong with it."""
    array = as_real(name, values)
    if array.shape != shape:
        remedy = f": give numpy.transpose({name})" if array.shape[::-1] == shape else ""
        raise ValueError(f"{name} must have shape {with_axes(name, shape)}, got {array.shape}{remedy}")
    if np.isnan(array).any():
        raise ValueError(f"{name} contains NaN")
    return np.asarray(array, dtype)


def with_axes(name: str, shape: tuple[int, ...]) -> str:
    """The shape that an image, `image` or `start`, or projections must have, and what its axes are."""
    axes = {2: " (y, x)", 3: " (z, y, x)"} if name in ("image", "start") else {2: " (view, u)", 3: " (view, v, u)"}
    return f"{shape}{axes.get(len(shape), '')}"


def _framed(image: Array) -> Array:
    """Copy of the image in its frame."""
    framed = frame(image.shape, 1, image.dtype)
    framed[:, 2 : image.shape[1] + 2] = image
    return framed


def _image_shape(shape: Sequence[int], geometry: Geometry) -> tuple[int, ...]:
    as_geometry(geometry)
    sizes = as_sizes("shape", shape, most=LARGEST_SIZE)
    if len(sizes) not in geometry.image_ndims:
        axes = " or ".join({2: "(y, x)", 3: "(z, y, x)"}[n] for n in geometry.image_ndims)
        raise ValueError(f"shape must be {axes} for {type(geometry).__name__}, got {sizes}")
    return sizes
