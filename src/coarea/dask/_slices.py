"""Filters on trees in chunks: the slices of a stack or the channels, one by one, each in one chunk or in several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

import dask.array as da
import numpy as np
from dask.delayed import delayed

from coarea.base.arrays import Array
from coarea.base.types import TreeDomain
from coarea.dask._inputs import Inputs, channel_of
from coarea.dask._whole import Question, dtype_of_result
from coarea.dask.trees import denoised
from coarea.exact._channels import Channels, PixelOptions, prepared, solve_channels
from coarea.exact._domains import Build, DomainOptions, image_and_builder
from coarea.exact._model import default_resolution, l1_model, l2_model
from coarea.exact._setting import Setting

PIXELS = Inputs._fields[1:]  # what is given of the pixels
EDGES, ENDS = -1, -2  # axes beside those of the images: of edge weights, and of the least and the largest value


class Slices(NamedTuple):
    """What is asked of each image, and along which axis they lie."""

    question: Question
    domain: str
    options: DomainOptions
    axis: int | None


def check_domain(image: Any, asked: Slices) -> bool:
    """Whether the filter works on trees; refuses options of other domains."""
    domain, options, axis = asked.domain, asked.options, asked.axis
    smallest = np.zeros((1,) * (image.ndim - (axis is not None)))
    _, build = image_and_builder(smallest, domain, options, None)
    if build is None:
        return False
    if options.border is None or np.ndim(options.border) == 0:  # not a pixel, which its own image will be asked for
        build(smallest, 1)
    return True


def filtered_on_trees(inputs: Inputs, asked: Slices) -> Any:
    """The images, each on a tree of its own: in its one chunk, or in all chunks that it is cut into."""
    cut = [k for k in range(inputs.image.ndim) if k != asked.axis and len(inputs.image.chunks[k]) > 1]
    if not cut:
        return filtered_slices(inputs, asked)
    _check_cut(inputs, asked, cut)
    question, options = asked.question, asked.options
    results = [
        denoised(
            one.image, question.beta, domain=cast(TreeDomain, asked.domain), connectivity=options.connectivity,
            border=options.border, tie=question.tie, quantile=question.quantile,
        )
        for one in inputs.channels(asked.axis)
    ]  # fmt: skip
    return results[0] if asked.axis is None else da.stack(results, asked.axis)


def _check_cut(inputs: Inputs, asked: Slices, cut: list[int]) -> None:
    """Refuse what must know each image from one chunk."""
    needs = [name for name, array in zip(PIXELS, inputs[1:], strict=True) if array is not None]
    if asked.question.fidelity == "l2":
        needs.append("the L2 fidelity")
    if isinstance(inputs.image._meta, np.ma.MaskedArray):
        needs.append("the mask of a masked array")
    if asked.options.connectivity == "self-dual":
        needs.append("connectivity='self-dual'")
    border = asked.options.border
    if isinstance(border, str) and border != "half-area":
        needs.append(f"border={border!r}")
    if not 0 < asked.question.quantile < 1:
        needs.append(f"quantile={asked.question.quantile:g}")
    if needs:
        chunks = "x".join(str(len(sizes)) for sizes in inputs.image.chunks)
        raise ValueError(
            f"image must have each image in one chunk for {' and '.join(needs)} with domain={asked.domain!r}, got "
            f'{chunks} chunks: image.rechunk({dict.fromkeys(cut, -1)}), or domain="pixels"'
        )


def filtered_slices(inputs: Inputs, asked: Slices) -> Any:
    """The filtered images."""
    question = asked.question
    arrays: list[Any] = []
    if question.fidelity == "l2" and question.resolution is None:
        arrays = [_resolution(inputs, asked), ()]
    dtype = dtype_of_result(question, inputs.image.dtype)
    places = tuple(range(inputs.image.ndim))
    return da.blockwise(
        partial(_filtered, asked=asked), places, *_blocks(inputs, asked.axis), *arrays,
        dtype=dtype, meta=np.empty((0,) * len(places), dtype), concatenate=True, align_arrays=False,
    )  # fmt: skip


def _resolution(inputs: Inputs, asked: Slices) -> Any:
    """The distance of the levels of all images."""
    image, axis = inputs.image, asked.axis
    ends = da.blockwise(
        partial(_ends, asked=asked), (ENDS,) if axis is None else (axis, ENDS), *_blocks(inputs, axis),
        new_axes={ENDS: 2}, adjust_chunks=None if axis is None else {axis: 1},
        dtype=image.dtype, meta=np.empty((0,) * (1 + (axis is not None)), image.dtype),
        concatenate=True, align_arrays=False,
    )  # fmt: skip
    return da.from_delayed(delayed(default_resolution, pure=True)(ends), (), np.float64)


def _blocks(inputs: Inputs, axis: int | None) -> Iterator[Any]:
    """The image and what is given of its pixels in the same chunks, each with its axes."""
    places = tuple(range(inputs.image.ndim))
    pixels = tuple(k for k in places if k != axis)
    for name, array in zip(Inputs._fields, inputs, strict=True):
        if array is None:
            yield from (None, None)
        elif name == "edge_weights":
            yield from (array.rechunk(-1), (EDGES, *pixels))
        elif array.ndim == len(places):
            yield from (array.rechunk(inputs.image.chunks), places)
        else:
            yield from (array.rechunk(-1), pixels)


def _filtered(image: Array, *given: Any, asked: Slices) -> Array:
    """The images of a chunk filtered; after what is given of their pixels may come the resolution."""
    question = asked.question
    resolution = question.resolution if len(given) == len(PIXELS) else float(given[-1])
    model = l1_model(question.quantile) if resolution is None else l2_model(resolution, question.huber_delta)
    results = []
    for channels, build in _channels(image, given, asked):
        setting = Setting(model, question.beta, question.tie, None, "native", build, 1, False)
        results.append(solve_channels(channels, setting)[0][0])
    return results[0] if asked.axis is None else np.stack(results, asked.axis)


def _ends(image: Array, *given: Any, asked: Slices) -> Array:
    """The least and the largest value of the images of a chunk."""
    images = [channels.images[0] for channels, _ in _channels(image, given, asked)]
    ends = np.array([min(one.min() for one in images), max(one.max() for one in images)])
    return ends if asked.axis is None else ends[np.newaxis]


def _channels(image: Array, given: Sequence[Any], asked: Slices) -> Iterator[tuple[Channels, Build | None]]:
    """Each image of a chunk by itself, checked."""
    inside = asked.question.fidelity == "l2" and asked.question.resolution is None
    for k in range(1 if asked.axis is None else image.shape[asked.axis]):

        def own(array: Any, k: int = k) -> Any:
            return array if asked.axis is None else channel_of(k, array, axis=asked.axis, ndim=image.ndim)

        options = dict(zip(PIXELS, given, strict=False))
        edges = options.pop("edge_weights")
        pixels = PixelOptions(**{name: own(array) for name, array in options.items()}, edge_weights=edges)
        yield prepared(own(image), None, asked.domain, asked.options, pixels, inside=inside)
