"""Attributes of the nodes of a tree: one value per node."""

import numpy as np
from numpy.typing import NDArray

from coarea import _tree
from coarea._check import Array, to_levels
from coarea.tree import Tree, count_pixels

__all__ = ["area", "depth", "height", "own_area", "perimeter"]


def own_area(tree: Tree) -> NDArray[np.int32]:
    """Number of pixels of each shape that are in none of its children.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int32
    """
    return count_pixels(len(tree), tree.node_of_pixel)


def area(tree: Tree) -> NDArray[np.int32]:
    """Number of pixels of each shape.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int32

    Examples
    --------
    >>> import coarea
    >>> coarea.attributes.area(coarea.max_tree([[0, 5, 5, 7]])).tolist()
    [4, 3, 1]
    """
    counts = own_area(tree)
    _tree.accumulate_sum(tree.parent, counts)
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

    Notes
    -----
    The pairs that leave a shape all go down for a component of an upper level set, and all go up for a lower
    one. So the perimeter is the absolute sum over the pixels of the shape of the signs of their differences to
    their neighbours: pairs inside the shape cancel.
    """
    crossings = np.zeros(len(tree), np.int64)
    nodes = tree.node_of_pixel
    for axis, length in enumerate(nodes.shape):
        outer = int(np.prod(nodes.shape[:axis], dtype=np.int64))
        _tree.add_crossings(nodes.reshape(outer, length, nodes.size // (outer * length)), tree.polarity, crossings)
    _tree.accumulate_sum(tree.parent, crossings)
    return np.abs(crossings)


def depth(tree: Tree) -> NDArray[np.int32]:
    """Number of edges between each node and the root.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int32
    """
    depths = np.zeros(len(tree), np.int32)
    _tree.depth(tree.parent, depths)
    return depths


def height(tree: Tree) -> Array:
    """Largest difference of grey value between a node's parent and the nodes of its subtree.

    ``height[i] = max(abs(value[d] - value[parent[i]]))`` over the descendants d of i, itself included; the root is
    compared with itself. On a max-tree it is the contrast of a peak above its surroundings.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray
        int64 for integer images of up to 32 bits, uint64 for 64 bits, otherwise the dtype of the image.
    """
    levels, values = to_levels(tree.value)
    highest = levels.astype(np.int32)
    lowest = highest.copy()
    _tree.accumulate_max(tree.parent, highest)
    _tree.accumulate_min(tree.parent, lowest)
    if values.dtype.kind in "bui":
        values = values.astype(np.int64 if values.itemsize < 8 else np.uint64)  # differences wrap to the right value
    around = levels[tree.parent]
    above = values[np.maximum(highest, around)] - values[around]
    below = values[around] - values[np.minimum(lowest, around)]
    heights: Array = np.maximum(above, below)
    return heights
