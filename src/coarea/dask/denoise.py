"""Exact total-variation filters of dask arrays."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
from dask import delayed

from coarea.base.arrays import Array
from coarea.dask._brackets import Box, Window, bracket, grown, problem_of
from coarea.dask._merge_up import merge_up
from coarea.dask._pieces import Kept, Piece, merge, piece_of, split
from coarea.dask._whole import Question, Tile, Whole, measure, resolution_of, whole_of


class Remainders(NamedTuple):
    """How much could not be decided locally.

    Attributes
    ----------
    undecided : dask array of int64
        Pixels that each chunk left, in the shape of the grid of chunks, with the axis of channels first if there is one.
    entered, left : dask arrays of int64
        Pixels that came into each merge of neighbouring chunks, and that it left; merges of single chunks first.
    """

    undecided: Any
    entered: Any
    left: Any


class Inputs(NamedTuple):
    """One channel and what is given of its pixels, as dask arrays of the same chunks."""

    image: Any
    weights: Any
    mask: Any
    edge_weights: Any

    def tile(self, box: Box) -> Any:
        """What is given of a part of it, delayed."""
        parts = [None if one is None else one[box] for one in self[:3]]
        edges = None if self.edge_weights is None else self.edge_weights[(slice(None), *box)]
        return delayed(Tile)(*parts, edges)


def denoise_tv_l1(x, beta, *, halo=None, tie="lower", neighbors=None, quantile=0.5, weights=None, mask=None, edge_weights=None, max_remainder=2**24, return_info=False):
    question = Question("l1", beta, tie, neighbors, quantile, None, None, x.shape)
    wide = [None if one is None else da.asarray(one) for one in (weights, mask, edge_weights)]
    (u, info) = _denoise([Inputs(x, *wide)], question, halo or 0, max_remainder)
    return (u[0], info[0]) if return_info else u[0]

def denoise_tv_l2(x, beta, *, halo=None, tie="lower", neighbors=None, resolution=None, huber_delta=None, weights=None, mask=None, edge_weights=None, max_remainder=2**24, return_info=False):
    question = Question("l2", beta, tie, neighbors, .5, resolution, huber_delta, x.shape)
    wide = [None if one is None else da.asarray(one) for one in (weights, mask, edge_weights)]
    (u, info) = _denoise([Inputs(x, *wide)], question, halo or 0, max_remainder)
    return (u[0], info[0]) if return_info else u[0]


def _denoise(channels: list[Inputs], question: Question, halo: int, max_remainder: int) -> tuple[list[Any], list[Any]]:
    """Each channel filtered, and what it left."""
    measured = [_statistics(channel, question) for channel in channels]
    resolution = delayed(resolution_of)(measured, question)
    results = []
    for channel, statistics in zip(channels, measured, strict=True):
        whole = delayed(whole_of)(statistics, question, resolution)
        results.append(_denoise_channel(channel, whole, question, halo, max_remainder))
    return [u for u, _ in results], [info for _, info in results]


def _statistics(channel: Inputs, question: Question) -> list[Any]:
    boxes = _boxes(channel.image.chunks)
    return [
        delayed(measure)(channel.tile(box), [part.start for part in box], question) for box in boxes.flat
    ]


def _denoise_channel(channel: Inputs, whole: Any, question: Question, halo: int, max_remainder: int) -> tuple[Any, Any]:
    boxes = _boxes(channel.image.chunks)
    marks, pieces, masks = (np.empty(boxes.shape, object) for _ in range(3))
    for place in np.ndindex(boxes.shape):
        window = Window.around(boxes[place], halo, question.reach, question.shape)
        marks[place], masks[place], pieces[place] = delayed(_bracketed, nout=3)(whole, channel.tile(window.outer), window)
    parts, kept = merge_up(pieces, merge, split, whole, max_remainder)
    dtype = _result_dtype(question.fidelity, channel.image.dtype)
    blocks = np.empty(boxes.shape, object)
    for place in np.ndindex(boxes.shape):
        shape = tuple(part.stop - part.start for part in boxes[place])
        filled = delayed(_filled)(whole, marks[place], masks[place], parts[place])
        blocks[place] = da.from_delayed(filled, shape, dtype)
    undecided = [delayed(np.count_nonzero)(mask) for mask in masks.flat]
    info = Remainders(
        _numbers(undecided, boxes.shape),
        *(_numbers([delayed(count)(one) for one in kept], (len(kept),)) for count in (_entered, _left)),
    )
    return da.block(blocks.tolist()), info


def _bracketed(whole: Whole, tile: Tile, window: Window) -> tuple[Array, Array, Piece]:
    problem = problem_of(whole, tile)
    return piece_of(whole, problem, window, *bracket(whole, problem, window))


def _filled(whole: Whole, marks: Array, is_open: Array, found: Array) -> Array:
    """Grey values of a chunk, with what has come down."""
    if is_open.any():
        marks = marks.copy()
        marks[is_open] = found
    return whole.grey_values(marks)


def _boxes(chunks):
    ends = [np.cumsum([0, *sizes]).tolist() for sizes in chunks]
    boxes = np.empty([len(sizes) for sizes in chunks], object)
    for place in np.ndindex(boxes.shape):
        boxes[place] = tuple(slice(bounds[k], bounds[k + 1]) for k, bounds in zip(place, ends, strict=True))
    return boxes


def _result_dtype(fidelity, dtype):
    if fidelity == "l1": return dtype.newbyteorder("=")
    return np.dtype(np.float32 if dtype.newbyteorder("=") == np.float32 else np.float64)

def _numbers(counts, shape):
    """Delayed counts as a dask array of one chunk."""
    return da.from_delayed(delayed(np.reshape)(counts, shape), shape, np.int64)


def _entered(kept): return len(kept.marks)
def _left(kept): return int(np.count_nonzero(~kept.is_decided))
