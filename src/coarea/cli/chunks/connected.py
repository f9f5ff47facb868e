"""Connected filters in chunks."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from coarea.cli.chunks.command import ChunkFilter, Frame
from coarea.cli.files import FileError


def connected_in_chunks(
    options: argparse.Namespace, done: str, name: str, size: float, given: dict[str, Any]
) -> ChunkFilter:
    """A connected filter, by the name that it has in coarea and in coarea.dask; `given` are its options."""
    if getattr(options, "colors", "free") == "input":
        options.parser.error("--colors input looks at the whole image, not at chunks of it")
    given = {name: value for name, value in given.items() if value is not None}
    return ChunkFilter(f"{done} pixels", partial(_connected, name, size, given), takes_missing=False)


def _connected(name: str, size: float, given: dict[str, Any], frame: Frame) -> tuple[Any, None]:
    import dask.array as da

    from coarea import dask as chunked

    function = getattr(chunked, name)
    if frame.missing is not None:
        raise FileError("pixels without data are filled from all the image: --nodata does not go with chunks here")
    pixels, axis = frame.pixels, frame.channel_axis
    if axis is None:
        return function(pixels, size, **given), None
    channels = [function(da.take(pixels, k, axis), size, **given) for k in range(pixels.shape[axis])]
    return da.stack(channels, axis).rechunk(pixels.chunks), None
