"""Where the detector sees the rotation axis: from opposite views, or from how well a reconstruction fits."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_count, as_number
from coarea.ct.beams import FanBeam
from coarea.ct.corrections.bad_pixels import interpolated
from coarea.ct.geometry import Geometry
from coarea.ct.methods.algebraic import sart
from coarea.ct.projector import Projector, shaped

OPPOSITE = 0.05  # radians by which opposite views may miss each other
MOST_PAIRS = 16
LEAST_OVERLAP = 0.1  # of the detector: less of two views is alike by chance
WORST_FIT = 0.5  # 1 is that of noise
EXACT = 1e-9
SMOOTH = 1.0  # bins, standard deviation

MOST_VIEWS = 60
MOST_SLICES = 4
COARSER = 1.63  # pixels, where bins are twice as wide: no simple fraction, so that no offset meets all pixels alike
LEAST_RISE = 1.05  # of the residual, two bins beside the best offset


@with_hints
def find_center(projections: ArrayLike, angles: ArrayLike) -> float:
    """Bin in which a parallel beam sees the rotation axis, from opposite views.

    The view at t + pi is that at t in a mirror at the axis. The centre is the one for which opposite views fit best
    where they overlap: their squared difference there is least, relative to how much they vary. At least a tenth of
    the detector must overlap, so the axis is found if it lies no nearer than a twentieth to an end. Between half bins
    a parabola is interpolated.

    Parameters
    ----------
    projections : (view, u) or (view, v, u) array_like
        Line integrals. NaN is interpolated.
    angles : (view,) array_like
        Radians. The views nearest to opposite are used; they must be within 0.05 of it.

    Returns
    -------
    float
        For ``detector_offset = ((n - 1) / 2 - center) * detector_spacing`` of :class:`ParallelBeam`.

    Raises
    ------
    ValueError
        If no two views are opposite, they do not fit anywhere, or best at the end of what is searched.

    See Also
    --------
    find_offset : for every beam, and without opposite views.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> geometry = ct.ParallelBeam(angles=np.arange(21) * np.pi / 20, n_detectors=40, detector_offset=-1.5)
    >>> data = ct.line_integrals_of([[1, 9, 5, 3, 2, 0]], geometry)  # the axis is seen at bin 39 / 2 + 1.5
    >>> round(ct.find_center(data, geometry.angles), 1)
    21.0
    """
    data, turns = (
        as_real(name, values).astype(np.float64) for name, values in (("projections", projections), ("angles", angles))
    )
    if data.ndim not in (2, 3) or not data.size:
        raise ValueError(f"projections must have shape (view, u) or (view, v, u), got {data.shape}")
    if turns.shape != data.shape[:1]:
        raise ValueError(
            f"angles must have shape {data.shape[:1]}, one for each view of projections, got {turns.shape}"
        )
    if not np.isfinite(turns).all() or np.isinf(data).any():
        raise ValueError("projections and angles must be finite, but for NaN in projections where nothing was measured")
    first, second = _opposite(turns)
    views, mirrored = interpolated(data[first]), interpolated(data[second])[..., ::-1]
    if np.isnan(views).any() or np.isnan(mirrored).any():
        raise ValueError("projections and angles must be finite, got views in which all is NaN")
    n = data.shape[-1]
    views, mirrored = views.reshape(-1, n), mirrored.reshape(-1, n)
    least = min(n, max(3, round(LEAST_OVERLAP * n)))
    misfit = _misfits(views, mirrored, least=least)
    best = int(misfit.argmin())
    shift = float(best - len(misfit) // 2)
    if not misfit[best] < WORST_FIT:
        raise ValueError(
            "projections at opposite angles must be mirror images, they do not fit for any centre: does the beam "
            "diverge? See find_offset"
        )
    if best in (0, len(misfit) - 1):
        raise ValueError(
            f"projections must see the axis away from the ends of the detector, they fit best at its end, for bin "
            f"{(n - 1 + shift) / 2:g}: see find_offset"
        )
    if misfit[best] > EXACT:  # noise would shift the vertex of a narrow parabola, edges that of a wide one
        smooth = [gaussian_filter1d(rows, SMOOTH, axis=-1) for rows in (views, mirrored)]
        near = np.arange(max(0, best - 2), min(len(misfit), best + 3))
        shift += _vertex(near - best, _misfits(*smooth, least=least)[near])
    return float(n - 1 + shift) / 2


@with_hints
def find_offset(projector: Projector, data: ArrayLike, *, within: float | None = None, n_sweeps: int = 3) -> float:
    """Offset of the detector along u, for any beam: the one for which a reconstruction fits the data best.

    A few sweeps of :func:`sart` leave the least residual where the axis is right. It is computed from at most 60 views
    and bins joined in pairs, on larger pixels: first for offsets two bins apart, then for nine around the best, through
    which a parabola is laid, and once more for nine at half their distance.

    Parameters
    ----------
    projector : Projector
        Of the scan. Its image must hold the whole object; the offset of its geometry is where the search begins.
    data : array_like
        Line integrals, of the shape of the projections. NaN is interpolated. Of a cone beam those rows are taken that
        are nearest to the plane of the source, of a volume in a parallel beam a few slices.
    within : float, optional
        How far from the geometry's offset to search, to both sides. Default: a twentieth of the detector's width, at
        least eight bins.
    n_sweeps : int, default 3
        Of :func:`sart`, for every offset.

    Returns
    -------
    float
        The ``detector_offset`` along u, to a tenth of a bin if the data allow it; of a :class:`ConeBeam`, its second
        number.

    Raises
    ------
    ValueError
        If the residual is least at the end of what is searched, or hardly depends on the offset: views of a small arc
        fit any.

    See Also
    --------
    find_center : for parallel beams with opposite views.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> beam = {"angles": np.arange(60) * np.pi / 30, "n_detectors": 96, "source_to_axis": 99, "source_to_detector": 99}
    >>> data = ct.line_integrals_of(ct.shepp_logan_ellipses(radius=32), ct.FanBeam(**beam, detector_offset=1.3))
    >>> offset = ct.find_offset(ct.Projector(ct.FanBeam(**beam), (64, 64)), data)
    >>> abs(offset - 1.3) < 0.1
    True
    """
    if not isinstance(projector, Projector):
        raise TypeError(f"projector must be a Projector, got {type(projector).__name__}")
    n_sweeps, geometry = as_count("n_sweeps", n_sweeps), projector.geometry
    if "detector_offset" not in geometry._arguments():
        raise TypeError(f"projector must have a geometry with a detector_offset, got {type(geometry).__name__}")
    measured = as_real("data", data)
    if np.isinf(measured).any():
        raise ValueError("data must be finite, but for NaN where nothing was measured")
    measured = interpolated(np.asarray(measured, np.float32)) if measured.ndim > 1 else measured
    measured = shaped("data", measured, projector.range_shape, np.float32)
    step = geometry.column_spacing
    width = max(8, len(geometry.columns()) / 20) * step if within is None else as_number("within", within, above=0)
    start, flat, rows = _flat(geometry, measured)
    residual = _Residual(projector, flat, rows, n_sweeps)
    steps = max(2, math.ceil(width / (2 * step)))
    offsets = start + np.linspace(-width, width, 2 * steps + 1)
    found = np.array([residual(offset) for offset in offsets])
    best = int(found.argmin())
    is_flat = not found.max() > LEAST_RISE * found[best]
    if not is_flat and best in (0, len(found) - 1):
        raise ValueError(
            f"within must be larger: the residual is least at the end of what was searched, {offsets[best]:g}; if it "
            "always is, the image does not hold the object, or the geometry is another"
        )
    if is_flat or found[[best - 1, best + 1]].min() < LEAST_RISE * found[best]:
        raise ValueError(
            "data must tell the offset, their residual is about the same for all of them: are they views of a small "
            "arc, or of what is round?"
        )
    offset = float(offsets[best])
    for stride in (0.5, 0.25):  # sampling makes the residual rise and fall a little, at which a bisection would stop
        near = offset + stride * step * np.arange(-4, 5)
        offset += _vertex(near - offset, np.array([residual(place) ** 2 for place in near]))
    return offset


class _Residual:
    """Residual of a few sweeps of SART, for offsets of the detector."""

    def __init__(self, projector: Projector, geometry: Geometry, rows: Array, n_sweeps: int):
        views = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_VIEWS)).round().astype(int))
        n = rows.shape[-1] // 2
        self._data = rows[views][..., : 2 * n].reshape(len(views), -1, n, 2).mean(axis=-1)
        self._geometry, self._odd, self._n_sweeps = geometry[views], rows.shape[-1] % 2, n_sweeps
        self._spacing = [COARSER * size for size in projector.spacing[-2:]]
        self._shape = [math.ceil(size / COARSER) for size in projector.domain_shape[-2:]]
        self._workers = projector.workers

    def __call__(self, offset: float) -> float:
        step = self._geometry.column_spacing
        changed = {"n_detectors": self._data.shape[-1], "detector_spacing": 2 * step}
        geometry = _with(self._geometry, **changed, detector_offset=offset - self._odd * step / 2)
        A = Projector(geometry, self._shape, spacing=self._spacing, workers=self._workers)
        square = 0.0
        for row in range(self._data.shape[1]):
            data = np.ascontiguousarray(self._data[:, row])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # of a wrong offset: rays may miss the image
                found = sart(A, data, self._n_sweeps)
            square += float(np.square(A(found.image) - data, dtype=np.float64).sum())
        return math.sqrt(square)


def _flat(geometry: Geometry, data: Array) -> tuple[float, Geometry, Array]:
    """Offset along u, a beam in a plane, and its data (view, row, u)."""
    if geometry.has_rows:
        heights = np.abs(geometry.rows())
        if heights.min() > geometry.row_spacing:
            raise ValueError("projector must see the plane of the source: none of the detector's rows is near v = 0")
        offset = geometry._arguments()["detector_offset"][1]
        fan = FanBeam(
            angles=geometry.angles,
            n_detectors=len(geometry.columns()),
            source_to_axis=geometry.source_to_axis,
            source_to_detector=geometry.source_to_detector,
            detector_spacing=geometry.column_spacing,
            detector_offset=offset,
            curved=geometry.curved,
        )
        near = heights <= heights.min() * (1 + 1e-9)  # two if v = 0 lies between them
        return offset, fan, data[:, near].mean(axis=1, keepdims=True)
    rows = data.reshape(len(data), -1, data.shape[-1])
    chosen = np.unique(np.linspace(0, rows.shape[1] - 1, MOST_SLICES + 2).round().astype(int)[1:-1])
    return float(geometry._arguments()["detector_offset"]), geometry, rows[:, chosen]


def _with(geometry: Geometry, **changed: Any) -> Geometry:
    """The geometry with other arguments."""
    return type(geometry)(**{**geometry._arguments(), **changed})


def _opposite(turns: Array) -> tuple[Array, Array]:
    """Indices of views that are opposite, as nearly as any two."""
    apart = np.abs((turns[:, None] - turns) % (2 * np.pi) - np.pi)
    if not apart.size or apart.min() > OPPOSITE:
        raise ValueError(
            f"angles of two views must be opposite to {OPPOSITE} radians, the nearest differ by {apart.min():g} from "
            "it: see find_offset"
        )
    first, second = np.nonzero(np.triu(apart <= apart.min() + 1e-6))
    some = np.unique(np.linspace(0, len(first) - 1, min(len(first), MOST_PAIRS)).round().astype(int))
    return first[some], second[some]


def _misfits(views: Array, mirrored: Array, *, least: int) -> Array:
    """Squared difference where the views overlap, over their variance there, for each shift of the mirrored ones.

    Shifts to the right count up to n - `least` bins, to the left as many.
    """
    n = views.shape[-1]
    views, mirrored = views - views.mean(), mirrored - views.mean()  # smaller sums are rounded less
    padded = next_fast_len(2 * n, real=True)
    spectrum = (rfft(views, padded, axis=-1) * rfft(mirrored, padded, axis=-1).conj()).sum(axis=0)
    product = irfft(spectrum, padded)
    shifts = np.arange(least - n, n - least + 1)
    product = product[shifts]
    here, there = np.maximum(shifts, 0), np.maximum(-shifts, 0)
    size = n - np.abs(shifts)

    def over(values: Array, start: Array) -> Array:
        total = np.concatenate([[0], np.cumsum(values.sum(axis=0))])
        part: Array = total[start + size] - total[start]
        return part

    square = over(views**2, here) + over(mirrored**2, there)
    mean = (over(views, here) + over(mirrored, there)) / (2 * size * len(views))
    variance = square - 2 * size * len(views) * mean**2
    varies = variance > 1e-9 * max(square.max(), 1e-300)
    misfit: Array = np.divide(square - 2 * product, variance, out=np.ones(len(shifts)), where=varies)
    return np.maximum(misfit, 0)


def _vertex(places: Array, values: Array) -> float:
    """Where a parabola through values at some places is least, if it is between them."""
    curve = np.polyfit(places, values, 2)
    vertex = -curve[1] / (2 * curve[0]) if curve[0] > 0 else places[values.argmin()]
    return float(np.clip(vertex, places[0], places[-1]))
