"""The tasks of an exact total-variation filter: statistics, brackets, merges, and the chunks of the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from coarea.base.arrays import Array
from coarea.dask._brackets import Window, bracket, problem_of
from coarea.dask._inputs import Inputs
from coarea.dask._merge_up import Graph, Key, added, merge_up
from coarea.dask._pieces import Kept, Piece, merge, piece_of, split
from coarea.dask._whole import Question, Statistics, Tile, Whole, dtype_of_result, measure, resolution_of, whole_of


class Plan(NamedTuple):
    """What is asked, and how it is found."""

    question: Question
    halo: int
    max_remainder: int


class Remainders(NamedTuple):
    """How many pixels could not be decided by their chunks alone; lazy, and computed with the result for little more.

    With a channel axis, that axis is the first one of each array.

    Attributes
    ----------
    undecided : dask array of int64
        Pixels that each chunk left, in the shape of the grid of chunks.
    entered, left : dask arrays of int64
        Pixels that came into each merge, and that it left; merges of the smallest unions first.

    See Also
    --------
    denoise_tv_l1, denoise_tv_l2 : give them with ``return_info=True``.
    RemainderTooLarge : is raised where a merge would take too many.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[0, 9, 0, 9, 5, 5, 5, 5]] * 4, chunks=(4, 4))
    >>> result, remainders = coarea.dask.denoise_tv_l1(image, 1, halo=1, return_info=True)
    >>> remainders.undecided.compute().tolist()
    [[4, 0]]
    """

    undecided: Any
    entered: Any
    left: Any


def filtered(inputs: Inputs, axis: int | None, plan: Plan) -> list[tuple[Any, Remainders]]:
    """Each channel filtered, and what its chunks left."""
    question = plan.question
    graph: Graph = {}
    name = "denoise-" + str(tokenize(plan, inputs, axis))
    channels = inputs.channels(axis)
    measured = []
    for k, channel in enumerate(channels):
        keys = []
        for place, box in np.ndenumerate(channel.boxes()):
            given = channel.tile(graph, f"{name}-own", (k, *place), box)
            measure_chunk = partial(_measured, start=[part.start for part in box], question=question)
            keys.append(added(graph, (f"{name}-measured", k, *place), measure_chunk, given))
        measured.append(keys)
    resolution = added(graph, (f"{name}-resolution",), partial(resolution_of, question), measured)
    wholes = [
        added(graph, (f"{name}-whole", k), partial(whole_of, question), keys, resolution)
        for k, keys in enumerate(measured)
    ]
    shared = HighLevelGraph.from_collections(name, graph, dependencies=_arrays(channels))
    again = inputs.read_again().channels(axis)
    return [
        _filtered_channel(channel, f"{name}-{k}", shared, whole, plan)
        for k, (channel, whole) in enumerate(zip(again, wholes, strict=True))
    ]


def _filtered_channel(
    channel: Inputs, name: str, shared: HighLevelGraph, whole: Key, plan: Plan
) -> tuple[Any, Remainders]:
    """A channel of which `whole` is known."""
    question = plan.question
    boxes = channel.boxes()
    graph: Graph = {}
    marks, unknown, pieces = (np.empty(boxes.shape, object) for _ in range(3))
    for place, box in np.ndenumerate(boxes):
        window = Window.around(box, plan.halo, question.reach, question.shape)
        given = channel.tile(graph, f"{name}-window", place, window.outer)
        solved = added(graph, (f"{name}-solved", *place), partial(_bracketed, window), whole, given)
        for k, (kind, keys) in enumerate({"marks": marks, "unknown": unknown, "own": pieces}.items()):
            keys[place] = added(graph, (f"{name}-{kind}", *place), itemgetter(k), solved)
    merge_pieces = partial(merge, max_remainder=plan.max_remainder)
    parts, kept = merge_up(graph, name, pieces, merge=merge_pieces, split=split, shared=[whole])
    for place in np.ndindex(boxes.shape):
        added(graph, (name, *place), _filled, whole, marks[place], unknown[place], parts[place])
    own = HighLevelGraph.from_collections(name, graph, dependencies=_arrays([channel]))
    below = {**shared.dependencies, **own.dependencies, name: own.dependencies[name] | set(shared.layers)}
    joined = HighLevelGraph({**shared.layers, **own.layers}, below)
    result = da.Array(joined, name, channel.image.chunks, dtype_of_result(question, channel.image.dtype))
    info = Remainders(
        _numbers(result, f"{name}-undecided", len, list(unknown.flat), boxes.shape),
        _numbers(result, f"{name}-entered", _entered, kept, (len(kept),)),
        _numbers(result, f"{name}-left", _left, kept, (len(kept),)),
    )
    return result, info


def _measured(given: list[Any], start: list[int], question: Question) -> Statistics:
    return measure(Tile(*given), start, question)


def _bracketed(window: Window, whole: Whole, given: list[Any]) -> tuple[Array, Array, Piece]:
    """Marks of a chunk, the pixels that have none yet, and their piece.

    The first wait for the last merge, those of all chunks: they are made small.
    """
    problem = problem_of(whole, Tile(*given))
    marks, is_open, piece = piece_of(whole, problem, window, *bracket(whole, problem, window))
    return whole.small(marks), np.flatnonzero(is_open), piece


def _filled(whole: Whole, marks: Array, unknown: Array, found: Array) -> Array:
    """Grey values of a chunk, with what has come down."""
    if len(unknown):
        marks = marks.copy()
        marks.flat[unknown] = found
    return whole.grey_values(marks)


def _arrays(channels: Sequence[Inputs]) -> list[Any]:
    return [array for channel in channels for array in channel if array is not None]


def _numbers(result: Any, name: str, count: Callable[..., int], keys: list[Key], shape: tuple[int, ...]) -> Any:
    """What is counted in some tasks of the result, as a dask array of one chunk."""
    key = (name, *(0 for _ in shape))
    tasks: Graph = {}
    counts = [added(tasks, (f"{name}-of", k), count, one) for k, one in enumerate(keys)]
    added(tasks, key, partial(_as_array, shape=shape), counts)
    graph = HighLevelGraph.from_collections(name, tasks, dependencies=[result])
    return da.Array(graph, name, tuple((n,) for n in shape), np.int64)


def _as_array(counts: list[int], shape: tuple[int, ...]) -> Array:
    return np.array(counts, np.int64).reshape(shape)


def _entered(kept: Kept) -> int:
    return len(kept.marks)


def _left(kept: Kept) -> int:
    return int(np.count_nonzero(~kept.is_decided))
