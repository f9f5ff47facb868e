"""Sizes of the nodes of a tree: areas, lengths, boxes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from coarea.attributes import _sums
from coarea.base.arrays import INDEX_MAX, Indices
from coarea.base.types import MULTIVARIATE
from coarea.trees import _passes
from coarea.trees._given import as_tree, as_tree_of_image
from coarea.trees._selections import spread
from coarea.trees.tree import Tree, count_pixels


def own_area(tree: Tree) -> NDArray[np.int32]:
    """Number of pixels of each shape that are in none of its children.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int32

    See Also
    --------
    area : with the pixels of the children.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.own_area(tree).tolist()
    [1, 2, 1]
    """
    return count_pixels(len(as_tree(tree)), tree.node_of_pixel)


def area(tree: Tree) -> NDArray[np.int32]:
    """Number of pixels of each shape.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int32

    See Also
    --------
    own_area : without the pixels of the children.
    perimeter : the length of the boundary.

    Examples
    --------
    >>> import coarea
    >>> coarea.attributes.area(coarea.max_tree([[0, 5, 5, 7]])).tolist()
    [4, 3, 1]
    """
    counts = own_area(tree)
    _passes.accumulate_sum(tree.parent, counts)
    return counts


def perimeter(tree: Tree) -> NDArray[np.int64]:
    """Length of each shape's boundary: the pairs of pixels sharing a face with exactly one of them in the shape.

    The frame of the image does not count, so the root's perimeter is 0. The sum over the nodes of perimeter times
    the jump to the parent's value is the total variation of the image (the coarea formula).

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int64

    See Also
    --------
    total_variation : perimeter times jump, over each subtree.
    coarea.contours : the boundaries themselves.

    Notes
    -----
    The pairs that leave a shape all go down for a component of an upper level set, and all go up for a lower
    one. So the perimeter is the absolute sum over the pixels of the shape of the signs of their differences to
    their neighbours: pairs inside the shape cancel.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.perimeter(tree).tolist()
    [0, 1, 1]
    """
    nodes = as_tree_of_image(tree).node_of_pixel
    if tree.kind == MULTIVARIATE:
        return _perimeter_of_any(tree)
    steps = np.zeros(nodes.size, np.int8)
    polarity = int(tree.polarity[-1])
    only = polarity if (tree.polarity[1:] == polarity).all() else 0
    of_pixels = tree.polarity if only else spread(tree.polarity, nodes).ravel()
    for axis, length in enumerate(nodes.shape):
        stride = math.prod(nodes.shape[axis + 1 :])
        _passes.add_steps(nodes.ravel(), of_pixels, only, length, stride, steps)
    crossings = np.zeros(len(tree), np.int32 if 2 * nodes.ndim * nodes.size <= INDEX_MAX else np.int64)
    _passes.add_small(nodes.ravel(), steps, crossings)
    _passes.accumulate_sum(tree.parent, crossings)
    lengths: NDArray[np.int64] = np.abs(crossings, dtype=np.int64)
    return lengths


def _perimeter_of_any(tree: Tree) -> NDArray[np.int64]:
    """The perimeters where neighbours may lie in shapes that touch: each pair leaves those between it and both."""
    nodes = tree.node_of_pixel
    lengths = np.zeros(len(tree), np.int64)
    for axis in range(nodes.ndim):
        along = np.moveaxis(nodes, axis, 0)
        pair = np.stack([along[1:].ravel(), along[:-1].ravel()])
        first, second = pair[:, pair[0] != pair[1]]
        both = tree.lowest_common_ancestor(first, second)
        for ends, sign in ((first, 1), (second, 1), (both, -2)):
            lengths += sign * np.bincount(ends, minlength=len(tree))
    _passes.accumulate_sum(tree.parent, lengths)
    return lengths


def compactness(tree: Tree) -> NDArray[np.float64]:
    """How close each shape is to a disc: ``4 pi area / perimeter ** 2``, the isoperimetric quotient.

    The perimeter is that of :func:`perimeter`, so a square has pi / 4, as much as a plane shape can have inside the
    image; along the frame it can be more. 0 where the perimeter is 0.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    See Also
    --------
    perimeter, area
    inertia : compares with a disc by the second moments.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 5, 5], [0, 0, 0, 0]])
    >>> coarea.attributes.compactness(tree).round(3).tolist()
    [0.0, 0.769]
    """
    length = perimeter(tree).astype(np.float64)
    quotient = np.zeros(len(tree))
    np.divide(4 * np.pi * area(tree), length**2, out=quotient, where=length > 0)
    return quotient


def bounding_box(tree: Tree) -> Indices:
    """The smallest box around each shape.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n, 2 * ndim) ndarray of int32
        First indices along the axes, then one past the last ones: in two dimensions row, column, row, column, as in
        :func:`skimage.measure.regionprops`.

    See Also
    --------
    touches_frame : whether the box reaches the frame of the image.
    centroid : the mean coordinates.

    Examples
    --------
    >>> import coarea
    >>> coarea.attributes.bounding_box(coarea.max_tree([[0, 5, 5, 7]])).tolist()
    [[0, 0, 1, 4], [0, 1, 1, 4], [0, 3, 1, 4]]
    """
    if as_tree_of_image(tree).node_of_pixel.ndim > 3:
        coordinates = np.indices(tree.node_of_pixel.shape, np.int32)
        first = [tree.accumulate(along, "min") for along in coordinates]
        last = [tree.accumulate(along, "max") + 1 for along in coordinates]
        return np.stack(first + last, axis=1)
    nodes = as_volume(tree)
    ndim = tree.node_of_pixel.ndim
    ends = np.full((len(tree), 4), max(nodes.shape), np.int32)
    planes = np.full((len(tree) if ndim == 3 else 0, 2), len(nodes), np.int32)
    _sums.bounding_box(tree.parent, nodes, ends, planes)
    box = np.empty((len(tree), 2 * ndim), np.int32)
    within = min(ndim, 2)  # the axes of a plane that the image has
    box[:, ndim - within : ndim] = ends[:, 2 - within : 2]
    np.subtract(1, ends[:, 4 - within :], out=box[:, 2 * ndim - within :])
    if ndim == 3:
        box[:, 0], box[:, 3] = planes[:, 0], 1 - planes[:, 1]
    return box


def touches_frame(tree: Tree) -> NDArray[np.bool_]:
    """Whether each shape holds a pixel of the frame of the image.

    Lines along the frame do not count in the perimeter, so shapes that touch it seem more compact than they are.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of bool

    See Also
    --------
    bounding_box : how far each shape reaches.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 0, 0, 0], [0, 5, 0, 7], [0, 0, 0, 0]])
    >>> tree.value.tolist(), coarea.attributes.touches_frame(tree).tolist()
    ([0, 5, 7], [True, False, True])
    """
    box = bounding_box(tree)
    shape = tree.node_of_pixel.shape
    touches: NDArray[np.bool_] = ((box[:, : len(shape)] == 0) | (box[:, len(shape) :] == shape)).any(axis=1)
    return touches


def as_volume(tree: Tree) -> Indices:
    """The node of each pixel, with three axes."""
    nodes = as_tree_of_image(tree).node_of_pixel
    if nodes.ndim > 3:
        raise ValueError(f"tree must be of an image of at most three dimensions, got {nodes.ndim}-D")
    return nodes.reshape((1,) * (3 - nodes.ndim) + nodes.shape)
