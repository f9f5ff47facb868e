"""Beam hardening: the line integrals of a thick object are too small, since hard X-rays pass it more easily.

For an object of one material the way of a ray through it, L, is a function of the measured line integral b that
curves upwards: ``L = c1 b + c2 b^2 + c3 b^3 ...`` with no negative coefficient.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls
from skimage.filters import threshold_otsu

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.corrections.bad_pixels import interpolated
from coarea.ct.geometry import Geometry
from coarea.ct.methods.pocs import asd_pocs
from coarea.ct.projector import Projector, shaped

THIN = 0.03  # of the longest way: rays that graze the object are wrong by parts of a pixel
LEAST_ARC = math.pi / 2


@with_hints
def beam_hardening_curve(data: ArrayLike, paths: ArrayLike, *, degree: int = 3) -> Array:
    """How long the ways of rays through one material are, as a polynomial in their line integrals [Herman1979]_.

        ``path = curve[0] * data + curve[1] * data**2 + ...``

    fitted by least squares with coefficients of at least 0 [LawsonHanson1974]_, so that it grows and curves upwards, as
    hardening does, also beyond the data.

    Parameters
    ----------
    data : array_like
        Line integrals of a calibration object. NaN is left out.
    paths : array_like
        In the same shape, the lengths of the rays in the object: of an ellipse, :func:`line_integrals_of`; of any
        other, projections of its mask. Rays are used whose path is at least 3 % of the longest.
    degree : int, default 3
        Of the polynomial.

    Returns
    -------
    (degree,) ndarray of float64
        Coefficients for :func:`linearize`, in the unit of length of the paths.

    Raises
    ------
    ValueError
        If the shapes differ, there are too few rays, or the paths do not grow with the data.

    See Also
    --------
    beam_hardening_of_scan : the curve without a calibration object.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> paths = np.linspace(0, 70, 50)
    >>> data = (np.sqrt(1 + 4 * paths / 40) - 1) / 0.1  # where paths are 2 data + 0.1 data^2
    >>> curve = ct.beam_hardening_curve(data, paths)
    >>> np.allclose(curve, [2, 0.1, 0])
    True
    """
    measured, ways = (as_real(name, values).astype(np.float64) for name, values in (("data", data), ("paths", paths)))
    degree = as_count("degree", degree, most=9)
    if measured.shape != ways.shape:
        raise ValueError(f"paths must have shape {measured.shape}, that of data, got {ways.shape}")
    if not np.isfinite(ways).all() or (ways < 0).any() or np.isinf(measured).any():
        raise ValueError("data and paths must be finite, paths >= 0; only NaN in data is left out")
    return _fit(measured, ways, THIN * ways.max(initial=0), degree)


@with_hints
def beam_hardening_of_scan(projector: Projector, data: ArrayLike, *, degree: int = 3, n_rounds: int = 1) -> Array:
    """The curve of :func:`beam_hardening_curve` from the scan itself, of an object of one material.

    A reconstruction is divided in material and air by Otsu's threshold [Otsu1979]_, and the projections of the material
    are the paths. It needs a good reconstruction, hence a scan over 90 degrees at the least; over less the curve would
    be worse than none, and over less than 180 it is too bent: it only pays with ``upper=1 / curve[0]``.

    Parameters
    ----------
    projector : Projector
        Of the scan. Its image must hold the whole object.
    data : array_like
        Line integrals, of the shape of the projections. NaN is interpolated.
    degree : int, default 3
        Of the polynomial.
    n_rounds : int, default 1
        Of reconstructions, each 20 iterations of :func:`asd_pocs`; those after the first are from corrected data. More
        change little where the views go all around, and make it worse where they do not.

    Returns
    -------
    (degree,) ndarray of float64
        As of :func:`beam_hardening_curve`; linearize *data* with it, not what is linearized already.

    Raises
    ------
    TypeError
        If the geometry is one of :class:`Vectors`, whose arc is not known.
    ValueError
        If the views cover less than 90 degrees, or no material can be told from air.

    See Also
    --------
    beam_hardening_curve : the curve of a calibration object.
    linearize : corrects the data with it.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> geometry = ct.ParallelBeam(angles=np.arange(30) * np.pi / 30, n_detectors=32)
    >>> paths = ct.line_integrals_of([[1, 12, 9, 0, 0, 0]], geometry)
    >>> hardened = (np.sqrt(1 + 4 * paths / 40) - 1) / 0.1  # where paths are 2 data + 0.1 data^2
    >>> curve = ct.beam_hardening_of_scan(ct.Projector(geometry, (32, 32)), hardened, degree=2)
    >>> np.abs(curve - [2, 0.1]).max() < 0.2
    np.True_
    """
    if not isinstance(projector, Projector):
        raise TypeError(f"projector must be a Projector, got {type(projector).__name__}")
    degree, n_rounds = as_count("degree", degree, most=9), as_count("n_rounds", n_rounds)
    if not hasattr(projector.geometry, "angles"):
        raise TypeError(
            f"projector must have a geometry with angles, got {type(projector.geometry).__name__}: take the curve of a "
            "calibration object, beam_hardening_curve"
        )
    measured = as_real("data", data)
    measured = interpolated(measured.astype(np.float64)) if measured.ndim > 1 else measured
    measured = shaped("data", measured, projector.range_shape, np.float64)
    if not np.isfinite(measured).all():
        raise ValueError("data must be finite, but for NaN where nothing was measured")
    if (arc := covered_arc(projector.geometry)) < LEAST_ARC * (1 - 1e-6):
        raise ValueError(
            f"projector must cover 90 degrees or more, or the curve is worse than none, got {math.degrees(arc):.4g}: "
            "take the curve of a calibration object, beam_hardening_curve"
        )
    corrected = measured
    for _ in range(n_rounds):
        image = asd_pocs(projector, corrected, 20).image
        if not image.max() > image.min():
            raise ValueError("data must show an object, its reconstruction is constant")
        material = (image > threshold_otsu(image)).astype(projector.dtype)
        curve = _fit(measured, projector(material).astype(np.float64), 2 * max(projector.spacing), degree)
        corrected = linearize(measured, curve)
    return curve


@with_hints
def linearize(data: ArrayLike, curve: ArrayLike, *, mu: float | None = None) -> Array:
    """Line integrals as a beam of one energy would measure them: ``mu`` times the paths that the curve says.

    Parameters
    ----------
    data : array_like
        Line integrals of an object of the curve's material. NaN stays. Values below 0, which noise makes of air, are
        mirrored, so that their mean stays 0.
    curve : (degree,) array_like
        Of :func:`beam_hardening_curve`.
    mu : float, optional
        Grey value that the material shall have. Default: ``1 / curve[0]``, that of the thinnest object; then thin rays
        stay as they are.

    Returns
    -------
    ndarray
        float32 for float32 and small integers, otherwise float64. The material reconstructs to `mu`, so ``upper=mu``
        is a bound that helps much where views are few.

    Raises
    ------
    ValueError
        If the curve is none, or the data hold infinite values.

    See Also
    --------
    beam_hardening_curve, beam_hardening_of_scan

    Notes
    -----
    Beyond the data that the curve was made from it is a guess: calibrate with an object as thick as yours.

    Examples
    --------
    >>> from coarea import ct
    >>> ct.linearize([0.0, 1.0, 3.0], [20.0, 2.0])
    array([0. , 1.1, 3.9])
    """
    measured = as_real("data", data)
    coefficients = as_real("curve", curve).astype(np.float64)
    if coefficients.ndim != 1 or not coefficients.size:
        raise ValueError(f"curve must have shape (degree,), as beam_hardening_curve gives it, got {coefficients.shape}")
    if not np.isfinite(coefficients).all() or (coefficients < 0).any() or coefficients[0] == 0:
        raise ValueError("curve must have coefficients of at least 0, the first above: it must grow")
    if np.isinf(measured).any():
        raise ValueError("data must be finite, but for NaN where nothing was measured")
    mu = 1 / float(coefficients[0]) if mu is None else as_number("mu", mu, above=0)
    values = np.abs(measured.astype(np.float64))
    paths = values * np.polynomial.polynomial.polyval(values, coefficients)
    linear: Array = (mu * np.copysign(paths, measured)).astype(np.result_type(measured.dtype, np.float32))
    return linear


def covered_arc(geometry: Geometry) -> float:
    """Radians that the views cover without the largest gap; opposite views of parallel rays are one."""
    period = 2 * math.pi if geometry.is_divergent else math.pi
    turns = np.unique(geometry.angles % period)
    gaps = np.diff(np.append(turns, turns[0] + period))
    steps = np.delete(gaps, gaps.argmax())
    step = float(np.median(steps)) if steps.size else 0.0  # each view stands for one
    return float(min(period, period - gaps.max() + step))


def _fit(measured: Array, paths: Array, thin: float, degree: int) -> Array:
    """The coefficients, from rays in more than a thin part of the material."""
    used = (paths > thin) & ~np.isnan(measured)
    if used.sum() <= degree:
        raise ValueError(f"data must hold more than {degree} rays through the material, got {used.sum()}")
    values, ways = measured[used], paths[used]
    scale = np.abs(values).max() or 1.0  # powers of large numbers would outweigh each other
    powers = (values[:, None] / scale) ** np.arange(1, degree + 1)
    triangle: Array = np.asarray(np.linalg.qr(np.column_stack([powers, ways]), mode="r"))  # few rows, as good
    found, _ = nnls(triangle[:, :-1], triangle[:, -1])
    if found[0] == 0:
        raise ValueError("data must grow with the paths, as line integrals do: are they of one object and geometry?")
    curve: Array = found / scale ** np.arange(1, degree + 1)
    return curve
