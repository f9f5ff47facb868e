"""Level lines with values as a contour map."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.levels import to_levels
from coarea.lines import _saliency
from coarea.trees._given import as_tree_of_image
from coarea.trees.tree import Tree


@with_hints
def saliency(tree: Tree, node_values: ArrayLike) -> tuple[Array, Array]:
    """Contour map of a tree: on each pixel side the largest value of the level lines that run along it.

    Every threshold of it is a partition of the image: the sides above it are the boundaries of regions, and no line
    ends inside a region.

    Parameters
    ----------
    tree : Tree
        Of a plane image, of any kind. The lines of a node are the boundaries of its pixels, holes included.
    node_values : (n,) array_like
        A value for the line of each node, at least 0, of any real dtype: for example the `disappearance` of a
        :class:`ScaleSpace`, or ``attributes.height(tree)``. That of the root, which has no line, is ignored.

    Returns
    -------
    below : (h - 1, w) ndarray, dtype of the values
        The side between pixel (row, column) and (row + 1, column); 0 where no line runs.
    right : (h, w - 1) ndarray
        The side between pixel (row, column) and (row, column + 1).

    Raises
    ------
    TypeError
        If `tree` is no tree, or the values are not real.
    ValueError
        If the image is not plane, there is not one value per node, or one is negative or NaN.

    See Also
    --------
    contours : the lines themselves.
    scale_space : gives values for the lines.
    coarea.plot.draw_saliency : draws the map.

    Notes
    -----
    The lines along the side of two pixels are those of the nodes that hold one of them and not the other: the path
    between their nodes in the tree, without the node that encloses both. A side lies above a threshold if and only if
    the smallest nodes of its pixels among those above it differ, hence the partition.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.tree_of_shapes([[0, 5, 9], [0, 0, 0]])
    >>> tree.value.tolist()
    [0, 5, 9]
    >>> below, right = coarea.saliency(tree, [0, 7, 4])
    >>> below.tolist(), right.tolist()
    ([[0, 7, 7]], [[7, 4], [0, 0]])
    """
    nodes = as_tree_of_image(tree).node_of_pixel
    if nodes.ndim != 2:
        raise ValueError(f"tree must be of a plane image, got {nodes.ndim}-D: make one of a slice")
    values = as_real("node_values", node_values)
    if values.shape != (len(tree),):
        raise ValueError(f"node_values must have shape ({len(tree)},), one entry per node, got {values.shape}")
    values = values.astype(values.dtype.newbyteorder("="))
    values[0] = 0  # what a side without lines has
    if not (values >= 0).all():
        raise ValueError("node_values must be numbers >= 0: 0 is for lines that do not count")
    levels, greys = to_levels(values)
    ranks = levels.astype(np.int32)
    height, width = nodes.shape
    below, right = np.empty((height - 1, width), np.int32), np.empty((height, width - 1), np.int32)
    _saliency.climb(tree.parent, ranks, nodes, int(ranks[0]), below, right)
    return greys[below], greys[right]
