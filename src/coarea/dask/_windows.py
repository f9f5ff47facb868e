"""Chunks that are filtered with what lies around them: exact where no pixel depends on others farther away."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from coarea.base.arrays import Array
from coarea.dask._brackets import Box, grown, within
from coarea.dask._inputs import Inputs
from coarea.dask._merge_up import Graph, added

Filter = Callable[[Array], Array]


def in_windows(image: Any, halo: int, function: Filter, *, name: str, least: int = 1) -> Any:
    """The filtered image, in its chunks, each of them cut out of a window of at least so many pixels."""
    inputs = Inputs(image)
    name = f"{name}-{tokenize(image, halo, function, least)}"
    graph: Graph = {}
    for place, box in np.ndenumerate(inputs.boxes()):
        window = window_around(box, halo, image.shape, least)
        values, *_ = inputs.tile(graph, f"{name}-window", place, window)
        added(graph, (name, *place), partial(_cut_out, function, within(box, window)), values)
    return lazy_array(graph, name, image)


def lazy_array(graph: Graph, name: str, image: Any) -> Any:
    """The dask array of the tasks (name, ...), with the chunks of the image, and its dtype in native byte order."""
    tasks = HighLevelGraph.from_collections(name, graph, dependencies=[image])
    return da.Array(tasks, name, image.chunks, image.dtype.newbyteorder("="))


def window_around(box: Box, halo: int, shape: tuple[int, ...], least: int = 1) -> Box:
    """A box with a halo inside the image; more if that is needed for so many pixels."""
    window = grown(box, halo, shape)
    while _size(window) < min(least, math.prod(shape)):
        halo = 2 * halo + 1
        window = grown(box, halo, shape)
    return window


def growth(chunks: Sequence[Sequence[int]], halo: int) -> float:
    """How many times as many pixels a window has as its chunk, for the largest chunk far from the frame."""
    longest = [max(sizes) for sizes in chunks]
    return math.prod(min(sum(sizes), n + 2 * halo) / n for sizes, n in zip(chunks, longest, strict=True))


def _cut_out(function: Filter, part: Box, values: Array) -> Array:
    return np.ascontiguousarray(function(values)[part])


def _size(box: Box) -> int:
    return math.prod(part.stop - part.start for part in box)
