"""Checks of options: each returns the option in one type, or says its name, the rule and what came.

Numbers are converted first and checked after, so scalars of numpy and arrays of no axis do as well as Python's.
"""

import math
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array


def one_of(name: str, value: object, choices: Iterable[object]) -> None:
    """Refuse a value that is not one of the choices, and list them."""
    choices = tuple(choices)
    value = value.item() if isinstance(value, np.generic) else value
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")


def as_number(
    name: str,
    value: Any,
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    most: float = math.inf,
    finite: bool = True,
) -> float:
    """A real number; `least` and `most` are allowed themselves, `above` is not. NaN never is."""
    rule = "a finite number" if finite and math.isinf(most) else "a number"
    rule += f" > {above:g}" if above > -math.inf else f" >= {least:g}" if least > -math.inf else ""
    rule += f" and <= {most:g}" if most < math.inf else ""
    scalar = np.asarray(value)
    try:
        number = float(value) if scalar.ndim == 0 and scalar.dtype.kind in "buifO" else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (least <= number <= most) or not (number > above or above == -math.inf) or (finite and math.isinf(number)):
        raise ValueError(f"{name} must be {rule}, got {value!r}")
    return number


def as_count(name: str, value: Any, *, least: int = 1, most: int = INDEX_MAX) -> int:
    """An integer; floats that are whole numbers are taken as integers."""
    try:
        whole = int(value) if isinstance(value, float | np.floating) and value == int(value) else operator.index(value)
    except (TypeError, ValueError, OverflowError):
        whole = least - 1
    if not least <= whole <= most:
        limit = f" and at most {most}" if most != INDEX_MAX else ""
        raise ValueError(f"{name} must be an integer of at least {least}{limit}, got {value!r}")
    return whole


def as_axis(name: str, value: Any, ndim: int) -> int:
    """An axis of an array, counted from the first one."""
    try:
        axis = ndim if isinstance(value, bool | np.bool_) else operator.index(value)
    except TypeError:
        axis = ndim
    if not -ndim <= axis < ndim:
        raise ValueError(f"{name} must be one of the {ndim} axes of the image, as an integer, got {value!r}")
    return axis % ndim


def as_nonnegative(name: str, values: ArrayLike, *shapes: tuple[int, ...]) -> NDArray[np.float64]:
    """Weights as doubles, in one of the shapes."""
    array = _shaped(name, values, shapes)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must have a real dtype, got {array.dtype}")
    array = array.astype(np.float64)
    if not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{name} must be finite and >= 0")
    return array


def as_mask(name: str, values: ArrayLike, *shapes: tuple[int, ...]) -> NDArray[np.bool_]:
    """Booleans in one of the shapes."""
    array = _shaped(name, values, shapes)
    if array.dtype != bool:
        raise TypeError(f"{name} must be boolean, got {array.dtype}")
    return array


def as_spacing(name: str, value: ArrayLike, ndim: int) -> tuple[float, ...]:
    """A positive length along each axis, from one for all or one for each."""
    steps = np.asarray(value, np.float64)
    if steps.shape not in ((), (ndim,)) or not (np.isfinite(steps) & (steps > 0)).all():
        raise ValueError(f"{name} must be a positive number or one for each of {ndim} axes, got {value!r}")
    return tuple(np.broadcast_to(steps, ndim).tolist())


def _shaped(name: str, values: ArrayLike, shapes: tuple[tuple[int, ...], ...]) -> Array:
    array = np.asarray(values)
    if array.shape not in shapes:
        raise ValueError(f"{name} must have shape {' or '.join(map(str, shapes))}, got {array.shape}")
    return array
