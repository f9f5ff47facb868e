"""What is minimised beside the total variation, and the levels of an image."""

import math
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from coarea.base.arrays import Array
from coarea.base.levels import to_levels
from coarea.cuts.terms import Levels

N_LEVELS_MAX = 2**24


class Labels(NamedTuple):
    """An image as levels, the grey values of the levels, and the numbers in which L1 distances are measured.

    `table` is None where the levels are evenly spaced. Sites with bounds have them as levels and as grey values.
    """

    level: Levels
    values: Array
    table: Array | None
    lower: Levels | None = None
    upper: Levels | None = None
    bounds: tuple[Array, Array] | None = None

    def grey_values(self, level: Levels) -> Array:
        """The grey values of levels, one per site; levels of L2 may have been rounded out of the bounds."""
        values = self.values.take(level)
        return values if self.bounds is None else np.clip(values, *self.bounds)


@dataclass(frozen=True)
class Model:
    """The fidelity in units of weight: its slope and its bounds on either side; infinite for L2.

    `resolution` is the distance of the levels, None for L1, which needs no others than those of the image.
    """

    slope: float
    up: float
    down: float
    resolution: float | None = None

    def labels(self, image: Array) -> Labels:
        """The image as levels."""
        return l1_labels(image) if self.resolution is None else spaced_labels(image, self.resolution)

    def term(self, weight: float, span: float) -> float:
        """An upper bound of f over levels (or, for L1, grey values) that far apart."""
        return weight * min(max(self.up, self.down) * span, self.slope * span**2)

    @property
    def cost_factor(self) -> float:
        """What the total variation is multiplied by when the fidelity is w times a clamped parabola of levels."""
        return 1.0 if self.resolution is None else 2 / self.resolution

    @property
    def unit(self) -> float:
        """Energy of the user for one unit of energy of the levels."""
        return 1.0 if self.resolution is None else self.resolution * self.resolution / 2  # not a power, which may raise


def l1_model(quantile: float) -> Model:
    """Absolute differences, or for quantile != 1/2 asymmetric ones."""
    share = Fraction(quantile).limit_denominator(2**20)  # 1 - 0.9 is 0.1, in fractions
    up, down = float(2 * share), float(2 * (1 - share))
    return Model(max(up, down), up, down)


def l2_model(resolution: float, delta: float | None) -> Model:
    """Half the squared difference, with delta from there on linear."""
    bound = math.inf if delta is None else 2 * delta / resolution
    return Model(1.0, bound, bound, resolution)


def default_resolution(*images: Array) -> float:
    """Of integers 1/64, or what N_LEVELS_MAX levels allow; of others 2^-14 of the range."""
    lowest, highest = min(image.min() for image in images), max(image.max() for image in images)
    if images[0].dtype.kind in "bui":
        span, resolution = int(highest) - int(lowest), 1 / 64
        while not span / resolution < N_LEVELS_MAX - 1:
            resolution *= 2
        return resolution
    if lowest == highest:
        return 2.0**-14
    return max(float(highest) * 2.0**-14 - float(lowest) * 2.0**-14, sys.float_info.min)


def l1_labels(image: Array) -> Labels:
    """Grey values of 8- and 16-bit integers from the smallest one, ranks of others."""
    if image.dtype.kind in "bui" and image.dtype.itemsize <= 2:
        lowest, highest = int(image.min()), int(image.max())
        level = image.astype(np.int32)
        level -= lowest
        return Labels(level, np.arange(lowest, highest + 1).astype(image.dtype), None)
    ranks, values = to_levels(image)
    if values.dtype.kind in "ui" and int(values[-1]) - int(values[0]) < 2**32:
        unsigned = np.dtype(f"u{values.dtype.itemsize}")  # differences wrap to the right value
        return Labels(ranks, values, (values - values[0]).view(unsigned).astype(np.int64))
    return Labels(ranks, values, values.astype(np.float64))


def spaced_labels(image: Array, resolution: float) -> Labels:
    """Multiples of the resolution above the smallest grey value; the image is rounded to them."""
    dtype = np.dtype(np.float32 if image.dtype == np.float32 else np.float64)
    lowest = image.min().astype(np.float64)
    span = (image.max().astype(np.float64) - lowest) / resolution
    if not span < N_LEVELS_MAX - 1:
        raise ValueError(f"resolution must be at least 2^-24 of the range of grey values, got {resolution:g}")
    level = np.rint((image - lowest) / resolution).astype(np.int32)
    values = lowest + resolution * np.arange(int(level.max()) + 1)
    return Labels(level, values.astype(dtype), None)
