"""One channel through a model, on its pixels."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.base.neighborhoods import Offset, pair_slices, perimeter_weights
from coarea.cuts import pymaxflow
from coarea.cuts.edges import Edges
from coarea.cuts.grid import minimize_grid
from coarea.cuts.terms import Levels, Term, Weights
from coarea.exact._bounds import bounds_of, labels_within
from coarea.exact._problem import Edge, Sites, problem_of, sum_of_weights
from coarea.exact._setting import Data, Setting, moderate
from coarea.exact.certificate import Certificate
from coarea.exact.info import Info, describe

Capacities = Mapping[Offset, Weights]


def solve_on_pixels(image: Array, data: Data, setting: Setting) -> tuple[Array, Info | None]:
    """The filtered image, and what is known of it if wanted."""
    started = time.perf_counter()
    data, setting = moderate(data, setting)
    labels = labels_within(setting.model, image, bounds_of(setting.model, image, data), data.fixed)
    weights = np.ones(()) if data.weights is None else data.weights
    total = sum_of_weights(weights, image.size)
    sites = Sites(weights, total, heaviest=float(weights.max()), fixed=data.fixed)
    kinds = _edges(image.shape, data, setting)
    problem = problem_of(setting.model, labels, sites, list(kinds.values()), pull_of=_pull_at_a_pixel, narrow=True)
    prepared = time.perf_counter()
    capacities = dict(zip(kinds, problem.capacities, strict=True))
    level, edges = _minimize(problem.term.bounded(problem.pull), capacities, setting)
    filtered = labels.grey_values(level)
    if not setting.wants_info:
        return filtered, None
    seconds = {"prepare": prepared - started, "solve": time.perf_counter() - prepared}
    certificate = Certificate(problem.term, edges, level, labels.values, setting.unit * problem.unit, labels.table)
    return filtered, describe(certificate, seconds, proven=setting.solver == "native")


def _pull_at_a_pixel(weights: Sequence[Array]) -> Any:
    """At most two edges of each kind meet at a pixel."""
    return 2 * sum(weight.max(initial=0) for weight in weights)


def _edges(shape: tuple[int, ...], data: Data, setting: Setting) -> dict[Offset, Edge]:
    """Weight and factors of the pairs (p, p + offset), one for all or by p."""
    weight = setting.beta * setting.model.cost_factor
    lengths = perimeter_weights(len(shape), setting.neighbors)
    factors: Sequence[Array] = [np.ones((), np.int64)] * len(lengths)
    if data.edge_weights is not None:
        factors = [own[pair_slices(offset)[0]] for offset, own in zip(lengths, data.edge_weights, strict=True)]
    return {offset: (weight * length, own) for (offset, length), own in zip(lengths.items(), factors, strict=True)}


def _minimize(term: Term, capacities: Capacities, setting: Setting) -> tuple[Levels, Sequence[Edges]]:
    if setting.solver == "native":
        return minimize_grid(term, capacities, tie=setting.tie, workers=setting.workers, flow=setting.wants_info)
    level = pymaxflow.minimize_grid(term, capacities, tie=setting.tie)
    edges = []
    for offset, capacity in capacities.items():
        first, second = pair_slices(offset)
        wide = np.broadcast_to(capacity, level[first].shape)
        edges.append(Edges(first, second, wide, np.zeros_like(wide)))
    return level, edges
