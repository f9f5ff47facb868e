"""How much total variation to penalise, told by views that are left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice

from numpy.typing import ArrayLike

from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.equations.arithmetic import norm
from coarea.ct.equations.data_steps import EVERY_VIEW
from coarea.ct.equations.held_out import leave_out
from coarea.ct.equations.operators import Operator
from coarea.ct.equations.preparation import first_image, given, operator_norm
from coarea.ct.equations.system import System
from coarea.ct.methods.least_squares import Penalty, descent

HALVINGS = 30  # of the strength, at most
PAUSE = 20  # iterations between two looks at the views that are left out
STEADY = 0.002  # part of their distance from the data that it still changes by, where an image is near its best
GAIN = 0.001  # part of that distance that a smaller strength must gain


@with_hints
def choose_strength(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 400,
    *,
    start: ArrayLike | None = "sart",
    weights: ArrayLike | None = None,
    lower: float | ArrayLike = 0.0,
    upper: float | ArrayLike = math.inf,
    isotropic: bool = True,
    axis_weights: float | Sequence[float] = 1.0,
    hold_out: float = 0.1,
) -> float:
    """The strength of :func:`tv_least_squares` with which some of the views predict the others best.

    The strength is halved from one that smooths too much, each time from the image before, until two in turn predict
    no better.

    Parameters
    ----------
    operator, data, start, weights, lower, upper, isotropic, axis_weights
        As for :func:`tv_least_squares`.
    n_iter : int, default 400
        Iterations for each strength, at most. A quarter of them is taken at least: an image that is far from the least
        of its objective predicts better the less it is smoothed.
    hold_out : float, default 0.1
        The part of the views, at most a half, that is to be predicted.

    Returns
    -------
    float
        For all of the data.

    Raises
    ------
    ValueError, TypeError
        As :func:`sart`; ValueError also if the data are 0.

    See Also
    --------
    tv_least_squares : takes the strength.

    Notes
    -----
    Ten to twenty strengths are tried. Views that lie within a limited arc do not see what the arc does not see: there
    the choice smooths too little.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> geometry = ct.ParallelBeam(angles=np.arange(20) * np.pi / 20, n_detectors=24)
    >>> A = ct.Projector(geometry, shape=(16, 16))
    >>> square = np.pad(np.ones((8, 8)), 4)
    >>> data = A(square) + np.random.default_rng(0).normal(0, 0.3, A.range_shape)
    >>> image = ct.tv_least_squares(A, data, ct.choose_strength(A, data)).image
    >>> bool(np.abs(image - square).mean() < 0.1)
    True
    """
    n_iter = as_count("n_iter", n_iter)
    part = as_number("hold_out", hold_out, above=0, most=0.5)
    kept = leave_out(operator, data, part, start=given(start), weights=weights, epsilon=None, noise=None)
    assert kept.held_out is not None
    system = System(
        operator, data, start=given(start), weights=kept.weights, lower=lower, upper=upper, n_blocks=EVERY_VIEW
    )
    penalty = Penalty(system, isotropic=isotropic, axis_weights=axis_weights)
    x, bound = first_image(system, start), operator_norm(system) ** 2
    if not (size := norm(system.data)):
        raise ValueError("data must not be 0: every strength would do")
    # at a solution strength * TV(x) is the inner product of A x and the residual: this one would be a tenth of the data
    strength = 0.1 * size**2 / (penalty.tv(x) or 1.0)
    best, least, waited = strength, math.inf, 0
    for _ in range(HALVINGS):
        penalty.strength, before = strength, math.inf
        for k, (x, _) in enumerate(islice(descent(system, penalty, x, bound), n_iter), 1):  # noqa: B020
            if k % PAUSE == 0:
                distance = norm(kept.held_out.residual(x))
                if 4 * k >= n_iter and abs(before - distance) <= STEADY * distance:
                    break
                before = distance
        distance = norm(kept.held_out.residual(x))
        waited += 1
        if distance < (1 - GAIN) * least:
            best, least, waited = strength, distance, 0
        if waited == 2:
            break
        strength /= 2
    return best / kept.share
