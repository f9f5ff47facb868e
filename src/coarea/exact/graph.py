"""Total variation on any graph."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import INDEX_MAX, Array
from coarea.base.keywords import with_hints
from coarea.base.options import as_mask, as_nonnegative, as_number, one_of
from coarea.base.threads import number_of_workers
from coarea.base.types import Tie
from coarea.cuts.graph import minimize_graph
from coarea.exact._model import l1_labels, l1_model
from coarea.exact._problem import Sites, problem_of
from coarea.exact.certificate import Certificate


class GraphMinimum(NamedTuple):
    """A minimiser and the proof that it is one.

    Attributes
    ----------
    values : (n,) ndarray
        Dtype of the values given.
    certificate : Certificate
    """

    values: Array
    certificate: Certificate


@with_hints
def minimize_tv_graph(
    values: ArrayLike,
    edges: ArrayLike,
    edge_weights: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    quantile: float = 0.5,
    fixed: ArrayLike | None = None,
    tie: Tie = "lower",
    workers: int | None = None,
) -> GraphMinimum:
    """Minimise L1 fidelity + total variation on a graph exactly.

    Over all u on the nodes,

        ``E(u) = sum_i w_i |u_i - v_i| + sum_k c_k |u_i(k) - u_j(k)|``

    Parameters
    ----------
    values : (n,) array_like
        Values v of the nodes, of any real dtype, finite.
    edges : (n_edges, 2) array_like of int
        The nodes i(k), j(k) at the ends of each edge. Parallel edges add up; loops are without effect.
    edge_weights : (n_edges,) array_like
        Weights c, at least 0.
    weights : (n,) array_like, optional
        Fidelity weights w, at least 0. Default 1.
    quantile, tie, workers : optional
        As for :func:`denoise_tv_l1`.
    fixed : (n,) array_like of bool, optional
        Nodes that keep their values.

    Returns
    -------
    values : (n,) ndarray
    certificate : Certificate

    Raises
    ------
    ValueError
        If an array has the wrong shape, an edge ends outside of the graph, values are not finite or weights are
        negative, or an option is unknown.
    TypeError
        If values or weights are not real, or edges are not integers.

    Examples
    --------
    >>> import coarea
    >>> minimum = coarea.minimize_tv_graph([5, 1, 1, 9], [[0, 1], [1, 2], [2, 3]], [2, 2, 0.5])
    >>> minimum.values.tolist(), minimum.certificate.verify()
    ([1, 1, 1, 9], True)
    """
    one_of("tie", tie, get_args(Tie))
    quantile = as_number("quantile", quantile, least=0, most=1)
    nodes = _as_values(values)
    first, second, cost = _as_edges(edges, edge_weights, len(nodes))
    known = np.ones(()) if weights is None else as_nonnegative("weights", weights, nodes.shape)
    held = None if fixed is None else as_mask("fixed", fixed, nodes.shape)
    labels = l1_labels(nodes)
    problem = problem_of(
        l1_model(quantile),
        labels,
        Sites(known, len(nodes), heaviest=float(known.max()), fixed=held),
        [(1.0, cost)],
        pull_of=partial(_largest_sum, first, second, len(nodes)),
        narrow=False,
    )
    (capacity,) = problem.capacities
    level, solved = minimize_graph(
        problem.term.bounded(problem.pull), first, second, capacity, tie=tie, workers=number_of_workers(workers),
        flow=True,
    )  # fmt: skip
    certificate = Certificate(problem.term, solved, level, labels.values, problem.unit, labels.table)
    return GraphMinimum(labels.values[level], certificate)


def _largest_sum(first: Array, second: Array, n_nodes: int, kinds: Sequence[Array]) -> Any:
    """The largest sum of the weights of the edges at a node."""
    (weights,) = kinds
    sums = np.zeros(n_nodes, weights.dtype)
    np.add.at(sums, first, weights)
    np.add.at(sums, second, weights)
    return sums.max()


def _as_values(values: ArrayLike) -> Array:
    array = np.asarray(values)
    if array.dtype.kind not in "buif":
        raise TypeError(f"values must have a real dtype, got {array.dtype}")
    if array.ndim != 1 or not 0 < array.size <= INDEX_MAX:
        raise ValueError(f"values must be 1-D, with 1 to 2**31 - 1 entries, got shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("values must be finite")
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


def _as_edges(edges: ArrayLike, edge_weights: ArrayLike, n_nodes: int) -> tuple[Array, Array, Array]:
    """Ends and weights of the edges that are no loops."""
    ends: Any = np.asarray(edges)
    if ends.size == 0:
        ends = np.empty((0, 2), np.int32)
    if ends.ndim != 2 or ends.shape[1] != 2:
        raise ValueError(f"edges must have shape (n_edges, 2), got {ends.shape}")
    if ends.dtype.kind not in "ui":
        raise TypeError(f"edges must be integers, got {ends.dtype}")
    if ends.size and not (ends.min() >= 0 and ends.max() < n_nodes):
        raise ValueError(f"edges must join nodes in [0, {n_nodes}), got {ends.min()} to {ends.max()}")
    cost = as_nonnegative("edge_weights", edge_weights, (len(ends),))
    proper = ends[:, 0] != ends[:, 1]
    first, second = np.ascontiguousarray(ends[proper].T, dtype=np.int32)
    return first, second, cost[proper]
