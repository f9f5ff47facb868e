"""Views that are left out of the data: how well an image predicts them tells when to stop."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.options import as_number
from coarea.ct.equations.arithmetic import copied, norm
from coarea.ct.equations.measured import Measured
from coarea.ct.equations.operators import LinearMap, Operator, ProjectorMap, as_maps
from coarea.ct.equations.system import Callback, Reconstruction, Record, System

PATIENCE = 20  # iterations without gain


@dataclass(frozen=True, eq=False)
class Kept:
    """What is left of the data, and the equations of the views that were left out, if any."""

    weights: ArrayLike | None
    epsilon: float | None
    held_out: System | None
    share: float  # of the measured rays that is kept

    def record(self, system: System, callback: Callback | None) -> Record:
        """What notes the iterations, and ends them."""
        return Record(system, callback) if self.held_out is None else HeldOutRecord(system, callback, self.held_out)


def leave_out(
    operator: Operator,
    data: ArrayLike,
    hold_out: float | None,
    *,
    start: ArrayLike | None,
    weights: ArrayLike | None,
    epsilon: float | None,
    noise: ArrayLike | None,
) -> Kept:
    """Give every k-th view, with k one over `hold_out`, the weight 0; None leaves all as they are."""
    if hold_out is None:
        return Kept(weights, epsilon, None, 1.0)
    step = round(1 / as_number("hold_out", hold_out, above=0, most=0.5))
    maps = as_maps(operator, None if start is None else as_real("start", start).shape)
    given = Measured.of(operator, data, maps, weights=weights, epsilon=epsilon, noise=noise)
    known = np.ones(given.data.size) if given.weights is None else given.weights
    views = _views(maps)
    measured = np.flatnonzero(np.bincount(views, known))
    # not the first one: of a limited arc that is the end, which nothing predicts
    held_out = np.isin(views, measured[min(step // 2, len(measured) - 1) :: step])
    inside, outside = np.where(held_out, 0, known), np.where(held_out, known, 0)
    if not inside.any():
        raise ValueError("hold_out needs two views or more that were measured, got 1")
    share = float(np.count_nonzero(inside) / np.count_nonzero(known))
    if epsilon is not None:
        epsilon *= math.sqrt(share)
    return Kept(inside, epsilon, System(operator, data, start=start, weights=outside, warns=False), share)


def _views(maps: list[LinearMap]) -> Array:
    """The view of each ray, from 0; of many operators each that is no projector is one view."""
    if len(maps) == 1 and len(maps[0].range_shape) < 2:
        raise ValueError("hold_out needs views: give a Projector, or a sequence of operators, one for each view")
    sizes: list[int] = []
    for a in maps:
        n_views = a.range_shape[0] if len(maps) == 1 or isinstance(a, ProjectorMap) else 1
        sizes += [math.prod(a.range_shape) // n_views] * n_views
    return np.arange(len(sizes)).repeat(sizes)


class HeldOutRecord(Record):
    """Notes how far from the data the views are that were left out, and keeps the image that predicts them best."""

    def __init__(self, system: System, callback: Callback | None, held_out: System):
        super().__init__(system, callback)
        self._held_out, self._least, self._best, self._waited = held_out, math.inf, system.start, 0

    def add(self, x: Array, **numbers: float) -> bool:
        """Note an iteration; True if the callback wants no more, or if nothing was gained for long."""
        distance = norm(self._held_out.residual(x))
        self._waited += 1
        if distance < self._least:
            self._least, self._best, self._waited = distance, copied(x), 0
        return super().add(x, **numbers, held_out=distance) or self._waited >= PATIENCE

    def reconstruction(self, x: Array) -> Reconstruction:
        """The best image."""
        return super().reconstruction(self._best)
