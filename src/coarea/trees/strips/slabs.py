"""Trees of volumes in slabs of planes, built side by side and put together along the planes that two of them share.

As strips of a plane image, but for the builders: the contour tree, and union-find with more neighbours. Both work in
any number of dimensions, and so do slabs.
"""

from __future__ import annotations

import math

import numpy as np

from coarea.base.arrays import INDEX_MAX, Array, Indices
from coarea.base.threads import thread_map
from coarea.trees._cells import Cells
from coarea.trees._spatial import component_tree, contour_tree
from coarea.trees.strips import _slab
from coarea.trees.strips.assembly import TreeArrays, assemble
from coarea.trees.strips.layout import cut_axis
from coarea.trees.strips.ranks import levels_of_strip
from coarea.trees.strips.strip import Method, Strip
from coarea.trees.tree import count_pixels

REACHED, OPEN = 1, 2  # the marks of the kernel


def tree_in_slabs(image: Array, planes: list[int], method: Method, workers: int) -> TreeArrays:
    """Parent, value, node of each voxel and polarity.

    `planes` are the first planes of at least two slabs, across the longest axis, and at the end their number; they
    alone decide how the nodes are numbered.
    """
    if math.prod(length + 2 for length in image.shape) > INDEX_MAX:
        raise ValueError(f"image must have fewer than 2**31 pixels, margin included, got shape {image.shape}")
    axis = cut_axis(image.shape)
    volume = np.moveaxis(image, axis, 0)
    if (pixel := method.pixel_outside) is not None:
        method = method._replace(outside=(pixel[axis], *pixel[:axis], *pixel[axis + 1 :]))
    node_of_pixel = np.empty(volume.shape, np.int32)

    def build(first: int, end: int) -> Strip:
        return build_slab(volume, (first, end), node_of_pixel, method)

    with thread_map(min(workers, len(planes) - 1)) as run:
        slabs = list(run(build, planes[:-1], planes[1:]))
        parent, value, node_of_pixel, polarity = assemble(slabs, node_of_pixel, planes, method, run)
    return parent, value, np.ascontiguousarray(np.moveaxis(node_of_pixel, 0, axis)), polarity


def build_slab(image: Array, planes: tuple[int, int], node_of_pixel: Indices, method: Method) -> Strip:
    """Build the tree of the planes from the first to before the last; fills node_of_pixel there, with its own nodes."""
    first, end = planes
    is_first, is_last = first == 0, end == len(image)
    levels, values = levels_of_strip(np.ascontiguousarray(image[first : end + (not is_last)]))
    cells = Cells(levels, len(values))
    if method.connectivity is None:
        parent, level, nodes = contour_tree(cells, "6-26" if method.flip else "26-6", (0,) * image.ndim)
    else:
        parent, level, nodes = component_tree(cells, method.connectivity, upper=not method.flip)
    own = nodes[: end - first]
    marks = np.zeros(len(parent), np.uint8)
    if method.has_sums:
        for axis in range(own.ndim):
            for side, is_frame in ((0, axis > 0 or is_first), (-1, axis > 0 or is_last)):
                if is_frame:
                    marks[own.take(side, axis)] = OPEN
        if method.has_ring:
            marks[marks == OPEN] |= REACHED
    for plane in ([] if is_first else [nodes[0]]) + ([] if is_last else [nodes[-1]]):
        marks[plane] |= REACHED
    if (pixel := method.pixel_outside) is not None and first <= pixel[0] < end:
        marks[own[pixel[0] - first][pixel[1:]]] |= REACHED
    n_reached = _slab.reach(parent, marks)
    place, new_parent, new_level = np.empty((3, len(parent)), np.int32)
    top = len(values) - 1 if method.flip else -1
    _slab.number(parent, level, top, marks, n_reached, place, new_parent, new_level)
    area = np.zeros(n_reached if method.has_sums else 0, np.int32)
    if method.half_area:
        _slab.sum_areas(parent, marks, place, count_pixels(len(parent), own), area)
    is_open = marks[marks & REACHED > 0] & np.uint8(OPEN) if method.has_sums else np.empty(0, np.uint8)
    place.take(own, out=node_of_pixel[first:end], mode="clip")  # the mode of no copy
    shared = np.empty(0, np.int32) if is_last else place[nodes[-1].ravel()]
    return Strip(values[::-1] if method.flip else values, new_parent, new_level, n_reached, area, is_open, shared)
