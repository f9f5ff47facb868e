"""Where the rays of a scan run: what every beam answers.

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
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_real
from coarea.base.options import came

VECTOR_AXES = {2: "[x, y]", 3: "[x, y, z]"}
Index = slice | Sequence[int] | Array


@dataclass(frozen=True)
class Rises:
    """How rays rise to the rows of a detector whose rows follow each other along z.

    Attributes
    ----------
    heights : (views or 1,) or (views, columns) ndarray
        Of the points on the rays to row 0, z.
    first : (views or 1, columns or 1) ndarray
        How far the directions to row 0 lead along z.
    steps : (views or 1,) ndarray
        From row to row.
    is_divergent : bool
        Whether the steps are those of the directions; otherwise they are those of the points.
    """

    heights: Array
    first: Array
    steps: Array
    is_divergent: bool


class Geometry(ABC):
    """What the geometries share. They are values: equal if their fields are, and never change.

    Attributes
    ----------
    image_ndims : tuple of int
        Numbers of axes that an image may have.
    has_rows : bool
        Whether the detector has rows, to which rays rise out of the plane of rotation. Without them a volume is
        scanned slice by slice, if at all.
    curved : bool
        Whether the columns of the detector lie on a circle around the source, one that is parallel to the rows.
    source_to_axis, source_to_detector : float
        Distances from the source along the central ray; infinite for parallel rays.

    See Also
    --------
    ParallelBeam, FanBeam, ConeBeam, Vectors

    Examples
    --------
    >>> from coarea import ct
    >>> beam = ct.ParallelBeam(angles=[0.0, 1.5], n_detectors=8)
    >>> isinstance(beam, ct.Geometry), len(beam), beam == beam[:], beam == beam[::-1]
    (True, 2, True, False)
    """

    image_ndims: tuple[int, ...] = (2,)
    has_rows: bool = False
    curved: bool = False
    source_to_axis: float = math.inf
    source_to_detector: float = math.inf
    angles: Array
    _fields: ClassVar[tuple[str, ...]]  # the arguments of the constructor
    _by_view: ClassVar[tuple[str, ...]] = ("angles",)  # those of them that hold something for each view

    @property
    @abstractmethod
    def projection_shape(self) -> tuple[int, ...]:
        """Shape of the projections of a single slice or, for a cone, of the volume."""

    @property
    @abstractmethod
    def column_spacing(self) -> float:
        """Distance between neighbouring columns of the detector."""

    @property
    def row_spacing(self) -> float:
        """Distance between neighbouring rows of the detector."""
        return 1.0

    @abstractmethod
    def columns(self) -> Array:
        """Coordinates u of the detector's columns."""

    def rows(self) -> Array:
        """Coordinates v of the detector's rows; one at 0 if it has none."""
        return np.zeros(1)

    @property
    def is_divergent(self) -> bool:
        """Whether the rays of a view come from one point."""
        return self.source_to_axis < math.inf

    @property
    def magnification(self) -> float:
        """How many times larger the detector sees what lies at the axis."""
        return self.source_to_detector / self.source_to_axis if self.is_divergent else 1.0

    @property
    def bin_size(self) -> float:
        """Distance between neighbouring columns of the detector as it would be at the axis."""
        step = self.column_spacing
        return step * self.source_to_axis / self.source_to_detector if self.is_divergent else step

    @abstractmethod
    def rays(self) -> tuple[Array, Array]:
        """Points on the rays, seen along z, and their directions: two (views, columns, [x, y]) arrays.

        Of a divergent beam the points are the sources, and the directions lead to the detector. The arrays may have
        the length 1 along columns.
        """

    @abstractmethod
    def rises(self) -> Rises | None:
        """How the rays rise to the rows of the detector; None if the rows do not follow each other along z."""

    @abstractmethod
    def lines(self) -> tuple[Array, Array]:
        """Points on all rays to a detector with rows and their directions: (views, rows, columns, [x, y, z]) arrays.

        They may have the length 1 along rows and columns.
        """

    @abstractmethod
    def vectors(self) -> Geometry:
        """The same rays, view by view, as :class:`Vectors`, which can be moved and turned."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.object_]:
        """An object, for numpy would take a geometry for a sequence."""
        del dtype, copy
        array = np.empty((), object)
        array[()] = self
        return array

    def __len__(self) -> int:
        return self.projection_shape[0]

    def __getitem__(self, views: Index) -> Self:
        """The geometry of some of the views, chosen as from an array of them."""
        try:
            chosen = np.arange(len(self))[views]
        except IndexError as error:
            raise IndexError(
                f"views must be a slice or integers from 0 to {len(self) - 1}, got {came(views)}"
            ) from error
        if np.ndim(chosen) != 1:
            raise TypeError(f"views must be a slice or a sequence, got {came(views)}")
        if not chosen.size:
            raise ValueError(f"views must select some of the {len(self)} views, got {came(views)}")
        given = {name: getattr(self, name) for name in self._by_view}
        parts = {name: frozen(values[chosen]) for name, values in given.items() if values is not None}
        part = object.__new__(type(self))  # the constructor would warn once more
        part._set(**{**vars(self), **parts})
        return part

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._summary())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Geometry) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a geometry does not change, so {name} cannot be set")

    def _set(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._fields}

    def _key(self) -> tuple[object, ...]:
        """What makes two geometries equal."""
        values = self._arguments().values()
        return type(self), *(value.tobytes() if isinstance(value, np.ndarray) else value for value in values)

    @abstractmethod
    def _summary(self) -> list[str]:
        """What the representation says; of what has a default only what differs from it."""


def as_geometry(geometry: Geometry) -> Geometry:
    """Refuse what is no geometry."""
    if not isinstance(geometry, Geometry):
        raise TypeError(
            f"geometry must be a ParallelBeam, FanBeam or ConeBeam, or Vectors, got {type(geometry).__name__}"
        )
    return geometry


def as_circular(method: str, geometry: Geometry) -> Geometry:
    """Refuse a geometry that is none, and those for whose rays filtered back projection has no formula here."""
    if as_geometry(geometry).curved or not hasattr(geometry, "angles"):
        kind = f"a curved {type(geometry).__name__}" if hasattr(geometry, "angles") else type(geometry).__name__
        raise ValueError(
            f"geometry must be a beam on a circle with a flat detector for {method}, got {kind}: "
            "iterate, ct.sart(ct.Projector(geometry, shape), data)"
        )
    return geometry


def frozen(values: Array) -> Array:
    """A copy that cannot be written to."""
    array = np.array(values)
    array.flags.writeable = False
    return array


def lifted(vectors: Array, heights: Array) -> Array:
    """(view, u, [x, y]) vectors at each height: (view, v, u, [x, y, z])."""
    shape = (vectors.shape[0], len(heights), vectors.shape[1])
    plane = np.broadcast_to(vectors[:, None], (*shape, 2))
    return np.concatenate([plane, np.broadcast_to(heights[:, None, None], (*shape, 1))], -1)


def bins(count: int, spacing: float, offset: float = 0.0) -> Array:
    """Coordinates of `count` equally spaced points around `offset`."""
    return (np.arange(count) - (count - 1) / 2) * spacing + offset


def by_axis(values: float | tuple[float, ...]) -> str:
    """Numbers for each axis, for people."""
    return " x ".join(f"{value:g}" for value in np.ravel(values))


def as_vectors(name: str, values: ArrayLike) -> Array:
    """(views, 2) or (views, 3) finite numbers, of one view if a single vector came."""
    array = np.atleast_2d(as_real(name, values).astype(np.float64))
    if array.ndim != 2 or array.shape[1] not in VECTOR_AXES or not len(array):
        remedy = ""
        if array.ndim == 2 and {6, 12} & {*array.shape}:
            remedy = ": of vectors as ASTRA's, (views, 6) or (views, 12), give the columns by name, u=vectors[:, 6:9]"
        elif array.ndim == 2 and array.shape[0] in VECTOR_AXES:
            remedy = f": give numpy.transpose({name})"
        raise ValueError(
            f"{name} must have shape (views, 2) or (views, 3), [x, y] or [x, y, z], got {array.shape}{remedy}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite")
    return array


def lengths(vectors: Array) -> Array:
    """Of vectors along the last axis, which stays with the length 1."""
    return np.asarray(np.linalg.norm(vectors, axis=-1, keepdims=True))


def refuse_views(rule: str, wrong: Array) -> None:
    """Raise if something is wrong in a view, and say in which."""
    views = np.flatnonzero(wrong)
    if views.size:
        raise ValueError(f"{rule} in view {views[0]}" + (f" and {views.size - 1} others" if views.size > 1 else ""))


def check_arc(columns: Array, distance: Any, *, curved: bool) -> None:
    """Refuse a curved detector that reaches to the side of its source and beyond."""
    if curved and (largest := np.max(np.abs(columns / distance))) >= np.pi / 2:
        raise ValueError(
            "a curved detector must be seen from the source within 90 degrees of the central ray, "
            f"got {np.degrees(largest):g}: detector_spacing is a length along the circle"
        )
