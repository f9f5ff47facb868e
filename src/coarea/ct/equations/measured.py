"""What was measured, and how well: data, their weights, their noise; and the bounds of an image's values."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.linalg import LinearOperator

from coarea.base.arrays import Array, as_real
from coarea.base.namespaces import as_numpy
from coarea.base.options import as_number
from coarea.ct.equations.operators import LinearMap, ProjectorMap, Shape, is_many
from coarea.ct.geometry import Geometry
from coarea.ct.projector import with_axes


@dataclass(frozen=True, eq=False)
class Measured:
    """Flat data with their weights, None if all are 1; where a weight is 0 the data are 0, whatever they were."""

    data: Array
    weights: Array | None
    epsilon: float

    @classmethod
    def of(
        cls,
        operator: Any,
        data: ArrayLike,
        maps: list[LinearMap],
        *,
        weights: ArrayLike | None,
        epsilon: float | None,
        noise: ArrayLike | None,
    ) -> Measured:
        """From what the user gave."""
        if isinstance(data, LinearOperator | Geometry):
            raise TypeError(
                f"data must be an array, got {type(data).__name__}: the operator comes first, then the data"
            )
        many = is_many(operator)
        values = _flat("data", data, maps, many)
        if epsilon is not None and noise is not None:
            raise ValueError("epsilon and noise exclude each other")
        limit = 0.0 if epsilon is None else as_number("epsilon", epsilon, least=0)
        known = None if weights is None else _as_weights(_flat("weights", weights, maps, many))
        if noise is not None:
            deviation = _flat("noise", noise, maps, many, or_one=True).astype(np.float64)
            deviation = np.broadcast_to(deviation, values.shape)
            if not (deviation >= 0).all() if known is None else not (deviation[known > 0] >= 0).all():
                raise ValueError("noise must be >= 0: infinite where nothing was measured")
            if np.isinf(deviation).any():
                known = np.where(np.isinf(deviation), 0, 1 if known is None else known)
            squares = deviation**2 if known is None else np.where(known > 0, deviation, 0) ** 2 * known
            limit = math.sqrt(float(squares.sum()))
        if known is not None:
            if not known.any():
                raise ValueError("weights, or finite noise, must be left for some of the data")
            values = np.where(known > 0, values, 0)
            known = None if (known == 1).all() else known
        if not np.isfinite(values).all():
            raise ValueError("data must be finite where measured: give weights=numpy.isfinite(data)")
        return cls(values, known, limit)


def without_unmeasured(maps: list[LinearMap], given: Measured) -> tuple[list[LinearMap], Measured]:
    """Leave out operators, or views of a projector, of which nothing was measured."""
    if given.weights is None or (len(maps) == 1 and not isinstance(maps[0], ProjectorMap)):
        return maps, given
    if len(maps) > 1:
        sizes = [math.prod(a.range_shape) for a in maps]
    else:
        sizes = [math.prod(maps[0].range_shape[1:])] * maps[0].range_shape[0]
    used = [bool(part.any()) for part in np.split(given.weights, np.cumsum(sizes)[:-1])]
    if all(used):
        return maps, given
    if isinstance(maps[0], ProjectorMap) and len(maps) == 1:
        maps = [ProjectorMap(maps[0].projector.subset(np.flatnonzero(used)))]
    else:
        maps = [a for a, use in zip(maps, used, strict=True) if use]
    rays = np.repeat(used, sizes)
    weights = given.weights[rays]
    return maps, Measured(given.data[rays], None if (weights == 1).all() else weights, given.epsilon)


def bounds(lower: float | ArrayLike, upper: float | ArrayLike, shape: Shape, dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """Numbers, or flat arrays of the size of an image."""
    least, most = _bound("lower", lower, shape), _bound("upper", upper, shape)
    if isinstance(least, float) and isinstance(most, float):
        return least, as_number("upper", most, least=least, finite=False)
    if (np.broadcast_to(least, shape) > most).any():
        raise ValueError("upper must be >= lower everywhere")
    lower, upper = (bound if isinstance(bound, float) else bound.astype(dtype).ravel() for bound in (least, most))
    return lower, upper


def check_shape(name: str, array: Array, shape: Shape, size: int, of: str = "") -> None:
    """Refuse an array that is neither in a shape nor flat; `of` says whose shape it is."""
    if array.shape not in (shape, (size,)):
        remedy = f": give numpy.transpose({name})" if array.shape[::-1] == shape else ""
        raise ValueError(f"{name} must have shape {with_axes(name, shape)}{of}, got {array.shape}{remedy}")


def _flat(name: str, values: Any, maps: list[LinearMap], many: bool, *, or_one: bool = False) -> Array:
    """One flat array of the values of all rays; also one number, in an array of one, if that will do."""
    sizes = [math.prod(a.range_shape) for a in maps]
    if many and isinstance(values, list | tuple) and len(values) == len(maps) and all(np.ndim(v) for v in values):
        parts = [as_real(f"{name}[{k}]", as_numpy(part)) for k, part in enumerate(values)]
        if any(part.size != 1 for part in parts) or all(size == 1 for size in sizes):
            for k, (part, a, size) in enumerate(zip(parts, maps, sizes, strict=True)):
                check_shape(f"{name}[{k}]", part, a.range_shape, size)
            return np.concatenate([part.ravel() for part in parts])
    array, size = as_real(name, as_numpy(values)), sum(sizes)
    if or_one:
        if array.size == 1:
            return array.reshape(1)
        if array.size != size:
            raise ValueError(f"{name} must have shape (1,) or ({size},), got {array.shape}")
    if len(maps) == 1:
        shape = maps[0].range_shape
        check_shape(name, array, shape, size, " for the operator" if len(shape) == 1 < array.ndim else "")
    elif array.shape not in _shapes_of_all(maps):
        raise ValueError(f"{name} must have shape ({size},), or be an array for each operator, got {array.shape}")
    return array.ravel()


def _shapes_of_all(maps: list[LinearMap]) -> set[Shape]:
    """What an array of the values of many operators may have: flat, one after another, or stacked."""
    shapes = [a.range_shape for a in maps]
    allowed: set[Shape] = {(sum(map(math.prod, shapes)),)}
    if len({shape[1:] for shape in shapes}) == 1:
        allowed.add((sum(shape[0] for shape in shapes), *shapes[0][1:]))
    if len(set(shapes)) == 1:
        allowed |= {(len(maps), *shapes[0]), (len(maps), math.prod(shapes[0]))}
    return allowed


def _as_weights(weights: Array) -> Array:
    known = np.nan_to_num(weights.astype(np.float64), nan=0.0, posinf=math.inf, neginf=-math.inf)
    if not np.isfinite(known).all() or (known < 0).any():
        raise ValueError("weights must be finite and >= 0: 0, or NaN, where nothing was measured")
    return known


def _bound(name: str, value: Any, shape: Shape) -> float | Array:
    if (
        not isinstance(value, list | tuple | str | bytes | os.PathLike)
        and np.ndim(value) == 0
        and not hasattr(value, "node_of_pixel")
    ):
        return as_number(name, value, finite=False)
    array = as_real(name, as_numpy(value))
    try:
        found = np.broadcast_to(array, shape)
    except ValueError:
        rule = f"a number or broadcast to the image's shape {shape}"
        raise ValueError(f"{name} must be {rule}, got {array.shape}") from None
    if np.isnan(found).any():
        raise ValueError(f"{name} must hold numbers, got NaN")
    return found
