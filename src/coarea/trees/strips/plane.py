"""Trees of plane images in strips of rows, built side by side and put together along the seams."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from coarea.base.arrays import INDEX_MAX, Array
from coarea.base.threads import thread_map
from coarea.trees._planar import Scratch
from coarea.trees.strips.assembly import TreeArrays, assemble
from coarea.trees.strips.strip import Method, Strip, build_strip, scratch_of_strips


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
        return assemble(strips, node_of_pixel, rows, method, run)
