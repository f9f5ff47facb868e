"""Filters of total variation in chunks, as options describe them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

from coarea.cli.chunks.command import ChunkFilter, Frame
from coarea.cli.chunks.opening import open_chunked
from coarea.cli.files import FileError
from coarea.cli.variation import Variation, for_channels

# Options that look at the whole image at once.
OF_THE_WHOLE = ("regions", "zones", "min_area", "distance", "info")


def variation_in_chunks(options: argparse.Namespace) -> ChunkFilter:
    """Total variation on pixels if nothing else is said, or on trees."""
    on_pixels = options.domain in (None, "pixels")
    foreign = [name for name in OF_THE_WHOLE if getattr(options, name) not in (None, False)]
    foreign += ["colors"] * (options.colors == "input")
    for name in () if on_pixels else ("halo", "max_remainder"):
        if getattr(options, name) is not None:
            options.parser.error(f"--{name.replace('_', '-')} goes with --domain pixels, not with {options.domain}")
    if foreign:
        options.parser.error(
            f"--{foreign[0].replace('_', '-')} looks at the whole image, not at chunks of Zarr or TIFF"
        )
    own = argparse.Namespace(**{**vars(options), "domain": options.domain or "pixels", "mask": None, "weights": None})
    variation = Variation(own)
    variation.options = options  # whose files are told
    apply = partial(_denoise, variation, _beside(options, "mask"), _beside(options, "weights"))
    return ChunkFilter(variation.describe(), apply, partial(_halo_of, variation) if on_pixels else None)


def _denoise(variation: Variation, mask: Any, weights: Any, frame: Frame) -> tuple[Any, Any]:
    import dask.array as da

    from coarea.dask import denoise_tv_l1, denoise_tv_l2

    options, pixels, axis = variation.options, frame.pixels, frame.channel_axis
    variation.mask, variation.weights = mask, weights
    variation.check_sizes(pixels, axis)
    hidden = None if mask is None else mask != 0
    if frame.missing is not None:
        hidden = frame.missing if hidden is None else frame.missing | for_channels(hidden, pixels, axis)
        weights = None if weights is None else for_channels(weights, pixels, axis)
    denoise: Any = denoise_tv_l1 if variation.method == "l1" else denoise_tv_l2
    apply = partial(denoise, pixels, variation.beta, channel_axis=axis, mask=hidden, weights=weights, **variation.given)
    undecided = None
    if variation.domain == "pixels":
        most = {} if options.max_remainder is None else {"max_remainder": options.max_remainder}
        result, remainders = apply(halo=_halo_of(variation, frame), return_info=True, **most)
        undecided = remainders.undecided.sum()
    else:
        result = _on_tree(apply, variation.domain)
    if frame.missing is not None:
        result = da.where(frame.missing, pixels.astype(result.dtype), result)
    return result, undecided


def _on_tree(apply: Callable[..., Any], domain: str) -> Any:
    """The lazy result; what a tree of several chunks cannot do is told in the words of the command line."""
    try:
        return apply(domain=domain)
    except ValueError as error:
        reason, is_cut, _ = str(error).partition(": image.rechunk")
        if not is_cut:
            raise
        raise FileError(f"{reason}: say --chunks as large as an image, or --domain pixels") from None


def _halo_of(variation: Variation, frame: Frame) -> int:
    from coarea.dask._whole import Question
    from coarea.dask.denoise import default_halo

    if variation.options.halo is not None:
        return int(variation.options.halo)
    chunks = [sizes for axis, sizes in enumerate(frame.pixels.chunks) if axis != frame.channel_axis]
    return default_halo(Question(variation.method, variation.beta, "lower", None), chunks)


def _beside(options: argparse.Namespace, name: str) -> Any:
    """A mask or weights, read in chunks as the image is; None where there are none."""
    path = getattr(options, name)
    if path is None:
        return None
    image = open_chunked(path).in_chunks(None).image
    if "C" in image.axes:
        raise FileError(f"--{name} {path} must be grey, got {image.pixels.shape[image.axes.index('C')]} channels")
    return image.pixels
