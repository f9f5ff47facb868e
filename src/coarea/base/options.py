"""Checks of options: each returns the option in one type, or says its name, the rule and what came.

Numbers are converted first and checked after, so scalars of numpy and arrays of no axis do as well as Python's.
Booleans are no numbers.
"""

import math
import operator
import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, as_array, as_real

LONGEST = 120  # characters of what came


def one_of(name: str, value: object, choices: Iterable[object]) -> None:
    """Refuse a value that is not one of the choices, and list them."""
    choices = tuple(choices)
    value = value.item() if isinstance(value, np.generic) else value
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {came(value)}")


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
    try:
        number = float(_scalar(value))
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (least <= number <= most) or not (number > above or above == -math.inf) or (finite and math.isinf(number)):
        raise ValueError(f"{name} must be {rule}, got {came(value)}")
    return number


def as_count(name: str, value: Any, *, least: int = 1, most: int = INDEX_MAX) -> int:
    """An integer; floats that are whole numbers are taken as integers."""
    try:
        scalar = _scalar(value)
        is_whole = isinstance(scalar, float | np.floating) and np.isfinite(scalar) and scalar == int(scalar)
        whole = int(scalar) if is_whole else operator.index(scalar)
    except (TypeError, ValueError, OverflowError):
        whole = least - 1
    if not least <= whole <= most:
        rule = f" of at least {least}" if least > -INDEX_MAX else ""
        rule += f" and at most {most}" if most < INDEX_MAX else ""
        raise ValueError(f"{name} must be an integer{rule}, got {came(value)}")
    return whole


def as_choice(name: str, value: Any, choices: Iterable[int]) -> int:
    """An integer that is one of the choices."""
    choices = tuple(choices)
    try:
        whole = as_count(name, value, least=min(choices))
    except ValueError:
        whole = min(choices) - 1
    if whole not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {came(value)}")
    return whole


def as_flag(name: str, value: Any) -> bool:
    """True or False, also as 1 or 0; a text would be true whatever it says."""
    if not isinstance(value, bool | np.bool_ | int | np.integer) or value not in (0, 1):
        raise ValueError(f"{name} must be True or False, got {came(value)}")
    return bool(value)


def as_color(name: str, value: Any) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255."""
    if np.shape(value) != (3,):
        raise ValueError(f"{name} must be red, green and blue from 0 to 255, got {came(value)}")
    red, green, blue = (as_count(name, part, least=0, most=255) for part in value)
    return red, green, blue


def as_axis(name: str, value: Any, ndim: int) -> int:
    """An axis of an array, counted from the first one."""
    try:
        axis = operator.index(_scalar(value))
    except (TypeError, ValueError):
        axis = ndim
    if not -ndim <= axis < ndim:
        rule = f"one of the {ndim} axes of the image, as an integer from {-ndim} to {ndim - 1}"
        raise ValueError(f"{name} must be {rule}, got {came(value)}")
    return axis % ndim


def as_nonnegative(name: str, values: ArrayLike, *shapes: tuple[int, ...], hint: str = "") -> NDArray[np.float64]:
    """Weights as doubles, in one of the shapes; `hint` says what their axes are."""
    array = _shaped(name, as_real(name, values), shapes, hint).astype(np.float64)
    if not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{name} must be finite and >= 0")
    return array


def as_mask(name: str, values: ArrayLike, *shapes: tuple[int, ...], hint: str = "") -> NDArray[np.bool_]:
    """Booleans in one of the shapes; `hint` says what their axes are."""
    array = as_array(name, values)
    if array.dtype != bool:
        raise TypeError(f"{name} must be boolean, got {array.dtype}: give a condition, such as {name} > 0")
    return _shaped(name, array, shapes, hint)


def as_edges(name: str, values: ArrayLike, n_nodes: int) -> NDArray[np.int32]:
    """The ends of edges between nodes, a row for each edge."""
    ends: Any = as_real(name, values)
    if ends.size == 0:
        ends = np.empty((0, 2), np.int32)
    if ends.ndim != 2 or ends.shape[1] != 2:
        remedy = f": give {name}.T" if ends.ndim == 2 and len(ends) == 2 else ""
        raise ValueError(f"{name} must have shape (n_edges, 2), got {ends.shape}{remedy}")
    if ends.dtype.kind not in "ui":
        raise TypeError(f"{name} must be integers, got {ends.dtype}")
    if ends.size and not (ends.min() >= 0 and ends.max() < n_nodes):
        raise ValueError(f"{name} must join nodes in [0, {n_nodes}), got {ends.min()} to {ends.max()}")
    whole: NDArray[np.int32] = ends.astype(np.int32)
    return whole


def as_sizes(name: str, value: Any, *, most: int = INDEX_MAX) -> tuple[int, ...]:
    """The shape of an array."""
    if np.ndim(value) != 1:
        remedy = ": give the shape of the array" if np.ndim(value) else ""
        raise ValueError(f"{name} must be a sequence of sizes, one for each axis, got {came(value)}{remedy}")
    return tuple(as_count(name, size, most=most) for size in value)


def as_spacing(name: str, value: ArrayLike, ndim: int) -> tuple[float, ...]:
    """A positive length along each axis, from one for all or one for each."""
    parts: Any = value if isinstance(value, Iterable) and np.ndim(value) else [value] * ndim
    try:
        steps = tuple(as_number(name, part, above=0) for part in parts)
    except ValueError:
        steps = ()
    if len(steps) != ndim:
        raise ValueError(f"{name} must be a positive number or one for each of {ndim} axes, got {came(value)}")
    return steps


def check_axes(ax: Any) -> None:
    """Refuse what nothing can be drawn on; None is a new figure."""
    if ax is not None and not hasattr(ax, "add_collection"):
        remedy = "give one of pyplot.subplots()" if type(ax).__name__ != "Figure" else "give one of figure.axes"
        raise TypeError(f"ax must be Axes of matplotlib, got {type(ax).__name__}: {remedy}")


def came(value: Any) -> str:
    """What came instead, in few words."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    text = repr(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def as_path(name: str, value: Any) -> str:
    """The name of a file."""
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{name} must be the name of a file, got {came(value)}")
    path: str = os.fspath(value)
    return path


def _scalar(value: Any) -> Any:
    """The number in an array of no axis; refuses what is no number."""
    if isinstance(value, np.ndarray | np.generic):
        if value.ndim or np.ma.is_masked(value):
            raise TypeError("not a number")
        value = np.asarray(value)[()]
    if isinstance(value, bool | np.bool_ | str | bytes | np.str_ | np.bytes_ | np.datetime64 | np.timedelta64):
        raise TypeError("not a number")
    return value


def _shaped(name: str, array: Array, shapes: tuple[tuple[int, ...], ...], hint: str) -> Array:
    if array.shape not in shapes:
        rule = " or ".join(map(str, shapes)) + (f", {hint}" if hint else "")
        raise ValueError(f"{name} must have shape {rule}, got {array.shape}")
    return array
