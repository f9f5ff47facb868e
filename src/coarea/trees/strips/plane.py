"""Trees of plane images in strips of rows, built side by side and put together along the seams."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import INDEX_MAX, Array, Indices
from coarea.base.threads import thread_map
from coarea.trees._planar import Scratch
from coarea.trees.strips import _strip
from coarea.trees.strips.core import core_of
from coarea.trees.strips.strip import Method, Strip, build_strip, scratch_of_strips

TreeArrays = tuple[Indices, Array, Indices, NDArray[np.int8]]


def tree_in_strips(image: Array, rows: list[int], method: Method, workers: int) -> TreeArrays:
    """Parent, value, node of each pixel and polarity.

    `rows` are the first rows of at least two strips, and at the end their number; they alone decide how the nodes are
    numbered.
    """
    height, width = image.shape
    if (height + 2) * (width + 2) > INDEX_MAX:
        raise ValueError(f"image must have fewer than 2**31 pixels, margin included, got shape {image.shape}")
    node_of_pixel = np.empty(image.shape, np.int32)
    highest = max(end - first for first, end in pairwise(rows)) + 1
    idle: list[Scratch] = []  # memory is used again: that of the next strip need not be cleared

    def build(first: int, end: int) -> Strip:
        try:
            scratch = idle.pop()
        except IndexError:
            scratch = scratch_of_strips(highest, width, image.dtype, method)
        strip = build_strip(image, (first, end), node_of_pixel, method, scratch)
        idle.append(scratch)
        return strip

    with thread_map(min(workers, len(rows) - 1)) as run:
        strips = list(run(build, rows[:-1], rows[1:]))
        idle.clear()
        core = core_of(strips, node_of_pixel, rows, method, run)
        nodes = np.split(core.node, np.cumsum([strip.n_reached for strip in strips[:-1]]))
        starts = np.cumsum([len(core.parent), *(strip.n_inner for strip in strips)])
        parent = np.empty(starts[-1], np.int32)
        value = np.empty(starts[-1], core.value.dtype)
        polarity = np.empty(starts[-1], np.int8)
        for whole, part in zip((parent, value, polarity), (core.parent, core.value, core.polarity), strict=True):
            whole[: starts[0]] = part

        waiting = dict(enumerate(strips))
        del strips

        def settle(i: int) -> None:
            strip, inner = waiting.pop(i), slice(starts[i], starts[i + 1])  # its memory is free at the end
            pixels = node_of_pixel[rows[i] : rows[i + 1]]
            _strip.settle(
                strip.parent, strip.level, nodes[i], starts[i], method.flip, parent[inner], polarity[inner], pixels
            )
            strip.values.take(strip.level[strip.n_reached :], out=value[inner], mode="clip")  # the mode of no copy

        for _ in run(settle, range(len(nodes))):
            pass
    return parent, value, node_of_pixel, polarity
