"""Textons: which of 32 kinds of small texture a pixel's surroundings are most like."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.regions.segmenter._textons import assign
from coarea.regions.segmenter.fitted import TEXTONS

RADIUS = 9
N_ANGLES = 6
SIGMA, LENGTH = 1.8, 4.5  # of the oriented filters, across and along
INNER, OUTER = 1.5, 3.0  # sigmas of the round one

Quadrants = tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]


def bank() -> NDArray[np.float64]:
    """The filters (13, 19, 19): for each angle the first and the second derivative of a long gaussian, then a round one.

    All have mean 0 and the absolute sum 1. The response at a pixel is the sum of filter times image around it.
    """
    y, x = np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1].astype(float)
    filters = []
    for angle in np.arange(N_ANGLES) * math.pi / N_ANGLES:
        u, v = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        gaussian = np.exp(-(u**2) / (2 * SIGMA**2) - v**2 / (2 * LENGTH**2))
        filters += [gaussian * u, gaussian * (u**2 / SIGMA**2 - 1)]
    filters = [part - part.mean() for part in filters]
    inner, outer = (np.exp(-(x**2 + y**2) / (2 * sigma**2)) for sigma in (INNER, OUTER))
    filters.append(inner / inner.sum() - outer / outer.sum())
    return np.array([part / np.abs(part).sum() for part in filters])


@cache
def quadrants() -> Quadrants:
    """What the kernel takes: quadrants of even and odd parts, their parities, and centres and offsets in these parts.

    Filters of mirrored angles share their parts: a + b and a - b. So there are no more parts than filters, and the
    centres are given for them.
    """
    filters = bank()
    across, along = filters[:, :, ::-1], filters[:, ::-1]
    signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]  # in y, in x
    parts: list[NDArray[np.float64]] = []
    parities, rows = [], []
    for parity, (in_y, in_x) in enumerate(signs):
        for number, part in enumerate((filters + in_x * across + in_y * along + in_y * in_x * along[:, :, ::-1]) / 4):
            if np.abs(part).max() < 1e-12:
                continue
            coefficient = np.zeros(len(filters))
            for place, (known, of) in enumerate(zip(parts, parities, strict=True)):
                sign = 1 if np.allclose(known, part, atol=1e-12) else -1
                if of == parity and np.allclose(known, sign * part, atol=1e-12):
                    rows[place][number] = sign
                    break
            else:
                coefficient[number] = 1
                parts.append(part)
                parities.append(parity)
                rows.append(coefficient)
    quadrant = np.array(parts)[:, RADIUS:, RADIUS:]
    quadrant[:, 0] /= 2
    quadrant[:, :, 0] /= 2
    centers = TEXTONS @ np.array(rows).T
    return (
        quadrant.astype(np.float32), np.array(parities, np.int32), centers.astype(np.float32),
        (TEXTONS**2).sum(1).astype(np.float32),
    )  # fmt: skip


def textons_of(lightness: NDArray[np.uint8], strip: int) -> NDArray[np.uint8]:
    """The number of the texton of each pixel; L beyond the frame is that of its mirror image, in strips of rows."""
    height, width = lightness.shape
    columns = mirrored(np.arange(-RADIUS, width + RADIUS), width)
    out = np.empty(lightness.shape, np.uint8)
    for start in range(0, height, strip):
        part = out[start : start + strip]
        rows = mirrored(np.arange(start - RADIUS, start + len(part) + RADIUS), height)
        framed = lightness[rows[:, None], columns].astype(np.float32) / np.float32(255)
        assign(framed, *quadrants(), part)
    return out


def mirrored(places: Array, size: int) -> NDArray[np.int32]:
    """Places in [0, size) where the frame is a mirror between pixels: 1 0 | 0 1 2 | 2 1."""
    places = places % (2 * size)
    return np.where(places < size, places, 2 * size - 1 - places).astype(np.int32)
