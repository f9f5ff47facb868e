"""The colours of an image in two phases: their means, what each pixel prefers, and the energy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_real
from coarea.base.neighborhoods import Offset, pair_slices
from coarea.base.options import came

SPAN_MAX = 2**24  # integers in a wider range are taken as real numbers
STEPS = 2**14  # of the means over the range of integers, but no steps larger than 1
LARGEST = 1e140  # of which the squares of many pixels can be summed

Means = NDArray[np.float64]  # (2, n_channels)


class Colors:
    """The channels as numbers from an origin, and the distance of the grid on which means lie.

    Means of integers are multiples of `step`, a power of two, so that differences of squares are multiples of its
    square. For real numbers it is 0: means are as they come.
    """

    def __init__(self, images: Sequence[Array], weights: Sequence[Array | None]) -> None:
        lowest, highest = min(image.min() for image in images), max(image.max() for image in images)
        self.origin, self.step = 0, 0.0
        if images[0].dtype.kind in "bui" and int(highest) - int(lowest) < SPAN_MAX:
            self.origin = int(lowest)
            self.step = min(1.0, 2.0 ** math.ceil(math.log2(max(int(highest) - int(lowest), 1) / STEPS)))
            if images[0].dtype.kind != "b":
                images = [(image - lowest).view(f"u{image.itemsize}") for image in images]  # wraps to the right value
        elif max(-float(lowest), float(highest)) > LARGEST:
            raise ValueError(
                f"image must be within {LARGEST:g}, or squares overflow: divide it, and beta by the square"
            )
        self.channels = np.stack([image.astype(np.float64) for image in images])
        ones = np.ones(self.channels.shape[1:])
        self.has_data = np.stack([ones if own is None else own for own in weights])
        if not self.has_data.any():
            raise ValueError("mask must leave pixels with data, got none")

    def given_means(self, means: ArrayLike, shape: tuple[int, ...]) -> Means:
        """Means that are given for phase 0 and phase 1."""
        array = as_real("means", means).astype(np.float64)
        if array.shape != shape:
            raise ValueError(f"means must have shape {shape}, those of phase 0 and of phase 1, got {came(means)}")
        if not (np.abs(array) <= LARGEST).all():
            raise ValueError(f"means must be finite, and within {LARGEST:g}, got {came(means)}")
        pair = self._on_grid(array.reshape(2, -1) - self.origin)
        if (pair[0] == pair[1]).all():
            rule = f", by {self.step} at least" if self.step else ""
            raise ValueError(f"means must differ{rule}, got {came(means)}")
        return pair

    def first_means(self) -> Means:
        """Those of the pixels on either side of the mean, along the axis on which the colours vary most."""
        everywhere = np.ones(self.channels.shape[1:], bool)
        mean = self.means_of(everywhere, np.zeros((2, len(self.channels))))[1]
        centered = np.where(self.has_data > 0, self.channels - mean.reshape(-1, *[1] * everywhere.ndim), 0)
        axis = np.ones(1)
        if len(mean) > 1:
            flat = centered.reshape(len(mean), -1)
            axis = np.linalg.eigh(flat @ flat.T)[1][:, -1]
            axis = -axis if axis.sum() < 0 else axis
        return self.means_of(np.tensordot(axis, centered, 1) > 0, np.stack([mean, mean]))

    def means_of(self, mask: NDArray[np.bool_], otherwise: Means) -> Means:
        """The means of the colours outside and inside of the mask; others where there are no data."""
        means = otherwise.copy()
        for phase, own in enumerate((~mask, mask)):
            chosen = (self.has_data * own).reshape(len(self.channels), -1)
            sums = np.einsum("cp,cp->c", chosen, self.channels.reshape(chosen.shape))
            counts = chosen.sum(axis=1)
            np.divide(sums, counts, out=means[phase], where=counts > 0)
        return self._on_grid(means)

    def preference(self, means: Means) -> Array:
        """By how much the square to the first mean exceeds that to the second one, for each pixel."""
        first, second = self._beside_channels(means)
        return np.asarray(
            (self.has_data * (second - first) * ((self.channels - first) + (self.channels - second))).sum(axis=0)
        )

    def squares(self, mask: NDArray[np.bool_], means: Means) -> float:
        """The squares to the means of the phases, summed over all pixels."""
        first, second = self._beside_channels(means)
        return float((self.has_data * (self.channels - np.where(mask, second, first)) ** 2).sum())

    def _on_grid(self, means: Means) -> Means:
        return np.rint(means / self.step) * self.step if self.step else means

    def _beside_channels(self, means: Means) -> Array:
        return means.reshape(*means.shape, *[1] * (self.channels.ndim - 1))


class Boundary(NamedTuple):
    """Weights of the pairs of neighbours that a boundary runs between."""

    beta: float
    lengths: Mapping[Offset, float]
    factors: Array | None  # (n_offsets, ...), 1

    def length(self, mask: NDArray[np.bool_]) -> float:
        """The weighted length around a mask, times beta."""
        total = 0.0
        for k, (offset, length) in enumerate(self.lengths.items()):
            first, second = pair_slices(offset)
            is_cut = mask[first] != mask[second]
            total += length * float(is_cut.sum() if self.factors is None else self.factors[k][first][is_cut].sum())
        return self.beta * total

    def pull(self) -> float:
        """At least what the neighbours of a pixel can weigh together."""
        largest = [1.0] * len(self.lengths) if self.factors is None else [float(own.max()) for own in self.factors]
        return 2 * self.beta * sum(length * most for length, most in zip(self.lengths.values(), largest, strict=True))
