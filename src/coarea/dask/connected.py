"""Connected filters of images in chunks: what is removed is small, so little beyond a chunk decides of its pixels."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from coarea.base.arrays import Array, as_image
from coarea.base.colors import ONE_BY_ONE, channel_axis_of, warn_of_colors
from coarea.base.keywords import with_hints
from coarea.base.options import as_number, came
from coarea.base.types import NOT_GIVEN, Border, NotGiven, ShapeConnectivity, TreeDomain
from coarea.dask._inputs import as_chunked, growth, in_windows
from coarea.dask.parts.pieces import Question
from coarea.dask.parts.rules import Threshold
from coarea.dask.trees import conventions_of, filtered
from coarea.filters import connected
from coarea.trees.domains import tree_on
from coarea.trees.tree import Tree

Filter = Callable[[Tree, float], Array]

# How many times as many pixels as its chunk a window may have, that of a square chunk with a quarter of it around.
GROWTH_MAX = 2.25


@with_hints
def area_opening(image: Any, area_threshold: float = 64, connectivity: int | None = None) -> Any:
    """Remove the bright components with fewer pixels than a threshold: :func:`coarea.area_opening` in chunks.

    The result is that in memory, whatever the chunks are.

    Parameters
    ----------
    image : dask array, n-D
        Any real dtype, without NaN.
    area_threshold : float, default 64
        In pixels. Components of this area stay.
    connectivity : int, optional
        As in :func:`coarea.max_tree`, default 1.

    Returns
    -------
    dask array
        Chunks and dtype of the image; nothing is computed yet.

    Raises
    ------
    ValueError, TypeError
        As for :func:`coarea.area_opening`, for NaN when it is computed; also if the image is no dask array, or sizes of
        chunks are not known.

    See Also
    --------
    coarea.area_opening : in memory.
    coarea.dask.area_closing : removes the dark components.
    coarea.dask.grain_filter : removes both kinds at once.
    coarea.dask.attribute_filter : by other attributes.

    Notes
    -----
    A component through a pixel that leaves the window of ``area_threshold - 1`` pixels around it has at least
    `area_threshold` pixels. So while such windows are little larger than the chunks, a quarter of these on each side,
    every chunk is filtered in one. For larger thresholds the trees of the chunks are put together, as in
    :func:`coarea.dask.attribute_filter`, in the manner of [Wilkinson2008]_ and [Gotz2018]_.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[0, 5, 5, 0, 9]], chunks=(1, 2))
    >>> coarea.dask.area_opening(image, 2).compute().tolist()
    [[0, 5, 5, 0, 0]]
    """
    threshold = as_number("area_threshold", area_threshold)
    return _opened(image, connected.area_opening, Threshold("area", threshold), "max_tree", connectivity)


@with_hints
def area_closing(image: Any, area_threshold: float = 64, connectivity: int | None = None) -> Any:
    """Remove the dark components with fewer pixels than a threshold: :func:`coarea.area_closing` in chunks.

    The dual of :func:`coarea.dask.area_opening`, with the same parameters.

    See Also
    --------
    coarea.area_closing : in memory.
    coarea.dask.area_opening, coarea.dask.diameter_closing, coarea.dask.grain_filter

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> coarea.dask.area_closing(dask.array.from_array([[9, 5, 5, 9, 0]], chunks=2), 2).compute().tolist()
    [[9, 5, 5, 9, 9]]
    """
    threshold = as_number("area_threshold", area_threshold)
    return _opened(image, connected.area_closing, Threshold("area", threshold), "min_tree", connectivity)


@with_hints
def diameter_opening(image: Any, diameter_threshold: float = 8, connectivity: int | None = None) -> Any:
    """Remove the bright components whose bounding box is short: :func:`coarea.diameter_opening` in chunks.

    The result is that in memory, whatever the chunks are; see :func:`coarea.dask.area_opening` for how it is found.

    Parameters
    ----------
    image : dask array, n-D
        Any real dtype, without NaN.
    diameter_threshold : float, default 8
        In pixels. Components whose bounding box is as long along some axis stay.
    connectivity : int, optional
        As in :func:`coarea.max_tree`, default 1.

    Returns
    -------
    dask array
        Chunks and dtype of the image; nothing is computed yet.

    See Also
    --------
    coarea.diameter_opening : in memory.
    coarea.dask.diameter_closing : removes the dark components.
    coarea.dask.area_opening : by the number of pixels.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[0, 5, 5, 0, 9]], chunks=(1, 2))
    >>> coarea.dask.diameter_opening(image, 2).compute().tolist()
    [[0, 5, 5, 0, 0]]
    """
    threshold = as_number("diameter_threshold", diameter_threshold)
    return _opened(image, connected.diameter_opening, Threshold("diameter", threshold), "max_tree", connectivity)


@with_hints
def diameter_closing(image: Any, diameter_threshold: float = 8, connectivity: int | None = None) -> Any:
    """Remove the dark components whose bounding box is short: :func:`coarea.diameter_closing` in chunks.

    The dual of :func:`coarea.dask.diameter_opening`, with the same parameters.

    See Also
    --------
    coarea.diameter_closing : in memory.
    coarea.dask.diameter_opening, coarea.dask.area_closing

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[9, 5, 5, 9, 0]], chunks=(1, 2))
    >>> coarea.dask.diameter_closing(image, 2).compute().tolist()
    [[9, 5, 5, 9, 9]]
    """
    threshold = as_number("diameter_threshold", diameter_threshold)
    return _opened(image, connected.diameter_closing, Threshold("diameter", threshold), "min_tree", connectivity)


@with_hints
def grain_filter(
    image: Any,
    area_threshold: float = 64,
    *,
    connectivity: ShapeConnectivity | None = None,
    border: Border | None = None,
    channel_axis: NotGiven | None = NOT_GIVEN,
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
    border : "half-area", number or pixel, optional
        As in :func:`coarea.tree_of_shapes`, default "half-area". A statistic of the frame's pixels must be computed
        first.
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

    See Also
    --------
    coarea.grain_filter : in memory.
    coarea.dask.area_opening, coarea.dask.area_closing
    coarea.dask.attribute_filter : by other attributes.

    Notes
    -----
    While windows of ``area_threshold - 1`` pixels around the chunks are little larger than these, they hold all that
    touches a smaller shape through a pixel of the chunk, and such a shape is less than half of them. For larger
    thresholds the trees of the chunks are put together, as in :func:`coarea.dask.attribute_filter`.

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
    rule = Threshold("area", threshold)
    question = Question("shapes", *conventions_of(chunked, "shapes", connectivity, border), _shape(chunked), rule)
    return _filtered(chunked, question, rule, connected.grain_filter).rechunk(image.chunks)


def _opened(image: Any, function: Filter, rule: Threshold, tree: TreeDomain, connectivity: int | None) -> Any:
    """The opening or closing of an image that has not been checked."""
    chunked = as_chunked(image)
    warn_of_colors(chunked, ONE_BY_ONE)
    question = Question(tree, *conventions_of(chunked, tree, connectivity, None), _shape(chunked), rule)
    return _filtered(chunked, question, rule, function).rechunk(image.chunks)


def _filtered(image: Any, question: Question, rule: Threshold, function: Filter) -> Any:
    """The image in windows, where `function` removes nodes of their trees, or by trees of its chunks."""
    largest = _largest_removed(rule.threshold)
    if growth(image.chunks, largest) > GROWTH_MAX or isinstance(question.outside, tuple):
        return filtered(image, question)
    remove = partial(_filter_window, function, question, rule)
    return in_windows(image, largest, remove, name=function.__name__, least=2 * largest + 1)


def _filter_window(function: Filter, question: Question, rule: Threshold, values: Array) -> Array:
    tree = tree_on(question.tree, as_image(values), connectivity=question.connectivity, border=question.outside)
    return function(tree, rule.threshold)


def _largest_removed(threshold: float) -> int:
    """The largest size below a threshold: what is removed lies, with its neighbours, that far around its pixels."""
    return max(0, math.ceil(threshold) - 1)


def _shape(image: Any) -> tuple[int, ...]:
    return tuple(map(int, image.shape))
