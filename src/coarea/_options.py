"""Checks of the options that the filters share."""

import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea._check import Array

DOMAINS = ("pixels", "shapes", "max_tree", "min_tree")


def as_number(name: str, value: Any, *, positive: bool = False) -> float:
    """A finite number that is not negative."""
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if not (is_number and 0 <= value <= sys.float_info.max) or (positive and value == 0):
        raise ValueError(f"{name} must be a finite number {'>' if positive else '>='} 0, got {value!r}")
    return float(value)


def as_nonnegative(name: str, values: ArrayLike, *shapes: tuple[int, ...]) -> Array:
    """Weights as doubles, in one of the shapes."""
    array = np.asarray(values)
    if array.shape not in shapes:
        raise ValueError(f"{name} must have shape {' or '.join(map(str, shapes))}, got {array.shape}")
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must have a real dtype, got {array.dtype}")
    array = array.astype(np.float64)
    if not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{name} must be finite and >= 0")
    return array


def as_mask(name: str, values: ArrayLike, *shapes: tuple[int, ...]) -> Array:
    """Booleans in one of the shapes."""
    array = np.asarray(values)
    if array.shape not in shapes:
        raise ValueError(f"{name} must have shape {' or '.join(map(str, shapes))}, got {array.shape}")
    if array.dtype != bool:
        raise TypeError(f"{name} must be boolean, got {array.dtype}")
    return array


def refuse_foreign_options(domain: str, **options: Any) -> None:
    """Refuse options that say nothing in the domain."""
    own = {"pixels": {"neighbors", "solver"}, "shapes": {"connectivity", "border"}}.get(domain, {"connectivity"})
    for name, value in options.items():
        if value is not None and name not in own:
            raise ValueError(f"{name} does not apply to domain={domain!r}, got {value!r}")
