"""Weighted least squares with a penalty on the total variation, and how far an image is from the best one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.equations.arithmetic import inner, norm, total
from coarea.ct.equations.data_steps import EVERY_VIEW
from coarea.ct.equations.held_out import leave_out
from coarea.ct.equations.operators import Operator
from coarea.ct.equations.preparation import dual_of, first_image, given, operator_norm
from coarea.ct.equations.system import Callback, Reconstruction, System
from coarea.ct.methods.registry import iterative

INNER_STEPS = 8, 100  # on the dual field in an iteration: at first, and at most


@iterative
@with_hints
def tv_least_squares(
    operator: Operator,
    data: ArrayLike,
    strength: float,
    n_iter: int = 100,
    *,
    start: ArrayLike | None = "sart",
    weights: ArrayLike | None = None,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    isotropic: bool = True,
    axis_weights: float | Sequence[float] = 1.0,
    hold_out: float | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Least squares with a penalty on the total variation, by accelerated proximal gradients [BeckTeboulle2009]_.

        ``minimise 1/2 sum_i weights_i (A x - data)_i^2 + strength * TV(x)  subject to  lower <= x <= upper``

    For noisy data: the weights may be one over the variance of each ray. The proximal point of the penalty is found by
    fast gradient projection on its dual field [BeckTeboulle2009]_, which goes on where the last iteration left it; the
    momentum is dropped when it points away from the solution [ODonoghueCandes2015]_.

    Parameters
    ----------
    operator, data, n_iter, weights, lower, upper, callback
        As for :func:`asd_pocs`. An iteration costs a projection, a back projection and ten passes over the image or
        more.
    strength : float
        At least 0, in units of the data times a length. Large values give a constant image, 0 plain least squares. The
        larger the data are, the larger.
    start, isotropic, axis_weights
        As for :func:`tv_primal_dual`.
    hold_out : float, optional
        The part of the views that is left out of the data to tell when to stop, see :func:`asd_pocs`.

    Returns
    -------
    Reconstruction
        With, in ``history``, ``residual``, the norm of ``A x - data``, weighted; ``tv``; ``objective``, what is
        minimised; ``gap``, a bound of how far that is above the least, by duality: no image within the bounds whose
        values are at most twice as large as the largest one of this image is better by more. It comes to 0. And
        ``held_out`` where views are.

    Raises
    ------
    ValueError, TypeError
        As :func:`sart`.

    See Also
    --------
    tv_primal_dual : total variation under a bound of the residual

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> geometry = ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24)
    >>> A = ct.Projector(geometry, shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.tv_least_squares(A, A(square), strength=0.01, n_iter=200)
    >>> print(f"{abs(result.image - square).max():.2f}")
    0.00
    """
    strength, n_iter = as_number("strength", strength, least=0), as_count("n_iter", n_iter)
    kept = leave_out(operator, data, hold_out, start=given(start), weights=weights, epsilon=None, noise=None)
    system = System(
        operator, data, start=given(start), weights=kept.weights, lower=lower, upper=upper, n_blocks=EVERY_VIEW
    )
    record = kept.record(system, callback)
    penalty = Penalty(system, isotropic=isotropic, axis_weights=axis_weights)
    penalty.strength = strength * kept.share
    x = first_image(system, start)
    for x, numbers in islice(descent(system, penalty, x, operator_norm(system) ** 2), n_iter):  # noqa: B020
        if record.add(x, **numbers):
            break
    return record.reconstruction(x)


def descent(system: System, penalty: Penalty, x: Array, bound: float) -> Iterator[tuple[Array, dict[str, float]]]:
    """Images ever nearer to the solution from x on, each with what is known of it; `bound` is that of |A|^2."""
    residual = system.residual(x)
    y, residual_of_y, time, objective = x, residual, 1.0, math.inf
    while True:
        before, residual_before, objective_before = x, residual, objective
        gradient = system.back_project(residual_of_y)
        x = penalty.proximal_point(y - gradient / bound, bound)
        residual = system.residual(x)
        tv = penalty.tv(x)
        objective = norm(residual) ** 2 / 2 + penalty.strength * tv
        gap = norm(residual - residual_of_y) ** 2 / 2 + penalty.gap(x, gradient, tv)
        yield x, {"residual": norm(residual), "tv": tv, "objective": objective, "gap": gap}
        penalty.sharpen(x, tv, objective_before - objective)
        if inner(y - x, x - before) > 0:  # the momentum points away
            time = 1.0
        momentum, time = momentum_of(time)
        y = x + momentum * (x - before)
        residual_of_y = residual + momentum * (residual - residual_before)


class Penalty:
    """A total variation times its strength, among the images within the bounds."""

    def __init__(self, system: System, *, isotropic: bool, axis_weights: float | Sequence[float]):
        self.strength = 0.0
        self._system, self._steps = system, INNER_STEPS[0]
        self._variation = dual_of(system, isotropic=isotropic, axis_weights=axis_weights, ahead=True)

    def tv(self, x: Array) -> float:
        """Total variation alone."""
        return self._variation.norm(self._system.image(x))

    def proximal_point(self, v: Array, curvature: float) -> Array:
        """Nearly the image u that minimises ``curvature / 2 |u - v|^2`` plus the penalty; the dual field stays."""
        weight, time = self.strength / curvature, 1.0
        x = self._shifted(v, weight)
        if weight == 0:
            return x
        for k in range(self._steps):
            momentum, time = momentum_of(time)
            self._variation.ascend(
                self._system.image(x), 1 / (weight * self._variation.bound),
                momentum if k < self._steps - 1 else 0.0,
            )  # fmt: skip
            x = self._shifted(v, weight)
        return x

    def _shifted(self, v: Array, weight: float) -> Array:
        x = v - weight * self._system.flat(self._variation.transposed)
        self._system.clip(x)
        return x

    def sharpen(self, x: Array, tv: float, gain: float) -> None:
        """Take more steps from now on if the last proximal point was less exact than what the iteration gained."""
        if self._inexactness(x, tv) > gain:
            self._steps = min(self._steps + 2, INNER_STEPS[1])

    def _inexactness(self, x: Array, tv: float) -> float:
        return self.strength * (tv - inner(self._system.flat(self._variation.transposed), x))

    def gap(self, x: Array, data_gradient: Array, tv: float) -> float:
        """What the penalty and the bounds add to the gap between the objective and that of the dual problem."""
        gradient = data_gradient + self.strength * self._system.flat(self._variation.transposed)
        xp = self._system.home.xp
        largest = 2 * float(xp.max(xp.abs(x)))
        low, high = (
            min(max(bound, -largest), largest) if isinstance(bound, float) else xp.clip(bound, -largest, largest)
            for bound in (self._system.lower, self._system.upper)
        )
        slack = xp.maximum(gradient * (x - low), gradient * (x - high))
        return self._inexactness(x, tv) + total(slack)


def momentum_of(time: float) -> tuple[float, float]:
    """The momentum of the next step of an accelerated method, and its clock."""
    later = (1 + math.sqrt(1 + 4 * time**2)) / 2
    return (time - 1) / later, later
