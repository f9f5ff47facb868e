"""The pixels of an image as cells of a padded grid, sorted by level: what the tree builders read."""

import math
from functools import cached_property

import numpy as np

from coarea.base.arrays import INDEX_MAX, Array, Indices
from coarea.trees import _cell_order


class Cells:
    """An image with a margin of one cell on each side, so that no neighbour needs a test of the border.

    Attributes
    ----------
    padded : ndarray
        The levels; the margin is 0.
    start : (n_levels + 1,) ndarray of int32
        The number of pixels below each level.
    order : (n_pixels,) ndarray of int32
        Flat indices in `padded` of the pixels, sorted by level, then in raster order.
    """

    def __init__(self, levels: Array, n_levels: int) -> None:
        if math.prod(length + 2 for length in levels.shape) > INDEX_MAX:
            raise ValueError(f"image must have fewer than 2**31 pixels, margin included, got shape {levels.shape}")
        self._inner = (slice(1, -1),) * levels.ndim
        self.padded = np.zeros([length + 2 for length in levels.shape], levels.dtype)
        self.padded[self._inner] = levels
        self._strides = np.array(self.padded.strides) // self.padded.itemsize
        rows = np.ones(levels.shape[:-1], np.int64)
        for axis, stride in enumerate(self._strides[:-1]):
            rows += stride * np.arange(1, levels.shape[axis] + 1).reshape([-1] + [1] * (levels.ndim - 2 - axis))
        self.start = np.zeros(n_levels + 1, np.int32)
        self.order = np.empty(levels.size, np.int32)
        _cell_order.sort_cells(
            self.padded.ravel(), rows.ravel().astype(np.int32), levels.shape[-1], self.start, self.order
        )

    def offsets(self, connectivity: int) -> Indices:
        """From a cell to its neighbours; connectivity as in scipy.ndimage.generate_binary_structure."""
        steps = np.indices((3,) * self.padded.ndim).reshape(self.padded.ndim, -1).T - 1
        offsets = steps[np.abs(steps).sum(axis=1) <= connectivity] @ self._strides
        neighbors_only: Indices = offsets[offsets != 0].astype(np.int32)
        return neighbors_only

    def index(self, pixel: tuple[int, ...]) -> int:
        """The flat index in `padded` of a pixel."""
        return int((np.array(pixel) + 1) @ self._strides)

    def crop(self, cells: Array) -> Array:
        """Of an array over the flat cells, those of the image, in its shape."""
        return np.ascontiguousarray(cells.reshape(self.padded.shape)[self._inner])

    @cached_property
    def margin(self) -> Indices:
        """Flat indices of the cells around the image."""
        outer = np.ones(self.padded.shape, bool)
        outer[self._inner] = False
        return np.flatnonzero(outer).astype(np.int32)

    @cached_property
    def frame(self) -> Indices:
        """Flat indices of the pixels next to the margin."""
        frame = np.zeros(self.padded.shape, bool)
        frame[self._inner] = True
        frame[(slice(2, -2),) * frame.ndim] = False
        return np.flatnonzero(frame).astype(np.int32)
