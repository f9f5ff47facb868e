"""Filtered back projection: for parallel and fan beams, and Feldkamp's for the circular cone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import one_of
from coarea.base.threads import in_threads
from coarea.base.types import Filter
from coarea.ct import _joseph_cone, _pixel_driven
from coarea.ct.equations.likely import some_views, warn_of_counts
from coarea.ct.geometry import Geometry, as_circular
from coarea.ct.methods.redundancy import Weights, weights_of
from coarea.ct.methods.registry import direct
from coarea.ct.projector import Projector, shaped

INSTRUCTION_SET = len(_pixel_driven.instruction_sets()) - 1
AT_ONCE = 1 << 17  # numbers that are filtered together: they stay in the cache


@direct
@with_hints
def fbp(
    data: ArrayLike,
    geometry: Geometry,
    shape: Sequence[int],
    *,
    spacing: float | Sequence[float] = 1.0,
    filter: Filter = "ramp",
    workers: int | None = None,
) -> Array:
    """Filtered back projection [KakSlaney1988]_.

    Parameters
    ----------
    data : array_like
        Line integrals, (view, u); (view, v, u) for a volume in a parallel beam, slice by slice.
    geometry : ParallelBeam or FanBeam
        Its angles may come in any order and steps. They should cover half a turn in a parallel beam, and in a fan
        half a turn and the opening of the fan; a displaced detector, whose short side does not reach over the object,
        needs a whole turn.
    shape : sequence of int
        Of the image: (y, x), or (z, y, x).
    spacing : float or sequence of float, default 1
        Size of the pixels.
    filter : {"ramp", "shepp-logan", "cosine", "hamming", "hann"}, default "ramp"
        The ramp, or the window that it is multiplied by against noise: the later ones blur more.
    workers : int, optional
        Number of threads. Default: as many as there are processors. No bit of the result depends on it.

    Returns
    -------
    ndarray
        float32 for float32 data, otherwise float64.

    Raises
    ------
    ValueError
        If a shape does not fit, data are not finite, or the scan can in no way be complete: the axis is not on the
        detector, or an object reaches over the short side of a displaced one in less than three quarters of a turn.

    Warns
    -----
    UserWarning
        If views are missing: the image is what the others give. If the data look like counts of photons.

    See Also
    --------
    fdk : for cone beams.
    sart, asd_pocs

    Notes
    -----
    A view counts for half of the angles to its neighbours on both sides; a gap of more than three times the typical
    one is a hole that no view counts for. A ray that is seen from both ends counts half as much each time. A short scan
    of a fan has the smooth weights of [Parker1982]_ instead, and a displaced detector, over a turn, weights that fade
    to 0 at its short side, which is then filled up with zeros [Wang2002]_.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> geometry = ct.ParallelBeam(angles=np.arange(90) * np.pi / 90, n_detectors=64)
    >>> disc = ct.line_integrals_of([[1, 20, 20, 0, 0, 0]], geometry)
    >>> image = ct.fbp(disc, geometry, (64, 64))
    >>> round(float(image[32, 32]), 2)  # in the disc
    1.0
    >>> bool(abs(image[32, 60]) < 0.05)  # outside
    True
    """
    if as_circular("fbp", geometry).has_rows:
        raise ValueError(
            f"geometry must be a ParallelBeam or a FanBeam for fbp, got {type(geometry).__name__}: use fdk"
        )
    return _filtered_back_projection(data, geometry, shape, spacing=spacing, filter=filter, workers=workers)


@direct
@with_hints
def fdk(
    data: ArrayLike,
    geometry: Geometry,
    shape: Sequence[int],
    *,
    spacing: float | Sequence[float] = 1.0,
    filter: Filter = "ramp",
    workers: int | None = None,
) -> Array:
    """Filtered back projection for a circular cone beam [FeldkampDavisKress1984]_.

    It is exact in the plane of the source only.

    Parameters
    ----------
    data : (view, v, u) array_like
        Line integrals.
    geometry : ConeBeam
        Its angles as for the fan beam of :func:`fbp`.
    shape : sequence of int
        Of the volume: (z, y, x).
    spacing, filter, workers
        As for :func:`fbp`.

    Returns
    -------
    ndarray
        float32 for float32 data, otherwise float64.

    Raises
    ------
    ValueError
        As for :func:`fbp`.

    Warns
    -----
    UserWarning
        As for :func:`fbp`.

    See Also
    --------
    fbp : for parallel and fan beams.
    ConeBeam : the geometry.

    Examples
    --------
    >>> import numpy as np
    >>> from coarea import ct
    >>> circle = {"angles": np.arange(40) * np.pi / 20, "source_to_axis": 60, "source_to_detector": 120}
    >>> geometry = ct.ConeBeam(**circle, detector_shape=(32, 32), detector_spacing=2)
    >>> ball = ct.line_integrals_of([[1, 8, 8, 8, 0, 0, 0, 0]], geometry)
    >>> round(float(ct.fdk(ball, geometry, (20, 20, 20))[10, 10, 10]), 1)
    1.0
    """
    if not as_circular("fdk", geometry).has_rows:
        raise ValueError(f"geometry must be a ConeBeam for fdk, got {type(geometry).__name__}: use fbp")
    return _filtered_back_projection(data, geometry, shape, spacing=spacing, filter=filter, workers=workers)


def _filtered_back_projection(
    data: ArrayLike,
    geometry: Geometry,
    shape: Sequence[int],
    *,
    spacing: float | Sequence[float],
    filter: Filter,
    workers: int | None,
) -> Array:
    one_of("filter", filter, get_args(Filter))
    dtype = np.float32 if as_real("data", data).dtype.newbyteorder("=") == np.float32 else np.float64
    scan = Projector(geometry[:1], shape, spacing=spacing, dtype=dtype, workers=workers)  # checks shapes and spacing
    if not np.isfinite(data).all():
        raise ValueError(
            "data must be finite: give rays without a line integral the values of their neighbours, as "
            "ct.line_integrals(..., bad='interpolate') does"
        )
    values = shaped("data", data, (len(geometry), *scan.range_shape[1:]), dtype)
    values = values.reshape(len(geometry), -1, values.shape[-1])
    some = np.asarray(data).reshape(values.shape)[some_views(len(values))]
    warn_of_counts(some, np.ones(some.shape, bool))
    weights = weights_of(geometry, values)
    filtered = _filtered(values, geometry, weights, filter, scan.workers)
    volume_shape = scan.domain_shape if len(scan.domain_shape) == 3 else (1, *scan.domain_shape)
    first_column = geometry.columns()[0] - weights.padding[0] * geometry.column_spacing
    views = _views(geometry, first_column, volume_shape, (1.0, *scan.spacing)[-3:])
    back_project = _back_projected_cone if geometry.has_rows else _back_projected
    return back_project(filtered, geometry, views, volume_shape, scan.workers).reshape(scan.domain_shape)


def _back_projected(filtered: Array, geometry: Geometry, views: Array, shape: tuple[int, ...], workers: int) -> Array:
    volume = np.zeros(shape, filtered.dtype)

    def run(first: int, last: int) -> None:
        _pixel_driven.back_project(filtered, views, geometry.is_divergent, volume, first, last, INSTRUCTION_SET)

    in_threads(run, shape[1], workers)
    return volume


def _back_projected_cone(filtered: Array, _: Geometry, views: Array, shape: tuple[int, ...], workers: int) -> Array:
    """In memory the heights of a voxel column, and the rows of a detector column, are side by side meanwhile."""
    volume = np.zeros((*shape[1:], shape[0]), filtered.dtype)
    out = np.empty(shape, filtered.dtype)

    def run(first: int, last: int) -> None:
        scratch = np.empty(filtered.shape[2], filtered.dtype)
        _pixel_driven.back_project_cone(filtered, views, volume, scratch, first, last, INSTRUCTION_SET)
        _joseph_cone.turn(volume, out.transpose(1, 2, 0), False, first, last)

    in_threads(run, shape[1], workers)
    return out


def _views(geometry: Geometry, first_column: float, shape: tuple[int, ...], spacing: tuple[float, ...]) -> Array:
    """For each view the numbers that `_pixel_driven` takes."""
    (nz, ny, nx), (hz, hy, hx) = shape, spacing
    cosine, sine, one = np.cos(geometry.angles), np.sin(geometry.angles), np.ones(len(geometry))
    x0, y0, z0 = -(nx - 1) / 2 * hx, -(ny - 1) / 2 * hy, -(nz - 1) / 2 * hz
    u, du = np.stack([x0 * cosine + y0 * sine, hx * cosine, hy * sine]), geometry.column_spacing
    if geometry.is_divergent:
        # w is the distance of the voxel from the source along the central ray, over that of the axis
        distance, scale, dv = geometry.source_to_axis, geometry.magnification, geometry.row_spacing
        w = np.stack([one + (y0 * cosine - x0 * sine) / distance, -hx * sine / distance, hy * cosine / distance])
        u = u * geometry.source_to_detector / distance
        v, first_row = np.stack([z0 * scale / dv * one, hz * scale / dv * one]), geometry.rows()[0] / dv
    else:
        w = np.stack([one, 0 * one, 0 * one])
        v, first_row = np.stack([0 * one, one]), 0.0  # slice by slice
    # the kernel divides u by w, so what is added to it after the division is added to it times w
    u = u / du - first_column / du * w
    return np.ascontiguousarray(np.concatenate([u, v, w, [-first_row * one]]).T)


def _obliquity(geometry: Geometry) -> Array:
    """The cosine of the angle to the central ray: (v, u)."""
    u, v, distance = geometry.columns(), geometry.rows()[:, None], geometry.source_to_detector
    return distance / np.sqrt(distance**2 + u**2 + v**2) if geometry.is_divergent else np.ones((1, len(u)))


def _ramp(width: int, step: float, filter: Filter) -> tuple[int, Array]:
    """How long rows of `width` numbers must be not to be convolved with their own ends, and the band-limited ramp."""
    length = fft.next_fast_len(2 * width, real=True)
    place = np.minimum(np.arange(length), length - np.arange(length))
    odd = place % 2 == 1
    kernel = np.zeros(length)
    kernel[0] = 1 / (4 * step**2)
    kernel[odd] = -1 / (np.pi * place[odd] * step) ** 2
    frequency = fft.rfftfreq(length)  # cycles per bin, up to 1/2
    factor = {
        "ramp": np.ones_like(frequency),
        "shepp-logan": np.sinc(frequency),
        "cosine": np.cos(np.pi * frequency),
        "hamming": 0.54 + 0.46 * np.cos(2 * np.pi * frequency),
        "hann": 0.5 + 0.5 * np.cos(2 * np.pi * frequency),
    }[filter]
    return length, fft.rfft(kernel).real * step * factor


def _filtered(data: Array, geometry: Geometry, weights: Weights, filter: Filter, workers: int) -> Array:
    """The data times their weights, convolved along u, as the kernels take them: in a frame, of a cone with v last.

    It is done some views at a time, the same ones for any number of workers, so no bit depends on it.
    """
    n_views, n_v, n_u = data.shape
    before, after = weights.padding
    width, dtype = before + n_u + after, data.dtype
    length, response = _ramp(width, geometry.bin_size, filter)
    response = response.astype(dtype)
    by_ray = _obliquity(geometry) * weights.rays[:, None] if len(weights.rays) == 1 else None
    out = np.zeros((n_views, width + 1, n_v + 1) if geometry.has_rows else (n_views, n_v, width + 1), dtype)
    step = max(1, AT_ONCE // (n_v * length))

    def run(first: int, last: int) -> None:
        for start in range(first * step, min(last * step, n_views), step):
            chunk = slice(start, min(start + step, n_views))
            factor = _obliquity(geometry) * weights.rays[chunk, None] if by_ray is None else by_ray
            padded = np.zeros((chunk.stop - start, n_v, width), dtype)
            factor = (factor * weights.views[chunk, None, None]).astype(dtype)
            np.multiply(data[chunk], factor, padded[..., before : before + n_u])
            spectrum = fft.rfft(padded, length)
            spectrum *= response
            convolved = fft.irfft(spectrum, length)[..., :width]
            if geometry.has_rows:
                _joseph_cone.turn(convolved.transpose(0, 2, 1), out[chunk, :-1, :-1], False, 0, len(convolved))
            else:
                out[chunk, :, :-1] = convolved

    in_threads(run, -(-n_views // step), workers)
    return out
