"""Put the trees of strips together, each in its own thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.threads import Map
from coarea.trees.strips import _strip
from coarea.trees.strips.core import core_of
from coarea.trees.strips.strip import Method, Strip

TreeArrays = tuple[Indices, Array, Indices, NDArray[np.int8]]


def assemble(strips: list[Strip], node_of_pixel: Indices, rows: list[int], method: Method, run: Map) -> TreeArrays:
    """Parent, value, node of each pixel and polarity; the list of the strips is emptied, to free their memory.

    `node_of_pixel` has the strips' own nodes, and is written to. `rows` are the first rows of the strips, or planes of
    slabs, and at the end their number; `run` is a map that may use threads.
    """
    core = core_of(strips, node_of_pixel, rows, method, run)
    nodes = np.split(core.node, np.cumsum([strip.n_reached for strip in strips[:-1]]))
    starts = np.cumsum([len(core.parent), *(strip.n_inner for strip in strips)])
    parent = np.empty(starts[-1], np.int32)
    value = np.empty(starts[-1], core.value.dtype)
    polarity = np.empty(starts[-1], np.int8)
    for whole, part in zip((parent, value, polarity), (core.parent, core.value, core.polarity), strict=True):
        whole[: starts[0]] = part

    waiting = dict(enumerate(strips))
    strips.clear()

    def settle(i: int) -> None:
        strip, inner = waiting.pop(i), slice(starts[i], starts[i + 1])  # its memory is free at the end
        pixels = node_of_pixel[rows[i] : rows[i + 1]].reshape(-1, node_of_pixel.shape[-1])
        _strip.settle(
            strip.parent, strip.level, nodes[i], starts[i], method.flip, parent[inner], polarity[inner], pixels
        )
        strip.values.take(strip.level[strip.n_reached :], out=value[inner], mode="clip")  # the mode of no copy

    for _ in run(settle, range(len(nodes))):
        pass
    return parent, value, node_of_pixel, polarity
