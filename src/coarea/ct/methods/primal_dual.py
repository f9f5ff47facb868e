"""Constrained total variation by a primal-dual method: the reference for the faster approximations."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.methods.measured import Blocks
from coarea.ct.methods.operators import Operator
from coarea.ct.methods.registry import iterative
from coarea.ct.methods.system import Callback, Reconstruction, Record, System, norm
from coarea.variation.differences import differences, transposed_differences


@iterative
@with_hints
def tv_primal_dual(
    operator: Operator,
    data: Blocks,
    n_iter: int = 500,
    *,
    start: ArrayLike | None = None,
    weights: Blocks | None = None,
    lower: ArrayLike = 0.0,
    upper: ArrayLike = math.inf,
    epsilon: float | None = None,
    noise: Blocks | None = None,
    balance: float = 1.0,
    callback: Callback | None = None,
) -> Reconstruction:
    """Least total variation among the images that the data allow, by Chambolle and Pock's method [ChambollePock2011]_.

        ``minimise TV(x)  subject to  |A x - data| <= epsilon,  lower <= x <= upper``

    with the isotropic norm of backward differences, as in [SidkyJorgensenPan2012]_. It converges to a solution; the
    iterates meet the constraint only in the limit.

    Parameters
    ----------
    operator, data, n_iter, start, weights, lower, upper, callback
        As for :func:`asd_pocs`. An iteration costs a projection, a back projection and some passes over the image.
    epsilon : float, optional
        Bound of the residual. Default 0: the data are taken as exact.
    noise : float or array_like, optional
        Standard deviation of the data, instead of `epsilon`.
    balance : float
        Primal over dual step length, relative to a guess from the data. It changes the speed, not the solution.

    Returns
    -------
    Reconstruction
        With ``residual`` and ``tv`` in ``history``.

    Raises
    ------
    ValueError, TypeError
        As :func:`sart`.
    """
    n_iter, balance = as_count("n_iter", n_iter), as_number("balance", balance, above=0)
    system = System(
        operator, data, start=start, weights=weights, lower=lower, upper=upper, epsilon=epsilon, noise=noise
    )
    limit, record = system.epsilon, Record(system, callback)
    x = system.start.copy()
    shape, scale = system.image_shape, _operator_norm(system)
    weight = scale / math.sqrt(4 * len(shape))  # of the differences: then both parts of the dual problem weigh the same
    grey_value = norm(system.data) / scale / math.sqrt(x.size) or 1.0  # so the steps suit data in any unit
    primal_step = 0.05 * balance * grey_value
    dual_step = 1 / (2 * scale**2 * primal_step)
    residual, slopes = system.residual(x), differences(x.reshape(shape))
    ahead_residual, ahead_slopes = residual, slopes
    dual, slopes_dual = np.zeros_like(residual), np.zeros_like(slopes)
    for _ in range(n_iter):
        dual += dual_step * ahead_residual
        if limit > 0:
            dual *= max(0.0, 1 - dual_step * limit / (norm(dual) or math.inf))
        slopes_dual += dual_step * weight * ahead_slopes
        slopes_dual /= np.maximum(1, weight * np.sqrt((slopes_dual**2).sum(0)))
        x -= primal_step * (system.back_project(dual) + weight * transposed_differences(slopes_dual).ravel())
        system.clip(x)
        before, slopes_before = residual, slopes
        residual, slopes = system.residual(x), differences(x.reshape(shape))
        ahead_residual, ahead_slopes = 2 * residual - before, 2 * slopes - slopes_before
        tv = float(np.sqrt((slopes**2).sum(0)).sum(dtype=np.float64))
        if record.add(x, residual=norm(residual), tv=tv):
            break
    return record.reconstruction(x)


def _operator_norm(system: System) -> float:
    """Largest singular value, by power iteration from the image of ones; for non-negative operators that is near."""
    x = np.ones_like(system.start)
    value = 0.0
    for _ in range(30):
        x /= norm(x) or 1.0
        x = system.back_project(system.project(x))
        value = math.sqrt(norm(x))
    return 1.01 * value or 1.0
