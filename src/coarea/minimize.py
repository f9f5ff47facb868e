"""Exact minimisation of fidelity + total variation over integer levels, by divide and conquer.

One bit of the levels at a time, from the highest: u is in [low, low + 2^(k+1)) at every site, and the binary
problem "u >= low + 2^k ?" is one minimum cut for all sites together. Neighbours whose intervals already differ no
longer interact: their edge pulls each towards the other with its full weight. So 8 cuts solve 256 levels, exactly
(Darbon and Sigelle 2006). The flow of one cut is where the next one starts.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea import _divide, _tree_tv
from coarea._check import INDEX_MAX
from coarea._fidelity import Fidelity, Levels, Weights, compact
from coarea._grid import can_solve, minimize_planes
from coarea._paths import ARC, ListNetwork, Map, send, send_in_strips, thread_map
from coarea.certificate import Edges, total_inflow, unmet
from coarea.neighborhoods import Offset, pair_slices


class Minimum(NamedTuple):
    """A minimiser and the flow that proves it, if wanted."""

    level: Levels
    edges: Sequence[Edges]


class Graph:
    """The arcs of an undirected graph, sorted by node, with what can still flow through them.

    `first`, `second` and `capacity` are the ends and the weights of the edges.
    """

    def __init__(self, n_nodes: int, first: Levels, second: Levels, capacity: Weights) -> None:
        if 2 * len(first) > INDEX_MAX:
            raise ValueError(f"there must be fewer than 2**30 edges, got {len(first)}")
        self.ends = first, second, capacity
        self.start = np.zeros(n_nodes + 1, np.int32)
        degree = np.bincount(first, minlength=n_nodes) + np.bincount(second, minlength=n_nodes)
        np.cumsum(degree, out=self.start[1:])
        self.arcs = np.empty(2 * len(first), ARC)
        _divide.connect(*self.ends, self.start[:-1].copy(), self.arcs)

    def send(self, excess: Weights, run: Map) -> None:
        """Move all excess that can move."""
        _divide.push_to_neighbors(self.start, self.arcs, excess)
        network = ListNetwork(self.start, self.arcs, excess)
        send_in_strips(network, run)
        send(network)

    def upper_side(self, excess: Weights, tie: str) -> NDArray[np.uint8]:
        """The smallest or the largest minimum cut: 1 on the side of the sources."""
        reached = np.empty(len(excess), np.uint8)
        _divide.reach(self.start, self.arcs, excess, 1 if tie == "lower" else -1, reached)
        return reached if tie == "lower" else np.bitwise_xor(reached, np.uint8(1))

    def edges(self, level: Levels) -> list[Edges]:
        """The flow between the ends; between different levels it is saturated downwards."""
        flow = np.empty(len(self.ends[0]), np.int64)
        _divide.edge_flow(*self.ends, self.start[:-1].copy(), self.arcs, level, flow)
        return [Edges(*self.ends, flow)]

    def prove(self, fidelity: Fidelity, level: Levels) -> list[Edges]:
        """The flow, balanced so that it holds every site at its level, not only on the right side of the last cut."""
        enough = int(compact(fidelity.up).max() + compact(fidelity.down).max()) + 2 * int(self.ends[2].sum())
        for sign in (1, -1):
            excess = unmet(fidelity, level, total_inflow(self.edges(level), level.shape), sign, enough)
            send(ListNetwork(self.start, self.arcs, excess), moving=sign)
        return self.edges(level)


def minimize_graph(
    fidelity: Fidelity,
    first: Levels,
    second: Levels,
    capacity: Weights,
    *,
    tie: str,
    workers: int = 1,
    flow: bool = False,
) -> Minimum:
    """Minimise sum_i f_i(u_i) + sum_k capacity_k |u_first(k) - u_second(k)| over integer levels.

    Parameters
    ----------
    fidelity : Fidelity
        Of n sites.
    first, second, capacity : (n_edges,) ndarrays
        Ends and weights of the edges.
    tie : {"lower", "upper"}
        The smallest or the largest of all minimisers.
    workers : int
        Number of threads.
    flow : bool
        Also find the flow that proves it.
    """
    graph = Graph(len(fidelity.level), first, second, capacity)
    low = np.zeros(len(fidelity.level), np.int32)
    data = fidelity.level, fidelity.slope, fidelity.up, fidelity.down
    excess = np.empty(len(low), np.int64)
    if fidelity.n_bits:
        _divide.start_levels(*data, 1 << (fidelity.n_bits - 1), excess)
    with thread_map(workers) as run:
        for bit in reversed(range(fidelity.n_bits)):
            graph.send(excess, run)
            _divide.settle(graph.start, graph.arcs, graph.upper_side(excess, tie), *data, 1 << bit, low, excess)
        edges = graph.prove(fidelity, low) if flow else []
    return Minimum(np.minimum(low, fidelity.n_levels - 1), edges)  # nothing holds back a site without data and edges


def minimize_grid(
    fidelity: Fidelity, capacities: Mapping[Offset, Weights], *, tie: str, workers: int = 1, flow: bool = False
) -> Minimum:
    """Minimise sum_p f_p(u_p) + sum_{p~q} c_pq |u_p - u_q| over integer levels on a pixel grid.

    Parameters
    ----------
    fidelity : Fidelity
        In the shape of the image.
    capacities : mapping of offset to ndarray
        The weights of the pairs (p, p + offset), by p; of each offset and its opposite, one. A single weight may have
        shape ().
    tie, workers
        As in :func:`minimize_graph`.
    flow : bool
        Also find the flow that proves it.
    """
    if 2 * fidelity.level.size * len(capacities) > INDEX_MAX:
        raise ValueError(
            f"image must have at most {INDEX_MAX // (2 * len(capacities))} pixels with these neighbors, "
            f"got shape {fidelity.level.shape}"
        )
    if can_solve(fidelity, capacities):
        with thread_map(workers) as run:
            low, planes = minimize_planes(fidelity, capacities, tie=tie, run=run)
            edges = planes.prove(low) if flow else []
        return Minimum(np.minimum(low, fidelity.n_levels - 1, out=low), edges)
    return minimize_grid_as_graph(fidelity, capacities, tie=tie, workers=workers, flow=flow)


def minimize_grid_as_graph(
    fidelity: Fidelity, capacities: Mapping[Offset, Weights], *, tie: str, workers: int = 1, flow: bool = False
) -> Minimum:
    """The same in any number of dimensions, with any neighbourhood and weights of any size."""
    shape = fidelity.level.shape
    sites = np.arange(fidelity.level.size, dtype=np.int32).reshape(shape)
    pairs = {offset: pair_slices(offset) for offset in capacities}
    weights = {
        offset: np.broadcast_to(capacity, sites[pairs[offset][0]].shape) for offset, capacity in capacities.items()
    }
    first, second = (np.concatenate([sites[pair[side]].ravel() for pair in pairs.values()]) for side in (0, 1))
    joined = np.concatenate([weight.ravel() for weight in weights.values()])
    level, solved = minimize_graph(fidelity.shaped(-1), first, second, joined, tie=tie, workers=workers, flow=flow)
    if not flow:
        return Minimum(level.reshape(shape), [])
    parts = np.split(solved[0].flow, np.cumsum([weight.size for weight in weights.values()])[:-1])
    edges = [
        Edges(*pairs[offset], weight, part.reshape(weight.shape))
        for (offset, weight), part in zip(weights.items(), parts, strict=True)
    ]
    return Minimum(level.reshape(shape), edges)


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
    _tree_tv.minimize_tree(parent, *data, capacity, fidelity.n_bits, largest, is_steep, messages[0], above, level)
    level = np.minimum(level, highest)
    if not flow:
        return Minimum(level, [])
    _tree_tv.tree_flow(parent, *data, capacity, highest, level, *messages)
    return Minimum(level, [Edges(np.arange(1, n), parent[1:], capacity[1:], messages[3][1:])])
