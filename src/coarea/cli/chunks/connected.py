"""Connected filters in chunks."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from coarea.cli.chunks.command import ChunkFilter, Frame
from coarea.cli.files import FileError
from coarea.cli.where import Condition


def connected_in_chunks(
    options: argparse.Namespace, done: str, name: str, size: float, given: dict[str, Any]
) -> ChunkFilter:
    """A connected filter, by the name that it has in coarea and in coarea.dask; `given` are its options."""
    if getattr(options, "colors", "free") == "input":
        options.parser.error("--colors input looks at the whole image, not at chunks of it")
    return ChunkFilter(f"{done} pixels", partial(_connected, name, (size,), _chosen(given)), takes_missing=False)


def where_in_chunks(options: argparse.Namespace, domain: str, condition: Condition) -> ChunkFilter:
    """The filter by a condition on the nodes of a tree, if parts of it can tell where it holds."""
    for name in ("halo", "max_remainder"):
        if getattr(options, name) is not None:
            options.parser.error(f"--{name.replace('_', '-')} does not go with --where")
    if options.rule not in (None, "direct"):
        options.parser.error(f"--rule {options.rule} looks at the whole image, not at chunks of it")
    least = condition.least()
    if least is None:
        options.parser.error(
            f"--where {condition.text!r} looks at the whole image: in chunks one attribute can be at least a number, "
            "as in 'area >= 50'"
        )
    assert least is not None
    given = {"tree": domain, "connectivity": options.connectivity, "border": options.border}
    apply = partial(_connected, "attribute_filter", least, _chosen(given))
    return ChunkFilter(f"{domain} where {condition.text}", apply, takes_missing=False)


def _chosen(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _connected(name: str, sizes: tuple[Any, ...], given: dict[str, Any], frame: Frame) -> tuple[Any, None]:
    import dask.array as da

    from coarea import dask as chunked

    function = getattr(chunked, name)
    if frame.missing is not None:
        raise FileError("pixels without data are filled from all the image: --nodata does not go with chunks here")
    pixels, axis = frame.pixels, frame.channel_axis
    if axis is None:
        return function(pixels, *sizes, **given), None
    channels = [function(da.take(pixels, k, axis), *sizes, **given) for k in range(pixels.shape[axis])]
    return da.stack(channels, axis).rechunk(pixels.chunks), None
