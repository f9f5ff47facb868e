"""One channel through a model, on its pixels."""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from coarea import _pymaxflow
from coarea._check import Array
from coarea._fidelity import Fidelity, Levels, Weights
from coarea._info import Info, describe
from coarea._neighborhoods import Offset, pair_slices, perimeter_weights
from coarea._problem import Labels, as_integers, fidelity_of, fix, uncut_cost
from coarea._setting import Data, Setting, moderate, sum_of_weights
from coarea.certificate import Certificate, Edges
from coarea.minimize import minimize_grid

Capacities = Mapping[Offset, Weights]


def solve_on_pixels(image: Array, data: Data, setting: Setting) -> tuple[Array, Info | None]:
    """The filtered image, and what is known of it if wanted."""
    started = time.perf_counter()
    data, setting = moderate(data, setting)
    labels = setting.model.labels(image)
    fidelity, capacities, pull, unit = _as_integers(labels, data, setting)
    prepared = time.perf_counter()
    level, edges = _minimize(fidelity.bounded(pull), capacities, setting)
    filtered = labels.values[level]
    if not setting.wants_info:
        return filtered, None
    seconds = {"prepare": prepared - started, "solve": time.perf_counter() - prepared}
    certificate = Certificate(fidelity, edges, level, labels.values, unit)
    return filtered, describe(certificate, labels.level, seconds, proven=setting.solver == "native")


def _as_integers(labels: Labels, data: Data, setting: Setting) -> tuple[Fidelity, Capacities, int, float]:
    """Fidelity, capacities, what the edges of a pixel pull at most, and the unit of energy."""
    shape, model = labels.level.shape, setting.model
    weights = np.ones(()) if data.weights is None else data.weights
    costs = _costs(shape, data, setting)
    if data.fixed is None:  # an edge that weighs more than all the fidelity is cut by no minimiser
        uncut = uncut_cost(model, labels, sum_of_weights(weights, labels.level.size))
        costs = {offset: np.minimum(cost, uncut) for offset, cost in costs.items()}
    integers = as_integers(
        model, labels, weights, list(costs.values()),
        pull=2 * sum(float(cost.max(initial=0)) for cost in costs.values()),
        heaviest=float(weights.max()), narrow=True,
    )  # fmt: skip
    capacities = dict(zip(costs, integers.costs, strict=True))
    pull = 2 * sum(int(capacity.max(initial=0)) for capacity in capacities.values())
    if data.fixed is not None:
        integers = fix(integers, data.fixed, pull)
    return fidelity_of(labels, integers), capacities, pull, setting.unit * model.unit / float(integers.scale)


def _costs(shape: tuple[int, ...], data: Data, setting: Setting) -> dict[Offset, Array]:
    """The weight of the pairs (p, p + offset), one for all or by p."""
    factor = setting.beta * setting.model.cost_factor
    costs = {k: np.array(factor * c) for k, c in perimeter_weights(len(shape), setting.neighbors).items()}
    if data.edge_weights is None:
        return costs
    if len(data.edge_weights) != len(costs):
        raise ValueError(f"edge_weights must hold {len(costs)} arrays, one per offset, got {len(data.edge_weights)}")
    return {
        offset: cost * own[pair_slices(offset)[0]]
        for (offset, cost), own in zip(costs.items(), data.edge_weights, strict=True)
    }


def _minimize(fidelity: Fidelity, capacities: Capacities, setting: Setting) -> tuple[Levels, Sequence[Edges]]:
    if setting.solver == "native":
        return minimize_grid(fidelity, capacities, tie=setting.tie, workers=setting.workers, flow=setting.wants_info)
    level = _pymaxflow.minimize_grid(fidelity, capacities, tie=setting.tie)
    edges = []
    for offset, capacity in capacities.items():
        first, second = pair_slices(offset)
        wide = np.broadcast_to(capacity, level[first].shape)
        edges.append(Edges(first, second, wide, np.zeros_like(wide)))
    return level, edges
