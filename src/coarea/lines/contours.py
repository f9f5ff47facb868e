"""The level lines of a tree's nodes, along the sides of pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, Indices, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_choice, as_flag, as_mask, came
from coarea.base.types import MULTIVARIATE
from coarea.lines import _contours
from coarea.lines._cuts import without_sides
from coarea.lines.lines import Lines
from coarea.trees import _passes
from coarea.trees._checks import booleans_of_nodes, checked_nodes
from coarea.trees._given import as_tree_of_image
from coarea.trees._selections import depths
from coarea.trees.tree import Tree, count_pixels, places_of_kept

JOINED = {"8-4": 1, "4-8": -1}  # polarity of the shapes whose pixels are joined across corners


@with_hints
def contours(tree: Tree, nodes: ArrayLike | None = None, *, frame: bool = True, mask: ArrayLike | None = None) -> Lines:
    """The level lines of a tree's nodes: exact rings along the sides of pixels, nested as the nodes are.

    Parameters
    ----------
    tree : Tree
        Of a two-dimensional image.
    nodes : array_like, optional
        The nodes whose lines are wanted, as a mask of shape (n,), such as ``attributes.area(tree) >= 50``, or as
        indices. By default all. On smooth floating point images that is very many: there may be a line for every
        pixel, and nearly as long as the image.
    frame : bool, default True
        Whether lines run along the frame of the image, which closes all of them. Otherwise they are cut where they
        meet it: the lines of a shape that touches the frame are open, and one that covers the image has none.
    mask : (h, w) array_like of bool, optional
        Pixels without data. Lines are cut where they run along one of them.

    Returns
    -------
    Lines
        Node by node: increasing, or in the order of the indices. A node of a tree of shapes has one ring, so without
        `nodes` line i is that of node i; that of the root is the frame of the image. In a max-tree, min-tree or
        multivariate tree, and for shapes that enclose the pixel of `border`, the outer ring of a node comes first, then
        those around its holes. Has the columns ``value`` and ``polarity``
        of the nodes; ``node`` are those of `tree`, and ``parent`` is the outer line of the nearest of the chosen nodes
        around a node, or that of the node itself for a hole.

    Raises
    ------
    ValueError
        If the tree is not of a two-dimensional image, a mask has the wrong shape, or an index comes twice.
    IndexError
        If there is no such node.
    TypeError
        If `tree` is no tree, or the nodes are neither booleans nor integers.

    See Also
    --------
    isolines : lines between the pixels, at given levels.
    saliency : a value for each line, on the sides of pixels.
    coarea.plot.show_level_lines : draws them.

    Notes
    -----
    The area that the rings enclose is :func:`coarea.attributes.area`, holes subtracted; their length, without the
    frame, is :func:`coarea.attributes.perimeter`. Pixels that meet at a corner only are inside one ring if the
    connectivity joins them: a ring can touch itself. Time and memory are proportional to the sum of the lengths.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.tree_of_shapes([[0, 0, 0, 0], [0, 7, 7, 0], [0, 0, 0, 0]])
    >>> lines = coarea.contours(tree, tree.value > 0)
    >>> lines[0].tolist(), lines.area.tolist(), lines.length.tolist()
    ([[0.5, 0.5], [0.5, 2.5], [1.5, 2.5], [1.5, 0.5], [0.5, 0.5]], [2.0], [6.0])
    """
    shape = as_tree_of_image(tree).node_of_pixel.shape
    if len(shape) != 2:
        remedy = "make one of a slice, image[k]" if len(shape) > 2 else "make one of image[None]"
        raise ValueError(f"tree must be of a two-dimensional image, got {len(shape)}-D: {remedy}")
    frame = as_flag("frame", frame)
    missing = None if mask is None else as_mask("mask", mask, shape)
    chosen = _chosen(nodes, len(tree))
    kept = np.zeros(len(tree), bool)
    kept[chosen] = True
    small = tree if nodes is None else tree.simplify(kept)
    kept[0] = True
    original = np.flatnonzero(kept).astype(np.int32)
    rank = np.full(len(tree), -1)
    rank[chosen] = np.arange(len(chosen))
    plane = _plane_of(small)
    rings = _rings(small, plane)
    ranks = rank[original[rings.node]]
    order = np.argsort(ranks, kind="stable")[np.count_nonzero(ranks < 0) :]
    node, is_hole = rings.node[order], rings.is_hole[order].view(bool)
    start = np.zeros(len(order) + 1, np.int64)
    np.cumsum(rings.n_points[order], out=start[1:])
    points = np.empty((start[-1], 2))
    _contours.write_rings(
        plane.place, plane.first[node], plane.size[node], rings.pixel[order], rings.joined[node], start, points
    )
    closed = np.ones(len(order), bool)
    if not frame or missing is not None:
        points, start, line = without_sides(points, start, shape, frame=frame, missing=missing)
        closed = (points[start[:-1]] == points[start[1:] - 1]).all(axis=1)
        node, is_hole = node[line], is_hole[line]
    return Lines._trusted(
        points,
        start,
        shape,
        parent=_parents(small, node, is_hole),
        closed=closed,
        is_hole=is_hole,
        node=original[node],
        columns={"value": small.value[node], "polarity": small.polarity[node]},
    )


class _Plane(NamedTuple):
    """The places of nodes in preorder: node i and those inside it take size[i] places from first[i] on."""

    first: Indices
    size: Indices
    place: Indices  # of the node of each pixel; -1 in a frame around the image


class _Rings(NamedTuple):
    node: Indices
    pixel: NDArray[np.int64]  # with whose north side it starts, in the plane with its frame
    n_points: NDArray[np.int64]
    is_hole: NDArray[np.uint8]
    joined: NDArray[np.uint8]  # of each node, whether a ring goes on across corners


def _chosen(nodes: ArrayLike | None, n: int) -> Array:
    """The indices of the nodes, each once."""
    if nodes is None:
        return np.arange(n)
    array = as_real("nodes", nodes)
    if array.dtype == bool:
        return np.flatnonzero(booleans_of_nodes("nodes", array, n))
    if array.size == 0:
        array = array.astype(np.int64)  # an empty list
    if array.dtype.kind not in "iu" or array.ndim > 1:
        raise TypeError(
            f"nodes must be a mask of shape ({n},), such as attributes.area(tree) >= 50, or a list of indices, "
            f"got {came(array)} of {array.dtype}"
        )
    chosen = np.atleast_1d(checked_nodes("nodes", array, n))
    if len(np.unique(chosen)) < len(chosen):
        raise ValueError("nodes must be different, got one twice: take numpy.unique(nodes)")
    return chosen


def _plane_of(tree: Tree) -> _Plane:
    size = np.ones(len(tree), np.int32)
    _passes.accumulate_sum(tree.parent, size)
    first = np.empty_like(size)
    _contours.number_nodes(tree.parent, size, first, np.empty_like(size))
    rows, columns = tree.node_of_pixel.shape
    place = np.full((rows + 2, columns + 2), -1, np.int32)
    place[1:-1, 1:-1] = first.take(tree.node_of_pixel)
    return _Plane(first, size, place)


def _rings(tree: Tree, plane: _Plane) -> _Rings:
    n = len(tree)
    if tree.kind == MULTIVARIATE:  # of pixels that meet along a side, maybe with holes that only pixels see
        return _rings_with_holes(tree, plane, np.zeros(n, np.uint8))
    if tree.kind != "tree of shapes":
        joined = as_choice("connectivity of the tree", tree.connectivity, (1, 2)) == 2
        return _rings_with_holes(tree, plane, np.full(n, joined, np.uint8))
    area = count_pixels(n, tree.node_of_pixel)
    _passes.accumulate_sum(tree.parent, area)
    pixel = np.full(n, plane.place.size)
    _contours.first_pixels(tree.node_of_pixel, tree.parent, pixel)
    # The likely rule; the other one holds for some shapes of "self-dual" trees, and for trees put together by hand.
    joined = (tree.polarity == JOINED.get(str(tree.connectivity), 2)).view(np.uint8)
    n_points = np.empty(n, np.int64)
    _contours.measure_shapes(plane.place, plane.first, plane.size, area, pixel, joined, n_points)
    if not n_points.all():  # shapes that enclose the pixel at which the tree is rooted
        return _rings_with_holes(tree, plane, joined)
    return _Rings(np.arange(n, dtype=np.int32), pixel, n_points, np.zeros(n, np.uint8), joined)


def _rings_with_holes(tree: Tree, plane: _Plane, joined: NDArray[np.uint8]) -> _Rings:
    """The outer rings of all nodes and those around their holes, in raster order."""
    mark = np.zeros(plane.place.shape, np.int64)
    depth = depths(tree.parent)
    n_sides = _contours.number_sides(tree.node_of_pixel, tree.parent, depth, mark)
    node, pixel = np.empty(n_sides, np.int32), np.empty(n_sides, np.int64)
    n_points, is_hole, seen = np.empty(n_sides, np.int64), np.empty(n_sides, np.uint8), np.zeros(n_sides, np.uint8)
    n = _contours.find_rings(
        plane.place, tree.node_of_pixel, tree.parent, depth, plane.first, plane.size, joined, mark, seen,
        node, pixel, n_points, is_hole,
    )  # fmt: skip
    return _Rings(node[:n], pixel[:n], n_points[:n], is_hole[:n], joined)


def _parents(tree: Tree, node: Indices, is_hole: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The line around each line: the first outer one of the nearest node that has one."""
    outer = np.flatnonzero(~is_hole)[::-1]
    line = np.full(len(tree), -1)
    line[node[outer]] = outer  # the first one of each node remains
    has_line = line >= 0
    has_line[0] = True
    around = line[has_line][places_of_kept(tree, has_line)]
    enclosing = np.where(node > 0, around[tree.parent[node]], -1)
    return np.where(is_hole, around[node], enclosing)
