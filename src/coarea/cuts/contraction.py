"""One tree under growing capacities: edges that no minimiser cuts any more are contracted, for good.

A subtree sends its parent at most ``M_i = pull w_i + sum_children min(M_j, c_j)``, whatever the threshold. Where this
is less than the capacity c_i of the edge, the node has its parent's level in every minimiser. ``M_i / c`` falls as the
capacities grow, so what is contracted stays contracted, and each solution works on a smaller tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from coarea.cuts import _contraction
from coarea.cuts.terms import Levels, Weights


class Step(NamedTuple):
    """What turns weights and lengths into one problem.

    A weight w pulls a node towards its level with up w from below and down w from above; an edge of length l has the
    capacity unit min(l, longest).
    """

    up: int
    down: int
    unit: int
    longest: int


@dataclass(frozen=True)
class Groups:
    """Nodes of a tree that have one level, as a tree; the L1 data term of a group has a weight at each of its levels.

    Attributes
    ----------
    parent, length, weight : (n_groups,) ndarrays
        Of the groups; the weight is that of all its nodes.
    group : (n_nodes,) ndarray of int32
        The group of each node.
    pair_level, pair_weight, pair_group : (n_pairs,) ndarrays
        The weights of the groups by level; the levels do not fall.
    """

    parent: Levels
    length: Weights
    weight: Weights
    group: Levels
    pair_level: Levels
    pair_weight: Weights
    pair_group: Levels

    @classmethod
    def of(cls, parent: Levels, length: Weights, weight: Weights, level: Levels, n_levels: int) -> Groups:
        """Each node alone."""
        order, _ = sorted_by_key(level, n_levels)
        return cls(parent, length, weight, np.arange(len(parent), dtype=np.int32), level[order], weight[order], order)

    def contracted(self, step: Step) -> Groups:
        """The groups that are left where edges cannot be cut, in this step and in all whose capacities are larger."""
        n, n_pairs = len(self.parent), len(self.pair_level)
        place = np.empty(n, np.int32)
        pull = max(step.up, step.down)
        n_left = _contraction.find_loose(
            self.parent, self.weight, self.length, pull, step.unit, step.longest, np.empty(n, np.int64), place
        )
        if n_left == n:
            return self
        parent, length, weight = np.empty(n_left, np.int32), np.empty(n_left, np.int64), np.zeros(n_left, np.int64)
        _contraction.join_groups(self.parent, self.length, self.weight, place, parent, length, weight)
        levels, weights, owners = np.empty(n_pairs, np.int32), np.empty(n_pairs, np.int64), np.empty(n_pairs, np.int32)
        n_pairs = _contraction.join_pairs(
            self.pair_level, self.pair_weight, self.pair_group, place, np.full(n_left, -1, np.int32),
            levels, weights, owners,
        )  # fmt: skip
        pairs = levels[:n_pairs], weights[:n_pairs], owners[:n_pairs]
        return Groups(parent, length, weight, place.take(self.group), *pairs)

    def minimize(self, step: Step, n_levels: int, *, tie: str) -> Levels:
        """Levels of the groups that minimise the data terms and sum_{i > 0} capacity_i |u_i - u_parent(i)|.

        Parameters
        ----------
        n_levels : int
            The levels are below it.
        tie : {"lower", "upper"}
            The smallest or the largest of all minimisers.
        """
        n = len(self.parent)
        level = np.zeros(n, np.int32)
        _contraction.minimize(
            self.parent, self.length, *self._by_group, step.up, step.down, step.unit, step.longest,
            (n_levels - 1).bit_length(), tie == "upper", np.empty((n, 3), np.int32), np.empty(n, np.int64),
            np.zeros(n, np.int64), np.empty(n, np.uint8), level,
        )  # fmt: skip
        return np.minimum(level, n_levels - 1)

    @cached_property
    def _by_group(self) -> tuple[Levels, Levels, Weights]:
        """Where the pairs of each group start, their levels, and the sums of the weights before each pair."""
        order, start = sorted_by_key(self.pair_group, len(self.parent))
        below = np.zeros(len(order) + 1, np.int64)
        np.cumsum(self.pair_weight[order], out=below[1:])
        return start, self.pair_level[order], below


def sorted_by_key(keys: Levels, n_keys: int) -> tuple[Levels, Levels]:
    """The order of the keys, and where each starts in it."""
    order, start = np.empty(len(keys), np.int32), np.zeros(n_keys + 1, np.int32)
    _contraction.sort_by_key(keys, start, order)
    return order, start
