"""The place of the nodes of a tree among the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.attributes import _sums
from coarea.attributes._contrast import height
from coarea.base.arrays import as_real
from coarea.trees import _passes
from coarea.trees._given import as_tree
from coarea.trees.tree import Tree


def depth(tree: Tree) -> NDArray[np.int32]:
    """Number of edges between each node and the root.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int32
    """
    depths = np.zeros(len(as_tree(tree)), np.int32)
    _passes.depth(tree.parent, depths)
    return depths


def extinction(tree: Tree, attribute: ArrayLike) -> NDArray[np.float64]:
    """Up to which size of an increasing attribute each branch of the tree persists.

    Where branches meet, the one with the largest attribute goes on; the others end, with their attribute at that
    place. Every node has the value of its branch. On a max-tree the extinction values of the leaves, by area, volume or
    height, are those of the regional maxima [VachierMeyer1995]_: the size of the smallest filter that removes them.

    Parameters
    ----------
    tree : Tree
    attribute : (n,) array_like
        Not smaller at a node than at its descendants, for example ``attributes.area(tree)``.

    Returns
    -------
    (n,) ndarray of float64

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 3, 7]])
    >>> tree.value.tolist()
    [0, 3, 5, 7]
    >>> coarea.attributes.extinction(tree, coarea.attributes.area(tree)).tolist()
    [5.0, 5.0, 5.0, 1.0]
    """
    as_tree(tree)
    values = as_real("attribute", attribute).astype(np.float64)
    if values.shape != (len(tree),):
        raise ValueError(f"attribute must have shape ({len(tree)},), one entry per node, got {values.shape}")
    persistence = np.empty(len(tree))
    _sums.extinction(tree.parent, np.ascontiguousarray(values), np.full(len(tree), -1, np.int32), persistence)
    return persistence


def dynamics(tree: Tree) -> NDArray[np.float64]:
    """The extinction value by height: how far one must climb down from a peak to reach a higher one.

    On a max-tree, the regional maxima with dynamics of at least h are the h-maxima of the image; on a min-tree, the
    h-minima [Grimaud1992]_. On a tree of shapes both kinds of extrema compete.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of float64

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 3, 9, 0]])
    >>> tree.value.tolist(), coarea.attributes.dynamics(tree).tolist()
    ([0, 3, 5, 9], [9.0, 9.0, 2.0, 9.0])
    """
    return extinction(tree, height(tree))
