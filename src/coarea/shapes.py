"""The tree of shapes: components of upper and lower level sets with their holes filled."""

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea import _tree_of_shapes
from coarea._cells import Indices, rank
from coarea._check import INDEX_MAX, Array, as_image, one_of, to_levels
from coarea.tree import Tree

BORDERS = ("half-area", "median", "mean", "minimum", "maximum")


def tree_of_shapes(
    image: ArrayLike, *, connectivity: str = "8-4", border: str | float | Sequence[int] = "half-area"
) -> Tree:
    """Tree of shapes: the components of upper and lower level sets with their holes filled, ordered by inclusion.

    Parameters
    ----------
    image : array_like, 2-D
        Any real dtype, without NaN.
    connectivity : {"8-4", "4-8"}, default "8-4"
        Neighbourhoods of upper and of lower level sets. "8-4" is the convention of the Fast Level Set Transform
        [MonasseGuichard2000]_. The tree of ``-image`` with one pair is the tree of ``image`` with the other, with
        upper and lower exchanged.
    border : "half-area", number, name or pixel, default "half-area"
        Where the outside of the shapes is.

        "half-area"
            A level line that ends on the image frame bounds two regions; its shape is the smaller one, and of two
            equal halves the one without pixel (0, 0). The convention of [MonasseGuichard2000]_.
        a number, or "median", "mean", "minimum", "maximum" of the frame's pixels
            The image is surrounded by a ring of that value. The root stands for the ring: it may own no pixel, and
            ``value[0]`` is the ring's value rounded down to the image's dtype. An empty root above a node that is
            the whole image is dropped.
        (row, column)
            The outside is that pixel.

    Returns
    -------
    Tree
        Root: the whole image.

    Raises
    ------
    ValueError
        If the image is not 2-D, contains NaN or is empty, or an option is unknown.
    TypeError
        If the dtype is not real.

    Notes
    -----
    The tree of level lines does not depend on where its root is; it is the contour tree of [Carr2003]_, rooted at
    the ring or a pixel. For "half-area" it is rooted at pixel (0, 0), then the edges are reversed on the way to the
    region from which no open level line has more than half of the image on its far side.

    Examples
    --------
    >>> import numpy as np
    >>> import coarea
    >>> image = np.zeros((5, 7), np.uint8)
    >>> image[1:4, 1:4] = 9
    >>> image[2, 2] = 4
    >>> tree = coarea.tree_of_shapes(image)
    >>> tree.value.tolist(), tree.polarity.tolist(), tree.parent.tolist()
    ([0, 9, 4], [0, 1, -1], [0, 0, 1])
    """
    array = as_image(image, ndim=2)
    one_of("connectivity", connectivity, ("8-4", "4-8", "self-dual"))
    if math.prod(length + 2 for length in array.shape) > INDEX_MAX:
        raise ValueError(f"image must have fewer than 2**31 pixels, margin included, got shape {array.shape}")
    levels, values = to_levels(array)
    outside = _outside(array, border)
    if isinstance(outside, tuple):
        parent, level, node_of_pixel, polarity, _ = _flood(levels, len(values), connectivity, border == "half-area", outside)
        value = values[level]
    else:
        below, is_level, rounded = rank(values, outside)
        parent, level, node_of_pixel, polarity, has_ring = _flood(levels, len(values), connectivity, False, (0, 0), below, is_level)
        value = values[level]
        if has_ring:
            value[0] = rounded
    kept_border = border if isinstance(border, str) else outside
    return Tree(parent, value, node_of_pixel, polarity, "tree of shapes", connectivity, kept_border)


def _flood(
    levels: Array,
    n_levels: int,
    connectivity: str,
    half_area: bool,
    root: tuple[int, ...],
    ring_below: int = -1,
    ring_is_level: bool = False,
) -> tuple[Indices, Indices, Indices, NDArray[np.int8], bool]:
    """Parent and level of the nodes, the node of each pixel and the polarities, by the flood of a plane image."""
    height, width = levels.shape
    margin = (height + 2) * (width + 2)
    flip = connectivity == "4-8"
    if flip and ring_below >= 0:
        ring_below = n_levels - ring_below - ring_is_level
    octets = np.empty(4 * margin + levels.size, np.uint8)
    integers = np.empty(2 * margin + 6 * levels.size + 16, np.int32)
    n_raw, n_aliases, has_ring = _tree_of_shapes.build(
        levels,
        n_levels,
        flip,
        connectivity == "self-dual",
        (root[0] + 1) * (width + 2) + root[1] + 1,
        ring_below,
        ring_is_level,
        np.empty(margin, levels.dtype),
        octets,
        integers,
        np.empty(2 * n_levels + 2, np.int32),
        np.empty(n_levels // 32 + 8, np.uint64),
    )
    parent, level = np.empty((2, n_raw - n_aliases), np.int32)
    polarity = np.empty(len(parent), np.int8)
    node_of_pixel = np.empty(levels.shape, np.int32)
    _tree_of_shapes.number(
        n_raw, height, width, n_levels - 1 if flip else 0, half_area, octets, integers, parent, level, polarity, node_of_pixel
    )
    return parent, level, node_of_pixel, polarity, has_ring


def _outside(image: Array, border: Any) -> float | tuple[int, ...]:
    """The pixel at which a tree of shapes is rooted, or the value of the ring around the image."""
    if border == "half-area":
        return (0,) * image.ndim
    if isinstance(border, Sequence | np.ndarray) and not isinstance(border, str):
        pixel = tuple(border)
        inside = [isinstance(i, int | np.integer) and 0 <= i < length for i, length in zip(pixel, image.shape, strict=False)]
        if len(pixel) != image.ndim or not all(inside):
            raise ValueError(f"border must be a pixel (row, column) inside the image of shape {image.shape}, got {border!r}")
        return tuple(map(int, pixel))
    value: Any = _frame_statistic(image, border) if isinstance(border, str) else border
    if not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"border must be a name, a finite number or a pixel, got {border!r}")
    return cast(float, value)


def _frame_statistic(image: Array, name: str) -> float:
    one_of("border", name, BORDERS)
    inner = np.zeros(image.shape, bool)
    inner[(slice(1, -1),) * image.ndim] = True
    frame = image[~inner]
    if name in ("minimum", "maximum"):
        extreme: float = (frame.min() if name == "minimum" else frame.max()).item()
        return extreme
    frame = frame.astype(np.result_type(frame, np.float64))
    return float(np.median(frame) if name == "median" else np.mean(frame))
