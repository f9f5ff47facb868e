"""Trees in any number of dimensions: of volumes, and to check those of planes."""

import numpy as np

from coarea.base.arrays import Array, Indices
from coarea.trees import _component_tree, _contour_tree, _passes
from coarea.trees._cells import Cells
from coarea.trees._nodes import Nodes, Ring
from coarea.trees.tree import count_pixels


def shapes(
    levels: Array, n_levels: int, *, connectivity: str, outside: Ring | tuple[int, ...], half_area: bool = False
) -> tuple[Nodes, bool]:
    """The shapes seen from a ring or a pixel, and whether the root is the ring.

    With `half_area` the open level lines are turned afterwards.
    """
    parent, level, node_of_pixel = contour_tree(Cells(levels, n_levels), connectivity, outside)
    if half_area:
        area, is_open = count_pixels(len(parent), node_of_pixel), np.zeros(len(parent), np.int32)
        for axis in range(node_of_pixel.ndim):
            is_open[np.take(node_of_pixel, [0, -1], axis)] = 1
        parent, level, place = turn_open_lines(parent, level, area, is_open, node_of_pixel.size)
        node_of_pixel = place[node_of_pixel]
    height = level
    if isinstance(outside, Ring):
        height = 2 * level
        height[0] = 2 * outside.below - (not outside.is_level)
    polarity = np.sign(height - height[parent]).astype(np.int8)
    has_ring = isinstance(outside, Ring)
    if has_ring and np.count_nonzero(parent == 0) == 2 and not (node_of_pixel == 0).any():  # the root and one child
        parent, level, node_of_pixel = np.maximum(parent[1:] - 1, 0), level[1:], node_of_pixel - 1
        polarity = polarity[1:].copy()
        polarity[0] = 0
        has_ring = False
    return Nodes(parent, level, node_of_pixel, polarity), has_ring


CONNECTIVITY_OF = {4: 1, 8: 2, 6: 1, 26: 3}
Parts = tuple[Indices, Indices, Indices]


def contour_tree(cells: Cells, connectivity: str, outside: Ring | tuple[int, ...]) -> Parts:
    """Parent and level of the shapes seen from a ring or a pixel, and the node of each pixel."""
    upper, lower = (cells.offsets(CONNECTIVITY_OF[int(side)]) for side in connectivity.split("-"))
    if isinstance(outside, Ring):
        root, exterior, exterior_level = 0, int(cells.start[outside.below]), outside.below if outside.is_level else -1
        frame, margin = cells.frame, cells.margin
    else:
        root, exterior, exterior_level = cells.index(outside), -1, -1
        frame = margin = np.empty(0, np.int32)
    parent, level = np.empty((2, len(cells.order) + 1), np.int32)
    node = np.empty(cells.padded.size, np.int32)
    flat = cells.padded.ravel()
    n = _contour_tree.contour_tree(
        flat, cells.order, upper, lower, root, exterior, exterior_level, frame, margin, parent, level, node
    )
    return parent[:n].copy(), level[:n].copy(), cells.crop(node)


def component_tree(cells: Cells, connectivity: int, *, upper: bool) -> Parts:
    """Parent and level of the components of the upper or lower level sets, and the node of each pixel."""
    order = cells.order[::-1].copy() if upper else cells.order
    parent, level = np.empty((2, len(order)), np.int32)
    node = np.empty(cells.padded.size, np.int32)
    n = _component_tree.component_tree(cells.padded.ravel(), order, cells.offsets(connectivity), parent, level, node)
    return parent[:n].copy(), level[:n].copy(), cells.crop(node)


def turn_open_lines(
    parent: Indices, level: Indices, area: Indices, is_open: Indices, n_pixels: int
) -> tuple[Indices, Indices, Indices]:
    """Move the root so that no open shape is larger than half of the image.

    area, is_open : how many pixels each node owns, and whether one of them is of the frame; are written to.

    Returns the new parents and levels, and the new place of each node.
    """
    _passes.accumulate_sum(parent, area)
    _passes.accumulate_max(parent, is_open)
    place, *turned = np.empty((3, len(parent)), np.int32)
    _passes.turn_open_lines(parent, level, area, is_open, n_pixels, place, *turned)
    return turned[0], turned[1], place
