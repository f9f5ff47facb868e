"""Exact minimisation of fidelity + total variation over grey levels, by divide and conquer.

One bit of the levels at a time, from the highest: u is in [low, low + 2^(k+1)) at every pixel, and the binary
problem "u >= low + 2^k ?" is one minimum cut for all pixels together. Neighbours whose intervals already differ no
longer interact: their edge pulls each towards the other with its full weight. So 8 cuts solve 256 levels, exactly
(Darbon and Sigelle 2006).
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from coarea import _minimize
from coarea._check import Array

Levels = NDArray[np.int32]
Weights = NDArray[np.int64]

WEIGHT_SUM_MAX = 2**52  # doubles are exact up to here, and 64-bit integers hold every sum of the solvers
DENOMINATOR_MAX = 2**20


def integer_weights(weights: Array | None, size: int, factors: Sequence[float]) -> tuple[Weights, list[int]]:
    """Scale the weights of an energy to integers: minimum cuts need sums and comparisons without rounding.

    Parameters
    ----------
    weights : (size,) ndarray or None
        Fidelity weights, at least 0; None stands for ones.
    size : int
        Number of pixels.
    factors : sequence of float
        Weights of the edges, one for each kind of edge, at least 0.

    Returns
    -------
    weights : (size,) ndarray of int64
    factors : list of int
        An edge that weighs more than all the fidelity is cut by no minimiser; its weight is lowered to that bound.

    Notes
    -----
    All numbers are multiplied by one factor S. Where few distinct ones occur and each is a fraction with a small
    denominator (0.1 is taken as 1/10), S is the common denominator, and nothing is rounded. Otherwise S is the
    largest power of two with S * sum(weights) <= 2^52, and each number is rounded: the energy of any u changes by
    at most 1 / (2 S) * (sum |u - v| + sum |u_p - u_q|).
    """
    distinct = [1.0] if weights is None else np.unique(weights).tolist()
    total = float(size) if weights is None else float(weights.sum(dtype=np.float64))
    scale = _common_denominator([*distinct, *factors]) if len(distinct) <= 64 else None
    if scale is None or scale * total > WEIGHT_SUM_MAX:
        exponent = WEIGHT_SUM_MAX.bit_length() - 1 - math.frexp(total)[1]
        scale = Fraction(2) ** exponent
        scaled = np.ldexp(np.ones(size) if weights is None else weights, exponent)
    else:
        scaled = np.full(size, float(scale)) if weights is None else weights * float(scale)
    integers = np.rint(scaled).astype(np.int64)
    bound = int(integers.sum()) + 1
    return integers, [min(round(Fraction(factor) * scale), bound) for factor in factors]


def _common_denominator(numbers: Sequence[float]) -> Fraction | None:
    """The smallest integer that makes integers of all numbers, each the simplest fraction that rounds to it."""
    denominator = 1
    for number in numbers:
        simple = Fraction(number).limit_denominator(DENOMINATOR_MAX)
        if float(simple) != number:
            return None
        denominator = math.lcm(denominator, simple.denominator)
    return Fraction(denominator)


def minimize_tree(
    levels: Levels, parent: NDArray[np.int32], weights: Weights, capacities: Weights, *, tie: str
) -> tuple[Levels, int]:
    """Minimise sum_i weight_i |u_i - level_i| + sum_{i > 0} capacity_i |u_i - u_parent(i)| over integer levels.

    Parameters
    ----------
    levels, parent, weights, capacities : (n,) ndarrays
        Levels at least 0; parents come before their children; capacity of the edge to the parent.
    tie : {"lower", "upper"}
        The smallest or the largest of all minimisers.

    Returns
    -------
    levels : (n,) ndarray of int32
    n_cuts : int
        Number of binary problems solved.
    """
    highest = int(levels.max())
    n_bits = highest.bit_length()
    minimiser = np.empty(len(levels), np.int32)
    message, above = np.empty(len(levels), np.int64), np.empty(len(levels), np.uint8)
    _minimize.minimize_l1_tree(parent, levels, weights, capacities, n_bits, tie == "upper", message, above, minimiser)
    return np.minimum(minimiser, highest), n_bits  # nothing holds back a node of weight 0 that no edge binds


def minimize_grid(
    levels: Levels, weights: Weights, capacities: Mapping[tuple[int, ...], int], *, tie: str
) -> tuple[Levels, int]:
    """Minimise sum_p weight_p |u_p - level_p| + sum_{p~q} c_pq |u_p - u_q| over integer levels, with PyMaxflow.

    Parameters
    ----------
    levels, weights : n-D ndarrays
        Levels at least 0.
    capacities : mapping of offset to int
        The edges: c for all pairs (p, p + offset). Of each offset and its opposite, one.
    tie : {"lower", "upper"}
        The smallest or the largest of all minimisers.

    Returns
    -------
    levels : n-D ndarray of int32
    n_cuts : int
    """
    highest = int(levels.max())
    if tie == "lower":  # free pixels count as source side, which gives the largest minimiser: mirror the levels
        mirrored, n_cuts = minimize_grid(highest - levels, weights, capacities, tie="upper")
        return highest - mirrored, n_cuts
    low = np.zeros_like(levels)
    for bit in reversed(range(highest.bit_length())):
        gain = np.where(levels >= low + (1 << bit), weights, -weights)
        low += _largest_cut(gain, low, capacities).astype(np.int32) << bit
    return np.minimum(low, highest), highest.bit_length()  # nothing holds back a pixel of weight 0 without edges


def _largest_cut(gain: Weights, low: Levels, capacities: Mapping[tuple[int, ...], int]) -> NDArray[np.bool_]:
    """The largest set that maximises sum of gain - sum of cut edges, among pixels of equal `low`.

    Edges between pixels of different `low` only pull: their capacity is added to the lower pixel's gain and
    taken from the upper one's. `gain` is changed.
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
        structure = np.zeros([3] * gain.ndim, np.int64)
        structure[tuple(step + 1 for step in offset)] = 1
        graph.add_grid_edges(nodes, edges, structure, symmetric=True)
    graph.add_grid_tedges(nodes, np.maximum(gain, 0), np.maximum(-gain, 0))
    graph.maxflow()
    return ~np.asarray(graph.get_grid_segments(nodes), bool)


def pair_slices(offset: tuple[int, ...]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """The first and the second pixels of all pairs (p, p + offset) inside an array; steps are -1, 0 or 1."""
    first = tuple(slice(max(0, -step), min(0, -step) or None) for step in offset)
    second = tuple(slice(max(0, step), min(0, step) or None) for step in offset)
    return first, second
