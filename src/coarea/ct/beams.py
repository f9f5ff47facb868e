"""Immutable descriptions of circular parallel, fan and cone beams, in the coordinates of `coarea.ct.geometry`."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.colors import level_of_caller
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_flag, as_number, as_spacing, came
from coarea.ct.geometry import Geometry, Rises, bins, by_axis, check_arc, frozen, lifted
from coarea.ct.vectors import Vectors

TWO_TURNS = 4 * math.pi * (1 + 1e-6)  # scans of more are rarer than angles in degrees


class _CircularBeam(Geometry):
    """What the geometries share whose source or rays go round the axis on a circle."""

    angles: Array

    def rays(self) -> tuple[Array, Array]:
        """See :meth:`Geometry.rays`."""
        cosine, sine = np.cos(self.angles), np.sin(self.angles)
        along = np.stack([cosine, sine], -1)[:, None] * self._across()[:, None]
        forward = np.broadcast_to(np.stack([-sine, cosine], -1)[:, None], along.shape)
        if not self.is_divergent:
            return along, forward
        distance = self.source_to_detector
        depth = distance * np.cos(self.columns() / distance)[:, None] if self.curved else distance
        return -self.source_to_axis * forward, depth * forward + along

    def _across(self) -> Array:
        """How far the columns lie to the side of the central ray."""
        if not self.curved:
            return self.columns()
        distance = self.source_to_detector
        return np.asarray(distance * np.sin(self.columns() / distance))

    def rises(self) -> Rises:
        """See :meth:`Geometry.rises`."""
        v = self.rows()
        return Rises(np.zeros(1), v[:1, None], np.full(1, self.row_spacing), is_divergent=True)

    def lines(self) -> tuple[Array, Array]:
        """See :meth:`Geometry.lines`."""
        points, ways = self.rays()
        return lifted(points, 0 * self.rows()), lifted(ways, self.rows())

    def vectors(self) -> Vectors:
        """The same rays, view by view, as :class:`Vectors`, which can be moved and turned.

        Returns
        -------
        Vectors
            Of three dimensions if the detector has rows, otherwise of two.
        """
        zero = np.zeros(len(self))
        forward = np.stack([-np.sin(self.angles), np.cos(self.angles), zero], -1)
        along = np.stack([np.cos(self.angles), np.sin(self.angles), zero], -1)
        up = np.array([0.0, 0.0, 1.0])
        offset: Any = self._arguments()["detector_offset"]
        (high, middle), ndim = offset if self.has_rows else (0.0, offset), 3 if self.has_rows else 2
        u, toward = along, forward
        if self.curved:  # the middle of the detector lies on the circle too
            angle = middle / self.source_to_detector
            u, toward = along * np.cos(angle) - forward * np.sin(angle), forward * np.cos(angle) + along * np.sin(angle)
            middle = 0.0
        center = middle * along + high * up
        if self.is_divergent:
            center = center - self.source_to_axis * forward + self.source_to_detector * toward
        return Vectors(
            detector_shape=self.projection_shape[1:],
            detector_centers=center[:, :ndim],
            u=(self.column_spacing * u)[:, :ndim],
            v=self.row_spacing * up if self.has_rows else None,
            sources=(-self.source_to_axis * forward)[:, :ndim] if self.is_divergent else None,
            directions=None if self.is_divergent else forward[:, :ndim],
            curved=self.curved,
        )

    def _summary(self) -> list[str]:
        """What the representation says; of a spacing and an offset only if they are not the default."""
        n, degrees = len(self), np.degrees(self.angles)
        arc = np.ptp(degrees) * n / max(1, n - 1)  # each view stands for a step
        size = " x ".join(map(str, self.projection_shape[1:]))
        said = [f"{n} views over {arc:g} degrees" if n > 1 else f"1 view at {degrees[0]:g} degrees", f"{size} bins"]
        spacing, offset = self._arguments()["detector_spacing"], self._arguments()["detector_offset"]
        if np.any(np.not_equal(spacing, 1)):
            said[-1] += f" of {by_axis(spacing)}"
        if np.any(offset):
            said.append(f"offset {by_axis(offset)}")
        if self.is_divergent:
            said.append(f"source to axis {self.source_to_axis:g}, to detector {self.source_to_detector:g}")
        return [*said, "curved"] if self.curved else said


class _RowOfBins(_CircularBeam):
    """What the geometries share whose detector is a single row of bins."""

    n_detectors: int
    detector_spacing: float
    detector_offset: float

    @property
    def projection_shape(self) -> tuple[int, int]:
        """(views, bins); of a volume, (views, slices, bins)."""
        return len(self.angles), self.n_detectors

    @property
    def column_spacing(self) -> float:
        """Distance between neighbouring bins."""
        return self.detector_spacing

    def columns(self) -> Array:
        """Coordinates u of the bins."""
        return bins(self.n_detectors, self.detector_spacing, self.detector_offset)


class ParallelBeam(_RowOfBins):
    """Parallel rays; a volume is scanned slice by slice.

    Parameters
    ----------
    angles : (views,) array_like
        Radians.
    n_detectors : int
        Number of detector bins.
    detector_spacing : float, default 1
        Distance between neighbouring bins.
    detector_offset : float, default 0
        Shift of the detector along u: ``((n_detectors - 1) / 2 - c) * detector_spacing`` if bin c sees the axis.

    Raises
    ------
    ValueError
        If a field is out of range.

    See Also
    --------
    FanBeam, ConeBeam, Vectors

    Examples
    --------
    >>> from coarea import ct
    >>> ct.ParallelBeam(angles=[0.0, 1.5], n_detectors=8)[1:]
    ParallelBeam(1 view at 85.9437 degrees, 8 bins)
    """

    image_ndims = (2, 3)
    _fields = ("angles", "n_detectors", "detector_spacing", "detector_offset")

    @with_hints
    def __init__(
        self, *, angles: ArrayLike, n_detectors: int, detector_spacing: float = 1.0, detector_offset: float = 0.0
    ):
        self._set(**_row_of_bins(angles, n_detectors, detector_spacing, detector_offset))


class FanBeam(_RowOfBins):
    """Rays from a point source to a flat or curved detector, in one plane.

    Parameters
    ----------
    angles, n_detectors
        As for :class:`ParallelBeam`.
    source_to_axis, source_to_detector : float
        Distances from the source, along the central ray.
    detector_spacing, detector_offset : float
        As for :class:`ParallelBeam`, on the detector itself (not scaled to the axis).
    curved : bool, default False
        Whether the bins lie on a circle around the source, as in medical scanners: the rays are then at equal angles,
        ``detector_spacing / source_to_detector``. Spacing and offset are lengths along the circle.

    Raises
    ------
    ValueError
        If a field is out of range.

    See Also
    --------
    ParallelBeam, ConeBeam, Vectors

    Examples
    --------
    >>> from coarea import ct
    >>> ct.FanBeam(angles=[0.0, 3.0], n_detectors=8, source_to_axis=40, source_to_detector=80, curved=True)
    FanBeam(2 views over 343.775 degrees, 8 bins, source to axis 40, to detector 80, curved)
    """

    _fields = (
        "angles", "n_detectors", "source_to_axis", "source_to_detector", "detector_spacing", "detector_offset",
        "curved",
    )  # fmt: skip

    @with_hints
    def __init__(
        self,
        *,
        angles: ArrayLike,
        n_detectors: int,
        source_to_axis: float,
        source_to_detector: float,
        detector_spacing: float = 1.0,
        detector_offset: float = 0.0,
        curved: bool = False,
    ):
        self._set(
            **_row_of_bins(angles, n_detectors, detector_spacing, detector_offset),
            **_distances(source_to_axis, source_to_detector),
            curved=as_flag("curved", curved),
        )
        check_arc(self.columns(), self.source_to_detector, curved=self.curved)


class ConeBeam(_CircularBeam):
    """Rays from a point source on a circle to a flat or curved detector parallel to the axis.

    Parameters
    ----------
    angles
        As for :class:`ParallelBeam`.
    detector_shape : (int, int)
        Rows (along v, which is z) and columns (along u).
    source_to_axis, source_to_detector : float
        As for :class:`FanBeam`.
    detector_spacing : float or (float, float), default 1
        Distances between neighbouring rows and between columns.
    detector_offset : (float, float), default (0, 0)
        Shifts of the detector along v and along u.
    curved : bool, default False
        Whether the columns lie on a cylinder around the source, parallel to the axis, as for :class:`FanBeam`.

    Raises
    ------
    ValueError
        If a field is out of range.

    See Also
    --------
    FanBeam, Vectors, fdk

    Examples
    --------
    >>> from coarea import ct
    >>> ct.ConeBeam(angles=[0.0, 3.0], detector_shape=(4, 8), source_to_axis=40, source_to_detector=80)
    ConeBeam(2 views over 343.775 degrees, 4 x 8 bins, source to axis 40, to detector 80)
    """

    image_ndims = (3,)
    has_rows = True
    detector_shape: tuple[int, int]
    detector_spacing: tuple[float, float]
    detector_offset: tuple[float, float]
    _fields = (
        "angles", "detector_shape", "source_to_axis", "source_to_detector", "detector_spacing", "detector_offset",
        "curved",
    )  # fmt: skip

    @with_hints
    def __init__(
        self,
        *,
        angles: ArrayLike,
        detector_shape: tuple[int, int],
        source_to_axis: float,
        source_to_detector: float,
        detector_spacing: float | tuple[float, float] = 1.0,
        detector_offset: tuple[float, float] = (0.0, 0.0),
        curved: bool = False,
    ):
        n_rows, n_columns = _pair("detector_shape", detector_shape)
        v, u = _pair("detector_offset", detector_offset)
        self._set(
            angles=_angles(angles),
            detector_shape=(as_count("detector_shape", n_rows), as_count("detector_shape", n_columns)),
            detector_spacing=as_spacing("detector_spacing", detector_spacing, 2),
            detector_offset=(as_number("detector_offset", v), as_number("detector_offset", u)),
            **_distances(source_to_axis, source_to_detector),
            curved=as_flag("curved", curved),
        )
        check_arc(self.columns(), self.source_to_detector, curved=self.curved)

    @property
    def projection_shape(self) -> tuple[int, int, int]:
        """(views, rows, columns)."""
        return len(self.angles), *self.detector_shape

    @property
    def column_spacing(self) -> float:
        """Distance between neighbouring columns."""
        return self.detector_spacing[1]

    @property
    def row_spacing(self) -> float:
        """Distance between neighbouring rows."""
        return self.detector_spacing[0]

    def columns(self) -> Array:
        """Coordinates u of the detector's columns."""
        return bins(self.detector_shape[1], self.detector_spacing[1], self.detector_offset[1])

    def rows(self) -> Array:
        """Coordinates v of the detector's rows."""
        return bins(self.detector_shape[0], self.detector_spacing[0], self.detector_offset[0])


BEAMS: dict[str, type[Geometry]] = {"parallel": ParallelBeam, "fan": FanBeam, "cone": ConeBeam, "vectors": Vectors}
"""The geometries by the names that files call them by."""


def _angles(angles: ArrayLike) -> Array:
    array = np.array(as_real("angles", angles), np.float64)
    if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"angles must be one or more finite numbers in one axis, got {came(angles)}")
    if (largest := np.abs(array).max()) > TWO_TURNS:
        warnings.warn(
            f"angles are in radians and reach {largest:g}, more than two turns: if they are degrees, "
            "give numpy.radians(angles); of many turns give angles % (2 * numpy.pi)",
            stacklevel=level_of_caller(),
        )
    return frozen(array)


def _row_of_bins(angles: ArrayLike, n_detectors: int, spacing: float, offset: float) -> dict[str, Any]:
    return {
        "angles": _angles(angles),
        "n_detectors": as_count("n_detectors", n_detectors),
        "detector_spacing": as_number("detector_spacing", spacing, above=0),
        "detector_offset": as_number("detector_offset", offset),
    }


def _pair(name: str, values: Any) -> tuple[Any, Any]:
    if np.shape(values) != (2,):
        raise ValueError(f"{name} must be two numbers, (along v, along u), got {came(values)}")
    return values[0], values[1]


def _distances(source_to_axis: float, source_to_detector: float) -> dict[str, float]:
    axis = as_number("source_to_axis", source_to_axis, above=0)
    detector = as_number("source_to_detector", source_to_detector, above=0)
    if detector < axis:
        raise ValueError(f"source_to_detector must be at least source_to_axis = {axis}, got {detector}")
    return {"source_to_axis": axis, "source_to_detector": detector}
