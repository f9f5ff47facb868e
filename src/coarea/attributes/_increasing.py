"""Attributes made increasing, and gains that depend on a parameter: prunings for all thresholds at once."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.attributes import _prunings
from coarea.base.arrays import Array, as_real
from coarea.base.levels import to_ranks
from coarea.base.options import as_nonnegative, one_of
from coarea.base.types import Projection
from coarea.trees import _passes
from coarea.trees._given import as_tree
from coarea.trees.tree import Tree


def increasing(tree: Tree, attribute: ArrayLike, how: Projection = "min", weights: ArrayLike | None = None) -> Array:
    """Make an attribute increasing: nowhere larger at a node than at its parent, and otherwise as near as can be.

    Then ``result >= t`` keeps with every node its ancestors, for all t at once: thresholds give a pruning of the tree
    each, and those of larger t lie within those of smaller ones. See :doc:`/explanations/prunings`.

    Parameters
    ----------
    tree : Tree
    attribute : (n,) array_like
        Any real dtype, without NaN. The root stays in every pruning, so its entry limits no other one.
    how : {"min", "max", "l1", "l2"}, default "min"
        "min"
            The largest increasing attribute below the given one: a node goes where an ancestor goes.
        "max"
            The smallest one above it: a node stays where a descendant stays.
        "l1"
            The largest minimiser y of ``sum_i w_i |y_i - a_i|``: for each threshold the fewest nodes are treated
            against their own attribute, the Viterbi rule of [Salembier1998]_ for all thresholds.
        "l2"
            The minimiser of ``sum_i w_i (y_i - a_i)^2``, isotonic regression on the tree.
    weights : (n,) array_like, optional
        Weights w of "l1" and "l2", positive. Default 1.

    Returns
    -------
    (n,) ndarray
        float64 for "l2", else values and dtype of the attribute. At the root its own attribute, or the largest other
        value if that is more.

    Raises
    ------
    ValueError
        If an array does not have one entry per node, holds NaN (for "l2", infinite values), a weight is not positive,
        or `how` is unknown or has no weights.
    TypeError
        If an array is not real, or `tree` is none.

    See Also
    --------
    pruning_scale : the best pruning for all prices.
    coarea.attribute_filter : takes any choice of nodes, by a rule.

    Notes
    -----
    Sums are in float64: with integer weights up to a total of 2^53 they are exact, and so are ties. "l1" takes a pass
    for each bit of the number of different values, "l2" is pooling from the leaves to the root with mergeable heaps
    [PardalosXue1999]_.

    Examples
    --------
    >>> import coarea
    >>> from coarea import attributes
    >>> tree = coarea.max_tree([[0, 1, 2, 3, 4, 0]])  # nodes inside one another, each a pixel shorter
    >>> attribute = [9, 2, 3, 6, 1]
    >>> {how: attributes.increasing(tree, attribute, how).tolist() for how in ("min", "max", "l1")}
    {'min': [9, 2, 2, 2, 1], 'max': [9, 6, 6, 6, 1], 'l1': [9, 3, 3, 3, 1]}
    >>> attributes.increasing(tree, attribute, "l2").round(2).tolist()
    [9.0, 3.67, 3.67, 3.67, 1.0]
    """
    one_of("how", how, get_args(Projection))
    values = values_of_nodes(tree, "attribute", attribute, finite=how == "l2")
    if how in ("min", "max"):
        if weights is not None:
            raise ValueError(f"weights do not apply to how={how!r}: leave them out, or take 'l1' or 'l2'")
        return _nearest_on_one_side(tree, values, how)
    known = np.ones(len(tree)) if weights is None else as_nonnegative("weights", weights, (len(tree),))
    if not (known > 0).all():
        raise ValueError("weights must be positive, got 0: simplify the tree first if a node is not to count")
    return _nearest_by_ranks(tree, values, known) if how == "l1" else _nearest_by_squares(tree, values, known)


def pruning_scale(tree: Tree, gain: ArrayLike, cost: ArrayLike) -> NDArray[np.float64]:
    """Up to which price each node stays in the best pruning: scale sets, all prices at once.

    Keeping node i gains ``gain[i]`` and costs ``cost[i]`` at a price of 1. For every price, ``result >= price`` is the
    set of nodes, closed towards the root, of the largest ``sum(gain - price * cost)``, and of several the largest one:
    :func:`coarea.prune` for all prices. See :doc:`/explanations/prunings`.

    Parameters
    ----------
    tree : Tree
    gain : (n,) array_like
        Finite; may be negative.
    cost : (n,) array_like
        Finite, at least 0. The root stays at every price, so its gain and cost do not matter.

    Returns
    -------
    (n,) ndarray of float64
        Nowhere larger at a node than at its parent; infinite at the root. A node that costs nothing, with those that
        it needs, stays for ever (inf) or, if the gain is negative, never does (-inf).

    Raises
    ------
    ValueError
        If an array does not have one entry per node or is not finite, or a cost is negative.
    TypeError
        If an array is not real, or `tree` is none.

    See Also
    --------
    coarea.prune : the best pruning for one price.
    increasing : an attribute made to grow towards the root.

    Notes
    -----
    The scale is the isotonic regression of gain / cost with the costs as weights: the best prunings of larger prices
    lie within those of smaller ones. For a hierarchy of regions, with the nodes the splits, the gains what a split
    improves the fit by and the costs the contour that it adds, these are the optimal cuts of [Guigues2006]_.

    Examples
    --------
    >>> import coarea
    >>> from coarea import attributes
    >>> tree = coarea.max_tree([[0, 5, 5, 5, 9, 5]])
    >>> attributes.pruning_scale(tree, gain=attributes.area(tree), cost=attributes.perimeter(tree)).tolist()
    [inf, 5.0, 0.5]
    """
    gains = values_of_nodes(tree, "gain", gain, finite=True).astype(np.float64)
    costs = as_nonnegative("cost", cost, (len(tree),))
    scale = np.where(gains >= 0, np.inf, -np.inf)
    with np.errstate(over="ignore"):
        np.divide(gains, costs, out=scale, where=costs > 0)
    _prunings.project_l2(tree.parent, gains, costs, scale)
    scale[0] = np.inf
    return scale


def values_of_nodes(tree: Tree, name: str, values: ArrayLike, *, finite: bool = False) -> Array:
    """One number for each node, a copy; refuses NaN, and infinite numbers and sums if finite."""
    n = len(as_tree(tree))
    array = as_real(name, values)
    if array.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), one entry per node, got {array.shape}")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"{name} contains NaN: replace it first, numpy.nan_to_num({name})")
    if finite:
        _check_sum(name, array)
    return array.astype(array.dtype.newbyteorder("="))


def _check_sum(name: str, values: Array) -> None:
    with np.errstate(over="ignore"):
        total = np.abs(values.astype(np.float64)).sum()
    if not np.isfinite(total):
        raise ValueError(f"{name} must be finite, and so must its sum")


def _nearest_on_one_side(tree: Tree, values: Array, how: str) -> Array:
    ranks, distinct = to_ranks(values)
    levels = ranks.astype(np.int32)
    own = levels[0]
    if how == "max":
        _passes.accumulate_max(tree.parent, levels)
    else:
        levels[0] = len(distinct)
        _passes.propagate_min(tree.parent, levels)
    levels[0] = own
    return _with_root(distinct[levels])


def _nearest_by_ranks(tree: Tree, values: Array, weights: NDArray[np.float64]) -> Array:
    ranks, distinct = to_ranks(values)
    levels = np.zeros(len(tree), np.int32)
    n_bits = (len(distinct) - 1).bit_length()
    _prunings.project_l1(tree.parent, ranks.astype(np.int32), weights, n_bits, levels)
    levels[0] = ranks[0]
    return _with_root(distinct[levels])


def _nearest_by_squares(tree: Tree, values: Array, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    means = values.astype(np.float64)
    with np.errstate(over="ignore"):
        totals = means * weights
    _check_sum("attribute times weights", totals)
    _prunings.project_l2(tree.parent, totals, weights, means)
    return _with_root(means)


def _with_root(values: Array) -> Array:
    """The values with that of the root raised to the largest one."""
    values[0] = values.max()
    return values
