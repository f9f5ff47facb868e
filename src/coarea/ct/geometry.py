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
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.options import came

Index = slice | Sequence[int] | Array


class Geometry(ABC):
    """What the geometries share. They are values: equal if their fields are, and never change.

    Attributes
    ----------
    image_ndims : tuple of int
        Numbers of axes that an image may have.
    has_rows : bool
        Whether the detector has rows, to which rays rise out of the plane of rotation. Without them a volume is
        scanned slice by slice, if at all.
    source_to_axis, source_to_detector : float
        Distances from the source along the central ray; infinite for parallel rays.
    """

    image_ndims: ClassVar[tuple[int, ...]] = (2,)
    has_rows: ClassVar[bool] = False
    source_to_axis: float = math.inf
    source_to_detector: float = math.inf
    angles: Array
    _fields: ClassVar[tuple[str, ...]]  # the arguments of the constructor

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

    def rays(self) -> tuple[Array, Array]:
        """Points on the rays in the plane of rotation and their directions: two (views, columns, [x, y]) arrays.

        Of a divergent beam the points are the sources, and the directions lead to the detector.
        """
        cosine, sine = np.cos(self.angles), np.sin(self.angles)
        along = np.stack([cosine, sine], -1)[:, None] * self.columns()[:, None]
        forward = np.broadcast_to(np.stack([-sine, cosine], -1)[:, None], along.shape)
        if self.is_divergent:
            return -self.source_to_axis * forward, self.source_to_detector * forward + along
        return along, forward

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.object_]:
        """An object, for numpy would take a geometry for a sequence."""
        del dtype, copy
        array = np.empty((), object)
        array[()] = self
        return array

    def __len__(self) -> int:
        return len(self.angles)

    def __getitem__(self, views: Index) -> Self:
        """The geometry of some of the views, chosen as from an array of them."""
        try:
            angles = np.array(self.angles[views])
        except IndexError as error:
            raise IndexError(
                f"views must be a slice or integers from 0 to {len(self) - 1}, got {came(views)}"
            ) from error
        if angles.ndim != 1:
            raise TypeError(f"views must be a slice or a sequence, got {came(views)}")
        if not angles.size:
            raise ValueError(f"views must select some of the {len(self)} views, got {came(views)}")
        angles.flags.writeable = False
        part = object.__new__(type(self))  # the constructor would warn once more
        part._set(**{**self._arguments(), "angles": angles})
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
        return type(self), *({**self._arguments(), "angles": self.angles.tobytes()}.values())

    def _summary(self) -> list[str]:
        """What the representation says; of a spacing and an offset only if they are not the default."""
        n, degrees = len(self), np.degrees(self.angles)
        arc = np.ptp(degrees) * n / max(1, n - 1)  # each view stands for a step
        size = " x ".join(map(str, self.projection_shape[1:]))
        said = [f"{n} views over {arc:g} degrees" if n > 1 else f"1 view at {degrees[0]:g} degrees", f"{size} bins"]
        spacing, offset = self._arguments()["detector_spacing"], self._arguments()["detector_offset"]
        if np.any(np.not_equal(spacing, 1)):
            said[-1] += f" of {_by_axis(spacing)}"
        if np.any(offset):
            said.append(f"offset {_by_axis(offset)}")
        if self.is_divergent:
            said.append(f"source to axis {self.source_to_axis:g}, to detector {self.source_to_detector:g}")
        return said


def as_geometry(geometry: Geometry) -> Geometry:
    """Refuse what is no geometry."""
    if not isinstance(geometry, Geometry):
        raise TypeError(f"geometry must be a ParallelBeam, FanBeam or ConeBeam, got {type(geometry).__name__}")
    return geometry


def bins(count: int, spacing: float, offset: float = 0.0) -> Array:
    """Coordinates of `count` equally spaced points around `offset`."""
    return (np.arange(count) - (count - 1) / 2) * spacing + offset


def _by_axis(values: float | tuple[float, ...]) -> str:
    return " x ".join(f"{value:g}" for value in np.ravel(values))
