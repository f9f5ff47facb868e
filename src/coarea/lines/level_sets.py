"""Decomposition of an image into its level sets, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_array, as_image, as_real
from coarea.base.keywords import with_hints
from coarea.base.levels import to_ranks
from coarea.base.options import one_of
from coarea.base.types import Side
from coarea.lines import _level_sets


@with_hints
def level_sets(image: ArrayLike, side: Side = "upper") -> Iterator[tuple[np.generic, NDArray[np.bool_]]]:
    """Yield the level sets one at a time, for images whose full stack would not fit in memory.

    Parameters
    ----------
    image : array_like, n-D
        Any real dtype, without NaN.
    side : {"upper", "lower"}, default "upper"
        Sets {image >= level} or {image <= level}.

    Yields
    ------
    level : numpy scalar
        The distinct grey values of the image, increasing.
    set : ndarray of bool
        Shape of the image.

    See Also
    --------
    threshold_decompose : all sets in one array.
    max_tree : their components, by inclusion.

    Examples
    --------
    >>> import coarea
    >>> [(int(level), int(mask.sum())) for level, mask in coarea.level_sets([[3, 1, 3, 8]])]
    [(1, 4), (3, 3), (8, 1)]
    """
    one_of("side", side, get_args(Side))
    array = as_image(image)
    return ((level, array >= level if side == "upper" else array <= level) for level in to_ranks(array)[1])


@with_hints
def threshold_decompose(image: ArrayLike, side: Side = "upper") -> tuple[Array, NDArray[np.bool_]]:
    r"""Decompose an image into the stack of its level sets.

    Parameters
    ----------
    image : array_like, n-D
        Any real dtype, without NaN.
    side : {"upper", "lower"}, default "upper"
        Sets {image >= level} or {image <= level}.

    Returns
    -------
    levels : (n_levels,) ndarray
        The distinct grey values, increasing, in the dtype of the image.
    sets : (n_levels, \*image.shape) ndarray of bool
        ``sets[k] = image >= levels[k]`` (or <=): one byte per pixel and level.

    See Also
    --------
    level_sets : the same sets one at a time.
    threshold_reconstruct : the inverse.

    Examples
    --------
    >>> import coarea
    >>> levels, sets = coarea.threshold_decompose([[3, 1, 3, 8]])
    >>> levels.tolist(), sets.astype(int).tolist()
    ([1, 3, 8], [[[1, 1, 1, 1]], [[1, 0, 1, 1]], [[0, 0, 0, 1]]])
    """
    one_of("side", side, get_args(Side))
    array = as_image(image)
    ranks, values = to_ranks(array)
    sets = np.empty((len(values), array.size), np.uint8)
    _level_sets.decompose(ranks.ravel(), side == "upper", sets)
    return values, sets.view(np.bool_).reshape((len(values), *array.shape))


@with_hints
def threshold_reconstruct(levels: ArrayLike, sets: ArrayLike, *, side: Side = "upper") -> Array:
    """Put an image together from level sets.

    ``u(p) = max {level : p in its set}`` for upper sets, ``u(p) = min {level : p in its set}`` for lower ones
    (equation 2 of [Darbon2005]_). The sets need not be nested.

    Parameters
    ----------
    levels : (n_levels,) array_like
        Increasing.
    sets : (n_levels, ...) array_like of bool
    side : {"upper", "lower"}, default "upper"

    Returns
    -------
    ndarray
        Shape of one set, dtype of `levels`.

    Raises
    ------
    ValueError
        If the levels do not increase, their number is not that of the sets, or a pixel is in no set.
    TypeError
        If the sets are not boolean.

    See Also
    --------
    threshold_decompose : the inverse.

    Examples
    --------
    >>> import coarea
    >>> levels, sets = coarea.threshold_decompose([[3, 1, 3, 8]])
    >>> coarea.threshold_reconstruct(levels, sets).tolist()
    [[3, 1, 3, 8]]
    """
    one_of("side", side, get_args(Side))
    values, stack = as_real("levels", levels), as_array("sets", sets)
    if stack.dtype != bool:
        raise TypeError(f"sets must be boolean, got {stack.dtype}: give a condition, such as sets > 0")
    if values.ndim != 1 or not (values[1:] > values[:-1]).all():
        raise ValueError("levels must be a sequence of increasing numbers")
    if stack.ndim < 2 or len(stack) != len(values):
        raise ValueError(f"sets must have shape ({len(values)}, ...), one set per level, got {stack.shape}")
    if stack.size == 0:
        raise ValueError(f"sets must hold at least one pixel, got shape {stack.shape}")
    flat = np.ascontiguousarray(stack).reshape(len(values), -1).view(np.uint8)
    index = np.full(flat.shape[1], -1, np.int32)
    _level_sets.reconstruct(flat, side == "upper", index)
    if (index < 0).any():
        raise ValueError("sets must cover the image: a pixel is in none of them")
    return values[index].reshape(stack.shape[1:])
