"""Divide and conquer on a tree, where a minimum cut takes two passes."""

import numpy as np

from coarea.cuts import _tree_cuts
from coarea.cuts.edges import Edges, Minimum
from coarea.cuts.terms import Levels, Term, Weights


def minimize_tree(term: Term, parent: Levels, capacity: Weights, *, tie: str, flow: bool = False) -> Minimum:
    """Minimise sum_i f_i(u_i) + sum_{i > 0} capacity_i |u_i - u_parent(i)| over integer levels.

    Parameters
    ----------
    term : Term
        Of n nodes.
    parent, capacity : (n,) ndarrays
        Parents come before their children; weight of the edge to the parent.
    tie : {"lower", "upper"}
        The smallest or the largest of all minimisers.
    flow : bool
        Also find the flow that proves it.
    """
    n, highest = len(parent), term.n_levels - 1
    level = np.empty(n, np.int32)
    _tree_cuts.minimize_tree(parent, term, capacity, term.n_bits, tie == "upper", level)
    level = np.minimum(level, highest)
    if not flow:
        return Minimum(level, [])
    upward = np.empty(n, np.int64)
    _tree_cuts.tree_flow(parent, term, capacity, highest, level, upward)
    return Minimum(level, [Edges(np.arange(1, n), parent[1:], capacity[1:], upward[1:])])
