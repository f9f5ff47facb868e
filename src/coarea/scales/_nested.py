"""The minimisers on a tree for growing betas, each from what the last one left of the tree."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.colors import ONE_BY_ONE, warn_of_colors
from coarea.base.options import one_of
from coarea.base.threads import number_of_workers
from coarea.base.types import Border, ShapeConnectivity, Tie
from coarea.cuts.contraction import Groups, Step
from coarea.cuts.terms import Levels
from coarea.exact._channels import PixelOptions, prepared
from coarea.exact._domains import DomainOptions
from coarea.exact._integers import DISTINCT_MAX, Scale, smallest_of, to_integers
from coarea.exact._model import l1_model
from coarea.exact._nodes import tree_problem
from coarea.exact._problem import largest_gains, scale_of, uncut_weight
from coarea.exact._setting import lowered, moderate_weights
from coarea.trees.tree import Tree


class Options(NamedTuple):
    """Options of the filter, as they were given."""

    tie: Tie
    weights: ArrayLike | None
    quantile: float
    connectivity: ShapeConnectivity | int | None
    border: Border | None
    workers: int | None


class Stage(NamedTuple):
    """A minimiser, and what it leaves of the tree for larger betas."""

    level: Levels  # of the groups, or of the nodes if there are no groups
    groups: Groups | None
    ratio: Fraction  # of the capacities to the weights for which the groups were made

    def values(self, greys: Array) -> Array:
        """The grey values of the nodes."""
        values = greys.take(self.level)
        return values if self.groups is None else values.take(self.groups.group)


class Nested:
    """One image on its tree, for any beta.

    Attributes
    ----------
    image : ndarray
        The image, finite.
    weights : ndarray or None
        Those of the pixels; 0 where there are no data.
    """

    def __init__(self, image: ArrayLike | Tree, domain: str | None, options: Options) -> None:
        model = l1_model(options.quantile)
        one_of("tie", options.tie, get_args(Tie))
        threads = number_of_workers(options.workers)
        if domain is None and not isinstance(image, Tree):
            domain = "shapes"
        conventions = DomainOptions(None, options.connectivity, options.border, None)
        channels, build = prepared(image, None, domain, conventions, PixelOptions(options.weights))
        assert build is not None
        (self.image,) = channels.images
        if not isinstance(image, Tree):
            warn_of_colors(self.image, ONE_BY_ONE)
        self.weights = channels.data[0].weights
        data, self._exponent = moderate_weights(channels.data[0])
        problem = tree_problem(build(self.image, threads), data, model)
        self._problem = replace(problem, sites=problem.sites._replace(distinct=_distinct(problem.sites.weights)))
        self._tie = options.tie
        self._lengths = self._problem.lengths.astype(np.float64)
        self._longest = float(self._lengths.max())
        self._pulls = np.empty(len(self.tree))  # of the edges

    @property
    def tree(self) -> Tree:
        """The tree of the image."""
        return self._problem.tree

    @property
    def greys(self) -> Array:
        """The grey values of the levels."""
        return self._problem.labels.values

    def solve(self, beta: float, before: Stage | None = None) -> Stage:
        """The minimiser for a beta, which is faster from the stage of a smaller one."""
        beta = lowered(beta, self._exponent)
        step, scale = self._step(beta)
        if step is None:
            level, _, _ = self._problem.minimize(beta, tie=self._tie)
            return Stage(level, None, Fraction(0))
        ratio = Fraction(step.unit, max(step.up, step.down))
        groups = self._nodes_alone(scale) if before is None or before.ratio > ratio else before.groups
        groups = (groups or self._nodes_alone(scale)).contracted(step)
        return Stage(groups.minimize(step, len(self.greys), tie=self._tie), groups, ratio)

    def filtered(self, stage: Stage) -> Array:
        """The filtered image."""
        return self.tree.reconstruct(stage.values(self.greys))

    def levels(self, stage: Stage) -> Levels:
        """What is constant if the filtered image is."""
        return stage.level

    def _step(self, beta: float) -> tuple[Step | None, Scale]:
        """The problem as the filter scales it to integers; None where not all weights have a common denominator.

        Then weights are rounded for each beta anew, and nothing is the same for two of them.
        """
        problem, edge = self._problem, (beta, self._problem.lengths)
        if problem.sites.total == 0:  # nothing pulls anywhere, and the smallest beta has no size to be measured by
            return Step(1, 1, 1, 1), Scale(Fraction(1), 1, 1)
        uncut = uncut_weight(problem.model, problem.labels, problem.sites)
        with np.errstate(over="ignore"):
            np.multiply(beta, self._lengths, out=self._pulls)
        if beta * self._longest > uncut:
            np.minimum(self._pulls, uncut, out=self._pulls)
        pull = float(self._pulls.sum())
        scale = scale_of(problem.model, problem.labels, problem.sites, [edge], pull=pull, narrow=False)
        if scale.sites is None or scale.edges is None:
            return None, scale
        up, down = (scale.unit(bound, scale.sites)[0] for bound in largest_gains(problem.model, problem.labels))
        return Step(up, down, *scale.unit(beta, scale.edges, smallest=self._shortest, highest=uncut)), scale

    def _nodes_alone(self, scale: Scale) -> Groups:
        """The tree before anything is contracted; the denominators of weights are the same for all betas."""
        problem, parts = self._problem, (Fraction(scale.sites or 1), Fraction(scale.edges or 1))
        weight = problem.sites.gathered(to_integers(problem.sites.weights, parts[0]))
        length = to_integers(problem.lengths, parts[1])
        return Groups.of(problem.tree.parent, length, weight, problem.labels.level, len(self.greys))

    @cached_property
    def _shortest(self) -> float:
        return smallest_of(self._problem.lengths)


def _distinct(weights: Array) -> Array:
    """The weights that occur; of so many that they have no common denominator, the largest that show it."""
    return np.unique(weights)[-DISTINCT_MAX - 1 :]
