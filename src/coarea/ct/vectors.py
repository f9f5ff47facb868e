"""A geometry in which every view has its own source or ray direction, and its own place of the detector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_flag, came
from coarea.ct.geometry import (
    VECTOR_AXES,
    Geometry,
    Rises,
    as_vectors,
    bins,
    by_axis,
    check_arc,
    frozen,
    lengths,
    refuse_views,
)  # fmt: skip

SMALL = 1e-6  # sines of angles that count as 0
UNIT = 1e-4  # how far the length of a direction may be from 1


class Vectors(Geometry):
    """Rays from a source, or parallel ones, to a detector, both anywhere: view by view.

    With it go helices, tilted and shaken detectors, laminography, and images that are not centred at the axis. Every
    beam gives its own, ``geometry.vectors()``, which :meth:`shifted` and :meth:`rotated` move. Rays are lines through
    the whole image, on both sides of the detector.

    Parameters
    ----------
    detector_shape : int or (int, int)
        Number of bins in the plane, (x, y) vectors; rows and columns in space, (x, y, z) vectors.
    detector_centers : (views, 2) or (views, 3) array_like
        Where the middle of the detector is. Here and below, a single vector holds for all views.
    u : (views, 2) or (views, 3) array_like
        The step from column to column: its length is the distance of neighbouring bins.
    v : (views, 3) array_like, optional
        The step from row to row, in space only.
    sources : (views, 2) or (views, 3) array_like, optional
        Where the rays of a view come from.
    directions : (views, 2) or (views, 3) array_like, optional
        Instead of sources, where parallel rays lead to, of length 1. Two-dimensional ones also scan volumes, slice by
        slice.
    curved : bool, default False
        Whether the columns lie on a circle around the source; in space, on a cylinder parallel to `v`. `u` is then the
        step along the circle in the middle of the detector.

    Attributes
    ----------
    detector_centers, u, v, sources, directions : ndarray of float64 or None
        As given, for each view.

    Raises
    ------
    ValueError
        If vectors do not fit each other, one has no length, or rays run along the detector.

    See Also
    --------
    ParallelBeam, FanBeam, ConeBeam

    Examples
    --------
    A helix: the source rises by 30 in each turn, with the detector.

    >>> import numpy as np
    >>> from coarea import ct
    >>> angles = np.arange(48) * 2 * np.pi / 24  # two turns
    >>> circle = ct.ConeBeam(angles=angles, detector_shape=(16, 32), source_to_axis=40, source_to_detector=80)
    >>> climb = angles / (2 * np.pi) * 30
    >>> circle.vectors().shifted(np.stack([0 * climb, 0 * climb, climb - climb.mean()], axis=-1))
    Vectors(48 views, 16 x 32 bins, sources)
    """

    _fields = ("detector_shape", "detector_centers", "u", "v", "sources", "directions", "curved")
    _by_view = ("detector_centers", "u", "v", "sources", "directions")
    detector_shape: tuple[int, ...]
    detector_centers: Array
    u: Array
    v: Array | None
    sources: Array | None
    directions: Array | None

    @with_hints
    def __init__(
        self,
        *,
        detector_shape: int | Sequence[int],
        detector_centers: ArrayLike,
        u: ArrayLike,
        v: ArrayLike | None = None,
        sources: ArrayLike | None = None,
        directions: ArrayLike | None = None,
        curved: bool = False,
    ):
        if (sources is None) == (directions is None):
            raise ValueError("give either sources, the places that rays come from, or directions of parallel rays")
        options = {"v": v, "sources": sources, "directions": directions}
        given = {name: values for name, values in options.items() if values is not None}
        vectors = _checked({"detector_centers": detector_centers, "u": u, **given})
        ndim = vectors["u"].shape[1]
        if (ndim == 3) != (v is not None):
            needed = "v, the step from row to row, is needed in space" if ndim == 3 else "v goes with vectors in space"
            raise ValueError(f"{needed}: give [x, y] vectors and no v, or [x, y, z] vectors and v")
        sizes = np.atleast_1d(np.asarray(detector_shape, object))
        if sizes.shape != (ndim - 1,):
            rule = f"{'the number of bins' if ndim == 2 else '(rows, columns)'} for {VECTOR_AXES[ndim]} vectors"
            raise ValueError(f"detector_shape must be {rule}, got {came(detector_shape)}")
        self._set(
            detector_shape=tuple(as_count("detector_shape", size) for size in sizes),
            **{name: vectors.get(name) for name in self._by_view},
            curved=as_flag("curved", curved),
            has_rows=ndim == 3,
            image_ndims=(2, 3) if ndim == 2 and sources is None else (ndim,),
        )
        self._check_detector()

    @property
    def projection_shape(self) -> tuple[int, ...]:
        """(views, bins) or (views, rows, columns)."""
        return len(self.u), *self.detector_shape

    @property
    def column_spacing(self) -> float:
        """Mean distance of neighbouring columns."""
        return float(lengths(self.u).mean())

    @property
    def row_spacing(self) -> float:
        """Mean distance of neighbouring rows; 1 without rows."""
        return 1.0 if self.v is None else float(lengths(self.v).mean())

    @property
    def is_divergent(self) -> bool:
        """Whether the rays of a view come from one point."""
        return self.sources is not None

    @property
    def magnification(self) -> float:
        """How many times larger the detector sees what lies at the origin: the median of the views."""
        if self.sources is None:
            return 1.0
        if self.curved:
            whole, part = (lengths(self._across_v(values)) for values in (self._central_rays(), self.sources))
        else:
            normals = self.normals()
            whole, part = ((values * normals).sum(-1) for values in (self._central_rays(), -self.sources))
        return float(np.median(np.abs(whole / np.where(part == 0, np.inf, part))))

    @property
    def bin_size(self) -> float:
        """Mean distance of neighbouring columns of the detector as it would be at the origin."""
        return self.column_spacing / (self.magnification or 1.0)

    def columns(self) -> Array:
        """Coordinates along u, from the middle of the detector."""
        return bins(self.detector_shape[-1], self.column_spacing)

    def rows(self) -> Array:
        """Coordinates along v, from the middle of the detector; one at 0 without rows."""
        return bins(self.detector_shape[0], self.row_spacing) if self.has_rows else np.zeros(1)

    def normals(self) -> Array:
        """Across the detector, along the rays, of length 1: (views, [x, y(, z)])."""
        x, y = self.u[:, 0], self.u[:, 1]
        across = np.stack([-y, x], -1) if self.v is None else np.cross(self.v, self.u)
        across = across / lengths(across)
        rays = self._central_rays()
        return np.asarray(np.where((across * rays).sum(-1, keepdims=True) < 0, -across, across))

    def first_row(self) -> tuple[Array, Array]:
        """Points on the rays to row 0 of the detector, and their directions: (views, columns or 1, [x, y(, z)])."""
        down = 0 if self.v is None else (self.detector_shape[0] - 1) / 2 * self.v
        steps = bins(self.detector_shape[-1], 1.0)[:, None]
        center = self.detector_centers - down
        if self.directions is not None:
            return center[:, None] + steps * self.u[:, None], self.directions[:, None]
        assert self.sources is not None
        way = center - self.sources
        if not self.curved:
            return self.sources[:, None], way[:, None] + steps * self.u[:, None]
        forward = self._across_v(self._central_rays())  # from the axis of the cylinder
        radius, step = lengths(forward), lengths(self.u)
        angle = steps * (step / radius)[:, None]
        side = radius * self.u / step
        turned = np.cos(angle) * forward[:, None] + np.sin(angle) * side[:, None]
        return self.sources[:, None], (way - forward)[:, None] + turned

    def row_steps(self) -> tuple[Array, Array]:
        """What is added from row to row to the points and to the directions: (views, [x, y, z])."""
        v = np.zeros_like(self.u) if self.v is None else self.v
        return (0 * v, v) if self.is_divergent else (v, 0 * v)

    def rays(self) -> tuple[Array, Array]:
        """See :meth:`Geometry.rays`; in space, of the middle of the rows."""
        (points, ways), middle = self.first_row(), (self.detector_shape[0] - 1) / 2 if self.has_rows else 0
        point_step, way_step = self.row_steps()
        points, ways = points + middle * point_step[:, None], ways + middle * way_step[:, None]
        return points[..., :2], ways[..., :2]

    def rises(self) -> Rises | None:
        """See :meth:`Geometry.rises`; nor are there any if a view's middle ray is steeper than half a right angle."""
        if self.v is None:
            return None
        rays = self._central_rays()
        upright = lengths(self.v[:, :2]) <= 1e-12 * lengths(self.v)
        if not (upright.all() and (np.abs(rays[:, 2]) <= np.hypot(rays[:, 0], rays[:, 1])).all()):
            return None
        points, ways = self.first_row()
        return Rises(points[..., 2], ways[..., 2], self.v[:, 2], is_divergent=self.is_divergent)

    def lines(self) -> tuple[Array, Array]:
        """See :meth:`Geometry.lines`."""
        steps = np.arange(self.projection_shape[1])[:, None, None]
        return tuple(  # type: ignore[return-value]
            first[:, None] + steps * step[:, None, None]
            for first, step in zip(self.first_row(), self.row_steps(), strict=True)
        )

    def vectors(self) -> Self:
        """The geometry itself."""
        return self

    def shifted(self, by: ArrayLike) -> Vectors:
        """The sources and the detectors moved, which is as if the image moved the other way.

        To reconstruct an image whose centre is at c, shift by -c.

        Parameters
        ----------
        by : (2,), (3,), (views, 2) or (views, 3) array_like
            (x, y), or (x, y, z) in space: for all views, or for each. A single view becomes as many as there are.

        Returns
        -------
        Vectors
        """
        way = as_vectors("by", by)
        self._check_views("by", way[0] if len(way) == 1 else way, self.u.shape[1:])
        sources = None if self.sources is None else self.sources + way
        return self._with(detector_centers=self.detector_centers + way, sources=sources)

    def rotated(self, rotation: ArrayLike) -> Vectors:
        """The sources and the detectors turned around the origin, which is as if the image turned the other way.

        Parameters
        ----------
        rotation : (2, 2), (3, 3), (views, 2, 2) or (views, 3, 3) array_like
            Matrix that gives the new (x, y(, z)) from the old, for all views, or for each, such as
            ``scipy.spatial.transform.Rotation.from_euler("x", 5, degrees=True).as_matrix()``. A single view becomes as
            many as there are.

        Returns
        -------
        Vectors
        """
        turn, ndim = as_real("rotation", rotation).astype(np.float64), self.u.shape[1]
        self._check_views("rotation", turn, (ndim, ndim))
        if not np.allclose(turn @ np.swapaxes(turn, -1, -2), np.eye(ndim), atol=1e-6):
            raise ValueError("rotation must be orthogonal: its rows of length 1 and perpendicular to each other")
        given = {name: getattr(self, name) for name in self._by_view}
        return self._with(**{
            name: None if values is None else np.einsum("...ij,...j->...i", turn, values)
            for name, values in given.items()
        })  # fmt: skip

    def _summary(self) -> list[str]:
        """What the representation says."""
        n, size = len(self), by_axis(self.detector_shape)
        said = [f"{n} view{'s' * (n > 1)}", f"{size} bins", "sources" if self.is_divergent else "parallel rays"]
        spacing = (self.row_spacing, self.column_spacing) if self.has_rows else self.column_spacing
        if not np.allclose(spacing, 1, rtol=1e-9):
            said[1] += f" of {by_axis(spacing)}"
        return [*said, "curved"] if self.curved else said

    def _check_views(self, name: str, values: Array, shape: tuple[int, ...]) -> None:
        """Refuse what is neither one for all views nor one for each; a single view may become many."""
        fits = values.shape[1:] == shape and (len(values) == len(self) or len(self) == 1)
        if values.shape != shape and not fits:
            views = "views" if len(self) == 1 else len(self)
            each = ", ".join(map(str, (views, *shape)))
            raise ValueError(f"{name} must have shape {shape} or ({each}), got {values.shape}")

    def _with(self, **vectors: Array | None) -> Vectors:
        return Vectors(**{**self._arguments(), **vectors})

    def _central_rays(self) -> Array:
        if self.directions is not None:
            return self.directions
        assert self.sources is not None
        return self.detector_centers - self.sources

    def _across_v(self, vectors: Array) -> Array:
        """The part of the vectors that is perpendicular to v."""
        if self.v is None:
            return vectors
        up = self.v / lengths(self.v)
        return np.asarray(vectors - (vectors * up).sum(-1, keepdims=True) * up)

    def _check_detector(self) -> None:
        """Refuse detectors that rays do not cross."""
        rays = self._central_rays()
        if not (lengths(rays) > 0).all():
            raise ValueError("sources must be apart from detector_centers")
        if self.v is not None:
            sine = lengths(np.cross(self.u, self.v)) / (lengths(self.u) * lengths(self.v))
            refuse_views("u must not be parallel to v, but is", sine < SMALL)
        sine = (self.normals() * rays).sum(-1, keepdims=True) / lengths(rays)
        refuse_views("the detector must not be parallel to the rays: u or v leads along them", sine < SMALL)
        if not self.curved:
            return
        if self.directions is not None:
            raise ValueError("curved must be False for parallel rays: the circle is one around the source")
        forward = self._across_v(rays)
        cosines = [(forward * self.u).sum(-1, keepdims=True) / (lengths(forward) * lengths(self.u))]
        if self.v is not None:
            cosines.append((self.u * self.v).sum(-1, keepdims=True) / (lengths(self.u) * lengths(self.v)))
        skew = np.abs(cosines).max(0) > 1e-4
        refuse_views("of a curved detector u must be perpendicular to v and to the middle ray, but is not", skew)
        check_arc(bins(self.detector_shape[-1], 1.0) * lengths(self.u), lengths(forward), curved=True)


def _checked(given: dict[str, Any]) -> dict[str, Array]:
    """The vectors of all views, each read-only; what is wrong is named."""
    found = {name: as_vectors(name, values) for name, values in given.items()}
    ndims = {name: values.shape[1] for name, values in found.items()}
    views = {name: len(values) for name, values in found.items() if len(values) > 1}
    for what, numbers in (("components, [x, y] or [x, y, z]", ndims), ("views, or hold for all", views)):
        if len(set(numbers.values())) > 1:
            each = ", ".join(f"{name} {number}" for name, number in numbers.items())
            raise ValueError(f"all vectors must have the same number of {what}, got {each}")
    shape = (max(views.values(), default=1), next(iter(ndims.values())))
    for name in ("u", "v", "directions"):
        if name in found:
            refuse_views(f"{name} must not be 0, but is", lengths(found[name]) == 0)
    if "directions" in found:
        refuse_views(
            "directions must have length 1: divide them by their lengths, or give places as sources; it is not 1",
            np.abs(lengths(found["directions"]) - 1) > UNIT,
        )
    return {name: frozen(np.broadcast_to(values, shape)) for name, values in found.items()}
