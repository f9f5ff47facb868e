"""The same divide and conquer with one PyMaxflow graph per bit: slow, and the oracle of the solver of our own."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from coarea.base.neighborhoods import Offset, pair_slices
from coarea.cuts.terms import Levels, Term, Weights


def minimize_grid(term: Term, capacities: Mapping[Offset, Weights], *, tie: str) -> Levels:
    """Minimise sum_p f_p(u_p) + sum_{p~q} c_pq |u_p - u_q| over integer levels on a pixel grid."""
    low = np.zeros_like(term.level)
    for bit in reversed(range(term.n_bits)):
        gain = term.gain(low + (1 << bit))
        low += _cut(gain, low, capacities, tie).astype(np.int32) << bit
    return np.minimum(low, term.n_levels - 1)


def _cut(gain: Weights, low: Levels, capacities: Mapping[Offset, Weights], tie: str) -> NDArray[np.bool_]:
    """The smallest or largest set that maximises sum of gain - sum of cut edges, among pixels of equal `low`.

    Edges between pixels of different `low` only pull: their capacity is added to the lower pixel's gain and
    taken from the upper one's. `gain` is changed. Free pixels count as the source's side, so the sides are exchanged
    for the smallest set.
    """
    import maxflow

    graph = maxflow.GraphInt(gain.size, gain.size * len(capacities))
    nodes = graph.add_grid_nodes(gain.shape)
    for offset, capacity in capacities.items():
        first, second = pair_slices(offset)
        jump = np.sign(low[second] - low[first]).astype(np.int64)
        gain[first] += capacity * jump
        gain[second] -= capacity * jump
        edges = np.zeros(gain.shape, np.int64)
        edges[first] = np.where(jump == 0, capacity, 0)
        structure = np.zeros([2 * max(map(abs, offset)) + 1] * gain.ndim, np.int64)
        structure[tuple(step + max(map(abs, offset)) for step in offset)] = 1
        graph.add_grid_edges(nodes, edges, structure, symmetric=True)
    sign = 1 if tie == "upper" else -1
    graph.add_grid_tedges(nodes, np.maximum(sign * gain, 0), np.maximum(-sign * gain, 0))
    graph.maxflow()
    source_side = ~np.asarray(graph.get_grid_segments(nodes), bool)
    return source_side if tie == "upper" else ~source_side
