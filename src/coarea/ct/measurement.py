"""From what a scanner counts to line integrals, and back."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_number, came, one_of
from coarea.base.types import BadPixels
from coarea.ct.corrections.bad_pixels import bad_pixels, interpolated

MOST_COUNTS = 2.0**62  # that numpy draws


@with_hints
def line_integrals(counts: ArrayLike, flat: ArrayLike, dark: ArrayLike = 0.0, *, bad: BadPixels = "mask") -> Array:
    """Line integrals of the attenuation: ``-log((counts - dark) / (flat - dark))``.

    Parameters
    ----------
    counts : (view, ...) array_like
        NaN and infinite values are not measured.
    flat, dark : array_like
        One image of the shape of a view or several of them, whose mean is taken; or a number.
    bad : {"mask", "interpolate", "raise"}, default "mask"
        What is done about pixels of the detector that measure nothing: their flat image does not exceed the dark one
        or is not finite; they show the same in all of 8 views or more while their neighbours vary or are ten times as
        bright; they are half as bright again as the flat image and their neighbours. "mask" makes them NaN, as all that
        was not measured; "interpolate" takes them from their neighbours along u, or along v if a row has none; "raise"
        refuses them.

    Returns
    -------
    ndarray
        float32 for counts of 16 bits or less and float32, otherwise float64. Where nothing is left of the beam, the
        transmission is taken as the smallest positive one of the scan.

    Raises
    ------
    ValueError
        If the shapes do not fit, the flat image is not brighter than the dark one in half of the detector or more,
        nothing is transmitted at all, pixels are bad that must not be, or a view holds nothing to interpolate from.

    See Also
    --------
    Scan.line_integrals : of a scan that was read.
    remove_rings, linearize, find_center

    Notes
    -----
    NaN goes through the other corrections, and the methods of reconstruction refuse it, so that it is not forgotten:
    give the iterative ones ``weights=numpy.isfinite(data)``, and :func:`fbp` data that were interpolated. To leave
    rays out is better with few views: there a value made up from the neighbours contradicts the others.

    Examples
    --------
    >>> from coarea import ct
    >>> ct.line_integrals([[50.0, 25.0, 5.0]], flat=[100.0, 100.0, 5.0], dark=[0.0, 0.0, 5.0]).round(4)
    array([[0.6931, 1.3863,    nan]])
    """
    one_of("bad", bad, get_args(BadPixels))
    data = as_real("counts", counts)
    if data.ndim < 2:
        raise ValueError(f"counts must have shape (view, ...), two axes or more, got {data.shape}")
    dtype = np.float32 if np.result_type(data.dtype, np.float32) == np.float32 else np.float64
    white, black = (_mean_image(name, image, data.shape[1:]) for name, image in (("flat", flat), ("dark", dark)))
    lit = np.broadcast_to((white > black) & np.isfinite(white) & np.isfinite(black), data.shape[1:])
    if 2 * lit.sum() < lit.size:
        raise ValueError(
            f"flat must exceed dark in every pixel of the detector, it does not in {(~lit).sum()} of {lit.size}: "
            "were they exchanged?"
        )
    with np.errstate(divide="ignore", invalid="ignore"):  # of pixels that are not lit
        transmission = (data - black) / (white - black)
    missing = ~np.isfinite(transmission) | ~lit | bad_pixels(transmission)
    if bad == "raise" and missing.any():
        where = tuple(map(int, np.argwhere(missing)[0]))
        raise ValueError(
            f"counts must be measured in every pixel, {missing.any(axis=0).sum()} of {lit.size} are bad, the first in "
            f"view {where[0]} at {where[1:]}: say bad='mask' or bad='interpolate'"
        )
    positive = (transmission > 0) & ~missing
    if not positive.any():
        raise ValueError("counts must be finite, and some of them must exceed dark")
    integrals: Array = -np.log(np.where(positive, transmission, transmission[positive].min())).astype(dtype)
    integrals[missing] = np.nan
    if bad == "interpolate":
        integrals = interpolated(integrals)
        if np.isnan(integrals).any():
            raise ValueError("counts hold a view in which nothing was measured: leave it out, or say bad='mask'")
    return integrals


@with_hints
def add_poisson_noise(projections: ArrayLike, photons: float, *, rng: np.random.Generator | int | None = None) -> Array:
    """Line integrals as a counting detector measures them: ``-log(N / photons)``, N Poisson.

    Parameters
    ----------
    projections : array_like
        Line integrals without noise; the mean of N is ``photons * exp(-projections)``.
    photons : float
        Number of photons that reach a bin without the object.
    rng : Generator or seed, optional

    Returns
    -------
    ndarray
        In the dtype of the projections. No count is taken as half a photon.

    See Also
    --------
    line_integrals_of : exact data of a phantom.
    line_integrals : from the counts of a scanner.

    Examples
    --------
    >>> from coarea import ct
    >>> noisy = ct.add_poisson_noise([3.0] * 9000, photons=1000, rng=0)  # of about 50 photons that arrive
    >>> round(float(noisy.mean()), 1), round(float(noisy.std()), 2)
    (3.0, 0.14)
    """
    exact = as_real("projections", projections)
    photons = as_number("photons", photons, above=0)
    try:
        generator = np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise TypeError(f"rng must be a numpy.random.Generator or a seed, a whole number, got {came(rng)}") from error
    with np.errstate(over="ignore"):
        mean = photons * np.exp(-exact.astype(np.float64))
    if not (mean < MOST_COUNTS).all():
        raise ValueError(
            "projections must be line integrals, finite and so large that photons * exp(-projections) < 2^62"
        )
    counted = generator.poisson(mean)
    noisy: Array = -np.log(np.maximum(counted, 0.5) / photons).astype(np.result_type(exact.dtype, np.float32))
    return noisy


def _mean_image(name: str, image: ArrayLike, shape: tuple[int, ...]) -> Array:
    array = as_real(name, image).astype(np.float64)
    if not np.isfinite(array).any():
        raise ValueError(f"{name} must be finite")
    mean: Array = array.mean(axis=0) if array.ndim == len(shape) + 1 else array
    if mean.shape not in ((), shape):
        raise ValueError(f"{name} must hold images of shape {shape}, that of a view of counts, got {array.shape}")
    return mean
