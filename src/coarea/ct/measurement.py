"""From what a scanner counts to line integrals, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_number, came

MOST_COUNTS = 2.0**62  # that numpy draws


@with_hints
def line_integrals(counts: ArrayLike, flat: ArrayLike, dark: ArrayLike = 0.0) -> Array:
    """Line integrals of the attenuation: ``-log((counts - dark) / (flat - dark))``.

    Parameters
    ----------
    counts : (view, ...) array_like
    flat, dark : array_like
        One image of the shape of a view or several of them, whose mean is taken; or a number.

    Returns
    -------
    ndarray
        float32 for counts of 16 bits or less and float32, otherwise float64. Where nothing is left of the beam, the
        transmission is taken as the smallest positive one of the scan.

    Raises
    ------
    ValueError
        If the shapes do not fit, a flat image is not brighter than the dark one, or nothing is transmitted at all.
    """
    data = as_real("counts", counts)
    if data.ndim < 2:
        raise ValueError(f"counts must have shape (view, ...), two axes or more, got {data.shape}")
    dtype = np.float32 if np.result_type(data.dtype, np.float32) == np.float32 else np.float64
    white, black = (_mean_image(name, image, data.shape[1:]) for name, image in (("flat", flat), ("dark", dark)))
    if not (white > black).all():
        raise ValueError(
            f"flat must exceed dark in every pixel of the detector, it does not in {(~(white > black)).sum()}: "
            "were they exchanged?"
        )
    transmission = (data - black) / (white - black)
    positive = transmission > 0
    if not positive.any() or not np.isfinite(transmission).all():
        raise ValueError("counts must be finite, and some of them must exceed dark")
    integrals: Array = -np.log(np.where(positive, transmission, transmission[positive].min())).astype(dtype)
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


@with_hints
def find_center(projections: ArrayLike, angles: ArrayLike) -> float:
    """Bin in which a parallel beam sees the rotation axis, from two opposite views.

    The view at t + pi is that at t in a mirror at the axis. The centre is the one, in steps of half a bin, for which
    the two views fit best where they overlap; at least half of the detector must.

    Parameters
    ----------
    projections : (view, u) or (view, v, u) array_like
    angles : (view,) array_like
        Radians. The two views nearest to opposite are used; they must be within 0.05 of it.

    Returns
    -------
    float
        For ``detector_offset = ((n - 1) / 2 - center) * detector_spacing`` of :class:`ParallelBeam`.

    Raises
    ------
    ValueError
        If no two views are opposite.
    """
    data, turns = (
        as_real(name, values).astype(np.float64) for name, values in (("projections", projections), ("angles", angles))
    )
    if data.ndim not in (2, 3):
        raise ValueError(f"projections must have shape (view, u) or (view, v, u), got {data.shape}")
    if not np.isfinite(data).all() or not np.isfinite(turns).all():
        raise ValueError("projections and angles must be finite")
    if turns.shape != data.shape[:1]:
        raise ValueError(
            f"angles must have shape {data.shape[:1]}, one for each view of projections, got {turns.shape}"
        )
    apart = np.abs((turns[:, None] - turns) % (2 * np.pi) - np.pi)
    first, second = np.unravel_index(apart.argmin(), apart.shape)
    if apart[first, second] > 0.05:
        raise ValueError(f"two views must be opposite to 0.05 radians, the nearest differ by {apart.min():g} from it")
    one, mirrored = data[first], data[second][..., ::-1]
    n = data.shape[-1]
    misfit = {}
    for shift in range(-(n // 2), n // 2 + 1):  # of the mirrored view to the right
        here, there = one[..., max(shift, 0) : n + min(shift, 0)], mirrored[..., max(-shift, 0) : n - max(shift, 0)]
        energy = (here**2).sum() + (there**2).sum()  # an empty overlap must not fit best
        misfit[shift] = ((here - there) ** 2).sum() / energy if energy > 0 else 1.0
    return float(n - 1 + min(misfit, key=misfit.__getitem__)) / 2


def _mean_image(name: str, image: ArrayLike, shape: tuple[int, ...]) -> Array:
    array = as_real(name, image).astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite")
    mean: Array = array.mean(axis=0) if array.ndim == len(shape) + 1 else array
    if mean.shape not in ((), shape):
        raise ValueError(f"{name} must hold images of shape {shape}, that of a view of counts, got {array.shape}")
    return mean
