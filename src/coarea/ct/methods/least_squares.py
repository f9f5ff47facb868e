"""Weighted least squares with a total variation penalty: the image that balances the two, and how far from it one is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.methods.data_steps import EVERY_VIEW
from coarea.ct.methods.preparation import Start, first_image, given, operator_norm
from coarea.ct.methods.system import Callback, Operator, Reconstruction, Record, System, norm
from coarea.variation.dual import DualVariation

INNER_STEPS = 8  # on the dual field in an iteration, which goes on where that of the last one ended


@with_hints
def tv_least_squares(
    operator: Operator,
    data: ArrayLike,
    strength: float,
    n_iter: int = 100,
    *,
    start: Start = "sart",
    lower: float = 0.0,
    upper: float = math.inf,
    isotropic: bool = True,
    axis_weights: float | Sequence[float] = 1.0,
    callback: Callback | None = None,
) -> Reconstruction:
    """Least squares with a penalty on the total variation, by accelerated proximal gradients [BeckTeboulle2009]_.

        ``minimise 1/2 |A x - data|^2 + strength * TV(x)  subject to  lower <= x <= upper``

    """
    strength, n_iter = as_number("strength", strength, least=0), as_count("n_iter", n_iter)
    system = System(operator, data, start=given(start), lower=lower, upper=upper, n_blocks=EVERY_VIEW)
    record = Record(system, callback)
    penalty = Penalty(system, strength, isotropic=isotropic, axis_weights=axis_weights)
    x, bound = first_image(system, start), operator_norm(system) ** 2
    residual = system.residual(x)
    y, residual_of_y, time = x, residual, 1.0
    for _ in range(n_iter):
        before, residual_before = x, residual
        gradient = system.back_project(residual_of_y)
        x = penalty.proximal_point(y - gradient / bound, bound)
        residual = system.residual(x)
        tv = penalty.tv(x)
        objective = norm(residual) ** 2 / 2 + strength * tv
        gap = norm(residual - residual_of_y) ** 2 / 2 + penalty.gap(x, gradient, tv)
        if record.add(x, residual=norm(residual), tv=tv, objective=objective, gap=gap):
            break
        if inner(y - x, x - before) > 0:  # the momentum points away: start anew
            time = 1.0
        time_before, time = time, (1 + math.sqrt(1 + 4 * time**2)) / 2
        momentum = (time_before - 1) / time
        y = x + momentum * (x - before)
        residual_of_y = residual + momentum * (residual - residual_before)
    return record.reconstruction(x)


class Penalty:
    """A total variation times its strength, among the images within the bounds."""

    def __init__(self, system: System, strength: float, *, isotropic: bool, axis_weights: float | Sequence[float]):
        self._system, self._strength = system, strength
        self._variation = DualVariation(
            system.image_shape, system.dtype, isotropic=isotropic, axis_weights=axis_weights, ahead=True,
            workers=getattr(system.operators[0], "workers", None),
        )  # fmt: skip

    def tv(self, x: Array) -> float:
        """Total variation alone."""
        return self._variation.norm(x.reshape(self._system.image_shape))

    def proximal_point(self, v: Array, curvature: float) -> Array:
        """Nearly the image u that minimises ``curvature / 2 |u - v|^2`` plus the penalty; the dual field stays."""
        weight = self._strength / curvature
        x = self._shrunk(v, weight)
        if weight == 0:
            return x
        time = 1.0
        for k in range(INNER_STEPS):
            time_before, time = time, (1 + math.sqrt(1 + 4 * time**2)) / 2
            momentum = (time_before - 1) / time if k < INNER_STEPS - 1 else 0.0
            step = 1 / (weight * self._variation.bound)
            self._variation.ascend(x.reshape(self._system.image_shape), step, momentum)
            x = self._shrunk(v, weight)
        return x

    def _shrunk(self, v: Array, weight: float) -> Array:
        x = v - weight * self._variation.transposed.ravel()
        self._system.clip(x)
        return x

    def gap(self, x: Array, data_gradient: Array, tv: float) -> float:
        """What the penalty and the bounds add to the gap between the objective and that of the dual problem."""
        transposed = self._variation.transposed.ravel()
        gradient = data_gradient + self._strength * transposed
        largest = 2 * float(np.abs(x).max())
        low, high = np.maximum(self._system.lower, -largest), np.minimum(self._system.upper, largest)
        slack = np.maximum(gradient * (x - low), gradient * (x - high))
        return self._strength * (tv - inner(transposed, x)) + float(slack.sum(dtype=np.float64))


def inner(x: Array, y: Array) -> float:
    """Inner product, summed in double."""
    return float(np.einsum("i,i->", x, y, dtype=np.float64))
