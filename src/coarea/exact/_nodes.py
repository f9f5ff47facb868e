"""One channel through a model, on a tree of its level lines."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array
from coarea.base.neighborhoods import pair_slices
from coarea.cuts.terms import Weights
from coarea.cuts.tree import minimize_tree
from coarea.exact._bounds import bounds_of, bounds_of_nodes, labels_within
from coarea.exact._problem import Sites, problem_of, sum_of_weights
from coarea.exact._setting import Data, Setting, moderate
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
    sites = _sites(tree, own_area, data)
    bounds = bounds_of_nodes(bounds_of(setting.model, image, data), tree)
    labels = labels_within(setting.model, value, bounds, sites.fixed)
    edge = setting.beta * setting.model.cost_factor, _lengths(tree, data)
    problem = problem_of(setting.model, labels, sites, [edge], pull_of=_sum, narrow=False)
    level, edges = minimize_tree(
        problem.term, tree.parent, problem.capacities[0], tie=setting.tie, flow=setting.wants_info
    )
    filtered = tree.reconstruct(labels.grey_values(level))
    if not setting.wants_info:
        return filtered, None
    seconds = {"tree": built - started, "solve": time.perf_counter() - built}
    certificate = Certificate(problem.term, edges, level, labels.values, setting.unit * problem.unit, labels.table)
    return filtered, describe(certificate, seconds)


def _sites(tree: Tree, own_area: Array, data: Data) -> Sites:
    """The nodes: a node is fixed if one of its own pixels is."""
    weights = np.ones(()) if data.weights is None else data.weights
    n_pixels = tree.node_of_pixel.size
    held = None
    if data.fixed is not None:
        held = np.bincount(tree.node_of_pixel.ravel(), data.fixed.ravel(), minlength=len(tree)) > 0
    gathered = partial(_sum_over_nodes, tree, own_area)
    return Sites(weights, n_pixels, heaviest=sum_of_weights(weights, n_pixels), fixed=held, gathered=gathered)


def _sum(weights: Sequence[Array]) -> Any:
    """No node has more edges than there are."""
    return sum(weight.sum() for weight in weights)


def _sum_over_nodes(tree: Tree, own_area: Array, bound: Weights) -> Weights:
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
