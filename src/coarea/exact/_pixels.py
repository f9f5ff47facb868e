"""One channel through a model, on its pixels."""

import math
import time
from collections.abc import Mapping, Sequence

import numpy as np

from coarea.base.arrays import Array
from coarea.base.neighborhoods import Offset, pair_slices, perimeter_weights
from coarea.cuts import pymaxflow
from coarea.cuts.edges import Edges
from coarea.cuts.fidelity import Fidelity, Levels, Weights
from coarea.cuts.grid import minimize_grid
from coarea.exact._model import Edge, Labels, Sizes, as_integers, fidelity_of, fix, uncut_cost
from coarea.exact._setting import Data, Setting, moderate, sum_of_weights
from coarea.exact.certificate import Certificate
from coarea.exact.info import Info, describe

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
    uncut = math.inf
    if data.fixed is None:
        uncut = uncut_cost(model, labels, sum_of_weights(weights, labels.level.size))
    edges = _edges(shape, data, setting)
    sizes = Sizes(
        pull=2 * sum(min(base * float(factors.max(initial=0)), uncut) for base, factors in edges.values()),
        heaviest=float(weights.max()),
        uncut=uncut,
    )
    integers = as_integers(model, labels, weights, list(edges.values()), sizes=sizes, narrow=True)
    capacities = dict(zip(edges, integers.costs, strict=True))
    pull = 2 * sum(int(capacity.max(initial=0)) for capacity in capacities.values())
    if data.fixed is not None:
        integers = fix(integers, data.fixed, pull)
    return fidelity_of(labels, integers), capacities, pull, setting.unit * model.unit / float(integers.scale)


def _edges(shape: tuple[int, ...], data: Data, setting: Setting) -> dict[Offset, Edge]:
    """Weight and factors of the pairs (p, p + offset), one for all or by p."""
    weight = setting.beta * setting.model.cost_factor
    lengths = perimeter_weights(len(shape), setting.neighbors)
    factors: Sequence[Array] = [np.ones((), np.int64)] * len(lengths)
    if data.edge_weights is not None:
        if len(data.edge_weights) != len(lengths):
            raise ValueError(
                f"edge_weights must hold {len(lengths)} arrays, one per offset, got {len(data.edge_weights)}"
            )
        factors = [own[pair_slices(offset)[0]] for offset, own in zip(lengths, data.edge_weights, strict=True)]
    return {offset: (weight * length, own) for (offset, length), own in zip(lengths.items(), factors, strict=True)}


def _minimize(fidelity: Fidelity, capacities: Capacities, setting: Setting) -> tuple[Levels, Sequence[Edges]]:
    if setting.solver == "native":
        return minimize_grid(fidelity, capacities, tie=setting.tie, workers=setting.workers, flow=setting.wants_info)
    level = pymaxflow.minimize_grid(fidelity, capacities, tie=setting.tie)
    edges = []
    for offset, capacity in capacities.items():
        first, second = pair_slices(offset)
        wide = np.broadcast_to(capacity, level[first].shape)
        edges.append(Edges(first, second, wide, np.zeros_like(wide)))
    return level, edges
