"""Joint flat zones: what is flat in all channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import INDEX_MAX, Array, Indices
from coarea.base.neighborhoods import Offset, axis_offsets, pair_slices
from coarea.exact.colors._color_zones import group_pixels, label_zones


@dataclass(frozen=True)
class Zones:
    """Maximal sets that are connected through faces and on which all channels are constant.

    They are numbered in raster order of their first pixels.

    Attributes
    ----------
    shape : tuple of int
        Of the image.
    pad : int
        How many cells lie around the image in which neighbours are looked up.
    label : (n_cells,) ndarray of int32
        The zone of each cell of the padded image; -1 outside.
    start, place : ndarray of int32
        The pixels of zone z, in raster order, are the entries start[z] to start[z + 1] of `place`, as cells.
    """

    shape: tuple[int, ...]
    pad: int
    label: Indices
    start: Indices
    place: Indices

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def n_pixels(self) -> int:
        """How many pixels the image has."""
        return len(self.place)

    @property
    def padded_shape(self) -> tuple[int, ...]:
        """The shape of the padded image."""
        return _padded(self.shape, self.pad)

    @property
    def inside(self) -> tuple[slice, ...]:
        """Where the image lies in the padded one."""
        return (slice(self.pad, -self.pad),) * len(self.shape)

    def of_pixel(self) -> Indices:
        """The zone of each pixel."""
        return self.label.reshape(self.padded_shape)[self.inside]

    def step(self, offset: Offset) -> int:
        """From a cell of the padded image to another."""
        step = 0
        for length, part in zip(self.padded_shape, offset, strict=True):
            step = step * length + part
        return step

    def is_cut(self, offset: Offset) -> NDArray[np.bool_]:
        """Which of the pairs (p, p + offset) lie in two zones."""
        labels = self.of_pixel()
        first, second = pair_slices(offset)
        is_cut: NDArray[np.bool_] = labels[first] != labels[second]
        return is_cut


def zones_of(channels: Sequence[Array], pad: int) -> tuple[Zones, Indices]:
    """The zones of an image, and its pixels sorted by zone, as `place` has them as cells."""
    shape = channels[0].shape
    padded = _padded(shape, pad)
    n_cells = 1
    for length in padded:
        n_cells *= length
    if n_cells > INDEX_MAX:
        raise ValueError(f'image must have less than 2**31 pixels and a frame for colors="input", got shape {shape}')
    label = np.empty(channels[0].size, np.int32)
    steps = np.array([stride // channels[0].itemsize for stride in channels[0].strides], np.int32)
    n_zones = label_zones(_cuts(channels), steps, label)
    cells = np.full(padded, -1, np.int32)
    cells[(slice(pad, -pad),) * len(shape)] = label.reshape(shape)
    start, place, pixel = np.zeros(n_zones + 1, np.int32), label, np.empty_like(label)
    group_pixels(cells.ravel(), start, place, pixel)
    return Zones(shape, pad, cells.ravel(), start, place), pixel


def _padded(shape: tuple[int, ...], pad: int) -> tuple[int, ...]:
    return tuple(length + 2 * pad for length in shape)


def _cuts(channels: Sequence[Array]) -> NDArray[Any]:
    """Along each axis, which pixels have none before them that is the same in all channels."""
    shape = channels[0].shape
    cuts = np.ones((len(shape), *shape), np.uint8)
    for own, offset in zip(cuts, axis_offsets(len(shape)), strict=True):
        first, second = pair_slices(offset)
        differs = channels[0][first] != channels[0][second]
        for channel in channels[1:]:
            differs |= channel[first] != channel[second]
        own[second] = differs
    return cuts.reshape(len(shape), -1)
