"""One grey image through a model: on its pixels or on a tree."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from coarea import _pymaxflow, _tree, attributes
from coarea._check import Array
from coarea._fidelity import Weights
from coarea._neighborhoods import Offset, pair_slices, perimeter_weights
from coarea._problem import Integers, Labels, Model, as_integers, fidelity_of, fix, uncut_cost
from coarea.certificate import Certificate, Edges
from coarea.minimize import minimize_grid, minimize_tree
from coarea.tree import Tree


@dataclass(frozen=True)
class Info:
    """What a filter did, and the proof that the result is optimal.

    Attributes
    ----------
    energy, initial_energy : float
        The energy of the result and of the image itself.
    dual_bound : float
        What the energy of every image is at least. Equal to `energy`: the result is a global minimum. For floating
        point images up to the rounding of the two sums.
    n_cuts : int
        Number of binary problems solved.
    seconds : dict of str to float
        Time spent on each phase.
    certificates : list of Certificate
        One per channel; :meth:`Certificate.verify` checks the proof. Empty with ``solver="pymaxflow"``.
    """

    energy: float
    initial_energy: float
    dual_bound: float
    n_cuts: int
    seconds: dict[str, float] = field(default_factory=dict)
    certificates: list[Certificate] = field(default_factory=list)


class Data(NamedTuple):
    """What is known of the pixels of one channel beside their values; None is the default."""

    weights: Array | None = None  # 1
    fixed: Array | None = None  # False
    edge_weights: Array | None = None  # (n_offsets, ...), 1


class Setting(NamedTuple):
    """What one filter call does to every channel."""

    model: Model
    beta: float
    tie: str
    neighbors: int | None
    solver: str
    build: Callable[[Array], Tree] | None  # None: on the pixels
    workers: int
    wants_info: bool


def solve(image: Array, data: Data, setting: Setting) -> tuple[Array, Info | None]:
    """The filtered image, and what is known of it if wanted."""
    return (_on_pixels if setting.build is None else _on_tree)(image, data, setting)


def _total(weights: Array, size: int) -> float:
    return float(weights) * size if weights.ndim == 0 else float(weights.sum())


def _on_pixels(image: Array, data: Data, setting: Setting) -> tuple[Array, Info | None]:
    started = time.perf_counter()
    model = setting.model
    labels = model.labels(image)
    weights = np.ones(()) if data.weights is None else data.weights
    costs = _grid_costs(image.shape, data, setting)
    if data.fixed is None:
        uncut = uncut_cost(model, labels, _total(weights, image.size))
        costs = {offset: np.minimum(cost, uncut) for offset, cost in costs.items()}
    pull = 2 * sum(float(cost.max()) for cost in costs.values() if cost.size)
    integers = as_integers(
        model, labels, weights, list(costs.values()), pull=pull, heaviest=float(weights.max()), narrow=True
    )
    capacities = dict(zip(costs, integers.costs, strict=True))
    bound = 2 * sum(int(capacity.max()) for capacity in capacities.values() if capacity.size)
    if data.fixed is not None:
        integers = fix(integers, data.fixed, bound)
    fidelity = fidelity_of(labels, integers)
    bounded = fidelity.bounded(bound)
    prepared = time.perf_counter()
    if setting.solver == "pymaxflow":
        level, edges = _pymaxflow.minimize_grid(bounded, capacities, tie=setting.tie), []
    else:
        level, edges = minimize_grid(
            bounded, capacities, tie=setting.tie, workers=setting.workers, flow=setting.wants_info
        )
    filtered = labels.values[level]
    if not setting.wants_info:
        return filtered, None
    solved = time.perf_counter()
    if not edges:
        edges = _without_flow(image.shape, capacities)
    certificate = Certificate(fidelity, edges, level, labels.values, model.unit / float(integers.scale))
    seconds = {"prepare": prepared - started, "solve": solved - prepared}
    return filtered, _info(certificate, labels.level, seconds, proven=setting.solver == "native")


def _without_flow(shape: tuple[int, ...], capacities: Mapping[Offset, Weights]) -> list[Edges]:
    edges = []
    for offset, capacity in capacities.items():
        first, second = pair_slices(offset)
        wide = np.broadcast_to(capacity, np.empty(shape, bool)[first].shape)
        edges.append(Edges(first, second, wide, np.zeros_like(wide)))
    return edges


def _info(certificate: Certificate, initial: Array, seconds: dict[str, float], *, proven: bool = True) -> Info:
    started = time.perf_counter()
    energy = certificate.energy()
    bound = certificate.dual_bound() if proven else float("nan")
    initial_energy = certificate.energy(certificate.values[initial])
    seconds["certify"] = time.perf_counter() - started
    certificates = [certificate] if proven else []
    return Info(energy, initial_energy, bound, certificate.fidelity.n_bits, seconds, certificates)


def _grid_costs(shape: tuple[int, ...], data: Data, setting: Setting) -> dict[Offset, Array]:
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


def _on_tree(image: Array, data: Data, setting: Setting) -> tuple[Array, Info | None]:
    assert setting.build is not None
    started = time.perf_counter()
    tree = setting.build(image)
    built = time.perf_counter()
    own_area = attributes.own_area(tree)
    value = tree.value
    if len(tree) > 1 and own_area[0] == 0:
        value = value.copy()
        value[0] = value[1]  # a root that stands for a ring owns no pixel: its value must not enter the image
    model = setting.model
    labels = model.labels(value)
    weights = np.ones(()) if data.weights is None else data.weights
    total = _total(weights, image.size)
    cost, perimeter = _tree_costs(tree, data, setting, uncut_cost(model, labels, total), data.fixed is not None)
    pull = float(cost) * float(perimeter.sum(dtype=np.float64)) if cost.ndim == 0 else float(cost.sum())
    if data.fixed is None:
        pull = min(pull, len(tree) * uncut_cost(model, labels, total))
    integers = as_integers(model, labels, weights, [cost], pull=pull, heaviest=total, narrow=False)
    capacity = integers.costs[0]
    bounds = [_sum_over_nodes(tree, bound, own_area) for bound in (integers.slope, integers.up, integers.down)]
    if cost.ndim == 0:
        uncut = int(max(bound.sum() for bound in bounds)) + 1
        limit = uncut // max(int(capacity), 1) + 1 if data.fixed is None else np.iinfo(np.int64).max
        capacity = capacity * np.minimum(perimeter, limit)
    integers = Integers(*bounds, [capacity], integers.scale)
    if data.fixed is not None:
        holds = np.bincount(tree.node_of_pixel.ravel(), data.fixed.ravel(), minlength=len(tree)) > 0
        integers = fix(integers, holds, int(capacity.sum()))
    fidelity = fidelity_of(labels, integers)
    level, edges = minimize_tree(fidelity, tree.parent, capacity, tie=setting.tie, flow=setting.wants_info)
    filtered = tree.reconstruct(labels.values[level])
    if not setting.wants_info:
        return filtered, None
    solved = time.perf_counter()
    certificate = Certificate(fidelity, edges, level, labels.values, model.unit / float(integers.scale))
    return filtered, _info(certificate, labels.level, {"tree": built - started, "solve": solved - built})


def _sum_over_nodes(tree: Tree, bound: Weights, own_area: Array) -> Weights:
    """Integer weights of the pixels, or one for all, summed over the pixels that each node owns."""
    if bound.ndim == 0:
        return own_area.astype(np.int64) * bound
    sums = np.zeros(len(tree), np.int64)
    np.add.at(sums, tree.node_of_pixel.ravel(), bound.ravel())
    return sums


def _tree_costs(tree: Tree, data: Data, setting: Setting, uncut: float, is_fixed: bool) -> tuple[Array, Array]:
    """The weight of a unit of perimeter and the perimeters; with weights of edges those of the nodes' edges."""
    factor = setting.beta * setting.model.cost_factor
    if data.edge_weights is None:
        cost = np.array(factor if is_fixed else min(factor, uncut))
        return cost, attributes.perimeter(tree)
    shape = tree.node_of_pixel.shape
    if len(data.edge_weights) != len(shape):
        raise ValueError(f"edge_weights must hold {len(shape)} arrays, one per axis, got {len(data.edge_weights)}")
    crossings = np.zeros(len(tree))
    for offset, own in zip(perimeter_weights(len(shape), None), data.edge_weights, strict=True):
        first, second = pair_slices(offset)
        a, b = tree.node_of_pixel[first].ravel(), tree.node_of_pixel[second].ravel()
        # of two nodes the one with the larger index does not enclose the other one: the pair leaves it
        sign = np.where(a > b, tree.polarity[a], -tree.polarity[b]) * (a != b) * own[first].ravel()
        crossings += np.bincount(a, sign, len(tree)) - np.bincount(b, sign, len(tree))
    _tree.accumulate_sum(tree.parent, crossings)
    cost = factor * np.abs(crossings)
    return (cost if is_fixed else np.minimum(cost, uncut)), np.ones(len(tree), np.int64)


def join(parts: Sequence[Info]) -> Info:
    """What was done to all channels."""
    seconds: dict[str, Any] = {}
    for part in parts:
        for phase, spent in part.seconds.items():
            seconds[phase] = seconds.get(phase, 0.0) + spent
    return Info(
        energy=sum(part.energy for part in parts),
        initial_energy=sum(part.initial_energy for part in parts),
        dual_bound=sum(part.dual_bound for part in parts),
        n_cuts=sum(part.n_cuts for part in parts),
        seconds=seconds,
        certificates=[certificate for part in parts for certificate in part.certificates],
    )
