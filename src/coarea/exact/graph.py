"""Total variation on any graph."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, as_real, split_mask
from coarea.base.keywords import with_hints
from coarea.base.options import as_edges, as_mask, as_nonnegative, as_number, one_of
from coarea.base.threads import number_of_workers
from coarea.base.types import Fidelity, Tie
from coarea.cuts.graph import minimize_graph
from coarea.exact._bounds import as_bound, bounds_of, labels_within
from coarea.exact._missing import filled
from coarea.exact._model import Model, default_resolution, l1_model, l2_model
from coarea.exact._problem import Sites, problem_of, sum_of_weights
from coarea.exact._setting import Data
from coarea.exact.certificate import Certificate


class GraphMinimum(NamedTuple):
    """A minimiser and the proof that it is one.

    Attributes
    ----------
    values : (n,) ndarray
        For L1 in the dtype of the values given.
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
    beta: float = 1.0,
    fidelity: Fidelity = "l1",
    weights: ArrayLike | None = None,
    quantile: float = 0.5,
    resolution: float | None = None,
    huber_delta: float | None = None,
    fixed: ArrayLike | None = None,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    tie: Tie = "lower",
    workers: int | None = None,
) -> GraphMinimum:
    """Minimise L1 or L2 fidelity + total variation on a graph exactly.

    Over all u on the nodes, for fidelity="l1",

        ``E(u) = sum_i w_i |u_i - v_i| + beta sum_k c_k |u_i(k) - u_j(k)|``

    and for fidelity="l2", over multiples of the resolution above the smallest value,

        ``E(u) = 1/2 sum_i w_i (u_i - v_i)^2 + beta sum_k c_k |u_i(k) - u_j(k)|``

    Parameters
    ----------
    values : (n,) array_like
        Values v of the nodes, of any real dtype, finite where the weight is not 0. A mask of numpy.ma is weight 0.
    edges : (n_edges, 2) array_like of int
        The nodes i(k), j(k) at the ends of each edge. Parallel edges add up; loops are without effect.
    edge_weights : (n_edges,) array_like
        Weights c, at least 0.
    beta : float, default 1
        Weight of the total variation, at least 0. Ties between sums of weights c stay ties whatever beta is.
    fidelity : {"l1", "l2"}, default "l1"
        What `quantile` (of "l1"), `resolution` and `huber_delta` (of "l2") belong to.
    weights : (n,) array_like, optional
        Fidelity weights w, at least 0. Default 1. Nodes of weight 0 are filled in from their neighbours.
    quantile, tie, workers : optional
        As for :func:`denoise_tv_l1`.
    resolution, huber_delta : optional
        As for :func:`denoise_tv_l2`.
    fixed : (n,) array_like of bool, optional
        Nodes that keep their values.
    lower, upper : (n,) array_like, optional
        Bounds that the result may not leave, or one number for all. Infinite where there is none, which is the default.

    Returns
    -------
    values : (n,) ndarray
        For "l1" in the dtype of the values given, for "l2" float32 for float32 and otherwise float64.
    certificate : Certificate

    Raises
    ------
    ValueError
        If an array has the wrong shape, an edge ends outside of the graph, values are not finite, weights are
        negative or bounds leave no value, or an option is unknown or belongs to the other fidelity.
    TypeError
        If values or weights are not real, or edges are not integers.

    See Also
    --------
    denoise_tv_l1, denoise_tv_l2
    region_graph : a graph of regions.

    Examples
    --------
    >>> import coarea
    >>> minimum = coarea.minimize_tv_graph([5, 1, 1, 9], [[0, 1], [1, 2], [2, 3]], [2, 2, 0.5])
    >>> minimum.values.tolist(), minimum.certificate.verify()
    ([1, 1, 1, 9], True)
    >>> coarea.minimize_tv_graph([0, 0, 8, 8], [[0, 1], [1, 2], [2, 3]], [1, 1, 1], fidelity="l2").values.tolist()
    [0.5, 0.5, 7.5, 7.5]
    """
    one_of("tie", tie, get_args(Tie))
    one_of("fidelity", fidelity, get_args(Fidelity))
    beta = as_number("beta", beta, least=0)
    nodes, hidden = _as_values(values)
    first, second, cost = _as_edges(edges, edge_weights, len(nodes))
    known = np.ones(()) if weights is None else as_nonnegative("weights", weights, nodes.shape)
    if hidden is not None:
        known = np.where(hidden, 0.0, known)
    held = None if fixed is None else as_mask("fixed", fixed, nodes.shape)
    has_data = None if known.ndim == 0 else known > 0 if held is None else (known > 0) | held
    inside = fidelity == "l2" and resolution is None
    nodes = filled("values", nodes, has_data, remedy="weights=0", inside=inside)
    model = _model_of(fidelity, nodes, quantile, resolution, huber_delta)
    own_bounds = (as_bound(name, bound, nodes.shape) for name, bound in (("lower", lower), ("upper", upper)))
    labels = labels_within(model, nodes, bounds_of(model, nodes, Data(known, held, None, *own_bounds)), held)
    problem = problem_of(
        model,
        labels,
        Sites(known, sum_of_weights(known, len(nodes)), heaviest=float(known.max()), fixed=held),
        [(beta * model.cost_factor, cost)],
        pull_of=partial(_largest_sum, first, second, len(nodes)),
        narrow=False,
    )
    (capacity,) = problem.capacities
    level, solved = minimize_graph(
        problem.term.bounded(problem.pull), first, second, capacity, tie=tie, workers=number_of_workers(workers),
        flow=True,
    )  # fmt: skip
    certificate = Certificate(problem.term, solved, level, labels.values, problem.unit, labels.table)
    return GraphMinimum(labels.grey_values(level), certificate)


def _largest_sum(first: Array, second: Array, n_nodes: int, kinds: Sequence[Array]) -> Any:
    """The largest sum of the weights of the edges at a node."""
    (weights,) = kinds
    sums = np.zeros(n_nodes, weights.dtype)
    np.add.at(sums, first, weights)
    np.add.at(sums, second, weights)
    return sums.max()


def _model_of(
    fidelity: str, nodes: Array, quantile: float, resolution: float | None, huber_delta: float | None
) -> Model:
    share = as_number("quantile", quantile, least=0, most=1)
    foreign = {"resolution": resolution, "huber_delta": huber_delta}
    if fidelity == "l2":
        foreign = {"quantile": None if share == 0.5 else quantile}
    for name, value in foreign.items():
        if value is not None:
            raise ValueError(f"{name} does not apply to fidelity={fidelity!r}, got {value!r}")
    if fidelity == "l1":
        return l1_model(share)
    delta = None if huber_delta is None else as_number("huber_delta", huber_delta, above=0)
    step = default_resolution(nodes) if resolution is None else as_number("resolution", resolution, above=0)
    return l2_model(step, delta)


def _as_values(values: ArrayLike) -> tuple[Array, NDArray[np.bool_] | None]:
    """The values, not yet checked for NaN, and where a mask hides them."""
    given, hidden = split_mask("values", values)
    array = as_real("values", given)
    if array.ndim != 1 or not 0 < array.size <= INDEX_MAX:
        remedy = ": give values.ravel()" if array.ndim > 1 else ""
        raise ValueError(f"values must be 1-D, with 1 to 2**31 - 1 entries, got shape {array.shape}{remedy}")
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")), hidden


def _as_edges(edges: ArrayLike, edge_weights: ArrayLike, n_nodes: int) -> tuple[Array, Array, Array]:
    """Ends and weights of the edges that are no loops."""
    ends = as_edges("edges", edges, n_nodes)
    cost = as_nonnegative("edge_weights", edge_weights, (len(ends),))
    proper = ends[:, 0] != ends[:, 1]
    first, second = np.ascontiguousarray(ends[proper].T)
    return first, second, cost[proper]
