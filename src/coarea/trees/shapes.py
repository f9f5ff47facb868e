"""The tree of shapes: components of upper and lower level sets with their holes filled."""

from __future__ import annotations

import math
import sys
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.keywords import with_hints
from coarea.base.levels import rank, to_levels
from coarea.base.options import as_count, came, one_of
from coarea.base.types import Border, BorderName, PlaneConnectivity, ShapeConnectivity, VolumeConnectivity
from coarea.trees import _planar, _spatial
from coarea.trees._given import image_of_tree
from coarea.trees._ring import Ring
from coarea.trees.tree import Tree

CONNECTIVITIES = {2: get_args(PlaneConnectivity), 3: get_args(VolumeConnectivity)}  # the first one is the default


@with_hints
def tree_of_shapes(
    image: ArrayLike, *, connectivity: ShapeConnectivity | None = None, border: Border = "half-area"
) -> Tree:
    """Tree of shapes: the components of upper and lower level sets with their holes filled, ordered by inclusion.

    Parameters
    ----------
    image : array_like, 2-D or 3-D
        Any real dtype, without NaN.
    connectivity : {"8-4", "4-8", "self-dual", "26-6", "6-26"}, optional
        Neighbourhoods of upper and of lower level sets: for images the first three, default "8-4", the convention of
        the Fast Level Set Transform [MonasseGuichard2000]_; for volumes the last two, default "26-6". The tree of
        ``-image`` with one pair is the tree of ``image`` with the other, with upper and lower exchanged.

        In a "self-dual" tree the shape outside wins each saddle: the tree of ``-image`` is that of ``image`` with upper
        and lower exchanged [Geraud2013]_. Shapes are 4-connected. Saddles are seen from the outside, for "half-area"
        from pixel (0, 0).
    border : "half-area", number, name or pixel, default "half-area"
        Where the outside of the shapes is.

        "half-area"
            A level line that ends on the image frame bounds two regions; its shape is the smaller one, and of two
            equal halves the one without pixel (0, 0). The convention of [MonasseGuichard2000]_.
        a number, or "median", "mean", "minimum", "maximum" of the frame's pixels
            The image is surrounded by a ring of that value. The root stands for the ring: it may own no pixel, and
            ``value[0]`` is the ring's value rounded down to the image's dtype. An empty root above a node that is
            the whole image is dropped.
        (row, column), in a volume (plane, row, column)
            The outside is that pixel.

    Returns
    -------
    Tree
        Root: the whole image.

    Raises
    ------
    ValueError
        If the image is not 2-D or 3-D, contains NaN or is empty, or an option is unknown.
    TypeError
        If the dtype is not real.

    Notes
    -----
    In two dimensions the image is flooded from the outside, level line by level line, in the manner of [Geraud2013]_,
    and the tree is put together by union-find in the reverse order; edges and corners between pixels are never stored.
    In three dimensions it is the contour tree of [Carr2003]_, rooted at the ring or a pixel. Time and memory are linear
    but for the inverse Ackermann function, and the ranking of dtypes of more than 16 bits.

    For "half-area" the tree is rooted at pixel (0, 0), then the edges are reversed on the way to the region from which
    no open level line has more than half of the image on its far side; but for "self-dual", the tree of level lines
    does not depend on where its root is.

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
    return shapes_of(image_of_tree(image), connectivity=connectivity, border=border)


def shapes_of(array: Array, *, connectivity: ShapeConnectivity | None = None, border: Border = "half-area") -> Tree:
    """The tree of shapes of an image that has been checked."""
    if array.ndim not in CONNECTIVITIES:
        raise ValueError(f"image must be 2-D or 3-D, got {array.ndim}-D")
    pair = CONNECTIVITIES[array.ndim][0] if connectivity is None else connectivity
    one_of("connectivity", pair, CONNECTIVITIES[array.ndim])
    outside = _outside(array, border)
    levels, values = to_levels(array)
    build = _planar.shapes if array.ndim == 2 else _spatial.shapes
    if isinstance(outside, tuple):
        half_area = isinstance(border, str)
        nodes, _ = build(levels, len(values), connectivity=pair, outside=outside, half_area=half_area)
        value = values[nodes.level]
    else:
        below, is_level, rounded = rank(values, outside)
        nodes, has_ring = build(levels, len(values), connectivity=pair, outside=Ring(below, is_level))
        value = values[nodes.level]
        if has_ring:
            value[0] = rounded
    kept_border = border if isinstance(border, str) else outside
    arrays = nodes.parent, value, nodes.node_of_pixel, nodes.polarity
    return Tree._trusted(*arrays, kind="tree of shapes", connectivity=pair, border=kept_border)


def _outside(image: Array, border: Any) -> float | tuple[int, ...]:
    """The pixel at which a tree of shapes is rooted, or the value of the ring around the image."""
    if isinstance(border, str):
        return (0,) * image.ndim if border == "half-area" else _finite(border, _frame_statistic(image, border))
    if np.ndim(border) == 0:
        return _finite(border, _as_value(border))
    try:
        pixel = tuple(border)
        place = tuple(as_count("border", i, least=0, most=n - 1) for i, n in zip(pixel, image.shape, strict=True))
    except (TypeError, ValueError):
        rule = f"a pixel (row, column) inside the image of shape {image.shape}"
        raise ValueError(f"border must be {rule}, got {came(border)}") from None
    return place


def _as_value(border: Any) -> float:
    """A grey value; integers stay integers, which can be larger than those that a double tells apart."""
    scalar = np.asarray(border)
    if scalar.dtype.kind in "bui" or isinstance(border, int):
        return int(border)
    try:
        return float(border) if scalar.dtype.kind in "fO" and not np.ma.is_masked(border) else math.nan
    except (TypeError, ValueError):
        raise ValueError(f"border must be a name, a number or a pixel, got {came(border)}") from None


def _finite(border: Any, value: float) -> float:
    if not abs(value) <= sys.float_info.max:
        raise ValueError(f"border must be finite, got {border!r}, which is {value}")
    return value


@np.errstate(over="ignore", invalid="ignore")  # not finite: refused by the caller
def _frame_statistic(image: Array, name: str) -> float:
    one_of("border", name, get_args(BorderName))
    inner = np.zeros(image.shape, bool)
    inner[(slice(1, -1),) * image.ndim] = True
    frame = image[~inner]
    if name in ("minimum", "maximum"):
        extreme: float = (frame.min() if name == "minimum" else frame.max()).item()
        return extreme
    frame = frame.astype(np.result_type(frame, np.float64))
    return float(np.median(frame) if name == "median" else np.mean(frame))
