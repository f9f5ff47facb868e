"""Divide and conquer with minimum cuts on any graph."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import INDEX_MAX
from coarea.base.neighborhoods import Offset, pair_slices
from coarea.base.threads import Map, thread_map
from coarea.cuts import _divide
from coarea.cuts.edges import Edges, Minimum, total_inflow, unmet
from coarea.cuts.flow import ARC, ListNetwork, move, move_in_strips
from coarea.cuts.terms import Levels, Term, Weights


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

    def move(self, excess: Weights, run: Map) -> None:
        """Move all excess that can move."""
        _divide.push_to_neighbors(self.start, self.arcs, excess)
        network = ListNetwork(self.start, self.arcs, excess)
        move_in_strips(network, run)
        move(network)

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

    def prove(self, term: Term, level: Levels) -> list[Edges]:
        """The flow, balanced so that it holds every site at its level, not only on the right side of the last cut."""
        for sign in (1, -1):
            excess = unmet(term, level, total_inflow(self.edges(level), level.shape), sign)
            move(ListNetwork(self.start, self.arcs, excess), moving=sign)
        return self.edges(level)


def minimize_graph(
    term: Term,
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
    term : Term
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
    graph = Graph(len(term), first, second, capacity)
    low, excess = np.zeros(len(term), np.int32), np.empty(len(term), np.int64)
    if term.n_bits:
        _divide.start_levels(term, 1 << (term.n_bits - 1), excess)
    with thread_map(workers) as run:
        for bit in reversed(range(term.n_bits)):
            graph.move(excess, run)
            _divide.settle(graph.start, graph.arcs, graph.upper_side(excess, tie), term, 1 << bit, low, excess)
        edges = graph.prove(term, low) if flow else []
    return Minimum(np.minimum(low, term.n_levels - 1), edges)  # nothing holds back a site without data and edges


def minimize_grid_as_graph(
    term: Term, capacities: Mapping[Offset, Weights], *, tie: str, workers: int = 1, flow: bool = False
) -> Minimum:
    """The same in any number of dimensions, with any neighbourhood and weights of any size."""
    shape = term.level.shape
    sites = np.arange(term.level.size, dtype=np.int32).reshape(shape)
    pairs = {offset: pair_slices(offset) for offset in capacities}
    weights = {
        offset: np.broadcast_to(capacity, sites[pairs[offset][0]].shape) for offset, capacity in capacities.items()
    }
    first, second = (np.concatenate([sites[pair[side]].ravel() for pair in pairs.values()]) for side in (0, 1))
    joined = np.concatenate([weight.ravel() for weight in weights.values()])
    level, solved = minimize_graph(term.raveled(), first, second, joined, tie=tie, workers=workers, flow=flow)
    if not flow:
        return Minimum(level.reshape(shape), [])
    parts = np.split(solved[0].flow, np.cumsum([weight.size for weight in weights.values()])[:-1])
    edges = [
        Edges(*pairs[offset], weight, part.reshape(weight.shape))
        for (offset, weight), part in zip(weights.items(), parts, strict=True)
    ]
    return Minimum(level.reshape(shape), edges)
