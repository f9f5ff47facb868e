"""Algebraic reconstruction: SART, OS-SART, SIRT, ART and conjugate gradients."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.equations.arithmetic import copied, norm
from coarea.ct.equations.data_steps import EVERY_VIEW, blocks_of, data_step_of
from coarea.ct.equations.held_out import leave_out
from coarea.ct.equations.operators import Operator
from coarea.ct.equations.system import Callback, Reconstruction, Record, System
from coarea.ct.methods.registry import iterative


@iterative
@with_hints
def sart(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 20,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    relaxation: float = 1.0,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    hold_out: float | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Simultaneous algebraic reconstruction, view by view [AndersenKak1984]_.

    For each view with the operator A, ``x := x + relaxation * C A^T R (data - A x)``, where R and C hold one over the
    sums of the rows and of the columns of A. The views come in an order in which neighbours are far apart.

    Parameters
    ----------
    operator : Projector, LinearOperator, matrix, or sequence of them
        What projects. A :class:`Projector` is divided by views; any other operator is one block, and a sequence of
        operators is one of blocks. Matrices are arrays or sparse ones of scipy. An object with the methods
        ``forward(image)`` and ``adjoint(data)``, which return arrays in ``range_shape`` and ``domain_shape``, its
        attributes, will do too; without an attribute ``dtype`` that of the data counts.
    data : array_like
        Measured line integrals, in the shape of the projections or flat; for a sequence of operators a list of such
        arrays, or all in one.
    n_iter : int
        Number of data steps, each a sweep over all views.
    start : array_like, optional
        First image. Default 0. An operator that does not state its image's shape takes it from here.
    weights : array_like, optional
        How far each of the data is trusted, at least 0, in the form of `data`. They multiply R, as parts of the largest
        one, and the squares of the residuals. 0 and NaN say that nothing was measured: those data, which may be NaN,
        count nowhere, nor do their rays in the sums of columns. ``numpy.isfinite(data)`` are weights.
    relaxation : float
        Above 0 and at most 2.
    lower, upper : float or array_like
        Bounds of the image's values, kept after every block. Default: at least 0. Arrays, of the image's shape or
        broadcast to it, bound each pixel: where the object is known not to be, let `upper` be 0.
    epsilon : float, optional
        Stop when the residual is no larger.
    noise : float or array_like, optional
        Standard deviation of the data, instead of `epsilon`: that is then the norm of the expected noise. It is
        infinite where nothing was measured.
    hold_out : float, optional
        The part of the views that is left out of the data to tell when to stop, see :func:`asd_pocs`.
    callback : callable, optional
        Called as ``callback(iteration, image)`` after each iteration, from 1; the image is read-only. Raise
        :class:`!StopIteration` to end.

    Returns
    -------
    Reconstruction
        With ``history["residual"]``, the norm of ``A x - data``, weighted, as the blocks met it before they corrected
        it; and ``held_out`` where views are left out, the norm of theirs.

    Raises
    ------
    ValueError, TypeError
        If a shape does not fit the operator, measured data are not finite, or a parameter is out of range.

    Warns
    -----
    UserWarning
        If the data look like counts of photons, or if rays that miss the image carry data well above noise: then the
        image does not hold the object.

    See Also
    --------
    os_sart : blocks of several views.
    sirt : all views in one block.
    asd_pocs : the same with total variation, for few views.

    Notes
    -----
    Of an image C is kept for every view; slices of a volume in a parallel beam share those of an image. Of other
    volumes, and of the subsets of any, they would take as many volumes, so all blocks share one: with c_b the sums of
    the columns of block b, ``C = sum_b c_b / sum_b c_b^2``, for which the
    products ``C c_b`` are nearest to 1 in least squares.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.sart(A, A(square), n_iter=50)
    >>> print(f"{abs(result.image - square).max():.2f}")
    0.03
    """
    return _solve(
        operator, data, n_iter, start=start, weights=weights, relaxation=relaxation, lower=lower, upper=upper,
        epsilon=epsilon, noise=noise, hold_out=hold_out, callback=callback, n_blocks=EVERY_VIEW,
    )  # fmt: skip


@iterative
@with_hints
def os_sart(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 20,
    *,
    n_subsets: int = 10,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    relaxation: float = 1.0,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    hold_out: float | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Simultaneous algebraic reconstruction by ordered subsets of views [CensorElfving2002]_.

    Parameters
    ----------
    operator, data, n_iter, start, weights, relaxation, lower, upper, epsilon, noise, hold_out, \
callback
        As for :func:`sart`.
    n_subsets : int
        Number of blocks, each of every `n_subsets`-th view.

    Returns
    -------
    Reconstruction
        As :func:`sart`.

    See Also
    --------
    sart, sirt

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.os_sart(A, A(square), n_iter=50, n_subsets=4)
    >>> print(f"{abs(result.image - square).max():.2f}")
    0.03
    """
    return _solve(
        operator, data, n_iter, start=start, weights=weights, relaxation=relaxation, lower=lower, upper=upper,
        epsilon=epsilon, noise=noise, hold_out=hold_out, callback=callback, n_blocks=blocks_of("os-sart", n_subsets),
    )  # fmt: skip


@iterative
@with_hints
def sirt(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 100,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    relaxation: float = 1.0,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    hold_out: float | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Simultaneous iterative reconstruction: :func:`sart` with all views in one block.

    Parameters
    ----------
    operator, data, n_iter, start, weights, relaxation, lower, upper, epsilon, noise, hold_out, \
callback
        As for :func:`sart`.

    Returns
    -------
    Reconstruction
        As :func:`sart`.

    See Also
    --------
    sart, os_sart, cgls

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.sirt(A, A(square), n_iter=50)
    >>> print(f"{abs(result.image - square).max():.2f}")
    0.06
    """
    return _solve(
        operator, data, n_iter, start=start, weights=weights, relaxation=relaxation, lower=lower, upper=upper,
        epsilon=epsilon, noise=noise, hold_out=hold_out, callback=callback, n_blocks=1,
    )  # fmt: skip


@iterative
@with_hints
def cgls(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 20,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Least squares by conjugate gradients [HestenesStiefel1952]_; it knows no bounds.

    Parameters
    ----------
    operator, data, n_iter, start, weights, epsilon, noise, callback
        As for :func:`sart`.

    Returns
    -------
    Reconstruction
        With ``history["residual"]``, the norm of ``A x - data``, weighted, after each iteration.

    See Also
    --------
    sirt : with bounds.
    tv_least_squares : with bounds and a penalty.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.cgls(A, A(square), n_iter=50)
    >>> print(f"{abs(result.image - square).max():.2f}")
    0.18
    """
    n_iter = as_count("n_iter", n_iter)
    system = System(operator, data, start=start, weights=weights, epsilon=epsilon, noise=noise)
    record, x = Record(system, callback), system.start
    residual = -system.residual(x)
    gradient = system.back_project(residual)
    direction, square = copied(gradient), norm(gradient) ** 2
    for _ in range(n_iter):
        if square == 0:
            break
        projected = system.project(direction)
        step = square / norm(projected) ** 2
        x += step * direction
        residual -= step * projected
        gradient = system.back_project(residual)
        before, square = square, norm(gradient) ** 2
        direction = gradient + square / before * direction
        if record.add(x, residual=norm(residual)) or norm(residual) <= system.epsilon:
            break
    return record.reconstruction(x)


def _solve(
    operator: Operator,
    data: ArrayLike,
    n_iter: int,
    *,
    start: ArrayLike | None,
    weights: ArrayLike | None,
    relaxation: float,
    lower: float | ArrayLike,
    upper: float | ArrayLike,
    epsilon: float | None,
    noise: ArrayLike | None,
    hold_out: float | None,
    callback: Callback | None,
    n_blocks: int,
) -> Reconstruction:
    n_iter, relaxation = as_count("n_iter", n_iter), as_number("relaxation", relaxation, above=0, most=2)
    kept = leave_out(operator, data, hold_out, start=start, weights=weights, epsilon=epsilon, noise=noise)
    system = System(
        operator, data, start=start, weights=kept.weights, lower=lower, upper=upper, epsilon=kept.epsilon, noise=noise,
        n_blocks=n_blocks,
    )  # fmt: skip
    data_step, record, x = data_step_of(system), kept.record(system, callback), system.start
    for _ in range(n_iter):
        residual = data_step(x, relaxation)
        if record.add(x, residual=residual) or residual <= system.epsilon:
            break
    return record.reconstruction(x)
