"""Total variation of an array of any number of dimensions, its gradient, and steepest descent on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_image
from coarea.base.colors import ONE_BY_ONE, warn_of_colors
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_flag, as_number, as_spacing, one_of
from coarea.base.threads import in_threads, number_of_workers
from coarea.base.types import Difference
from coarea.variation import _rows

# Of the difference: ahead, behind.
OFFSETS: dict[Difference, tuple[int, int]] = {"backward": (0, 1), "forward": (1, 0), "central": (1, 1)}
SMALLEST_PART = 1 << 16  # voxels a thread is worth starting for
BLOCK = 1 << 14  # voxels of a slab that are handled together, so that those of its neighbours stay in the cache
PAST_CACHE = 1 << 25  # bytes of a gradient that would not stay in the cache until it is used


@with_hints
def tv_norm(
    image: ArrayLike,
    *,
    difference: Difference = "backward",
    isotropic: bool = True,
    spacing: float | Sequence[float] = 1.0,
    smoothing: float = 0.0,
    workers: int | None = None,
) -> float:
    """Total variation of an image.

    With D_a the difference along axis a, over all voxels i,

        ``TV(f) = sum_i sqrt(sum_a (D_a f)_i^2 + smoothing^2)``, isotropic, or

        ``TV(f) = sum_a sum_i sqrt((D_a f)_i^2 + smoothing^2)``, anisotropic.

    Parameters
    ----------
    image : array_like
        Real and finite, with any number of axes. float32 is computed in float32, with sums in double; any other
        dtype in float64.
    difference : {"backward", "forward", "central"}, default "backward"
        ``f[i] - f[i - 1]``, ``f[i + 1] - f[i]``, or ``(f[i + 1] - f[i - 1]) / 2``, over the spacing. A difference that
        leaves the array is 0 (Neumann boundary). Central differences do not see a checkerboard.
    isotropic : bool, default True
    spacing : float or sequence of float, default 1
        Distance between neighbours, one for all axes or one for each.
    smoothing : float, default 0
        Makes the norm differentiable at 0, at a bias; in grey values per unit of spacing. More than about 1e-5 of
        the range of the image destroys what few-view reconstruction rests on.
    workers : int, optional
        Number of threads. Default: as many as there are processors. The result does not depend on it.

    Returns
    -------
    float
        The sum over the voxels. Times the volume of a voxel, it approaches the integral of the gradient's length.

    Raises
    ------
    ValueError
        If the image is empty or not finite or an option is out of range.
    TypeError
        If the dtype of the image is not real.

    See Also
    --------
    tv_gradient, tv_norm_and_gradient

    Examples
    --------
    >>> import coarea
    >>> coarea.tv_norm([[0, 0, 0], [0, 4, 0], [0, 0, 0]], isotropic=False)
    16.0
    """
    array = _as_float(image, finite=False)
    norm = Variation.checked(
        array.ndim, difference=difference, isotropic=isotropic, spacing=spacing, smoothing=smoothing, workers=workers
    )
    return _evaluate(norm, image, array, np.empty(0, array.dtype))[0]


@with_hints
def tv_gradient(
    image: ArrayLike,
    *,
    difference: Difference = "backward",
    isotropic: bool = True,
    spacing: float | Sequence[float] = 1.0,
    smoothing: float = 0.0,
    workers: int | None = None,
) -> Array:
    """Gradient of the total variation.

    For the isotropic norm, with D_a^T the transpose of the very D_a of :func:`tv_norm`, boundary included,

        ``grad TV(f) = sum_a D_a^T (D_a f / sqrt(sum_b (D_b f)^2 + smoothing^2))``

    Where the root is 0 the quotient is taken as 0, which gives an element of the subdifferential. The formula is
    derived in the documentation; with central differences or another boundary it is another gradient.

    Parameters
    ----------
    image, difference, isotropic, spacing, smoothing, workers
        As for :func:`tv_norm`.

    Returns
    -------
    ndarray
        In the shape of the image; float32 for float32, otherwise float64. Its sum is 0.

    Raises
    ------
    ValueError, TypeError
        As :func:`tv_norm`.

    See Also
    --------
    tv_norm : the total variation.
    tv_norm_and_gradient : both in one pass.

    Examples
    --------
    >>> import coarea
    >>> coarea.tv_gradient([0, 0, 5, 5, 1]).tolist()
    [0.0, -1.0, 1.0, 1.0, -1.0]
    """
    return tv_norm_and_gradient(
        image, difference=difference, isotropic=isotropic, spacing=spacing, smoothing=smoothing, workers=workers
    )[1]


@with_hints
def tv_norm_and_gradient(
    image: ArrayLike,
    *,
    difference: Difference = "backward",
    isotropic: bool = True,
    spacing: float | Sequence[float] = 1.0,
    smoothing: float = 0.0,
    workers: int | None = None,
) -> tuple[float, Array, float]:
    """Total variation, its gradient and the length of the gradient, in one pass and without temporary arrays.

    Parameters
    ----------
    image, difference, isotropic, spacing, smoothing, workers
        As for :func:`tv_norm`.

    Returns
    -------
    norm : float
        As :func:`tv_norm`.
    gradient : ndarray
        As :func:`tv_gradient`.
    gradient_norm : float
        Square root of the sum of the squares of the gradient.

    Raises
    ------
    ValueError, TypeError
        As :func:`tv_norm`.

    See Also
    --------
    tv_norm, tv_gradient

    Examples
    --------
    >>> import coarea
    >>> norm, gradient, length = coarea.tv_norm_and_gradient([0, 0, 5, 5, 1])
    >>> norm, gradient.tolist(), length
    (9.0, [0.0, -1.0, 1.0, 1.0, -1.0], 2.0)
    """
    array = _as_float(image, finite=False)
    norm = Variation.checked(
        array.ndim, difference=difference, isotropic=isotropic, spacing=spacing, smoothing=smoothing, workers=workers
    )
    gradient = np.empty_like(array)
    value, length = _evaluate(norm, image, array, gradient)
    return value, gradient, length


@with_hints
def tv_descent(
    image: ArrayLike,
    n_iter: int,
    step: float,
    *,
    difference: Difference = "backward",
    isotropic: bool = True,
    spacing: float | Sequence[float] = 1.0,
    smoothing: float = 0.0,
    workers: int | None = None,
) -> Array:
    """Steepest descent on the total variation in steps of fixed length [SidkyPan2008]_.

        ``f := f - step * grad TV(f) / |grad TV(f)|``, `n_iter` times

    Parameters
    ----------
    image : array_like
        As for :func:`tv_norm`.
    n_iter : int
        Number of steps, at least 0.
    step : float
        Euclidean length of each step, at least 0: grey values times the square root of the number of voxels that
        change. The descent ends at the length of a step from the minimum, it does not converge.
    difference, isotropic, spacing, smoothing, workers
        As for :func:`tv_norm`.

    Returns
    -------
    ndarray
        The image after the last step; float32 for float32, otherwise float64. It stays where the gradient is 0.

    Raises
    ------
    ValueError, TypeError
        As :func:`tv_norm`.

    See Also
    --------
    tv_gradient : the direction of a step.
    denoise_tv_l2 : the minimum with a fidelity, exactly.

    Examples
    --------
    >>> import coarea
    >>> coarea.tv_descent([0.0, 0.0, 4.0, 0.0, 0.0], 2, 0.5, workers=1).round(2).tolist()
    [0.2, 0.2, 3.18, 0.2, 0.2]
    """
    n_iter, step = as_count("n_iter", n_iter, least=0), as_number("step", step, least=0)
    array = _as_float(image)
    norm = Variation.checked(
        array.ndim, difference=difference, isotropic=isotropic, spacing=spacing, smoothing=smoothing, workers=workers
    )
    result = array.copy()
    norm.descend(result, n_iter, step)
    return result


@dataclass(frozen=True)
class Variation:
    """A total variation norm whose options have been checked, for arrays in the dtype of the computation."""

    ahead: int  # the difference is f[i + ahead] - f[i - behind], times a factor for each axis
    behind: int
    isotropic: bool
    factors: Array
    smoothing: float
    workers: int
    instruction_set: int = len(_rows.instruction_sets()) - 1

    @classmethod
    def checked(
        cls,
        ndim: int,
        *,
        difference: Difference = "backward",
        isotropic: bool = True,
        spacing: float | Sequence[float] = 1.0,
        smoothing: float = 0.0,
        workers: int | None = None,
    ) -> Self:
        """Refuse options that `tv_norm` does not take; prepare the others for arrays with `ndim` axes."""
        one_of("difference", difference, OFFSETS)
        smoothing = as_number("smoothing", smoothing, least=0)
        ahead, behind = OFFSETS[difference]
        factors = 1 / ((ahead + behind) * np.array(as_spacing("spacing", spacing, ndim)))
        # along a single axis both norms are the same, and the isotropic one has the faster kernel
        isotropic = as_flag("isotropic", isotropic)
        return cls(ahead, behind, isotropic or ndim == 1, factors, smoothing, number_of_workers(workers))

    @property
    def reads_all(self) -> bool:
        """Whether the kernel for one-sided differences does: it subtracts each voxel from others or, last, from itself.

        So the norm is not finite where a voxel is not.
        """
        return self.isotropic and self.ahead + self.behind == 1

    def evaluate(self, f: Array, gradient: Array) -> tuple[float, float]:
        """Norm of f and length of its gradient, which is written; if `gradient` is empty, only the norm."""
        shape, squares = np.array(f.shape, np.intp), self.factors**2
        while self.isotropic and len(shape) < 3:  # axes of length 1, but axis 0 is the one that threads share
            place = min(1, len(shape) - 1)
            shape, squares = np.insert(shape, place, 1), np.insert(squares, place, 0)
        norm, square, squares = np.zeros(shape[0]), np.zeros(shape[0]), squares.astype(f.dtype)
        block = max(1, BLOCK // int(shape[-1]))
        past_cache = len(shape) == 3 and gradient.nbytes > PAST_CACHE

        def run(start: int, stop: int) -> None:
            n_rows = 7 + 2 * block * past_cache
            scratch, exact = np.zeros(n_rows * shape[-1] + 4, f.dtype), np.empty(shape[-1])
            if self.reads_all:
                _rows.one_sided(
                    f.ravel(), gradient.ravel(), shape, squares, self.smoothing, self.ahead - self.behind,
                    start, stop, block, past_cache, scratch, exact, norm, square, self.instruction_set,
                )  # fmt: skip
            else:
                _rows.separable(
                    f.ravel(), gradient.ravel(), shape, squares, self.smoothing, self.ahead, self.behind,
                    self.isotropic, start, stop, scratch, exact, norm, square,
                )  # fmt: skip

        in_threads(run, int(shape[0]), min(self.workers, 1 + f.size // SMALLEST_PART))
        return float(norm.sum()), math.sqrt(square.sum())

    def norm_and_gradient(self, f: Array) -> tuple[float, Array]:
        """Norm of f and its gradient."""
        gradient = np.empty_like(f)
        return self.evaluate(f, gradient)[0], gradient

    def descend(self, f: Array, n_iter: int, step: float) -> Array:
        """Steps of steepest descent on the norm, in place; returns f."""
        gradient = np.empty_like(f)
        for _ in range(n_iter):
            _, length = self.evaluate(f, gradient)
            if length == 0:
                break
            gradient *= step / length
            f -= gradient
        return f


def _as_float(image: ArrayLike, *, finite: bool = True) -> Array:
    array = as_image(image, finite=finite, complete=finite)
    warn_of_colors(array, ONE_BY_ONE)
    return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)


def _evaluate(norm: Variation, image: ArrayLike, array: Array, gradient: Array) -> tuple[float, float]:
    """What the norm says of an image as an array, which is refused unless it is finite: mostly without another pass."""
    if not norm.reads_all:
        as_image(image, finite=True)
    value, length = norm.evaluate(array, gradient)
    if not math.isfinite(value):  # squares of finite differences may be infinite, too
        as_image(image, finite=True)
    return value, length
