"""Trees of plane images: the kernels, their scratch memory, and the nodes that they leave in it."""

from typing import Any

import numpy as np

from coarea.base.arrays import INDEX_MAX, Array
from coarea.trees import _collect, _flood_tree, _planar_components
from coarea.trees._nodes import Nodes, Ring

NO_RING = Ring(-1, False)


class Scratch:
    """Memory of a kernel for images of at most a shape and a number of levels; the kernels know what they need."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], n_levels: int, *, of_shapes: bool) -> None:
        kernel = _flood_tree if of_shapes else _planar_components
        n_padded, n_octets, n_integers, n_starts, *n_words = kernel.scratch_sizes(*shape, n_levels)
        if n_padded > INDEX_MAX:
            raise ValueError(f"image must have fewer than 2**31 pixels, margin included, got shape {shape}")
        self.padded = np.empty(n_padded, dtype)
        self.octets = np.empty(n_octets, np.uint8)
        self.integers = np.empty(n_integers, np.int32)
        self.starts = np.empty(n_starts, np.int32)
        self.words = [np.empty(number, np.uint64) for number in n_words]

    def build_components(self, levels: Array, n_levels: int, *, flip: int, square: bool) -> tuple[int, int]:
        """How many nodes the max-tree has, aliases included, and how many aliases."""
        return _planar_components.build(
            levels, n_levels, flip, square, self.padded, self.octets, self.integers, self.starts
        )

    def build_shapes(
        self,
        levels: Array,
        n_levels: int,
        *,
        flip: int,
        self_dual: bool = False,
        root: int = 0,
        ring: Ring = NO_RING,
    ) -> tuple[int, int, bool]:
        """How many nodes the tree of shapes has, how many aliases, and whether the root is the ring."""
        scratch = self.padded, self.octets, self.integers, self.starts, *self.words
        return _flood_tree.build(levels, n_levels, flip, self_dual, root, *ring, *scratch)

    def collect(
        self, shape: tuple[int, ...], n_raw: int, n_aliases: int, *, flip: int, half_area: bool = False
    ) -> Nodes:
        """The nodes that a kernel has left."""
        parent, level = np.empty((2, n_raw - n_aliases), np.int32)
        node_of_pixel = np.empty(shape, np.int32)
        polarity = np.empty(len(parent), np.int8)
        _collect.collect(n_raw, flip, half_area, self.octets, self.integers, parent, level, polarity, node_of_pixel)
        return Nodes(parent, level, node_of_pixel, polarity)


def components(levels: Array, n_levels: int, *, upper: bool, connectivity: int) -> Nodes:
    """The components of the upper or lower level sets, with 4 (connectivity 1) or 8 neighbours."""
    scratch = Scratch(levels.shape, levels.dtype, n_levels, of_shapes=False)
    flip = 0 if upper else n_levels - 1
    built = scratch.build_components(levels, n_levels, flip=flip, square=connectivity == 2)
    return scratch.collect(levels.shape, *built, flip=flip)


def shapes(
    levels: Array, n_levels: int, *, connectivity: str, outside: Ring | tuple[int, ...], half_area: bool = False
) -> tuple[Nodes, bool]:
    """The shapes seen from a ring or a pixel, and whether the root is the ring.

    With `half_area` the open level lines are turned afterwards.
    """
    scratch = Scratch(levels.shape, levels.dtype, n_levels, of_shapes=True)
    flip = n_levels - 1 if connectivity == "4-8" else 0  # the dual pair, on the negative
    ring, root = (outside, (0, 0)) if isinstance(outside, Ring) else (NO_RING, outside)
    if flip and ring.below >= 0:
        ring = ring.flipped(n_levels)
    n_raw, n_aliases, has_ring = scratch.build_shapes(
        levels,
        n_levels,
        flip=flip,
        self_dual=connectivity == "self-dual",
        root=root[0] * levels.shape[1] + root[1],
        ring=ring,
    )
    return scratch.collect(levels.shape, n_raw, n_aliases, flip=flip, half_area=half_area), has_ring
