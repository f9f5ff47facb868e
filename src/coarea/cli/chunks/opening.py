"""Opening an image that stays on the disk."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from coarea.cli.chunks.image import Chunked, looks_like_store
from coarea.cli.files import FileError
from coarea.cli.files.axes import interpret
from coarea.cli.files.extras import extra


def open_chunked(path: Path, options: argparse.Namespace | None = None) -> Chunked:
    """An image of which nothing but its header is read; `options` overrule what it says of its axes.

    Raises
    ------
    FileError
        If there is no image to be had: why, in one line.
    """
    from coarea.cli.chunks.stores import open_zarr
    from coarea.cli.chunks.tiff import open_tiff  # which loads packages

    for package in ("zarr", "dask", "distributed"):
        extra(package, f"filtering {path} in chunks")
    try:
        chunked, stored = (open_zarr if looks_like_store(path) else open_tiff)(path)
    except FileError:
        raise
    except Exception as error:  # of stores that are damaged in as many ways as those of files
        system = isinstance(error, OSError) and error.strerror
        if isinstance(error, FileNotFoundError) and not path.exists():
            raise FileError(f"no such file: {path}") from None
        raise FileError(f"cannot read {path}: {system or ' '.join(str(error).split())}") from error
    if not stored.pixels.size:
        raise FileError(f"cannot read {path}: it holds no pixel, its shape is {stored.pixels.shape}")
    try:
        if options is None:
            image = interpret(stored, None, None, False)
        else:
            image = interpret(stored, options.axes, options.channel_axis, options.per_slice)
            image = image if options.nodata is None else replace(image, nodata=options.nodata)
    except FileError as error:
        raise FileError(f"{path}: {error}") from None
    return replace(chunked, image=replace(image, source=path))
