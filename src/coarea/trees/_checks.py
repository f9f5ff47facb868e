"""Checks of the arrays that a tree is made of: kernels index memory with them, untested."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, Indices, as_array, as_real

TreeArrays = tuple[Indices, Array, Indices, NDArray[np.int8]]


def checked_arrays(parent: ArrayLike, value: ArrayLike, node_of_pixel: ArrayLike, polarity: ArrayLike) -> TreeArrays:
    """Copies of a tree's arrays as kernels want them, or an error that names the first bad entry.

    They are copies, since what is written into the caller's arrays later would not be checked.
    """
    parents = _integers("parent", parent)
    if parents.ndim != 1 or not 0 < parents.size <= INDEX_MAX:
        raise ValueError(f"parent must have shape (n,) with 0 < n < 2**31, got {parents.shape}")
    n = len(parents)
    before = np.arange(n)
    before[0] = 1  # the root is its own parent
    _refuse("parent", parents, (parents < 0) | (parents >= before), "0 at the root and less than its index elsewhere")
    values = np.asarray(value)
    if values.dtype.kind not in "buif":
        raise TypeError(f"value must have a real dtype, got {values.dtype}")
    _check_shape("value", values, n)
    _refuse("value", values, np.isnan(values), "a number")
    pixels = _integers("node_of_pixel", node_of_pixel)
    if pixels.ndim == 0 or not 0 < pixels.size <= INDEX_MAX:
        raise ValueError(f"node_of_pixel must hold at least one pixel and fewer than 2**31, got shape {pixels.shape}")
    _refuse("node_of_pixel", pixels, (pixels < 0) | (pixels >= n), f"a node, in [0, {n})")
    signs = _integers("polarity", polarity)
    _check_shape("polarity", signs, n)
    bad = (signs < -1) | (signs > 1)
    bad[0] |= signs[0] != 0
    _refuse("polarity", signs, bad, "0 at the root and -1, 0 or 1 elsewhere")
    return (
        np.array(parents, np.int32, order="C"),
        np.array(values, values.dtype.newbyteorder("="), order="C"),
        np.array(pixels, np.int32, order="C"),
        np.array(signs, np.int8, order="C"),
    )


def booleans_of_nodes(name: str, values: ArrayLike, n: int) -> NDArray[np.bool_]:
    """A choice of nodes, which attributes are often taken for."""
    chosen = as_array(name, values)
    if chosen.dtype != bool:
        remedy = (
            ": compare it with a number, as in attributes.area(tree) >= 50" if chosen.dtype.kind not in "SU" else ""
        )
        raise TypeError(f"{name} must be boolean, got {chosen.dtype}{remedy}")
    _check_shape(name, chosen, n)
    return np.ascontiguousarray(chosen)


def checked_nodes(name: str, nodes: ArrayLike, n: int) -> Array:
    """Indices of nodes, all of which the tree has."""
    indices = _integers(name, nodes)
    if indices.size and not 0 <= indices.min() <= indices.max() < n:
        wrong = indices[(indices < 0) | (indices >= n)]
        raise IndexError(f"{name} must be in [0, {n}), got {wrong.flat[0]}")
    return indices


def _integers(name: str, values: ArrayLike) -> Array:
    array = as_real(name, values)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integers, got {array.dtype}")
    return array


def _check_shape(name: str, array: Array, n: int) -> None:
    if array.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), one entry per node, got {array.shape}")


def _refuse(name: str, array: Array, is_bad: NDArray[np.bool_], rule: str) -> None:
    if is_bad.any():
        first = np.unravel_index(np.argmax(is_bad), is_bad.shape)
        raise ValueError(f"{name}[{', '.join(map(str, first))}] must be {rule}, got {array[first]}")
