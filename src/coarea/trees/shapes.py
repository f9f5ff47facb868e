"""The tree of shapes: components of upper and lower level sets with their holes filled."""

from __future__ import annotations

import math
import sys
from functools import partial
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_image
from coarea.base.colors import channel_axis_of
from coarea.base.keywords import with_hints
from coarea.base.levels import rank, to_levels
from coarea.base.options import as_count, came, one_of
from coarea.base.threads import number_of_workers, thread_map
from coarea.base.types import (
    NOT_GIVEN,
    Border,
    BorderName,
    NotGiven,
    PlaneConnectivity,
    ShapeConnectivity,
    VolumeConnectivity,
)
from coarea.trees import _planar, _spatial
from coarea.trees._fused import fused
from coarea.trees._nodes import Ring
from coarea.trees.strips.layout import first_rows
from coarea.trees.strips.plane import tree_in_strips
from coarea.trees.strips.slabs import tree_in_slabs
from coarea.trees.strips.strip import Method
from coarea.trees.tree import Tree

CONNECTIVITIES = {2: get_args(PlaneConnectivity), 3: get_args(VolumeConnectivity)}  # the first one is the default


@with_hints
def tree_of_shapes(
    image: ArrayLike,
    *,
    connectivity: ShapeConnectivity | None = None,
    border: Border | None = None,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
    workers: int | None = None,
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
    border : "half-area", number, name or pixel, optional
        Where the outside of the shapes is. Default "half-area"; with `channel_axis`, pixel (0, 0).

        "half-area"
            A level line that ends on the image frame bounds two regions; its shape is the smaller one, and of two
            equal halves the one without pixel (0, 0). The convention of [MonasseGuichard2000]_.
        a number, or "median", "mean", "minimum", "maximum" of the frame's pixels
            The image is surrounded by a ring of that value. The root stands for the ring: it may own no pixel, and
            ``value[0]`` is the ring's value rounded down to the image's dtype. An empty root above a node that is
            the whole image is dropped.
        (row, column), in a volume (plane, row, column)
            The outside is that pixel.
    channel_axis : int or None, optional
        The axis of the channels of a plane image, any number of them: one tree of the shapes of all channels, the
        *multivariate tree of shapes* [CarlinetGeraud2015]_. It is self-dual, and its border is a pixel of the frame.
        See :doc:`/explanations/trees`. None if there are no channels: this silences the warning for an array that looks
        like a colour image. The opacity of pixels would be a channel like others: leave it out.
    workers : int, optional
        Number of threads; -1 is one per processor, the default, -2 one less. The tree does not depend on it.

    Returns
    -------
    Tree
        Root: the whole image. The values of a multivariate tree are no grey values, but depths: see the notes.

    Raises
    ------
    ValueError
        If the image is not 2-D or 3-D, contains NaN or is empty, an option is unknown, or one that a multivariate tree
        does not have is given with `channel_axis`.
    TypeError
        If the dtype is not real.

    See Also
    --------
    max_tree : bright components only.
    min_tree : dark components only.
    contours : the level lines of the nodes.
    grain_filter : removes small shapes.

    Notes
    -----
    In two dimensions the image is flooded from the outside, level line by level line, in the manner of [Geraud2013]_,
    and the tree is put together by union-find in the reverse order; edges and corners between pixels are never stored.
    In three dimensions it is the contour tree of [Carr2003]_, rooted at the ring or a pixel. Time and memory are linear
    but for the inverse Ackermann function, and the ranking of dtypes of more than 16 bits.

    Large images, from some 200 000 pixels on, are cut into strips of rows, and volumes into slabs, by their shape and
    dtype alone; their trees are joined through the nodes that they share. A "self-dual" tree is built in one piece,
    since its saddles depend on where the outside is. Nodes are numbered with parents before children, and otherwise in
    no order to rely on.

    For "half-area" the tree is rooted at pixel (0, 0), then the edges are reversed on the way to the region from which
    no open level line has more than half of the image on its far side; but for "self-dual", the tree of level lines
    does not depend on where its root is.

    The multivariate tree joins the self-dual trees of the channels, all seen from one pixel. The depth of a shape is
    the number of shapes of all channels in the longest chain around it, the depth of a pixel that of the deepest shape
    which holds it, and the depth of a pair of neighbours that of the deepest shape which holds both. The nodes of the
    tree are the components of the pixels and pairs of at least a depth, with the holes filled that do not meet the
    frame; ``value`` is that depth, int32, and all polarities but the root's are +1. Nothing but what lies inside what
    counts: a strictly increasing or decreasing map of the values of a channel, or a permutation of the channels,
    changes nothing, and equal channels give the self-dual tree of one. Time and memory grow with the square of the
    number of channels. What needs grey values, such as total variation, is refused on this tree.

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

    A red square, and in it a green one:

    >>> photo = np.zeros((5, 7, 3), np.uint8)
    >>> photo[1:4, 1:4, 0] = 200
    >>> photo[2, 2, 1] = 90
    >>> tree = coarea.tree_of_shapes(photo, channel_axis=-1)
    >>> tree.value.tolist(), tree.parent.tolist(), coarea.attributes.area(tree).tolist()
    ([0, 1, 2], [0, 0, 1], [35, 9, 1])
    """
    array = as_image(image)
    axis = channel_axis_of(array, channel_axis)
    threads = number_of_workers(workers)
    if axis is None:
        outside = "half-area" if border is None else border
        return shapes_of(array, connectivity=connectivity, border=outside, workers=threads)
    return shapes_of_channels(array, axis, connectivity=connectivity, border=border, workers=threads)


def shapes_of(
    array: Array,
    *,
    connectivity: ShapeConnectivity | None = None,
    border: Border = "half-area",
    workers: int = 1,
) -> Tree:
    """The tree of shapes of an image that has been checked."""
    if array.ndim not in CONNECTIVITIES:
        raise ValueError(f"image must be 2-D or 3-D, got {array.ndim}-D")
    pair = CONNECTIVITIES[array.ndim][0] if connectivity is None else connectivity
    one_of("connectivity", pair, CONNECTIVITIES[array.ndim])
    outside = outside_of(array, border)
    half_area = isinstance(outside, tuple) and isinstance(border, str)
    kept_border = border if isinstance(border, str) else outside
    trusted = partial(Tree._trusted, kind="tree of shapes", connectivity=pair, border=kept_border)
    if pair != "self-dual" and len(rows := first_rows(array.shape, array.dtype)) > 2:
        tree_in_parts = tree_in_strips if array.ndim == 2 else tree_in_slabs
        method = Method(pair in ("4-8", "6-26"), outside=outside, half_area=half_area)
        return trusted(*tree_in_parts(array, rows, method, workers))
    levels, values = to_levels(array)
    build = _planar.shapes if array.ndim == 2 else _spatial.shapes
    if isinstance(outside, tuple):
        nodes, _ = build(levels, len(values), connectivity=pair, outside=outside, half_area=half_area)
        value = values.take(nodes.level)
    else:
        below, is_level, rounded = rank(values, outside)
        nodes, has_ring = build(levels, len(values), connectivity=pair, outside=Ring(below, is_level))
        value = values.take(nodes.level)
        if has_ring:
            value[0] = rounded
    return trusted(nodes.parent, value, nodes.node_of_pixel, nodes.polarity)


def shapes_of_channels(
    array: Array,
    axis: int,
    *,
    connectivity: ShapeConnectivity | None = None,
    border: Border | None = None,
    workers: int = 1,
) -> Tree:
    """The multivariate tree of shapes of an image that has been checked."""
    channels = np.moveaxis(array, axis, 0)
    if channels.ndim != 3:
        remedy = ": leave channel_axis out" if channels.ndim == 2 else ""
        raise ValueError(
            f"image must be 2-D beside its channels for a tree of all of them, got {channels.ndim - 1}-D{remedy}"
        )
    if connectivity not in (None, "self-dual"):
        raise ValueError(
            "connectivity must be 'self-dual' or None with channel_axis, or the tree would change with the sign of a "
            f"channel, got {came(connectivity)}"
        )
    outside: Any = (0, 0) if border is None else border
    if isinstance(outside, str) or np.ndim(outside) == 0:
        raise ValueError(
            "border must be a pixel (row, column) of the frame or None with channel_axis, since the shapes of all "
            f"channels need one outside, got {came(border)}"
        )
    pixel: Any = outside_of(channels[0], outside)
    if all(0 < place < length - 1 for place, length in zip(pixel, channels.shape[1:], strict=True)):
        raise ValueError(f"border must be a pixel of the frame with channel_axis, got {pixel} inside the image")

    def build(channel: Array) -> Tree:
        return shapes_of(np.ascontiguousarray(channel), connectivity="self-dual", border=pixel)

    with thread_map(min(workers, max(1, len(channels)))) as run:
        trees = list(run(build, channels))
    return fused(trees)


def outside_of(image: Array, border: Any) -> float | tuple[int, ...]:
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
