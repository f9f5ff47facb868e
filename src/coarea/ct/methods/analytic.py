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
from coarea.base.threads import in_threads, number_of_workers
from coarea.base.types import Window
from coarea.ct import _pixel_driven
from coarea.ct.geometry import Geometry, as_circular
from coarea.ct.methods.registry import direct
from coarea.ct.projector import Projector, shaped


@direct
@with_hints
def fbp(
    data: ArrayLike,
    geometry: Geometry,
    shape: Sequence[int],
    *,
    spacing: float | Sequence[float] = 1.0,
    window: Window = "ramp",
    workers: int | None = None,
) -> Array:
    """Filtered back projection [KakSlaney1988]_.

    Parameters
    ----------
    data : array_like
        Line integrals, (view, u); (view, v, u) for a volume in a parallel beam.
    geometry : ParallelBeam or FanBeam
        Its angles in equal steps, upwards or downwards: in a parallel beam over half a turn or a multiple of it; in a
        fan over whole turns, or over at least half a turn and the opening of the fan (a short scan, for which the
        weights of [Parker1982]_ are used).
    shape : sequence of int
        Of the image: (y, x), or (z, y, x).
    spacing : float or sequence of float, default 1
        Size of the pixels.
    window : {"ramp", "shepp-logan", "cosine", "hamming", "hann"}, default "ramp"
        What the ramp filter is multiplied by, against noise.
    workers : int, optional
        Number of threads. Default: as many as there are processors.

    Returns
    -------
    ndarray
        float32 for float32 data, otherwise float64.

    Raises
    ------
    ValueError
        If a shape does not fit, or the angles do not suit.
    """
    if as_circular("fbp", geometry).has_rows:
        raise ValueError(
            f"geometry must be a ParallelBeam or a FanBeam for fbp, got {type(geometry).__name__}: use fdk"
        )
    return _filtered_back_projection(data, geometry, shape, spacing=spacing, window=window, workers=workers)


@direct
@with_hints
def fdk(
    data: ArrayLike,
    geometry: Geometry,
    shape: Sequence[int],
    *,
    spacing: float | Sequence[float] = 1.0,
    window: Window = "ramp",
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
    spacing, window, workers
        As for :func:`fbp`.

    Returns
    -------
    ndarray
        float32 for float32 data, otherwise float64.

    Raises
    ------
    ValueError
        If a shape does not fit, or the angles do not suit.
    """
    if not as_circular("fdk", geometry).has_rows:
        raise ValueError(f"geometry must be a ConeBeam for fdk, got {type(geometry).__name__}: use fbp")
    return _filtered_back_projection(data, geometry, shape, spacing=spacing, window=window, workers=workers)


def _filtered_back_projection(
    data: ArrayLike,
    geometry: Geometry,
    shape: Sequence[int],
    *,
    spacing: float | Sequence[float],
    window: Window,
    workers: int | None,
) -> Array:
    one_of("window", window, get_args(Window))
    dtype = np.float32 if as_real("data", data).dtype.newbyteorder("=") == np.float32 else np.float64
    scan = Projector(geometry, shape, spacing=spacing, dtype=dtype)  # checks shapes and spacing
    values = shaped("data", data, scan.range_shape, dtype)
    weighted = values.reshape(len(geometry), -1, values.shape[-1]).astype(np.float64) * _weights(geometry)
    filtered = _ramp_filtered(weighted, geometry.bin_size, window)
    padded = np.zeros((len(filtered), filtered.shape[1] + 1, filtered.shape[2] + 1), dtype)
    padded[:, :-1, :-1] = filtered
    volume_shape = scan.domain_shape if len(scan.domain_shape) == 3 else (1, *scan.domain_shape)
    volume = np.zeros(volume_shape, dtype)
    views = _views(geometry, volume_shape, (1.0, *scan.spacing)[-3:])
    power = 2 if geometry.is_divergent else 0

    def run(first: int, last: int) -> None:
        _pixel_driven.back_project(padded, views, power, volume, first, last)

    in_threads(run, volume_shape[1], number_of_workers(workers))
    return volume.reshape(scan.domain_shape)


def _views(geometry: Geometry, shape: tuple[int, ...], spacing: tuple[float, ...]) -> Array:
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
    u = u / du - geometry.columns()[0] / du * w
    return np.ascontiguousarray(np.concatenate([u, v, w, [-first_row * one]]).T)


def _ramp_filtered(data: Array, step: float, window: Window) -> Array:
    """Convolution with the band-limited ramp along the last axis."""
    n = data.shape[-1]
    length = fft.next_fast_len(2 * n, real=True)
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
    }[window]
    response = fft.rfft(kernel).real * step * factor
    filtered: Array = fft.irfft(fft.rfft(data, length) * response, length)[..., :n]
    return filtered


def _weights(geometry: Geometry) -> Array:
    """What the data are multiplied by before the filter: (view, v, u)."""
    gaps = np.diff(geometry.angles)
    if len(gaps) == 0 or not ((gaps > 0).all() or (gaps < 0).all()):
        raise ValueError("angles must increase or decrease, two at least")
    direction, gaps = np.sign(gaps[0]), np.abs(gaps)
    steps = np.concatenate([gaps[:1], (gaps[1:] + gaps[:-1]) / 2, gaps[-1:]])[:, None, None]
    arc, u = steps.sum(), geometry.columns()
    if not geometry.is_divergent:
        half_turns = max(1, round(arc / np.pi))
        if arc > 1.1 * np.pi and abs(arc / np.pi - half_turns) > 0.1:
            raise ValueError(f"angles of a parallel beam must cover half turns, got {np.degrees(arc):.4g} degrees")
        return np.asarray(np.broadcast_to(steps / half_turns, (len(geometry), 1, len(u))))
    v, distance = geometry.rows(), geometry.source_to_detector
    obliquity = distance / np.sqrt(distance**2 + u**2 + v[:, None] ** 2)
    turns = max(1, round(arc / (2 * np.pi)))
    if abs(arc / (2 * np.pi) - turns) < 0.02:
        return np.asarray(steps * obliquity / (2 * turns))
    fan = np.arctan(u / distance)
    beta = np.abs(geometry.angles - geometry.angles[0])[:, None]
    opening = (beta[-1, 0] - np.pi) / 2
    if opening < np.abs(fan).max() or arc > 2 * np.pi:
        needed = np.degrees(np.pi + 2 * np.abs(fan).max())
        raise ValueError(
            f"angles of a divergent beam must cover whole turns, or from {needed:.4g} to 360 degrees, "
            f"got {np.degrees(beta[-1, 0]):.4g}"
        )
    return np.asarray(steps * obliquity * _parker(beta, -direction * fan, opening)[:, None])


def _parker(beta: Array, fan: Array, opening: float) -> Array:
    """Smooth weights (view, u) whose sum is 1 over both views of a ray, (beta, fan) and (beta + pi + 2 fan, -fan)."""
    first = np.sin(np.pi / 4 * beta / np.maximum(opening - fan, 1e-12)) ** 2
    last = np.sin(np.pi / 4 * (np.pi + 2 * opening - beta) / np.maximum(opening + fan, 1e-12)) ** 2
    weights: Array = np.where(beta < 2 * (opening - fan), first, np.where(beta > np.pi - 2 * fan, last, 1.0))
    return weights
