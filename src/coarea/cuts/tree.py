"""Divide and conquer on a tree, where a minimum cut takes two passes."""

import numpy as np

from coarea.cuts import _tree_cuts
from coarea.cuts.edges import Edges, Minimum
from coarea.cuts.fidelity import Fidelity, Levels, Weights


def minimize_tree(fidelity: Fidelity, parent: Levels, capacity: Weights, *, tie: str, flow: bool = False) -> Minimum:
    """Minimise sum_i f_i(u_i) + sum_{i > 0} capacity_i |u_i - u_parent(i)| over integer levels.

    Parameters
    ----------
    fidelity : Fidelity
        Of n nodes.
    parent, capacity : (n,) ndarrays
        Parents come before their children; weight of the edge to the parent.
    tie : {"lower", "upper"}
        The smallest or the largest of all minimisers.
    flow : bool
        Also find the flow that proves it.
    """
    n, highest = len(parent), fidelity.n_levels - 1
    slope, up, down = (np.ascontiguousarray(bound) for bound in (fidelity.slope, fidelity.up, fidelity.down))
    data = fidelity.level, slope, up, down
    is_steep = bool((slope >= np.maximum(up, down)).all())
    level, above = np.zeros(n, np.int32), np.empty(n, np.uint8)
    messages = np.zeros((4 if flow else 1, n), np.int64)
    largest = tie == "upper"
    _tree_cuts.minimize_tree(parent, *data, capacity, fidelity.n_bits, largest, is_steep, messages[0], above, level)
    level = np.minimum(level, highest)
    if not flow:
        return Minimum(level, [])
    _tree_cuts.tree_flow(parent, *data, capacity, highest, level, *messages)
    return Minimum(level, [Edges(np.arange(1, n), parent[1:], capacity[1:], messages[3][1:])])
