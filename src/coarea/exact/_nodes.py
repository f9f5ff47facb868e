"""One channel through a model, on a tree of its level lines."""

import math
import time

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array
from coarea.base.neighborhoods import pair_slices
from coarea.cuts.fidelity import Fidelity, Weights
from coarea.cuts.tree import minimize_tree
from coarea.exact._model import Labels, Sizes, as_integers, fidelity_of, fix, uncut_cost
from coarea.exact._setting import Data, Setting, moderate, sum_of_weights
from coarea.exact.certificate import Certificate
from coarea.exact.info import Info, describe
from coarea.trees import _passes
from coarea.trees.tree import Tree


def solve_on_tree(image: Array, data: Data, setting: Setting) -> tuple[Array, Info | None]:
    """The filtered image, and what is known of it if wanted."""
    started = time.perf_counter()
    data, setting = moderate(data, setting)
    assert setting.build is not None
    tree = setting.build(image)
    built = time.perf_counter()
    own_area = attributes.own_area(tree)
    value = tree.value
    if len(tree) > 1 and own_area[0] == 0:
        value = value.copy()
        value[0] = value[1]  # a root that stands for a ring owns no pixel: its value must not enter the image
    labels = setting.model.labels(value)
    fidelity, capacity, unit = _as_integers(tree, own_area, labels, data, setting)
    level, edges = minimize_tree(fidelity, tree.parent, capacity, tie=setting.tie, flow=setting.wants_info)
    filtered = tree.reconstruct(labels.values[level])
    if not setting.wants_info:
        return filtered, None
    seconds = {"tree": built - started, "solve": time.perf_counter() - built}
    return filtered, describe(Certificate(fidelity, edges, level, labels.values, unit), labels.level, seconds)


def _as_integers(
    tree: Tree, own_area: Array, labels: Labels, data: Data, setting: Setting
) -> tuple[Fidelity, Weights, float]:
    """Fidelity of the nodes, capacities of the edges to their parents, and the unit of energy."""
    model = setting.model
    weights = np.ones(()) if data.weights is None else data.weights
    total = sum_of_weights(weights, tree.node_of_pixel.size)
    uncut = uncut_cost(model, labels, total) if data.fixed is None else math.inf
    beta, lengths = setting.beta * model.cost_factor, _lengths(tree, data)
    with np.errstate(over="ignore"):
        pull = float(np.minimum(beta * lengths.astype(np.float64), uncut).sum())
    integers = as_integers(
        model, labels, weights, [(beta, lengths)], sizes=Sizes(pull, heaviest=total, uncut=uncut), narrow=False
    )
    (capacity,) = integers.costs
    bounds = [_sum_over_nodes(tree, bound, own_area) for bound in (integers.slope, integers.up, integers.down)]
    summed = integers._replace(slope=bounds[0], up=bounds[1], down=bounds[2])
    if data.fixed is not None:
        holds = np.bincount(tree.node_of_pixel.ravel(), data.fixed.ravel(), minlength=len(tree)) > 0
        summed = fix(summed, holds, int(capacity.sum()))
    return fidelity_of(labels, summed), capacity, setting.unit * model.unit / float(integers.scale)


def _sum_over_nodes(tree: Tree, bound: Weights, own_area: Array) -> Weights:
    """Integer weights of the pixels, or one for all, summed over the pixels that each node owns."""
    if bound.ndim == 0:
        return own_area.astype(np.int64) * bound
    sums = np.zeros(len(tree), np.int64)
    np.add.at(sums, tree.node_of_pixel.ravel(), bound.ravel())
    return sums


def _lengths(tree: Tree, data: Data) -> Array:
    """The perimeters; with weights of edges, the weights of the boundaries."""
    if data.edge_weights is None:
        return attributes.perimeter(tree)
    shape = tree.node_of_pixel.shape
    if len(data.edge_weights) != len(shape):
        raise ValueError(f"edge_weights must hold {len(shape)} arrays, one per axis, got {len(data.edge_weights)}")
    crossings = np.zeros(len(tree))
    for axis, own in enumerate(data.edge_weights):
        first, second = pair_slices(tuple(int(i == axis) for i in range(len(shape))))
        a, b = tree.node_of_pixel[first].ravel(), tree.node_of_pixel[second].ravel()
        # of two nodes the one with the larger index does not enclose the other one: the pair leaves it
        sign = np.where(a > b, tree.polarity[a], -tree.polarity[b]) * (a != b) * own[first].ravel()
        crossings += np.bincount(a, sign, len(tree)) - np.bincount(b, sign, len(tree))
    _passes.accumulate_sum(tree.parent, crossings)
    lengths: Array = np.abs(crossings)
    return lengths
