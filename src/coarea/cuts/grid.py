"""Exact minimisation of data term + total variation over integer levels, by divide and conquer.

One bit of the levels at a time, from the highest: u is in [low, low + 2^(k+1)) at every site, and the binary
problem "u >= low + 2^k ?" is one minimum cut for all sites together. Neighbours whose intervals already differ no
longer interact: their edge pulls each towards the other with its full weight. So 8 cuts solve 256 levels, exactly
(Darbon and Sigelle 2006). The flow of one cut is where the next one starts.
"""

from collections.abc import Mapping

import numpy as np

from coarea.base.arrays import INDEX_MAX
from coarea.base.neighborhoods import Offset
from coarea.base.threads import thread_map
from coarea.cuts.coarse import coarse_start
from coarea.cuts.constant import likely_constant, proven_constant
from coarea.cuts.edges import LaterEdges, Minimum
from coarea.cuts.graph import minimize_grid_as_graph
from coarea.cuts.planes import can_solve, minimize_planes
from coarea.cuts.terms import Term, Weights


def minimize_grid(
    term: Term, capacities: Mapping[Offset, Weights], *, tie: str, workers: int = 1, flow: bool = False
) -> Minimum:
    """Minimise sum_p f_p(u_p) + sum_{p~q} c_pq |u_p - u_q| over integer levels on a pixel grid.

    Parameters
    ----------
    term : Term
        In the shape of the grid.
    capacities : mapping of offset to ndarray
        The weights of the pairs (p, p + offset), by p; of each offset and its opposite, one. A single weight may have
        shape ().
    tie, workers
        As in :func:`minimize_graph`.
    flow : bool
        Also find the flow that proves it.
    """
    if 2 * term.level.size * len(capacities) > INDEX_MAX:
        raise ValueError(
            f"image must have at most {INDEX_MAX // (2 * len(capacities))} pixels with these neighbors, "
            f"got shape {term.level.shape}"
        )
    candidate = likely_constant(term, capacities, tie=tie)
    if candidate is not None:
        found = proven_constant(candidate, capacities)
        if found is not None:
            return found
    if can_solve(term, capacities):
        with thread_map(workers) as run:
            start = coarse_start(term, capacities, run=run) if candidate is not None else None  # much goes far
            low, planes = minimize_planes(term, capacities, tie=tie, run=run, start=start)
        level = np.minimum(low, term.n_levels - 1, out=low)
        return Minimum(level, LaterEdges(lambda: planes.prove(level)) if flow else [])
    return minimize_grid_as_graph(term, capacities, tie=tie, workers=workers, flow=flow)
