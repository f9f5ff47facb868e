"""Prunings: the nodes of a tree that are worth keeping, each with all its ancestors."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.attributes import _prunings
from coarea.attributes._increasing import values_of_nodes
from coarea.base.keywords import with_hints
from coarea.base.options import one_of
from coarea.base.types import Tie
from coarea.trees.tree import Tree


@with_hints
def prune(tree: Tree, gain: ArrayLike, *, tie: Tie = "upper") -> NDArray[np.bool_]:
    """The best pruning of a tree: of all sets of nodes closed towards the root, the one of the largest total gain.

    Where a node goes, all that lies in it goes too. See :doc:`/explanations/prunings`.

    Parameters
    ----------
    tree : Tree
    gain : (n,) array_like
        What is gained by keeping each node, or lost if negative: for example ``attributes.area(tree) - beta *
        attributes.perimeter(tree)``. Finite. The root always stays.
    tie : {"upper", "lower"}, default "upper"
        Of several best sets the largest or the smallest one. There are such: they form a lattice.

    Returns
    -------
    (n,) ndarray of bool
        For :func:`attribute_filter`, where all rules do the same with it, or :meth:`Tree.simplify`.

    Raises
    ------
    ValueError
        If there is not one gain per node, the gains or their sum are not finite, or `tie` is unknown.
    TypeError
        If the gains are not real, or `tree` is none.

    See Also
    --------
    coarea.attributes.pruning_scale : the best prunings for all prices.
    attribute_filter : gives the image of what is left.

    Notes
    -----
    From the leaves to the root each node adds up its gain and those of its children that are positive; the nodes
    that then have a gain themselves, and whose ancestors do, stay. Sums are in float64: of integers exact up to
    2^53, and so are ties.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 1, 2, 3, 0]])
    >>> coarea.prune(tree, [0, -1, -1, 3]).tolist()  # the innermost node is worth its surroundings
    [True, True, True, True]
    >>> coarea.prune(tree, [0, 1, -2, 1]).tolist()
    [True, True, False, False]
    """
    one_of("tie", tie, get_args(Tie))
    gains = values_of_nodes(tree, "gain", gain, finite=True).astype(np.float64)
    return best_pruning(tree, gains, tie=tie)


def best_pruning(tree: Tree, gains: NDArray[np.float64], *, tie: Tie) -> NDArray[np.bool_]:
    """The same of gains that are finite and may be overwritten."""
    kept = np.empty(len(tree), bool)
    _prunings.prune(tree.parent, gains, tie == "upper", kept.view(np.uint8))
    return kept
