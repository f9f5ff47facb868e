"""The place of the nodes of a tree among the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.attributes import _sums
from coarea.attributes._contrast import height
from coarea.base.arrays import Array, as_image, as_real
from coarea.trees import _passes
from coarea.trees._given import as_tree
from coarea.trees.graph import tree_of_graph
from coarea.trees.tree import Tree


def depth(tree: Tree) -> NDArray[np.int32]:
    """Number of edges between each node and the root.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    (n,) ndarray of int32

    See Also
    --------
    coarea.Tree.path_to_root : the nodes on the way.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> coarea.attributes.depth(tree).tolist()
    [0, 1, 2]
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

    See Also
    --------
    dynamics : the extinction value by height.
    increasing : makes an attribute grow towards the root.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 3, 7]])
    >>> tree.value.tolist()
    [0, 3, 5, 7]
    >>> coarea.attributes.extinction(tree, coarea.attributes.area(tree)).tolist()
    [5.0, 5.0, 5.0, 1.0]
    """
    values = _attribute_of(as_tree(tree), attribute).astype(np.float64)
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

    See Also
    --------
    extinction : the same by another attribute.
    height : the height of the whole shape above its surroundings.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 3, 9, 0]])
    >>> tree.value.tolist(), coarea.attributes.dynamics(tree).tolist()
    ([0, 3, 5, 9], [9.0, 9.0, 2.0, 9.0])
    """
    return extinction(tree, height(tree))


def dynamics_of_minima(tree: Tree, attribute: ArrayLike) -> NDArray[np.float64]:
    """How far one must climb from each minimum of an attribute, from shape to shape of the tree, to reach a lower one.

    The nodes of the tree with its edges are a graph, the *shape space*, on which an attribute has minima: shapes that
    fit a model better than those just inside and outside of them [XuGeraudNajman2016]_. Noise makes many; those of
    large dynamics are the objects. The attribute need not grow towards the root.

    Parameters
    ----------
    tree : Tree
    attribute : (n,) array_like
        Without NaN. Shapes that do not count may have the largest value.

    Returns
    -------
    (n,) ndarray of float64
        0 where there is no minimum. Of several nodes of one value, the one nearest to the root stands for the minimum.
        The lowest minimum has what it lies below the largest value; of several that are lowest, one.

    See Also
    --------
    dynamics : of the grey values.
    coarea.tree_of_graph : the tree of the shape space.

    Notes
    -----
    It is the :func:`dynamics` of the min-tree of the attribute, on the graph of the tree; see :func:`tree_of_graph`.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 1, 2, 3, 4, 5]])
    >>> coarea.attributes.dynamics_of_minima(tree, [9, 3, 4, 4, 1, 6]).tolist()
    [0.0, 1.0, 0.0, 0.0, 8.0, 0.0]
    """
    values = _attribute_of(as_tree(tree), attribute)
    edges = np.stack([np.arange(len(tree)), tree.parent], axis=1)
    space = tree_of_graph(as_image(values, name="attribute"), edges, "min")
    is_minimum = np.ones(len(space), bool)
    is_minimum[space.parent[1:]] = False
    first = np.full(len(space), len(tree))
    np.minimum.at(first, space.node_of_pixel, np.arange(len(tree)))
    found = np.zeros(len(tree))
    found[first[is_minimum]] = dynamics(space)[is_minimum]
    return found


def _attribute_of(tree: Tree, attribute: ArrayLike) -> Array:
    if callable(attribute):
        raise TypeError("attribute must be an array, got a function: give its values, coarea.attributes.area(tree)")
    values = as_real("attribute", attribute)
    if values.shape != (len(tree),):
        raise ValueError(f"attribute must have shape ({len(tree)},), one entry per node, got {values.shape}")
    return values
