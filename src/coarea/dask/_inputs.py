"""An image in chunks and what is said of its pixels: checked as far as nothing is computed, and taken apart.

Also filtered in windows around the chunks: exact where no pixel depends on others farther away.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import accumulate, product
from operator import itemgetter
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from coarea.base.arrays import Array, as_real
from coarea.base.colors import channel_axis_of
from coarea.base.neighborhoods import Offset
from coarea.base.options import as_mask, as_nonnegative
from coarea.base.types import NotGiven
from coarea.dask._brackets import Box, grown, within
from coarea.dask._merge_up import Graph, Key, added

Filter = Callable[[Array], Array]

CHEAP = 16  # tasks for each chunk: reading and some arithmetic; more are not done twice


class Inputs(NamedTuple):
    """One channel and what is given of its pixels, as dask arrays."""

    image: Any
    weights: Any = None
    mask: Any = None
    fixed: Any = None
    edge_weights: Any = None

    def read_again(self) -> "Inputs":
        """The same by other tasks, if these are few: what was read is not kept in memory until it is needed again."""
        return Inputs(*(by_other_tasks(array) if _is_cheap(array) else array for array in self))

    def channels(self, axis: int | None) -> list["Inputs"]:
        """The channels along an axis; what is given for one is given for all."""
        if axis is None:
            return [self]
        of = partial(channel_of, axis=axis, ndim=self.image.ndim)
        n_channels = self.image.shape[axis]
        return [Inputs._make([*(of(k, array) for array in self[:-1]), self.edge_weights]) for k in range(n_channels)]

    def boxes(self) -> Array:
        """The places of the chunks, in the shape of their grid."""
        ends = [_ends(sizes) for sizes in self.image.chunks]
        boxes = np.empty(self.image.numblocks, object)
        for place in np.ndindex(boxes.shape):
            boxes[place] = tuple(slice(bounds[k], bounds[k + 1]) for k, bounds in zip(place, ends, strict=True))
        return boxes

    def tile(self, graph: Graph, name: str, place: Key, box: Box) -> list[Key | None]:
        """Keys of what is given of a part of the image."""
        keys = [
            None if one is None else _part(graph, (f"{name}-{kind}", *place), one, box)
            for kind, one in zip(self._fields[:-1], self[:-1], strict=True)
        ]
        edges = self.edge_weights
        if edges is not None:
            edges = _part(graph, (f"{name}-edges", *place), edges, (slice(0, int(edges.shape[0])), *box))
        return [*keys, edges]


def _is_cheap(array: Any) -> bool:
    """Whether an array is read rather than computed, as far as its graph tells."""
    return array is not None and len(array.__dask_graph__()) <= CHEAP * array.npartitions


def by_other_tasks(array: Any) -> Any:
    """The same array, by tasks of other names down to those that read it.

    dask.graph_manipulation.clone leaves tasks as they are that are no tuples, those of slices among them.
    """
    tasks = dict(array.__dask_graph__())
    names = {key: (f"{key[0]}-again", *key[1:]) if isinstance(key, tuple) else f"{key}-again" for key in tasks}
    graph = {
        names[key]: task.substitute(names, key=names[key]) if hasattr(task, "substitute") else _renamed(task, names)
        for key, task in tasks.items()
    }
    return da.Array(graph, f"{array.name}-again", array.chunks, meta=array)


def _renamed(task: Any, names: Graph) -> Any:
    """A task that is a tuple, a list or a key, with other names of what it takes."""
    if isinstance(task, tuple) and task and callable(task[0]):
        return (task[0], *(_renamed(part, names) for part in task[1:]))
    if isinstance(task, list):
        return [_renamed(part, names) for part in task]
    if isinstance(task, dict):
        return {name: _renamed(part, names) for name, part in task.items()}
    try:
        return names.get(task, task)
    except TypeError:  # no key, as it has no hash
        return task


def _part(graph: Graph, key: Key, array: Any, box: Box) -> Key:
    """The key of a part of a dask array: cut out of the chunks that it meets, and joined."""
    along = []
    for sizes, part in zip(array.chunks, box, strict=True):
        ends = _ends(sizes)
        meets = range(bisect_right(ends, part.start) - 1, bisect_left(ends, part.stop))
        along.append([
            (k, slice(max(part.start - ends[k], 0), min(part.stop, ends[k + 1]) - ends[k])) for k in meets if sizes[k]
        ])  # fmt: skip
    cuts = []
    for k, pieces in enumerate(product(*along)):
        chunk = (array.name, *(number for number, _ in pieces))
        cuts.append(added(graph, (*key, k), itemgetter(tuple(part for _, part in pieces)), chunk))
    return added(graph, key, partial(_assembled, tuple(map(len, along))), cuts)


def _assembled(grid: tuple[int, ...], parts: list[Any]) -> Any:
    """One array of a grid of them; masks of numpy.ma stay."""
    for axis in reversed(range(len(grid))):
        n = grid[axis]
        join = np.ma.concatenate if any(isinstance(part, np.ma.MaskedArray) for part in parts) else np.concatenate
        parts = [join(parts[k : k + n], axis) if n > 1 else parts[k] for k in range(0, len(parts), n)]
    return parts[0]


def _ends(sizes: Sequence[int]) -> list[int]:
    """Where chunks begin, and where the last one ends."""
    return [0, *accumulate(map(int, sizes))]


def as_chunked(image: Any) -> Any:
    """A dask array of real numbers whose chunks are known, and hold pixels."""
    if not isinstance(image, da.Array):
        remedy = "give image.data" if isinstance(getattr(image, "data", None), da.Array) else (
            "use the function of the same name in coarea, or dask.array.from_array(image, chunks=1024)"
        )  # fmt: skip
        raise TypeError(f"image must be a dask array, got {type(image).__name__}: {remedy}")
    _check_known("image", image)
    as_real("image", np.empty(0, image.dtype))
    if image.ndim == 0:
        raise ValueError("image must have at least one axis, got a scalar")
    if image.size == 0:
        raise ValueError(f"image must hold at least one pixel, got shape {image.shape}")
    if all(map(all, image.chunks)):
        return image
    return image.rechunk(tuple(tuple(filter(None, sizes)) for sizes in image.chunks))


def axis_of(image: Any, channel_axis: int | NotGiven | None) -> int | None:
    """The axis along which the channels of a chunked image lie."""
    axis = channel_axis_of(image, channel_axis)
    if axis is not None and image.ndim == 1:
        raise ValueError(
            f"image must have axes beside that of its channels, got shape {image.shape} with channel_axis={axis}: "
            "leave channel_axis out"
        )
    return axis


def inputs_of(
    image: Any,
    axis: int | None,
    pixels: Sequence[Any],
    *,
    offsets_of: Callable[[int], Collection[Offset]],
) -> Inputs:
    """A chunked image, whose channels lie along an axis, with its weights, mask, fixed pixels and edge weights."""
    weights, mask, fixed, edge_weights = pixels
    whole = tuple(map(int, image.shape))
    pixels = whole if axis is None else (*whole[:axis], *whole[axis + 1 :])
    chunks = image.chunks if axis is None else (*image.chunks[:axis], *image.chunks[axis + 1 :])
    shapes = tuple(dict.fromkeys([whole, pixels]))
    known = _given("weights", weights, shapes, chunks)
    hidden = _given("mask", mask, shapes, chunks)
    if known is not None and hidden is not None and known.shape != hidden.shape:
        raise ValueError(f"mask must have the shape of weights, {known.shape}, got {hidden.shape}")
    held = _given("fixed", fixed, shapes, chunks)
    offsets = offsets_of(len(pixels))
    hint = f"an array for each of the offsets {', '.join(map(str, offsets))}"
    edges = _given("edge_weights", edge_weights, ((len(offsets), *pixels),), chunks, hint=hint)
    return Inputs(image, known, hidden, held, edges)


def channel_of(k: int, array: Any, *, axis: int, ndim: int) -> Any:
    """What belongs to a channel of an array for one channel or for all."""
    return array if array is None or array.ndim < ndim else array[(slice(None),) * axis + (k,)]


def _given(
    name: str, array: Any, shapes: Sequence[tuple[int, ...]], chunks: Sequence[tuple[int, ...]], *, hint: str = ""
) -> Any:
    """An array of pixels as a dask array; what is in memory is checked now, what is not when it is computed."""
    if array is None:
        return None
    is_condition = name in ("mask", "fixed")
    check = as_mask if is_condition else as_nonnegative
    if not isinstance(array, da.Array):
        checked = check(name, array, *shapes, hint=hint)
        return da.from_array(checked, chunks=chunks if checked.ndim == len(chunks) else "auto")
    _check_known(name, array)
    check(name, np.empty((), array.dtype) if is_condition else np.zeros((), array.dtype), ())
    if array.shape not in shapes:
        rule = " or ".join(map(str, shapes)) + (f", {hint}" if hint else "")
        raise ValueError(f"{name} must have shape {rule}, got {array.shape}")
    return array


def _check_known(name: str, array: Any) -> None:
    if any(np.isnan(n) for n in array.shape):
        raise ValueError(f"{name} must have known chunk sizes: call {name}.compute_chunk_sizes() first")


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
