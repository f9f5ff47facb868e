"""Constrained total variation by a primal-dual method: the reference for the faster approximations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from numpy.typing import ArrayLike

from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.equations.arithmetic import norm
from coarea.ct.equations.data_steps import EVERY_VIEW
from coarea.ct.equations.held_out import leave_out
from coarea.ct.equations.operators import Operator
from coarea.ct.equations.preparation import dual_of, first_image, given, operator_norm
from coarea.ct.equations.system import Callback, Reconstruction, System
from coarea.ct.methods.registry import iterative


@iterative
@with_hints
def tv_primal_dual(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 500,
    *,
    start: ArrayLike | None = "sart",
    weights: ArrayLike | None = None,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    isotropic: bool = True,
    axis_weights: float | Sequence[float] = 1.0,
    hold_out: float | None = None,
    balance: float = 1.0,
    callback: Callback | None = None,
) -> Reconstruction:
    """Least total variation among the images that the data allow, by Chambolle and Pock's method [ChambollePock2011]_.

        ``minimise TV(x)  subject to  |A x - data| <= epsilon,  lower <= x <= upper``

    with the isotropic norm of backward differences, as in [SidkyJorgensenPan2012]_. It converges to a solution; the
    iterates meet the constraint only in the limit.

    Parameters
    ----------
    operator, data, n_iter, weights, lower, upper, callback
        As for :func:`asd_pocs`. An iteration costs a projection, a back projection and a pass over the image.
    start : array_like or "sart", default "sart"
        First image, or that of a sweep of :func:`sart`; None is 0. The solution does not depend on it, but how soon it
        is near: few views all around gain by the sweep, a limited arc is better off with None.
    epsilon : float, optional
        Bound of the residual. Default 0: the data are taken as exact. On real data too, where what is left is the error
        of the model rather than noise, a small one is better than a large one.
    noise : float or array_like, optional
        Standard deviation of the data, instead of `epsilon`.
    isotropic : bool, default True
        As for :func:`coarea.tv_norm`. Where the edges run along the axes, an anisotropic norm keeps them better; round
        objects come out as if they were cut.
    axis_weights : float or sequence of float, default 1
        What the differences along each axis are multiplied by, as ``1 / spacing`` of :func:`coarea.tv_norm`.
    hold_out : float, optional
        The part of the views that is left out of the data to tell when to stop, see :func:`asd_pocs`.
    balance : float
        Primal over dual step length, relative to a guess from the data. It changes the speed, not the solution.

    Returns
    -------
    Reconstruction
        With ``residual`` and ``tv`` in ``history``, and ``held_out`` where views are.

    Raises
    ------
    ValueError, TypeError
        As :func:`sart`.

    See Also
    --------
    tv_least_squares : a penalty instead of a bound.
    asd_pocs : by alternating steps, in fewer iterations.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> abs(ct.tv_primal_dual(A, A(square), n_iter=300).image - square).max() < 0.01
    np.True_
    """
    n_iter, balance = as_count("n_iter", n_iter), as_number("balance", balance, above=0)
    kept = leave_out(operator, data, hold_out, start=given(start), weights=weights, epsilon=epsilon, noise=noise)
    system = System(
        operator, data, start=given(start), weights=kept.weights, lower=lower, upper=upper, epsilon=kept.epsilon,
        noise=noise, n_blocks=EVERY_VIEW,
    )  # fmt: skip
    limit, record = system.epsilon, kept.record(system, callback)
    variation = dual_of(system, isotropic=isotropic, axis_weights=axis_weights)
    x, scale = first_image(system, start), operator_norm(system)
    weight = scale**2 / variation.bound  # of the differences: then both parts of the dual problem weigh the same
    n_pixels = math.prod(system.image_shape)
    grey_value = norm(system.data) / scale / math.sqrt(n_pixels) or 1.0  # so the steps suit data in any unit
    primal_step = 0.05 * balance * grey_value
    dual_step = 1 / (2 * scale**2 * primal_step)
    residual = system.residual(x)
    ahead, ahead_residual = x, residual
    dual = system.home.xp.zeros_like(residual)
    for _ in range(n_iter):
        dual += dual_step * ahead_residual
        if limit > 0:
            dual *= max(0.0, 1 - dual_step * limit / (norm(dual) or math.inf))
        gradient = system.flat(variation.ascend(system.image(ahead), dual_step * weight))
        before, residual_before = x, residual
        x = before - primal_step * (system.back_project(dual) + gradient)
        system.clip(x)
        residual = system.residual(x)
        ahead, ahead_residual = 2 * x - before, 2 * residual - residual_before
        if record.add(x, residual=norm(residual), tv=variation.norm(system.image(x))):
            break
    return record.reconstruction(x)
