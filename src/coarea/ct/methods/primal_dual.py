"""Constrained total variation by a primal-dual method: the reference for the faster approximations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.methods.data_steps import EVERY_VIEW
from coarea.ct.methods.preparation import Start, first_image, given, operator_norm
from coarea.ct.methods.registry import iterative
from coarea.ct.methods.system import Callback, Operator, Reconstruction, Record, System, norm
from coarea.variation.dual import DualVariation


@iterative
@with_hints
def tv_primal_dual(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 500,
    *,
    start: Start = "sart",
    lower: float = 0.0,
    upper: float = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    isotropic: bool = True,
    axis_weights: float | Sequence[float] = 1.0,
    balance: float = 1.0,
    callback: Callback | None = None,
) -> Reconstruction:
    """Least total variation among the images that the data allow, by Chambolle and Pock's method [ChambollePock2011]_.

        ``minimise TV(x)  subject to  |A x - data| <= epsilon,  lower <= x <= upper``

    with the isotropic norm of backward differences, as in [SidkyJorgensenPan2012]_. It converges to a solution; the
    iterates meet the constraint only in the limit.

    Parameters
    ----------
    operator, data, n_iter, start, lower, upper, callback
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
    system = System(operator, data, start=given(start), lower=lower, upper=upper, n_blocks=EVERY_VIEW)
    limit, record = system.epsilon(epsilon, noise), Record(system, callback)
    variation = DualVariation(
        system.image_shape, system.dtype, isotropic=isotropic, axis_weights=axis_weights,
        workers=getattr(system.operators[0], "workers", None),
    )  # fmt: skip
    x, scale = first_image(system, start), operator_norm(system)
    weight = scale**2 / variation.bound  # of the differences: then both parts of the dual problem weigh the same
    grey_value = norm(system.data) / scale / math.sqrt(x.size) or 1.0  # so the steps suit data in any unit
    primal_step = 0.05 * balance * grey_value
    dual_step = 1 / (2 * scale**2 * primal_step)
    residual = system.residual(x)
    ahead, ahead_residual = x, residual
    dual = np.zeros_like(residual)
    for _ in range(n_iter):
        dual += dual_step * ahead_residual
        if limit > 0:
            dual *= max(0.0, 1 - dual_step * limit / (norm(dual) or math.inf))
        gradient = variation.ascend(ahead.reshape(system.image_shape), dual_step * weight).ravel()
        before, residual_before = x, residual
        x = before - primal_step * (system.back_project(dual) + gradient)
        system.clip(x)
        residual = system.residual(x)
        ahead, ahead_residual = 2 * x - before, 2 * residual - residual_before
        if record.add(x, residual=norm(residual), tv=variation.norm(x.reshape(system.image_shape))):
            break
    return record.reconstruction(x)
