"""One channel through a model, on a tree of its level lines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array
from coarea.base.neighborhoods import axis_offsets, pair_slices
from coarea.cuts.edges import Edges
from coarea.cuts.terms import Levels, Weights
from coarea.cuts.tree import minimize_tree
from coarea.exact._bounds import Bounds, bounds_of, bounds_of_nodes, labels_within
from coarea.exact._model import Labels, Model
from coarea.exact._problem import Problem, Sites, problem_of, sum_of_weights
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
    tree = setting.build(image, setting.workers)
    built = time.perf_counter()
    problem = tree_problem(tree, data, setting.model, bounds_of(setting.model, image, data))
    level, edges, integers = problem.minimize(setting.beta, tie=setting.tie, flow=setting.wants_info)
    labels = problem.labels
    filtered = tree.reconstruct(labels.grey_values(level))
    if not setting.wants_info:
        return filtered, None
    seconds = {"tree": built - started, "solve": time.perf_counter() - built}
    unit = setting.unit * integers.unit
    certificate = Certificate(integers.term, edges, level, labels.values, unit, labels.table)
    return filtered, describe(certificate, seconds)


@dataclass(frozen=True)
class TreeProblem:
    """The problem on a tree, for any beta."""

    tree: Tree
    model: Model
    labels: Labels
    sites: Sites
    lengths: Array

    def minimize(self, beta: float, *, tie: str, flow: bool = False) -> tuple[Levels, Sequence[Edges], Problem]:
        """The levels of the nodes, the flow if wanted, and the problem in integers."""
        edge = beta * self.model.cost_factor, self.lengths
        problem = problem_of(self.model, self.labels, self.sites, [edge], pull_of=_sum, narrow=False)
        minimum = minimize_tree(problem.term, self.tree.parent, problem.capacities[0], tie=tie, flow=flow)
        return minimum.level, minimum.edges, problem


def tree_problem(tree: Tree, data: Data, model: Model, bounds: Bounds | None = None) -> TreeProblem:
    """The problem that a filter solves on a tree, with bounds of the pixels; the weights are moderate."""
    own_area = attributes.own_area(tree)
    value = tree.value
    if len(tree) > 1 and own_area[0] == 0:
        value = value.copy()
        value[0] = value[1]  # a root that stands for a ring owns no pixel: its value must not enter the image
    sites = _sites(tree, own_area, data)
    labels = labels_within(model, value, bounds_of_nodes(bounds, tree), sites.fixed)
    return TreeProblem(tree, model, labels, sites, _lengths(tree, data))


def _sites(tree: Tree, own_area: Array, data: Data) -> Sites:
    """The nodes: a node is fixed if one of its own pixels is."""
    weights = np.ones(()) if data.weights is None else data.weights
    total = sum_of_weights(weights, tree.node_of_pixel.size)
    held = None
    if data.fixed is not None:
        held = np.bincount(tree.node_of_pixel.ravel(), data.fixed.ravel(), minlength=len(tree)) > 0
    gathered = partial(_sum_over_nodes, tree, own_area)
    return Sites(weights, total, heaviest=total, fixed=held, gathered=gathered)


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
    for step, own in zip(axis_offsets(len(shape)), data.edge_weights, strict=True):
        first, second = pair_slices(step)
        a, b = tree.node_of_pixel[first].ravel(), tree.node_of_pixel[second].ravel()
        # of two nodes the one with the larger index does not enclose the other one: the pair leaves it
        sign = np.where(a > b, tree.polarity[a], -tree.polarity[b]) * (a != b) * own[first].ravel()
        crossings += np.bincount(a, sign, len(tree)) - np.bincount(b, sign, len(tree))
    _passes.accumulate_sum(tree.parent, crossings)
    lengths: Array = np.abs(crossings)
    return lengths
