"""The proof that a result is optimal: a flow on the edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cuts.edges import Edges, total_inflow
from coarea.cuts.terms import Levels, Term
from coarea.exact._integers import exact_sum


@dataclass(frozen=True, repr=False)
class Certificate:
    """A flow on the edges that proves a result optimal.

    For every flow g whose absolute value nowhere exceeds the weight c of the edge, and for every u,

        ``E(u) >= sum_p min_t (f_p(t) - t inflow_p(g))``

    so a u whose energy equals the right side has the least energy of all. Everything is in integers.

    Attributes
    ----------
    level : ndarray of int32
        The result, as levels.
    values : (n_levels,) ndarray
        The grey values of the levels.

    See Also
    --------
    Info : holds those of a filter.
    minimize_tv_graph : gives one with the minimum.

    Examples
    --------
    >>> import coarea
    >>> values, certificate = coarea.minimize_tv_graph([5, 1, 1, 9], [[0, 1], [1, 2], [2, 3]], [2, 2, 0.5])
    >>> certificate.verify(), certificate.energy(), certificate.dual_bound()
    (True, 8.0, 8.0)
    """

    fidelity: Term
    edges: Sequence[Edges]
    level: Levels
    values: Array
    unit: float  # energy of the user for one unit of energy of the integers
    table: Array | None = None  # numbers in which L1 distances are measured, where levels are not evenly spaced

    def __repr__(self) -> str:
        n_edges = sum(edges.capacity.size for edges in self.edges)
        return f"Certificate({self.level.size} sites, {len(self.values)} levels, {n_edges} edges)"

    def verify(self, result: Any | None = None) -> bool:
        """Check in O(n) that a result has the least energy, from the flow alone, whatever found them.

        Parameters
        ----------
        result : ndarray, optional
            Grey values, one per site. Default: the result that the certificate came with.

        Returns
        -------
        bool
            True if the flow is admissible and the energy of the result equals the dual bound, term by term.
        """
        level = self.level if result is None else self._to_levels(np.asarray(result))
        if level is None:
            return False
        for first, second, capacity, flow in self.edges:
            difference = np.sign(level[first] - level[second])
            if (np.abs(flow) > capacity).any() or (difference * flow != np.abs(difference) * capacity).any():
                return False
        inflow = total_inflow(self.edges, self.fidelity.level.shape)
        sinks = (level > 0) & (self.fidelity.gain(level) + inflow < 0)
        rises = (level < self.fidelity.n_levels - 1) & (self.fidelity.gain(level.astype(np.int64) + 1) + inflow > 0)
        return not (sinks.any() or rises.any())

    def energy(self, result: Any | None = None) -> float:
        """Energy of a result, by default of the one that the certificate came with; infinite outside of the bounds."""
        level = self.level if result is None else self._to_levels(np.asarray(result))
        if level is None:
            raise ValueError("result must hold grey values that the problem has, in the shape of its sites")
        return self._energy(level)

    def initial_energy(self) -> float:
        """Energy of the image that was given: all of it is variation; infinite if it leaves the bounds."""
        return self._energy(self.fidelity.level)

    def dual_bound(self) -> float:
        """The bound from below that the flow gives: no u has less energy."""
        inflow = total_inflow(self.edges, self.fidelity.level.shape)
        best = self.fidelity.best_level(inflow)
        bound = exact_sum(self._cost(best)) - exact_sum(self._table()[best] * inflow)
        return float(bound * self.unit)

    def _energy(self, level: Levels) -> float:
        if not self.fidelity.admits(level):
            return math.inf
        return float((exact_sum(self._cost(level)) + self._variation(level)) * self.unit)

    def _variation(self, level: Levels) -> float | int:
        """The weighted differences along the edges."""
        table = self._table()
        total: float | int = 0
        for first, second, capacity, _ in self.edges:
            total += exact_sum(capacity * np.abs(table[level[first]] - table[level[second]]))
        return total

    def _table(self) -> Array:
        """The number that stands for each level where energies are summed."""
        return np.arange(self.fidelity.n_levels) if self.table is None else self.table

    def _cost(self, level: Levels) -> Array:
        """The data term of each site, in the same numbers."""
        if self.table is None:
            return self.fidelity.cost(level)
        bound = np.where(level < self.fidelity.level, self.fidelity.up, self.fidelity.down)
        costs: Array = bound * np.abs(self.table[level] - self.table[self.fidelity.level])
        return costs

    def _to_levels(self, result: Array) -> Levels | None:
        if result.shape != self.level.shape:
            return None
        level = np.minimum(np.searchsorted(self.values, result), len(self.values) - 1).astype(np.int32)
        return level if (self.values[level] == result).all() else None
