"""Where the rays of a scan run: immutable descriptions of circular parallel, fan and cone beams.

Coordinates. The rotation axis is z, through the origin, which is the centre of the image; x runs along the last axis
of the image, y along the one before it, z along the first of a volume. Indices grow with coordinates. Angles are in
radians, counter-clockwise from x to y; all lengths are in one unit of the user's choice. At angle t the rays run along
(-sin t, cos t) and the detector along (cos t, sin t), with v along z; the source of a fan or a cone is at
``source_to_axis * (sin t, -cos t)``. Bin j of n lies at ``u = (j - (n - 1) / 2) * detector_spacing +
detector_offset``, and the axis is seen at u = 0.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array

Index = slice | Sequence[int] | Array


class Geometry(ABC):
    """What the geometries share. They are values: equal if their fields are, and never change."""

    angles: Array
    n_detectors: int
    detector_spacing: Any
    detector_offset: Any

    @property
    @abstractmethod
    def projection_shape(self) -> tuple[int, ...]:
        """Shape of the projections of a single slice or, for a cone, of the volume."""

    @abstractmethod
    def _fields(self) -> dict[str, Any]:
        """Arguments of the constructor."""

    def __len__(self) -> int:
        return len(self.angles)

    def __getitem__(self, views: Index) -> Self:
        """The geometry of some of the views, chosen as from an array of them."""
        if np.ndim(self.angles[views]) != 1:
            raise TypeError(f"views must be a slice or a sequence, got {views!r}")
        return type(self)(**{**self._fields(), "angles": self.angles[views]})

    def __repr__(self) -> str:
        fields = {**self._fields(), "angles": self.angles.tolist()}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields.items())})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a geometry does not change, so {name} cannot be set")

    def _set(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def rays(self) -> tuple[Array, Array]:
        """Points on the rays in the plane of rotation and their directions: two (views, columns, [x, y]) arrays."""
        cosine, sine = np.cos(self.angles), np.sin(self.angles)
        along = np.stack([cosine, sine], -1)[:, None] * self.columns()[:, None]
        forward = np.stack([-sine, cosine], -1)[:, None]
        return along, np.broadcast_to(forward, along.shape)

    def columns(self) -> Array:
        """Coordinates u of the detector's columns."""
        return bins(self.n_detectors, self.detector_spacing, self.detector_offset)


class ParallelBeam(Geometry):
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
        Shift of the detector along u. If the axis is seen at bin c, ``((n_detectors - 1) / 2 - c) *
        detector_spacing``.

    Raises
    ------
    ValueError
        If a field is out of range.

    Examples
    --------
    >>> from coarea import ct
    >>> ct.ParallelBeam(angles=[0.0, 1.5], n_detectors=8)[1:]
    ParallelBeam(angles=[1.5], n_detectors=8, detector_spacing=1.0, detector_offset=0.0)
    """

    def __init__(
        self, *, angles: ArrayLike, n_detectors: int, detector_spacing: float = 1.0, detector_offset: float = 0.0
    ):
        self._set(
            angles=_angles(angles),
            n_detectors=_count("n_detectors", n_detectors),
            detector_spacing=_length("detector_spacing", detector_spacing),
            detector_offset=_finite("detector_offset", detector_offset),
        )

    def _fields(self) -> dict[str, Any]:
        names = ("angles", "n_detectors", "detector_spacing", "detector_offset")
        return {name: getattr(self, name) for name in names}

    @property
    def projection_shape(self) -> tuple[int, int]:
        """(views, bins); of a volume, (views, slices, bins)."""
        return len(self.angles), self.n_detectors


class FanBeam(Geometry):
    """Rays from a point source to a flat detector, in one plane.

    Parameters
    ----------
    angles, n_detectors
        As for :class:`ParallelBeam`.
    source_to_axis, source_to_detector : float
        Distances from the source, along the central ray.
    detector_spacing, detector_offset : float
        As for :class:`ParallelBeam`, on the detector itself (not scaled to the axis).

    Raises
    ------
    ValueError
        If a field is out of range.
    """

    source_to_axis: float
    source_to_detector: float

    def __init__(
        self,
        *,
        angles: ArrayLike,
        n_detectors: int,
        source_to_axis: float,
        source_to_detector: float,
        detector_spacing: float = 1.0,
        detector_offset: float = 0.0,
    ):
        self._set(
            angles=_angles(angles),
            n_detectors=_count("n_detectors", n_detectors),
            detector_spacing=_length("detector_spacing", detector_spacing),
            detector_offset=_finite("detector_offset", detector_offset),
            **_distances(source_to_axis, source_to_detector),
        )

    def _fields(self) -> dict[str, Any]:
        names = ("angles", "n_detectors", "source_to_axis", "source_to_detector", "detector_spacing", "detector_offset")
        return {name: getattr(self, name) for name in names}

    @property
    def projection_shape(self) -> tuple[int, int]:
        """(views, bins)."""
        return len(self.angles), self.n_detectors

    def rays(self) -> tuple[Array, Array]:
        """The sources, and the ways from there to the detector's columns."""
        return _divergent(self, super().rays())


class ConeBeam(Geometry):
    """Rays from a point source on a circle to a flat detector parallel to the axis.

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

    Raises
    ------
    ValueError
        If a field is out of range.
    """

    source_to_axis: float
    source_to_detector: float
    detector_shape: tuple[int, int]
    detector_spacing: tuple[float, float]
    detector_offset: tuple[float, float]

    def __init__(
        self,
        *,
        angles: ArrayLike,
        detector_shape: tuple[int, int],
        source_to_axis: float,
        source_to_detector: float,
        detector_spacing: float | tuple[float, float] = 1.0,
        detector_offset: tuple[float, float] = (0.0, 0.0),
    ):
        shape = _pair("detector_shape", detector_shape)
        spacing = _pair(
            "detector_spacing", (detector_spacing,) * 2 if np.ndim(detector_spacing) == 0 else detector_spacing
        )
        offset = _pair("detector_offset", detector_offset)
        self._set(
            angles=_angles(angles),
            detector_shape=tuple(_count("detector_shape", n) for n in shape),
            detector_spacing=tuple(_length("detector_spacing", d) for d in spacing),
            detector_offset=tuple(_finite("detector_offset", d) for d in offset),
            **_distances(source_to_axis, source_to_detector),
        )

    def _fields(self) -> dict[str, Any]:
        names = (
            "angles",
            "detector_shape",
            "source_to_axis",
            "source_to_detector",
            "detector_spacing",
            "detector_offset",
        )
        return {name: getattr(self, name) for name in names}

    @property
    def projection_shape(self) -> tuple[int, int, int]:
        """(views, rows, columns)."""
        return len(self.angles), *self.detector_shape

    def rays(self) -> tuple[Array, Array]:
        """The sources, and the ways from there to the detector's columns."""
        return _divergent(self, super().rays())

    def columns(self) -> Array:
        """Coordinates u of the detector's columns."""
        return bins(self.detector_shape[1], self.detector_spacing[1], self.detector_offset[1])

    def rows(self) -> Array:
        """Coordinates v of the detector's rows."""
        return bins(self.detector_shape[0], self.detector_spacing[0], self.detector_offset[0])


def bins(count: int, spacing: float, offset: float = 0.0) -> Array:
    """Coordinates of `count` equally spaced points around `offset`."""
    return (np.arange(count) - (count - 1) / 2) * spacing + offset


def _divergent(geometry: FanBeam | ConeBeam, rays: tuple[Array, Array]) -> tuple[Array, Array]:
    along, forward = rays
    return -geometry.source_to_axis * forward, geometry.source_to_detector * forward + along


def _angles(angles: ArrayLike) -> Array:
    array = np.array(angles, np.float64)
    if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"angles must be one or more finite numbers in one axis, got shape {array.shape}")
    array.flags.writeable = False
    return array


def _count(name: str, value: int) -> int:
    if int(value) != value or not 1 <= value < 2**31:
        raise ValueError(f"{name} must be a positive 32-bit integer, got {value}")
    return int(value)


def _length(name: str, value: float) -> float:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be positive, got {value}")
    return float(value)


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return float(value)


def _pair(name: str, values: Any) -> tuple[Any, Any]:
    if np.shape(values) != (2,):
        raise ValueError(f"{name} must be two numbers, (along v, along u), got {values!r}")
    return values[0], values[1]


def _distances(source_to_axis: float, source_to_detector: float) -> dict[str, float]:
    axis = _length("source_to_axis", source_to_axis)
    detector = _length("source_to_detector", source_to_detector)
    if detector < axis:
        raise ValueError(f"source_to_detector must be at least source_to_axis = {axis}, got {detector}")
    return {"source_to_axis": axis, "source_to_detector": detector}
