"""Max-tree and min-tree: the connected components of upper or lower level sets."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.keywords import with_hints
from coarea.base.levels import to_levels
from coarea.base.options import as_choice
from coarea.base.threads import number_of_workers
from coarea.base.types import TreeKind
from coarea.trees import _planar, _spatial
from coarea.trees._cells import Cells
from coarea.trees._given import image_of_tree
from coarea.trees.strips.layout import first_rows
from coarea.trees.strips.plane import tree_in_strips
from coarea.trees.strips.slabs import tree_in_slabs
from coarea.trees.strips.strip import Method
from coarea.trees.tree import Tree


@with_hints
def max_tree(image: ArrayLike, *, connectivity: int = 1, workers: int | None = None) -> Tree:
    """Tree of the connected components of the upper level sets {image >= t}.

    Parameters
    ----------
    image : array_like, n-D
        Any real dtype, without NaN.
    connectivity : int, default 1
        From 1 (neighbours share a face) to ``image.ndim`` (they share a corner), as in
        :func:`scipy.ndimage.generate_binary_structure`.
    workers : int, optional
        Number of threads; -1 is one per processor, the default, -2 one less. The tree does not depend on it.

    Returns
    -------
    Tree
        All polarities but the root's are +1.

    Raises
    ------
    ValueError
        If the image contains NaN or is empty, or the connectivity is out of range.
    TypeError
        If the dtype is not real.

    See Also
    --------
    min_tree : components of the lower level sets.
    tree_of_shapes : both kinds in one tree.
    tree_of_graph : of values on a graph.

    Notes
    -----
    Union-find over the pixels from the highest level to the lowest [NajmanCouprie2006]_, linear but for the
    inverse Ackermann function. Large images, from some 400 000 pixels on, are cut into strips of rows, and volumes
    into slabs, by their shape and dtype alone; their trees are joined through the nodes that they share. Nodes are
    numbered with parents before children, and otherwise in no order to rely on.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 0, 7]])
    >>> tree.value.tolist(), tree.parent.tolist()
    ([0, 5, 7], [0, 0, 0])
    """
    return component_tree(image_of_tree(image), connectivity, kind="max-tree", workers=number_of_workers(workers))


@with_hints
def min_tree(image: ArrayLike, *, connectivity: int = 1, workers: int | None = None) -> Tree:
    """Tree of the connected components of the lower level sets {image <= t}.

    The dual of :func:`max_tree`, with the same parameters: all polarities but the root's are -1.

    See Also
    --------
    max_tree, tree_of_shapes

    Examples
    --------
    >>> import coarea
    >>> coarea.min_tree([[9, 5, 9, 7]]).value.tolist()
    [9, 7, 5]
    """
    return component_tree(image_of_tree(image), connectivity, kind="min-tree", workers=number_of_workers(workers))


def component_tree(array: Array, connectivity: int = 1, *, kind: TreeKind, workers: int = 1) -> Tree:
    """The tree of an image that has been checked."""
    connectivity = as_choice("connectivity", connectivity, range(1, array.ndim + 1))
    trusted = partial(Tree._trusted, kind=kind, connectivity=connectivity)
    upper = kind == "max-tree"
    if len(rows := first_rows(array.shape, array.dtype, of_shapes=False)) > 2:
        build = tree_in_strips if array.ndim == 2 else tree_in_slabs
        return trusted(*build(array, rows, Method(not upper, connectivity), workers))
    levels, values = to_levels(array)
    if array.ndim <= 2:
        plane = levels.reshape(-1, array.shape[-1])
        nodes = _planar.components(plane, len(values), upper=upper, connectivity=connectivity)
        return trusted(nodes.parent, values.take(nodes.level), nodes.node_of_pixel.reshape(array.shape), nodes.polarity)
    parent, level, node_of_pixel = _spatial.component_tree(Cells(levels, len(values)), connectivity, upper=upper)
    polarity = np.full(len(parent), 1 if upper else -1, np.int8)
    polarity[0] = 0
    return trusted(parent, values[level], node_of_pixel, polarity)
