"""One strip of an image: some rows, and the first row of the next strip."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.levels import to_levels
from coarea.trees._planar import Scratch
from coarea.trees.strips import _strip
from coarea.trees.strips.ranks import levels_of_strip


class Method(NamedTuple):
    """What is built of an image.

    Attributes
    ----------
    flip : bool
        The tree of the negative.
    connectivity : int, optional
        That of its max-tree, as in scipy.ndimage. None: the tree of shapes.
    outside : tuple or float
        From where shapes are seen: a pixel, or a ring of a value around the image.
    half_area : bool
        Then open level lines are turned.
    """

    flip: bool
    connectivity: int | None = None
    outside: tuple[int, ...] | float = (0, 0)
    half_area: bool = False

    @property
    def has_ring(self) -> bool:
        """Whether the image is surrounded by a ring, a neighbour of all pixels of its frame."""
        return not isinstance(self.outside, tuple)

    @property
    def has_sums(self) -> bool:
        """Whether areas, and what lies at the frame, are needed."""
        return self.half_area or self.has_ring

    @property
    def pixel_outside(self) -> tuple[int, ...] | None:
        """The pixel from which shapes are seen; None: there is no such pixel, as for a max-tree."""
        return self.outside if self.connectivity is None and isinstance(self.outside, tuple) else None

    def root_in(self, first: int, end: int, width: int) -> int:
        """The flat index of the pixel outside, if it lies in these rows, otherwise -1."""
        pixel = self.pixel_outside
        if pixel is None or not first <= pixel[0] < end:
            return -1
        return (pixel[0] - first) * width + pixel[1]


class Strip(NamedTuple):
    """The nodes of a strip: first those that are needed outside, the reached ones, then the others.

    Attributes
    ----------
    values : ndarray
        The grey value of each level; for the negative from the highest to the lowest.
    parent, level : (n_nodes,) ndarray of int32
        Parents come first among the reached nodes, and then among the others.
    n_reached : int
        The nodes that are needed outside.
    area, is_open : (n_reached,) ndarray
        How many pixels the reached nodes and the others below them own, and whether one of these is of the frame;
        empty, if the method asks for neither half-area nor a ring.
    shared : ndarray of int32
        The nodes of the row that the strip shares with the next one; empty in the last strip.
    """

    values: Array
    parent: Indices
    level: Indices
    n_reached: int
    area: Indices
    is_open: NDArray[np.uint8]
    shared: Indices

    @property
    def n_inner(self) -> int:
        """The other ones."""
        return len(self.parent) - self.n_reached


def is_of_one_scale(dtype: np.dtype[Any]) -> bool:
    """Whether the levels of all strips are the same; otherwise each has ranks of its own."""
    return dtype.kind == "b" or (dtype.kind in "ui" and dtype.itemsize <= 2)


def scratch_of_strips(n_rows: int, n_columns: int, dtype: np.dtype[Any], method: Method) -> Scratch:
    """Memory for the kernels, for any strip of so many rows."""
    levels, values = to_levels(np.zeros((1, 1), dtype))
    n_levels = len(values) if is_of_one_scale(dtype) else n_rows * n_columns
    return Scratch((n_rows, n_columns), levels.dtype, n_levels, of_shapes=method.connectivity is None)


def build_strip(image: Array, rows: tuple[int, int], node_of_pixel: Indices, method: Method, scratch: Scratch) -> Strip:
    """Build the tree of the rows from the first to before the last; fills node_of_pixel there, with its own nodes."""
    first, end = rows
    height, n = image.shape
    is_first, is_last = first == 0, end == height
    levels, values = levels_of_strip(image[first : end + (not is_last)])
    flip = len(values) - 1 if method.flip else 0
    if method.connectivity is None:
        n_raw, n_aliases, _ = scratch.build_shapes(levels, len(values), flip=flip)
    else:
        n_raw, n_aliases = scratch.build_components(levels, len(values), flip=flip, square=method.connectivity == 2)
    marks = scratch.octets, scratch.integers
    root = method.root_in(first, end, n)
    n_reached = _strip.reach(n_raw, end - first, n, is_first, is_last, method.has_ring, root, *marks)
    parent, level = np.empty((2, n_raw - n_aliases), np.int32)
    n_sums = n_reached if method.has_sums else 0
    area, is_open = np.empty(n_sums, np.int32), np.zeros(n_sums, np.uint8)
    shared = np.empty(0 if is_last else n, np.int32)
    _strip.number(
        n_raw, n_reached, method.has_sums, *marks, parent, level, area, is_open, node_of_pixel[first:end], shared
    )
    return Strip(values[::-1] if method.flip else values, parent, level, n_reached, area, is_open, shared)
