"""Total variation minimised under the constraint of the data, by turns: ASD-POCS and TV-POCS."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number, as_spacing
from coarea.base.types import DataStepName, Difference
from coarea.ct.equations.arithmetic import copied, inner, norm
from coarea.ct.equations.data_steps import blocks_of, data_step_of
from coarea.ct.equations.held_out import leave_out
from coarea.ct.equations.operators import Operator
from coarea.ct.equations.preparation import workers_of
from coarea.ct.equations.system import Callback, Reconstruction, System
from coarea.ct.methods.registry import iterative
from coarea.variation.foreign import ForeignVariation
from coarea.variation.norm import Variation

SIDKY_PAN_2008: Mapping[str, Any] = MappingProxyType(
    {
        "data_step": "art",
        "relaxation": 1.0,
        "relaxation_decay": 0.995,
        "relaxation_backoff": 1.0,
        "tv_steps": 20,
        "tv_step": 0.2,
        "tv_step_decay": 0.95,
        "max_tv_ratio": 0.95,
    }
)
"""The parameters of [SidkyPan2008]_ for :func:`asd_pocs`.

They were made for simulated data. Their steps shrink early: on real scans over a limited arc the result is behind that
of :func:`sart`.
"""


@dataclass
class Schedule:
    """How the two kinds of steps are balanced; see `asd_pocs`."""

    relaxation: float
    relaxation_decay: float
    relaxation_backoff: float
    tv_steps: int
    tv_step: float
    tv_step_decay: float
    max_tv_ratio: float
    renew: bool  # whether every iteration sets the TV step anew, from its own data step

    def __post_init__(self) -> None:
        self.relaxation = as_number("relaxation", self.relaxation, above=0, most=2)
        self.relaxation_decay = as_number("relaxation_decay", self.relaxation_decay, above=0, most=1)
        self.relaxation_backoff = as_number("relaxation_backoff", self.relaxation_backoff, above=0, most=1)
        self.tv_steps = as_count("tv_steps", self.tv_steps)
        self.tv_step = as_number("tv_step", self.tv_step, above=0)
        self.tv_step_decay = as_number("tv_step_decay", self.tv_step_decay, above=0, most=1)
        self.max_tv_ratio = as_number("max_tv_ratio", self.max_tv_ratio, above=0, finite=False)


@iterative
@with_hints
def asd_pocs(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 100,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    data_step: DataStepName = "sart",
    n_subsets: int = 10,
    relaxation: float = 1.5,
    relaxation_decay: float = 0.999,
    relaxation_backoff: float = 0.95,
    tv_steps: int = 20,
    tv_step: float = 0.01,
    tv_step_decay: float = 0.98,
    max_tv_ratio: float = 0.95,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    stop_cosine: float = -0.99,
    difference: Difference = "backward",
    isotropic: bool = True,
    axis_weights: float | Sequence[float] = 1.0,
    smoothing: float = 0.0,
    hold_out: float | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Adaptive steepest descent, projection onto convex sets [SidkyPan2008]_.

    It approaches the image of least total variation among those within the bounds with ``|A x - data| <= epsilon``.
    An iteration takes a data step, one by all equations that ends within the bounds, and `tv_steps` steps of
    steepest descent on the total variation. The length of the latter shrinks when they would undo the data step.

    Parameters
    ----------
    operator, data, n_iter, start, weights, lower, upper, callback
        As for :func:`sart`. Total variation needs the image's shape: for an operator that does not state it give
        `start`.
    data_step : {"sart", "os-sart", "art"}, default "sart"
        View by view, in `n_subsets` blocks of views, or ray by ray (2-D only).
    n_subsets : int
        Number of blocks of "os-sart".
    relaxation, relaxation_decay : float
        Factor of the data steps, above 0 and at most 2, and what multiplies it after each iteration.
    relaxation_backoff : float
        What multiplies the factor, and the length of the steps of descent, after an iteration whose residual was at
        most `epsilon`: such a data step went too far into the noise. 1 is the published method.
    tv_steps : int
        Steps of descent in an iteration.
    tv_step : float
        Length of a step of descent, as a fraction of the way of the first data step.
    tv_step_decay : float
        What multiplies the length when the descent went farther than `max_tv_ratio` times the data step while the
        residual exceeds `epsilon`.
    max_tv_ratio : float
        See `tv_step_decay`.
    epsilon : float, optional
        Norm of ``A x - data`` that the noise explains. Default 0.
    noise : float or array_like, optional
        Standard deviation of the data, instead of `epsilon`.
    stop_cosine : float
        The end: the residual is at most `epsilon` and the cosine below this. -1 never ends early.
    difference, isotropic, smoothing
        As for :func:`coarea.tv_norm`.
    axis_weights : float or sequence of float, default 1
        What the differences along each axis are multiplied by, as ``1 / spacing`` of :func:`coarea.tv_norm`.
    hold_out : float, optional
        The part of the views, at most a half, that is left out of the data, every tenth one for 0.1. The image that
        predicts them best is the result, and the end comes 20 iterations after it; `epsilon` is for all the data, and
        shrinks as they do. Not for views over a limited arc: those left out do not see what the others do not see.

    Returns
    -------
    Reconstruction
        The image after the last data step whose residual was at most `epsilon`, or if none was after the last one of
        all; and in ``history`` by name, after the data step: ``residual``, the norm of
        ``A x - data``; ``tv``; ``dp`` and ``dg``, the ways of the data step and of the descent; ``step``, the length
        of its steps; ``cosine``, of the gradients of data term and total variation where x > `lower`: -1 at a
        solution; ``held_out``, the norm of the residual of the views that are left out.

    Raises
    ------
    ValueError, TypeError
        As :func:`sart`.

    See Also
    --------
    tv_pocs, tv_primal_dual, tv_least_squares, sart

    Notes
    -----
    An operator that is one block (see :func:`sart`) makes small data steps, which the descent outweighs: give it as a
    sequence of blocks, or lower `tv_step` to about 0.0003.

    All steps are relative, so data in another unit need no other parameters. The published parameters are
    ``coarea.ct.SIDKY_PAN_2008``: pass them as ``**SIDKY_PAN_2008``. They shrink the steps early; the defaults reach
    lower errors. On a real scan over a limited arc the published parameters come out behind :func:`sart`.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.asd_pocs(A, A(square), n_iter=50)
    >>> print(f"{abs(result.image - square).max():.2f}")
    0.03
    """
    schedule = Schedule(
        relaxation=relaxation, relaxation_decay=relaxation_decay, relaxation_backoff=relaxation_backoff,
        tv_steps=tv_steps, tv_step=tv_step, tv_step_decay=tv_step_decay, max_tv_ratio=max_tv_ratio, renew=False,
    )  # fmt: skip
    problem = Problem(
        operator, data, start=start, weights=weights, data_step=data_step, n_subsets=n_subsets, lower=lower,
        upper=upper, epsilon=epsilon, noise=noise, stop_cosine=stop_cosine, difference=difference,
        isotropic=isotropic, axis_weights=axis_weights, smoothing=smoothing, hold_out=hold_out, callback=callback,
    )  # fmt: skip
    return problem.solve(schedule, n_iter)


@iterative
@with_hints
def tv_pocs(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 100,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    data_step: DataStepName = "sart",
    n_subsets: int = 10,
    relaxation: float = 1.5,
    tv_steps: int = 20,
    tv_step: float = 0.2,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    stop_cosine: float = -0.99,
    difference: Difference = "backward",
    isotropic: bool = True,
    axis_weights: float | Sequence[float] = 1.0,
    smoothing: float = 0.0,
    hold_out: float | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Projection onto convex sets with steps on the total variation [SidkyKaoPan2006]_.

    As :func:`asd_pocs`, but the length of the steps is `tv_step` times the way of the data step in every iteration.
    Slower at first, it goes on to lower errors; without noise it converges.

    Parameters
    ----------
    operator, data, n_iter, start, weights, data_step, n_subsets, relaxation, tv_steps, lower, upper, epsilon, noise, \
stop_cosine, difference, isotropic, axis_weights, smoothing, hold_out, callback
        As for :func:`asd_pocs`.
    tv_step : float
        Length of a step of descent, as a fraction of the way of the data step of the same iteration. Small images and
        many steps need less, or the two kinds of steps come to undo each other.

    Returns
    -------
    Reconstruction
        As :func:`asd_pocs`.

    See Also
    --------
    asd_pocs, tv_primal_dual

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> A = ct.Projector(ct.ParallelBeam(angles=np.arange(8) * np.pi / 8, n_detectors=24), shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> result = ct.tv_pocs(A, A(square), n_iter=50)
    >>> print(f"{abs(result.image - square).max():.2f}")
    0.00
    """
    schedule = Schedule(
        relaxation=relaxation, relaxation_decay=1.0, relaxation_backoff=1.0,
        tv_steps=tv_steps, tv_step=tv_step, tv_step_decay=1.0, max_tv_ratio=math.inf, renew=True,
    )  # fmt: skip
    problem = Problem(
        operator, data, start=start, weights=weights, data_step=data_step, n_subsets=n_subsets, lower=lower,
        upper=upper, epsilon=epsilon, noise=noise, stop_cosine=stop_cosine, difference=difference,
        isotropic=isotropic, axis_weights=axis_weights, smoothing=smoothing, hold_out=hold_out, callback=callback,
    )  # fmt: skip
    return problem.solve(schedule, n_iter)


class Problem:
    """A constrained total variation problem, and its data step."""

    def __init__(
        self,
        operator: Operator,
        data: ArrayLike,
        *,
        start: ArrayLike | None,
        weights: ArrayLike | None,
        data_step: DataStepName,
        n_subsets: int,
        lower: float | ArrayLike,
        upper: float | ArrayLike,
        epsilon: float | None,
        noise: ArrayLike | None,
        stop_cosine: float,
        difference: Difference,
        isotropic: bool,
        axis_weights: float | Sequence[float],
        smoothing: float,
        hold_out: float | None,
        callback: Callback | None,
    ):
        n_blocks = blocks_of(data_step, n_subsets)
        kept = leave_out(operator, data, hold_out, start=start, weights=weights, epsilon=epsilon, noise=noise)
        self.system = system = System(
            operator, data, start=start, weights=kept.weights, lower=lower, upper=upper, epsilon=kept.epsilon,
            noise=noise, n_blocks=n_blocks,
        )  # fmt: skip
        self.record = kept.record(system, callback)
        self.data_step = data_step_of(system, data_step)
        self.epsilon = system.epsilon
        self.stop_cosine = as_number("stop_cosine", stop_cosine, finite=False)
        ndim = len(system.image_shape)
        spacing = [1 / weight for weight in as_spacing("axis_weights", axis_weights, ndim)]
        kind = Variation if system.home.xp is np else ForeignVariation
        self.variation = kind.checked(
            ndim, difference=difference, isotropic=isotropic, spacing=spacing, smoothing=smoothing,
            workers=workers_of(system),
        )  # fmt: skip

    def solve(self, schedule: Schedule, n_iter: int) -> Reconstruction:
        """Take data steps and descents by turns."""
        n_iter = as_count("n_iter", n_iter)
        system, record = self.system, self.record
        x, met = system.start, None
        relaxation, step = schedule.relaxation, math.nan
        for iteration in range(n_iter):
            result, before = x, copied(x)  # volumes are large: none is held that is of no more use
            self.data_step(x, relaxation)
            before -= x
            dp = norm(before)
            del before
            residual = system.residual(x)
            dd = norm(residual)  # before it changes: an operator may return what it was given
            tv, cosine = self._cosine(x, system.back_project(residual))
            if iteration == 0 or schedule.renew:
                step = schedule.tv_step * dp
            result = copied(x)
            x = system.flat(self.variation.descend(system.image(x), schedule.tv_steps, step))
            dg = norm(x - result)
            met = result if dd <= self.epsilon else met
            ended = record.add(result, residual=dd, tv=tv, dp=dp, dg=dg, step=step, cosine=cosine)
            if ended or (dd <= self.epsilon and cosine < self.stop_cosine):
                break
            if dg > schedule.max_tv_ratio * dp and dd > self.epsilon:
                step *= schedule.tv_step_decay
            relaxation *= schedule.relaxation_decay
            if dd <= self.epsilon:  # less of both, or the descent would outweigh the data step
                relaxation *= schedule.relaxation_backoff
                step *= schedule.relaxation_backoff
        return record.reconstruction(result if met is None else met)

    def _cosine(self, x: Array, data_gradient: Array) -> tuple[float, float]:
        """Total variation, and the cosine between its gradient and that of the data term."""
        tv, gradient = self.variation.norm_and_gradient(self.system.image(x))
        gradient, fixed = self.system.flat(gradient), x <= self.system.lower
        gradient[fixed] = data_gradient[fixed] = 0.0
        lengths = norm(gradient) * norm(data_gradient)
        return tv, inner(gradient, data_gradient) / lengths if lengths > 0 else 0.0
