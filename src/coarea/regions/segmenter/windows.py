"""Oriented contrasts: how unlike the histograms of two windows are, on either side of a line through each place.

The chi-square distance of histograms of colours and of textons in half discs [MartinFowlkesMalik2004]_; here in a pair of
gaussian windows, at half the resolution, which costs less and does as well.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.regions.segmenter._windows import add_contrasts, histograms, smooth
from coarea.regions.segmenter.fitted import PLACES, SCALES, TEXTONS
from coarea.regions.segmenter.textons import mirrored

N_ANGLES = 8  # of the normals, angle k at k pi / 8 from right to down
N_BINS = 12  # of a channel
MIDDLE = 1  # the scale whose contrasts the arcs are judged by
REACH = max(distance + round(4 * sigma) for distance, sigma in SCALES)  # of a contrast, in blocks
Floats = NDArray[np.float32]


class Contrasts(NamedTuple):
    """Contrasts at half the resolution: (angles, rows, columns) for colours and textons, and (rows, columns)."""

    colors: Floats
    textons: Floats
    places: Floats


@cache
def tables() -> dict[str, NDArray[np.float32]]:
    """What a pixel adds to each bin, by its value (0 to 255, or the number of a texton): rows that sum to 1.

    Channels have 12 bins, to which values belong linearly, and which then are smoothed by [1 2 1] / 4.
    """
    values = np.arange(256)
    table = {"textons": np.eye(len(TEXTONS), dtype=np.float32)}
    for channel in ("L", "a", "b"):
        unit = values / 255 if channel == "L" else (values - 128) / 160 + 0.5
        position = np.clip(unit, 0, 1) * (N_BINS - 1)
        sharp = np.maximum(1 - np.abs(position[:, None] - np.arange(N_BINS)), 0)
        framed = np.pad(sharp, ((0, 0), (1, 1)), mode="edge")
        table[channel] = ((framed[:, :-2] + 2 * framed[:, 1:-1] + framed[:, 2:]) / 4).astype(np.float32)
    return table


def gaussian(sigma: float) -> Floats:
    """The weights of a gaussian of sum 1, from the middle to 4 sigma."""
    weight = np.exp(-(np.arange(round(4 * sigma) + 1) ** 2) / (2 * sigma**2))
    return (weight / (2 * weight.sum() - weight[0])).astype(np.float32)


def shifts(distance: float) -> NDArray[np.int32]:
    """The steps (down, right) from a line to the middles of its windows, for each angle, in whole blocks."""
    angles = [math.pi * k / N_ANGLES for k in range(N_ANGLES)]
    return np.array([(round(distance * math.sin(t)), round(distance * math.cos(t))) for t in angles], np.int32)


def contrasts(lab: NDArray[np.uint8], textons: NDArray[np.uint8], strip: int) -> Contrasts:
    """The contrasts of a Lab image (rows, columns, 3); histograms are held for `strip` rows of blocks at a time."""
    planes = {"L": lab[..., 0], "a": lab[..., 1], "b": lab[..., 2], "textons": textons}
    height, width = (-(-size // 2) for size in textons.shape)
    colors, texture = (np.zeros((N_ANGLES, height, width), np.float32) for _ in range(2))
    places = np.empty((height, width), np.float32)
    for start in range(0, height, strip):
        stop = min(start + strip, height)
        along = np.zeros((N_ANGLES, stop - start, width), np.float32)
        for channel, plane in planes.items():
            wanted = [(scale, weight, along) for (name, scale), weight in PLACES.items() if name == channel]
            if channel != "L":
                wanted.append((MIDDLE, 1.0, (texture if channel == "textons" else colors)[:, start:stop]))
            _add(np.ascontiguousarray(plane), tables()[channel], wanted, start, stop)
        places[start:stop] = along.max(axis=0)
    return Contrasts(colors, texture, places)


def _add(
    plane: NDArray[np.uint8], table: Floats, wanted: list[tuple[int, float, Floats]], start: int, stop: int
) -> None:
    """Add to arrays (angles, stop - start, width) a weight times the contrasts of a plane at a scale."""
    height, width = (-(-size // 2) for size in plane.shape)
    histogram = np.empty((stop - start + 2 * REACH, table.shape[1], width), np.float32)
    histograms(plane, table, mirrored(np.arange(start - REACH, stop + REACH), height), histogram)
    for scale in sorted({scale for scale, _, _ in wanted}):
        distance, sigma = SCALES[scale]
        weights = gaussian(sigma)
        first, last = max(start - distance, 0), min(stop + distance, height)  # at the frame windows are repeated
        radius = len(weights) - 1
        strip = histogram[first - radius - (start - REACH) : last + radius - (start - REACH)]
        windows = np.empty((last - first, *histogram.shape[1:]), np.float32)
        smooth(strip, weights, windows)
        for of, weight, out in wanted:
            if of == scale:
                add_contrasts(windows, shifts(distance), start - first, weight, out)
