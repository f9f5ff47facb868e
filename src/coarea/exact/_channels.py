"""The channels of an image, and what is known of their pixels from options as they were given."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, as_image, split_mask
from coarea.base.colors import channel_axis_of
from coarea.base.neighborhoods import Offset, axis_offsets, neighbor_offsets
from coarea.base.options import as_mask, as_nonnegative, one_of
from coarea.base.threads import thread_map
from coarea.base.types import NotGiven, Tie
from coarea.exact._bounds import as_bound
from coarea.exact._domains import Build, DomainOptions, image_and_builder
from coarea.exact._missing import filled
from coarea.exact._nodes import solve_on_tree
from coarea.exact._pixels import solve_on_pixels
from coarea.exact._setting import Data, Setting
from coarea.exact.info import Info
from coarea.trees.tree import Tree


class PixelOptions(NamedTuple):
    """Options with an entry for each pixel, as they were given."""

    weights: ArrayLike | None = None
    mask: ArrayLike | None = None
    fixed: ArrayLike | None = None
    edge_weights: ArrayLike | None = None
    lower: ArrayLike | None = None
    upper: ArrayLike | None = None


class Channels(NamedTuple):
    """The channels of an image, finite, what is known of their pixels, and the axis along which they lie."""

    images: list[Array]
    data: list[Data]
    axis: int | None

    def join(self, results: Sequence[Array]) -> Array:
        """One image of those of the channels."""
        return results[0] if self.axis is None else np.stack(results, axis=self.axis)


def prepared(
    image: ArrayLike | Tree,
    channel_axis: int | NotGiven | None,
    domain: str | None,
    options: DomainOptions,
    given: PixelOptions,
    *,
    inside: bool = False,
) -> tuple[Channels, Build | None]:
    """The channels of an image, and what makes trees of them; None on the pixels."""
    source, build = image_and_builder(image, domain, options, channel_axis)
    is_tree = isinstance(image, Tree)
    channels = channels_of(
        source,
        None if is_tree else channel_axis,
        given,
        offsets_of=partial(neighbor_offsets, neighbors=options.neighbors) if build is None else axis_offsets,
        nearest=build is not None,
        inside=inside and not is_tree,
    )
    return channels, build


def channels_of(
    image: ArrayLike,
    channel_axis: int | NotGiven | None,
    options: PixelOptions,
    *,
    offsets_of: Callable[[int], Sequence[Offset]],
    nearest: bool,
    inside: bool,
) -> Channels:
    """Check an image and what is said of its pixels, and take them apart.

    Parameters
    ----------
    offsets_of : callable
        From a number of axes to the offsets of the pairs that `edge_weights` belong to.
    nearest, inside : bool
        As for `filled`.
    """
    values, hidden = split_mask("image", image)
    array = as_image(values, complete=False)
    axis = channel_axis_of(array, channel_axis)
    if axis is not None and array.ndim == 1:
        raise ValueError(
            f"image must have axes beside that of its channels, got shape {array.shape} with channel_axis={axis}: "
            "leave channel_axis out"
        )
    channels = array[None] if axis is None else np.moveaxis(array, axis, 0)
    data = _data_of(options, hidden, channels, axis=axis, offsets_of=offsets_of)
    fill = partial(
        filled,
        "image",
        remedy="mask=~numpy.isfinite(image) or weights=numpy.isfinite(image)",
        nearest=nearest,
        inside=inside,
    )
    images = [fill(np.ascontiguousarray(channel), _has_data(own)) for channel, own in zip(channels, data, strict=True)]
    return Channels(images, data, axis)


def solve_channels(channels: Channels, setting: Setting) -> list[tuple[Array, Info | None]]:
    """Each channel filtered, side by side, and what is known of it if wanted."""
    one_of("tie", setting.tie, get_args(Tie))
    solve = solve_on_pixels if setting.build is None else solve_on_tree
    jobs = list(zip(channels.images, channels.data, strict=True))
    if len(jobs) == 1 or setting.workers == 1:
        return [solve(channel, own, setting) for channel, own in jobs]
    share = setting._replace(workers=max(1, setting.workers // len(jobs)))
    with thread_map(setting.workers) as run:
        return list(run(lambda job: solve(job[0], job[1], share), jobs))


def _data_of(
    options: PixelOptions,
    hidden: NDArray[np.bool_] | None,
    channels: Array,
    *,
    axis: int | None,
    offsets_of: Callable[[int], Sequence[Offset]],
) -> list[Data]:
    pixels = channels.shape[1:]
    whole = pixels if axis is None else (*pixels[:axis], len(channels), *pixels[axis:])
    shapes = dict.fromkeys([whole, pixels])
    known = None if options.weights is None else as_nonnegative("weights", options.weights, *shapes)
    fixed = None if options.fixed is None else as_mask("fixed", options.fixed, *shapes)
    mask = None if options.mask is None else as_mask("mask", options.mask, *shapes)
    if known is not None and mask is not None and known.shape != mask.shape:
        raise ValueError(f"mask must have the shape of weights, {known.shape}, got {mask.shape}")
    edge_weights = None
    if options.edge_weights is not None:
        offsets = offsets_of(len(pixels))
        hint = f"an array for each of the offsets {', '.join(map(str, offsets))}"
        edge_weights = as_nonnegative("edge_weights", options.edge_weights, (len(offsets), *pixels), hint=hint)
    lower, upper = as_bound("lower", options.lower, *shapes), as_bound("upper", options.upper, *shapes)
    parts = (_per_channel(array, channels, axis) for array in (known, mask, hidden, fixed, lower, upper))
    return [
        Data(_without(own_weights, own_mask, own_hidden), own_fixed, edge_weights, *own_bounds)
        for own_weights, own_mask, own_hidden, own_fixed, *own_bounds in zip(*parts, strict=True)
    ]


def _without(weights: Array | None, *masks: Array | None) -> Array | None:
    """The weights, 0 where a mask says that there are no data."""
    for mask in masks:
        if mask is not None:
            weights = np.where(mask, 0.0, 1.0 if weights is None else weights)
    return weights


def _has_data(data: Data) -> NDArray[np.bool_] | None:
    if data.weights is None:
        return None
    has_data: NDArray[np.bool_] = data.weights > 0 if data.fixed is None else (data.weights > 0) | data.fixed
    return has_data


def _per_channel(array: Array | None, channels: Array, axis: int | None) -> Sequence[Array | None]:
    """What belongs to each channel of an array for one channel or for all."""
    if array is None or axis is None or array.ndim < channels.ndim:
        return [array] * len(channels)
    return list(np.moveaxis(array, axis, 0))
