"""Trees of plane images: the kernels, their scratch memory, and the nodes that they leave in it."""

import numpy as np

from coarea.base.arrays import INDEX_MAX, Array
from coarea.trees import _collect, _flood_tree, _planar_components
from coarea.trees._nodes import Nodes, Ring


class _Scratch:
    """Memory that is allocated once per tree; the kernels know what they need."""

    def __init__(self, levels: Array, n_padded: int, n_octets: int, n_integers: int, n_starts: int) -> None:
        if n_padded > INDEX_MAX:
            raise ValueError(f"image must have fewer than 2**31 pixels, margin included, got shape {levels.shape}")
        self.padded = np.empty(n_padded, levels.dtype)
        self.octets = np.empty(n_octets, np.uint8)
        self.integers = np.empty(n_integers, np.int32)
        self.starts = np.empty(n_starts, np.int32)

    def collect(self, levels: Array, n_raw: int, n_aliases: int, *, flip: int, half_area: bool = False) -> Nodes:
        parent, level = np.empty((2, n_raw - n_aliases), np.int32)
        node_of_pixel = np.empty(levels.shape, np.int32)
        polarity = np.empty(len(parent), np.int8)
        _collect.collect(n_raw, flip, half_area, self.octets, self.integers, parent, level, polarity, node_of_pixel)
        return Nodes(parent, level, node_of_pixel, polarity)


def components(levels: Array, n_levels: int, *, upper: bool, connectivity: int) -> Nodes:
    """The components of the upper or lower level sets, with 4 (connectivity 1) or 8 neighbours."""
    height, width = levels.shape
    scratch = _Scratch(levels, *_planar_components.scratch_sizes(height, width, n_levels))
    flip = 0 if upper else n_levels - 1
    n_raw, n_aliases = _planar_components.build(
        levels, n_levels, flip, connectivity == 2, scratch.padded, scratch.octets, scratch.integers, scratch.starts
    )
    return scratch.collect(levels, n_raw, n_aliases, flip=flip)


def shapes(
    levels: Array, n_levels: int, *, connectivity: str, outside: Ring | tuple[int, ...], half_area: bool = False
) -> tuple[Nodes, bool]:
    """The shapes seen from a ring or a pixel, and whether the root is the ring.

    With `half_area` the open level lines are turned afterwards.
    """
    height, width = levels.shape
    *sizes, n_words = _flood_tree.scratch_sizes(height, width, n_levels)
    scratch = _Scratch(levels, *sizes)
    flip = n_levels - 1 if connectivity == "4-8" else 0  # the dual pair, on the negative
    ring, root = (outside, (0, 0)) if isinstance(outside, Ring) else (Ring(-1, False), outside)
    if flip and ring.below >= 0:
        ring = Ring(n_levels - ring.below - ring.is_level, ring.is_level)
    n_raw, n_aliases, has_ring = _flood_tree.build(
        levels,
        n_levels,
        flip,
        connectivity == "self-dual",
        root[0] * width + root[1],
        ring.below,
        ring.is_level,
        scratch.padded,
        scratch.octets,
        scratch.integers,
        scratch.starts,
        np.empty(n_words, np.uint64),
    )
    return scratch.collect(levels, n_raw, n_aliases, flip=flip, half_area=half_area), has_ring
