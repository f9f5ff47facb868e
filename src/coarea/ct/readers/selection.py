"""What readers share: the views and rows that are wanted, and angles with their units."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.colors import level_of_caller
from coarea.base.options import came
from coarea.ct.beams import TWO_TURNS

Progress: TypeAlias = Callable[[int, int], object]
ByNumber: TypeAlias = Callable[[int], ArrayLike]  # angles of so many views

UNITS = {"deg": 1.0, "degree": 1.0, "degrees": 1.0, "°": 1.0} | dict.fromkeys(
    ("rad", "radian", "radians"), 180 / np.pi
)  # in degrees
RADIANS = (3.0, 6.5)  # arcs that are half a turn or a whole one, read as radians


class Wanted:
    """What a reader was asked for, and what it tells of its progress.

    Parameters
    ----------
    rows, views, angles, callback
        As the users of the readers give them.
    """

    def __init__(self, rows: Any, views: Any, angles: Any, callback: Progress | None) -> None:
        for name, selected in (("rows", rows), ("views", views)):
            if not isinstance(selected, slice):
                example = "slice(0, None, 6)" if name == "views" else "slice(100, 110)"
                raise TypeError(f"{name} must be a slice, such as {example}, got {came(selected)}")
        if callback is not None and not callable(callback):
            raise TypeError(f"callback must be a function of two numbers, got {came(callback)}")
        self.rows, self.views = rows, views
        self.angles, self.callback = angles, callback
        self.done = self.total = 0

    def ranges(self, n_views: int, n_rows: int, source: str) -> tuple[range, range]:
        """Indices of the views and of the rows that are wanted of a file."""
        return _range("views", self.views, n_views, source), _range("rows", self.rows, n_rows, source)

    def given_angles(self, count: int, source: str) -> Array | None:
        """Angles in radians that the user gave, one for each of the `count` views of a file."""
        if self.angles is None:
            return None
        given = self.angles
        if callable(given):
            try:
                given = given(count)
            except (TypeError, ValueError) as error:
                raise TypeError(f"angles must be an array or a function of the number of views: {error}") from error
        array = as_real("angles", given).astype(np.float64)
        if array.shape != (count,) or not np.isfinite(array).all():
            raise ValueError(f"angles must be {count} finite numbers, one for each view of {source}, got {came(given)}")
        if (largest := np.abs(array).max()) > TWO_TURNS:
            warnings.warn(
                f"angles are in radians and reach {largest:g}, more than two turns: if they are degrees, "
                "give numpy.radians(angles)",
                stacklevel=level_of_caller(),
            )
        return array

    def tell(self, n_images: int) -> None:
        """Some more of `total` images have been read."""
        self.done += n_images
        if self.callback is not None:
            self.callback(self.done, self.total)


def _range(name: str, selected: slice, count: int, source: str) -> range:
    """The indices that a slice selects."""
    try:
        chosen = range(*selected.indices(count))
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be a slice of integers, got {selected}") from error
    if not chosen or chosen.step < 0:
        raise ValueError(f"{name} must select some of the {count} {name} of {source}, upwards, got {selected}")
    return chosen


def radians_of(name: str, values: Any, units: Any, count: int, source: str) -> Array:
    """Angles of a file in radians: those of `count` images, in the units that the file states, otherwise degrees."""
    array = as_real(name, values).astype(np.float64)
    if array.shape != (count,):
        raise ValueError(f"{source}: {name} must have shape {(count,)}, one for each image, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{source}: {name} must be finite")
    text = _text(units)
    if text and text.lower() not in UNITS:
        raise ValueError(f"{source}: the units of {name} must be degrees or radians, got {text!r}: give angles=")
    arc = np.ptp(array) * count / max(1, count - 1)
    if not text and RADIANS[0] < arc < RADIANS[1]:
        warnings.warn(
            f"{name} of {source} has no units and covers {arc:.3g}, taken for degrees: if these are radians, "
            "give them as angles=",
            stacklevel=level_of_caller(),
        )
    return np.radians(array * UNITS.get(text.lower(), 1.0))


def _text(value: Any) -> str:
    """An attribute of a file as text, "" if there is none."""
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else ""
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return value.strip() if isinstance(value, str) else ""
