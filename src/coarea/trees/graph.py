"""Max-tree and min-tree of a graph whose vertices have values."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import INDEX_MAX, as_image
from coarea.base.keywords import with_hints
from coarea.base.levels import to_ranks
from coarea.base.options import as_edges, one_of
from coarea.base.types import GraphTreeKind, TreeKind
from coarea.trees import _graph_tree
from coarea.trees.tree import Tree


@with_hints
def tree_of_graph(values: ArrayLike, edges: ArrayLike, kind: GraphTreeKind = "max") -> Tree:
    """Tree of the connected components of the level sets of values on the vertices of a graph.

    Superpixels with their neighbours are such a graph, and so is a tree with an attribute of its nodes: the tree of
    that graph is the *shape space* of [XuGeraudNajman2016]_.

    Parameters
    ----------
    values : (n,) array_like
        Of any real dtype, without NaN.
    edges : (n_edges, 2) array_like of int
        The vertices at the ends of each edge, in [0, n). Loops and parallel edges are without effect.
    kind : {"max", "min"}, default "max"
        Components of the upper level sets {values >= t}, as in :func:`max_tree`, or of the lower ones.

    Returns
    -------
    Tree
        Its pixels are the vertices: ``node_of_pixel`` has the shape (n,), and the area is a number of vertices. Its
        ``connectivity`` is "graph". Vertices have no place, so that perimeters, boxes, moments and what else is
        measured in an image are refused, also by filters; other attributes and the filters by them work.

    Raises
    ------
    ValueError
        If the graph is not connected, an edge ends outside of it, values contain NaN or arrays have wrong shapes.
    TypeError
        If the values are not real, or the edges not integers.

    See Also
    --------
    region_graph : the graph of the regions of an image.
    coarea.attributes.dynamics_of_minima : the minima of an attribute in the shape space.

    Notes
    -----
    Of a graph in several parts there is no tree. Take the parts one by one, as
    :func:`scipy.sparse.csgraph.connected_components` finds them, or join them by a vertex of the lowest (for "min", the
    highest) value.

    Examples
    --------
    The minima of an attribute over the nodes of a tree:

    >>> import numpy as np
    >>> import coarea
    >>> shapes = coarea.tree_of_shapes([[0, 0, 0, 0, 0], [0, 7, 9, 7, 0], [0, 0, 0, 0, 0]])
    >>> roundness = coarea.attributes.compactness(shapes)
    >>> edges = np.stack([np.arange(len(shapes)), shapes.parent], axis=1)
    >>> space = coarea.tree_of_graph(1 - roundness, edges, "min")
    >>> space.node_of_pixel.shape, space.value.round(2).tolist()
    ((3,), [1.0, 0.41, 0.21])
    """
    one_of("kind", kind, get_args(GraphTreeKind))
    array = as_image(values, name="values", ndim=1)
    n = len(array)
    if n > INDEX_MAX:
        raise ValueError(f"values must be of at most {INDEX_MAX} vertices, got {n}")
    ends = as_edges("edges", edges, n)
    ranks, distinct = to_ranks(array)
    order = np.argsort(ranks, kind="stable")
    if kind == "max":
        order = order[::-1]
    place = np.empty(n, np.int32)
    place[order] = np.arange(n, dtype=np.int32)
    pairs = np.sort(place[ends], axis=1)
    earlier, later = pairs[np.argsort(pairs[:, 1], kind="stable")].T
    parent, level, node = np.empty((3, n), np.int32)
    n_nodes = _graph_tree.component_tree(
        np.ascontiguousarray(later), np.ascontiguousarray(earlier), ranks[order].astype(np.int32), parent, level, node
    )
    if n_nodes == 0:
        raise ValueError(
            "edges must connect all vertices, got a graph in several parts: take them one by one, see "
            "scipy.sparse.csgraph.connected_components"
        )
    own: TreeKind = "max-tree" if kind == "max" else "min-tree"
    polarity = np.full(n_nodes, 1 if kind == "max" else -1, np.int8)
    polarity[0] = 0
    return Tree._trusted(
        parent[:n_nodes].copy(), distinct[level[:n_nodes]], node[place], polarity, kind=own, connectivity="graph"
    )
