"""Connected filters of images in chunks: what is removed is small, so little beyond a chunk decides of its pixels."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any, get_args

import numpy as np
from dask.base import tokenize

from coarea import attributes
from coarea.base.arrays import Array, as_image
from coarea.base.colors import ONE_BY_ONE, channel_axis_of, warn_of_colors
from coarea.base.keywords import with_hints
from coarea.base.options import as_choice, as_number, came
from coarea.base.types import NOT_GIVEN, Border, BorderName, NotGiven, ShapeConnectivity
from coarea.dask._border_trees import Kept, Opening, filter_alone, merge, reduce_chunk, split
from coarea.dask._inputs import Inputs, as_chunked
from coarea.dask._merge_up import Graph, added, merge_up
from coarea.dask._windows import growth, in_windows, lazy_array
from coarea.filters.connected import attribute_filter
from coarea.trees.shapes import shapes_of
from coarea.trees.tree import Tree

# How many times as many pixels as its chunk a window may have, that of a square chunk with a quarter of it around.
GROWTH_MAX = 2.25


@with_hints
def area_opening(image: Any, area_threshold: float = 64, connectivity: int = 1) -> Any:
    """Remove the bright components with fewer pixels than a threshold: :func:`coarea.area_opening` in chunks.

    The result is that in memory, whatever the chunks are.

    Parameters
    ----------
    image : dask array, n-D
        Any real dtype, without NaN.
    area_threshold : float, default 64
        In pixels. Components of this area stay.
    connectivity : int, default 1
        As in :func:`coarea.max_tree`.

    Returns
    -------
    dask array
        Chunks and dtype of the image; nothing is computed yet.

    Raises
    ------
    ValueError, TypeError
        As for :func:`coarea.area_opening`, for NaN when it is computed; also if the image is no dask array, or sizes of
        chunks are not known.

    Notes
    -----
    A component through a pixel that leaves the window of ``area_threshold - 1`` pixels around it has at least
    `area_threshold` pixels. So while such windows are little larger than the chunks, a quarter of these on each side,
    every chunk is filtered in one. For larger thresholds every chunk is made a tree of its components, those that meet
    its cut sides and those around them go up a tree of merged chunks, and the grey values that they take come down, in
    the manner of [Wilkinson2008]_ and [Gotz2018]_. Until these are known, one to four bytes for each pixel wait.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[0, 5, 5, 0, 9]], chunks=(1, 2))
    >>> coarea.dask.area_opening(image, 2).compute().tolist()
    [[0, 5, 5, 0, 0]]
    """
    threshold = as_number("area_threshold", area_threshold)
    return _opened(image, Opening("area", threshold, "max-tree", connectivity))


@with_hints
def area_closing(image: Any, area_threshold: float = 64, connectivity: int = 1) -> Any:
    """Remove the dark components with fewer pixels than a threshold: :func:`coarea.area_closing` in chunks.

    The dual of :func:`coarea.dask.area_opening`, with the same parameters.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> coarea.dask.area_closing(dask.array.from_array([[9, 5, 5, 9, 0]], chunks=2), 2).compute().tolist()
    [[9, 5, 5, 9, 9]]
    """
    threshold = as_number("area_threshold", area_threshold)
    return _opened(image, Opening("area", threshold, "min-tree", connectivity))


@with_hints
def diameter_opening(image: Any, diameter_threshold: float = 8, connectivity: int = 1) -> Any:
    """Remove the bright components whose bounding box is short: :func:`coarea.diameter_opening` in chunks.

    The result is that in memory, whatever the chunks are; see :func:`coarea.dask.area_opening` for how it is found.

    Parameters
    ----------
    image : dask array, n-D
        Any real dtype, without NaN.
    diameter_threshold : float, default 8
        In pixels. Components whose bounding box is as long along some axis stay.
    connectivity : int, default 1
        As in :func:`coarea.max_tree`.

    Returns
    -------
    dask array
        Chunks and dtype of the image; nothing is computed yet.
    """
    threshold = as_number("diameter_threshold", diameter_threshold)
    return _opened(image, Opening("diameter", threshold, "max-tree", connectivity))


@with_hints
def diameter_closing(image: Any, diameter_threshold: float = 8, connectivity: int = 1) -> Any:
    """Remove the dark components whose bounding box is short: :func:`coarea.diameter_closing` in chunks.

    The dual of :func:`coarea.dask.diameter_opening`, with the same parameters.
    """
    threshold = as_number("diameter_threshold", diameter_threshold)
    return _opened(image, Opening("diameter", threshold, "min-tree", connectivity))


@with_hints
def grain_filter(
    image: Any,
    area_threshold: float = 64,
    *,
    connectivity: ShapeConnectivity | None = None,
    border: Border | None = None,
    channel_axis: int | NotGiven | None = NOT_GIVEN,
) -> Any:
    """Remove the bright and the dark shapes with fewer pixels than a threshold: :func:`coarea.grain_filter` in chunks.

    The result is that in memory, whatever the chunks are.

    Parameters
    ----------
    image : dask array, 2-D or 3-D
        Any real dtype, without NaN.
    area_threshold : float, default 64
        In pixels. Shapes of this area stay.
    connectivity : {"8-4", "4-8", "26-6", "6-26"}, optional
        As in :func:`coarea.tree_of_shapes`, and with the default there. Saddles of a "self-dual" tree are decided as
        seen from a pixel, anywhere in the image.
    border : "half-area" or number, optional
        As in :func:`coarea.tree_of_shapes`, default "half-area". A statistic of the frame's pixels must be computed
        first; a pixel would have to be seen from everywhere.
    channel_axis : None, optional
        None if there are no channels: this silences the warning for an array that looks like a colour image. The tree
        of several channels is self-dual.

    Returns
    -------
    dask array
        Chunks and dtype of the image; nothing is computed yet.

    Raises
    ------
    ValueError, TypeError
        As for :func:`coarea.grain_filter`, for NaN when it is computed; also if the image is no dask array, sizes of
        chunks are not known, or an option needs the whole image.

    Notes
    -----
    Every chunk is filtered with ``area_threshold - 1`` pixels around it, which hold all that touches a smaller shape
    through one of its pixels; and so many that such a shape is less than half of them. Take chunks of at least four
    times the threshold.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[5, 5, 5, 5], [5, 9, 0, 5], [5, 5, 5, 5]], chunks=2)
    >>> coarea.dask.grain_filter(image, 2).compute().tolist()
    [[5, 5, 5, 5], [5, 5, 5, 5], [5, 5, 5, 5]]
    """
    threshold = as_number("area_threshold", area_threshold)
    chunked = as_chunked(image)
    if channel_axis_of(chunked, channel_axis) is not None:
        raise ValueError(
            "channel_axis must be None for a dask array, since the saddles of the tree of all channels are decided as "
            f"seen from a pixel, got {came(channel_axis)}: take the channels one by one, or give image.compute() to "
            "coarea.grain_filter"
        )
    outside: Border = "half-area" if border is None else border
    if connectivity == "self-dual":
        raise ValueError(
            "connectivity must not be 'self-dual' for a dask array, since its saddles are decided as seen from pixel "
            "(0, 0): take '8-4' or '4-8', or give image.compute() to coarea.grain_filter"
        )
    if np.ndim(outside) or (outside != "half-area" and outside in get_args(BorderName)):
        raise ValueError(
            "border must be 'half-area' or a number for a dask array, since others need the whole image, got "
            f"{came(outside)}: compute the number of the frame first, or give image.compute() to coarea.grain_filter"
        )
    shapes = partial(shapes_of, connectivity=connectivity, border=outside)
    shapes(np.zeros((1,) * chunked.ndim, chunked.dtype))  # says what is wrong with the options
    remove = partial(_without_grains, shapes, threshold)
    largest = _largest_removed(threshold)
    found = in_windows(chunked, largest, remove, name="grain_filter", least=2 * largest + 1)
    return found.rechunk(image.chunks)


def _opened(image: Any, opening: Opening) -> Any:
    """The opening or closing of an image that has not been checked."""
    chunked = as_chunked(image)
    warn_of_colors(chunked, ONE_BY_ONE)
    connectivity = as_choice("connectivity", opening.connectivity, range(1, chunked.ndim + 1))
    opening = opening._replace(connectivity=connectivity)
    halo = _largest_removed(opening.threshold)
    if growth(chunked.chunks, halo) <= GROWTH_MAX:
        found = in_windows(chunked, halo, partial(filter_alone, opening), name=opening.name)
    else:
        found = _merged(chunked, opening)
    return found.rechunk(image.chunks)


def _merged(image: Any, opening: Opening) -> Any:
    """The opening or closing by trees of what crosses the sides of the chunks."""
    name = f"{opening.name}-{tokenize(image, opening)}"
    graph: Graph = {}
    boxes = Inputs(image).boxes()
    pieces, kept = np.empty((2, *boxes.shape), object)
    for place, box in np.ndenumerate(boxes):
        reduce = partial(reduce_chunk, opening, box, tuple(map(int, image.shape)))
        reduced = added(graph, (f"{name}-reduced", *place), reduce, (image.name, *place))
        for k, (kind, keys) in enumerate({"own": pieces, "rest": kept}.items()):
            keys[place] = added(graph, (f"{name}-{kind}", *place), itemgetter(k), reduced)
    parts, _ = merge_up(graph, name, pieces, merge=partial(merge, opening=opening), split=split)
    for place in np.ndindex(boxes.shape):
        added(graph, (name, *place), Kept.values, kept[place], parts[place])
    return lazy_array(graph, name, image)


def _without_grains(shapes: Callable[[Array], Tree], threshold: float, values: Array) -> Array:
    tree = shapes(as_image(values))
    return attribute_filter(tree, attributes.area(tree) >= threshold)


def _largest_removed(threshold: float) -> int:
    """The largest size below a threshold: what is removed lies, with its neighbours, that far around its pixels."""
    return max(0, math.ceil(threshold) - 1)
