"""Algebraic reconstruction: SART, OS-SART, SIRT, ART and conjugate gradients."""

import math

import numpy as np
from numpy.typing import ArrayLike

from coarea import _art, _sart
from coarea._check import Array, one_of
from coarea._threads import in_threads
from coarea.ct.geometry import ConeBeam
from coarea.ct.projector import Projector
from coarea.ct.system import Callback, Operator, Reconstruction, Record, System, check_fraction, check_iterations, norm

EVERY_VIEW = 2**31  # blocks: as many as there are views
TILE = 16  # rows of an image that `_sart` copies together
GRAZING = 1e-4  # rays shorter than this part of the longest are left out: their equations would amplify noise


class BlockSweep:
    """Corrections by one block of equations after another [AndersenKak1984]_.

    ``x := x + relaxation * C A^T R (data - A x)`` with R and C one over the sums of the rows and columns of A.
    """

    def __init__(self, system: System):
        ones = np.ones(system.start.size, system.dtype)
        self._blocks = []
        for operator, data in system.blocks:
            rows = np.asarray(operator.matvec(ones), system.dtype)
            columns = np.asarray(operator.rmatvec(np.ones(data.size, system.dtype)), system.dtype)
            self._blocks.append((operator, data, _inverse(rows), _inverse(columns)))
        self._system = system
        self._views = all(
            isinstance(a, Projector) and len(a.geometry) == 1 and not isinstance(a.geometry, ConeBeam)
            for a, *_ in self._blocks
        )

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the blocks met."""
        if self._views:
            return self._by_views(x, relaxation)
        squares = 0.0
        for operator, data, rows, columns in self._blocks:
            residual = data - np.asarray(operator.matvec(x), self._system.dtype)
            squares += norm(residual) ** 2
            residual *= rows
            residual *= relaxation
            correction = np.asarray(operator.rmatvec(residual), self._system.dtype)
            correction *= columns
            x += correction
            self._system.clip(x)
        return math.sqrt(squares)

    def _by_views(self, x: Array, relaxation: float) -> float:
        """The same for blocks of one view each, slice by slice, without an array of the image's size."""
        first, system = self._blocks[0][0], self._system
        shape = first.domain_shape[-2:]
        slices = x.reshape(-1, *shape)
        squares = np.zeros(len(slices))

        def run(start: int, stop: int) -> None:
            tile = np.empty((TILE, max(shape) + 4), x.dtype)
            sums = np.empty(first.range_shape[-1], x.dtype)
            for z in range(start, stop):
                for projector, data, rows, columns in self._blocks:
                    data, rows = (array.reshape(len(slices), -1)[z] for array in (data, rows))
                    squares[z] += _sart.correct_by_view(
                        slices[z], data, *projector._rays.arrays(), rows, columns.reshape(slices.shape)[z],
                        relaxation, system.lower, system.upper, tile, sums,
                    )  # fmt: skip

        in_threads(run, len(slices), first.workers)
        return math.sqrt(squares.sum())


class RaySweep:
    """Corrections by one ray after another, Kaczmarz's method [GordonBenderHerman1970]_; bounds are kept at the end."""

    def __init__(self, system: System):
        projector = system.operators[0]
        if not isinstance(projector, Projector) or len(projector.domain_shape) != 2 or len(system.operators) > 1:
            raise ValueError("data_step 'art' needs a Projector of 2-D images; take 'sart'")
        self._projector, self._system = projector, system

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the rays met."""
        projector = self._projector
        data = self._system.data.reshape(projector.range_shape)
        square = _art.sweep(x.reshape(projector.domain_shape), data, *projector._rays.arrays(), relaxation)
        self._system.clip(x)
        return math.sqrt(square)


def sart(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 20,
    *,
    start: ArrayLike | None = None,
    relaxation: float = 1.0,
    lower: float = 0.0,
    upper: float = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Simultaneous algebraic reconstruction, view by view [AndersenKak1984]_.

    For each view with the operator A, ``x := x + relaxation * C A^T R (data - A x)``, where R and C hold one over the
    sums of the rows and of the columns of A. The views come in an order in which neighbours are far apart.

    Parameters
    ----------
    operator : Projector, LinearOperator or sequence of LinearOperator
        What projects. A :class:`Projector` is divided by views; any other operator is one block, and a sequence of
        operators, whose data are concatenated, is one of blocks.
    data : array_like
        Measured line integrals, in the shape of the projections or flat.
    n_iter : int
        Number of sweeps over all views.
    start : array_like, optional
        First image. Default 0. An operator that does not state its image's shape takes it from here.
    relaxation : float
        Above 0 and at most 2.
    lower, upper : float
        Bounds of the image's values, kept after every block. Default: at least 0.
    epsilon : float, optional
        Stop when the residual is no larger.
    noise : float or array_like, optional
        Standard deviation of the data, instead of `epsilon`: that is then the norm of the expected noise.
    callback : callable, optional
        Called as ``callback(iteration, image)`` after each iteration, from 1; the image is read-only. Raise
        :class:`!StopIteration` to end.

    Returns
    -------
    Reconstruction
        With ``history["residual"]``, the norm of ``A x - data`` as the blocks met it before they corrected it.

    Raises
    ------
    ValueError, TypeError
        If a shape does not fit the operator, the data are not finite, or a parameter is out of range.

    Notes
    -----
    The column sums are kept for every block: as many images as there are views. For large volumes use
    :func:`os_sart` with few subsets.
    """
    system = System(operator, data, start=start, lower=lower, upper=upper, n_blocks=EVERY_VIEW)
    return _sweep(system, n_iter, relaxation, system.epsilon(epsilon, noise), callback)


def os_sart(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 20,
    *,
    n_subsets: int = 10,
    start: ArrayLike | None = None,
    relaxation: float = 1.0,
    lower: float = 0.0,
    upper: float = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Simultaneous algebraic reconstruction by ordered subsets of views [CensorElfving2002]_.

    Parameters
    ----------
    operator, data, n_iter, start, relaxation, lower, upper, epsilon, noise, callback
        As for :func:`sart`.
    n_subsets : int
        Number of blocks, each of every `n_subsets`-th view.

    Returns
    -------
    Reconstruction
        As :func:`sart`.
    """
    n_blocks = blocks_of("os-sart", n_subsets)
    system = System(operator, data, start=start, lower=lower, upper=upper, n_blocks=n_blocks)
    return _sweep(system, n_iter, relaxation, system.epsilon(epsilon, noise), callback)


def sirt(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 100,
    *,
    start: ArrayLike | None = None,
    relaxation: float = 1.0,
    lower: float = 0.0,
    upper: float = math.inf,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Simultaneous iterative reconstruction: :func:`sart` with all views in one block.

    Parameters
    ----------
    operator, data, n_iter, start, relaxation, lower, upper, epsilon, noise, callback
        As for :func:`sart`.

    Returns
    -------
    Reconstruction
        As :func:`sart`.
    """
    system = System(operator, data, start=start, lower=lower, upper=upper)
    return _sweep(system, n_iter, relaxation, system.epsilon(epsilon, noise), callback)


def cgls(
    operator: Operator,
    data: ArrayLike,
    n_iter: int = 20,
    *,
    start: ArrayLike | None = None,
    epsilon: float | None = None,
    noise: ArrayLike | None = None,
    callback: Callback | None = None,
) -> Reconstruction:
    """Least squares by conjugate gradients [HestenesStiefel1952]_; it knows no bounds.

    Parameters
    ----------
    operator, data, n_iter, start, epsilon, noise, callback
        As for :func:`sart`.

    Returns
    -------
    Reconstruction
        With ``history["residual"]``, the norm of ``A x - data`` after each iteration.
    """
    check_iterations(n_iter)
    system = System(operator, data, start=start)
    limit, record, x = system.epsilon(epsilon, noise), Record(system, callback), system.start.copy()
    residual = -system.residual(x)
    gradient = system.back_project(residual)
    direction, square = gradient.copy(), norm(gradient) ** 2
    for _ in range(n_iter):
        if square == 0:
            break
        projected = np.concatenate([np.asarray(a.matvec(direction), system.dtype) for a in system.operators])
        step = square / norm(projected) ** 2
        x += system.dtype.type(step) * direction
        residual -= system.dtype.type(step) * projected
        gradient = system.back_project(residual)
        before, square = square, norm(gradient) ** 2
        direction = gradient + system.dtype.type(square / before) * direction
        if record.add(x, residual=norm(residual)) or norm(residual) <= limit:
            break
    return record.reconstruction(x)


def _sweep(system: System, n_iter: int, relaxation: float, limit: float, callback: Callback | None) -> Reconstruction:
    check_iterations(n_iter)
    check_fraction("relaxation", relaxation, high=2.0)
    sweep, record, x = BlockSweep(system), Record(system, callback), system.start.copy()
    for _ in range(n_iter):
        residual = sweep(x, relaxation)
        if record.add(x, residual=residual) or residual <= limit:
            break
    return record.reconstruction(x)


def _inverse(sums: Array) -> Array:
    used = sums > GRAZING * sums.max(initial=0)
    return np.divide(1, sums, out=np.zeros_like(sums), where=used)


def blocks_of(data_step: str, n_subsets: int) -> int:
    """Number of blocks of a data step, "sart", "os-sart" or "art"."""
    one_of("data_step", data_step, ("sart", "os-sart", "art"))
    if int(n_subsets) != n_subsets or n_subsets < 1:
        raise ValueError(f"n_subsets must be an integer of at least 1, got {n_subsets}")
    return {"sart": EVERY_VIEW, "os-sart": int(n_subsets), "art": 1}[data_step]
