"""Bounds that the result may not leave."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_real
from coarea.base.levels import integer_range
from coarea.exact._model import Labels, Model
from coarea.exact._setting import Data
from coarea.trees.tree import Tree

NO_BOUND = {"lower": "-numpy.inf", "upper": "numpy.inf"}


class Bounds(NamedTuple):
    """The least and the largest value of each site, in the dtype of the result."""

    lower: Array
    upper: Array


def as_bound(name: str, values: ArrayLike | None, *shapes: tuple[int, ...]) -> Array | None:
    """A number for all or an array in one of the shapes; infinite where there is no bound, which None is everywhere."""
    if values is None:
        return None
    array = as_real(name, values)
    if array.ndim and array.shape not in shapes:
        raise ValueError(f"{name} must be a number or have shape {' or '.join(map(str, shapes))}, got {array.shape}")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"{name} contains NaN: where there is no bound give {NO_BOUND[name]}")
    return array.astype(array.dtype.newbyteorder("="))


def bounds_of(model: Model, image: Array, data: Data) -> Bounds | None:
    """The bounds of the sites whose values are given; what their dtype does not have moves inwards to what it has."""
    if data.lower is None and data.upper is None:
        return None
    dtype = image.dtype if model.resolution is None else np.dtype(np.float32 if image.dtype == "f4" else np.float64)
    lower, upper = (
        np.broadcast_to(_as_values(name, bound, dtype), image.shape)
        for name, bound in (("lower", data.lower), ("upper", data.upper))
    )
    if (lower > upper).any():
        where = np.unravel_index(np.argmax(lower > upper), lower.shape)
        given = [None if b is None else np.broadcast_to(b, image.shape)[where] for b in (data.lower, data.upper)]
        raise ValueError(
            f"lower must be at most upper, with a value of dtype {dtype} between, got {given[0]} and {given[1]} at "
            f"({', '.join(map(str, where))})"
        )
    return Bounds(lower, upper)


def bounds_of_nodes(bounds: Bounds | None, tree: Tree) -> Bounds | None:
    """The bounds of the nodes of a tree: those of all pixels that a node owns."""
    if bounds is None:
        return None
    nodes = tree.node_of_pixel.ravel()
    least, most = _range(bounds.lower.dtype)
    lower, upper = np.full(len(tree), least), np.full(len(tree), most)
    np.maximum.at(lower, nodes, bounds.lower.ravel())
    np.minimum.at(upper, nodes, bounds.upper.ravel())
    if (lower > upper).any():
        node = int(np.argmax(lower > upper))
        raise ValueError(
            f"lower and upper must leave the pixels of each node of the tree a common value, got {lower[node]} and "
            f'{upper[node]} in node {node}: domain="pixels" has no such rule'
        )
    return Bounds(lower, upper)


def labels_within(model: Model, values: Array, bounds: Bounds | None, fixed: NDArray[np.bool_] | None) -> Labels:
    """Values as levels, with their bounds, which are levels too."""
    if bounds is None or (bounds.lower.max() <= values.min() and bounds.upper.min() >= values.max()):
        return model.labels(values)
    values = values.astype(bounds.lower.dtype)
    nearest = np.clip(values, *bounds)
    if fixed is not None and (nearest != values)[fixed].any():
        wrong = values[fixed & (nearest != values)].flat[0]
        raise ValueError(f"fixed pixels must lie between lower and upper, got one of {wrong}")
    least, most = nearest.min(), nearest.max()  # no minimiser leaves this range: moved into it, it costs no more
    lower, upper = (np.clip(bound, least, most) for bound in bounds)
    labels = model.labels(np.stack([values, lower, upper]))
    level, low, high = labels.level
    return labels._replace(level=level, lower=low, upper=high, bounds=(lower, upper))


def _as_values(name: str, bound: Array | None, dtype: np.dtype[np.generic]) -> Array:
    """A bound in the dtype of the result: a lower one rounded up, an upper one down; None is the end of its range."""
    least, most = _range(dtype)
    if bound is None:
        return np.asarray(least if name == "lower" else most)
    if (bound.dtype == bool) != (dtype == bool):
        raise TypeError(f"{name} must hold grey values of dtype {dtype}, got {bound.dtype}")
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            rounded = bound.astype(dtype)
        wrong = rounded < bound if name == "lower" else rounded > bound
        rounded = np.where(wrong, np.nextafter(rounded, most if name == "lower" else least), rounded)
        if (rounded == (most if name == "lower" else least)).any():
            raise ValueError(f"{name} must leave finite values of dtype {dtype}, got {_extreme(name, bound)}")
        return rounded
    whole = bound if bound.dtype.kind in "ui" else np.ceil(bound) if name == "lower" else np.floor(bound)
    if (whole > most if name == "lower" else whole < least).any():
        raise ValueError(f"{name} must leave values of dtype {dtype}, {least} to {most}, got {_extreme(name, bound)}")
    inside = (whole > least) & (whole < most)
    return np.where(inside, np.where(inside, whole, 0).astype(dtype), np.where(whole <= least, least, most))


def _extreme(name: str, bound: Array) -> object:
    return bound.max() if name == "lower" else bound.min()


def _range(dtype: np.dtype[np.generic]) -> tuple[np.generic, np.generic]:
    """The ends of what a dtype holds."""
    ends = (-np.inf, np.inf) if dtype.kind == "f" else integer_range(dtype)
    return dtype.type(ends[0]), dtype.type(ends[1])
