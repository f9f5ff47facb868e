"""An image as commands take it: its frames and channels, and the pixels that hold no data."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.cli.files import FileError, ImageFile, read_image
from coarea.cli.inputs import Task
from coarea.cli.parser import any_number, axis

Missing = NDArray[np.bool_]
LUMINANCE = (0.2126, 0.7152, 0.0722)  # red, green and blue of ITU-R BT.709


def add_reading_options(command: Any) -> None:
    group = command.add_argument_group("what the file holds, where it does not say so")
    about = "a letter for each axis: Z, Y, X of space, C channels, T or I frames that are taken one by one"
    group.add_argument("--axes", metavar="AXES", help=about)
    about = "the axis of the channels: 0 is the first, -1 the last"
    group.add_argument("--channel-axis", type=axis, metavar="N", help=about)
    group.add_argument("--per-slice", action="store_true", help="take a volume slice by slice")
    about = "the value of pixels without data, a number or nan; they stay as they are and count for nothing"
    group.add_argument("--nodata", type=any_number, metavar="VALUE", help=about)


def read(task: Task, options: argparse.Namespace) -> "Source":
    """The image of a task, read as the options say."""
    image = read_image(
        task.source, axes=options.axes, channel_axis=options.channel_axis, per_slice=options.per_slice
    )  # fmt: skip
    return Source(image if options.nodata is None else replace(image, nodata=options.nodata))


def read_plane(path: Path) -> Array:
    """The pixels of a mask or of weights."""
    image = read_image(path)
    if "C" in image.axes:
        raise FileError(f"{path} must be grey, got {image.pixels.shape[image.axes.index('C')]} channels")
    return image.pixels


@dataclass(frozen=True)
class Source:
    """An image file and its pixels without data."""

    image: ImageFile

    def map(self, function: Callable[[Array, Missing, int | None], Array], fill: str = "nearest") -> Array:
        """Apply ``function(frame, missing, channel_axis)`` to each frame.

        Pixels without data have another value while the function works, and their own in the result.
        """

        def on_frame(frame: Array, channel_axis: int | None) -> Array:
            missing = self.missing(frame)
            if not missing.any():
                return function(frame, missing, channel_axis)
            result = function(by_channel(filled, frame, missing, channel_axis, fill=fill), missing, channel_axis)
            result[missing] = frame[missing]
            return result

        return self.image.map(on_frame)

    def missing(self, frame: Array) -> Missing:
        """The pixels that hold no data."""
        nodata = self.image.nodata
        if nodata is None or (np.isnan(nodata) and frame.dtype.kind != "f"):
            return np.zeros(frame.shape, bool)
        found: Missing = np.isnan(frame) if np.isnan(nodata) else np.asarray(frame == nodata)
        return found

    def grey(self) -> tuple[Array, Missing]:
        """The one plane or volume whose tree is meant, and its pixels without data.

        The luminance of three channels, the mean of others.
        """
        frames = list(self.image.frames())
        if len(frames) > 1:
            raise FileError(f"{self.name} must hold one image, got {len(frames)} frames")
        frame, missing = frames[0], self.missing(frames[0])
        where = self.image.channel_axis
        if where is not None:
            weights = LUMINANCE if frame.shape[where] == 3 else None
            grey = np.average(np.moveaxis(frame, where, -1), axis=-1, weights=weights)
            frame = (grey if frame.dtype.kind == "f" else grey.round()).astype(frame.dtype)
            missing = np.asarray(missing.any(axis=where))
        return (filled(frame, missing) if missing.any() else np.ascontiguousarray(frame)), missing

    def picture(self, grey: Array) -> Array:
        """What level lines are drawn over: the colours, if there are three, otherwise the grey image."""
        frame, where = next(self.image.frames()), self.image.channel_axis
        if where is None or frame.shape[where] != 3 or self.missing(frame).any():
            return grey
        return np.moveaxis(frame, where, -1)

    @property
    def name(self) -> str:
        return str(self.image.source or "the photograph")

    def describe(self) -> dict[str, Any]:
        """Shape, dtype and axes."""
        pixels = self.image.pixels
        return {"shape": list(pixels.shape), "dtype": str(pixels.dtype), "axes": self.image.axes}


def by_channel(
    function: Callable[..., Array], frame: Array, missing: Missing, channel_axis: int | None, **options: Any
) -> Array:
    """Apply ``function(channel, missing)`` to the channels of a frame one by one."""
    if channel_axis is None:
        return function(np.ascontiguousarray(frame), missing, **options)
    channels = zip(np.moveaxis(frame, channel_axis, 0), np.moveaxis(missing, channel_axis, 0), strict=True)
    results = [function(np.ascontiguousarray(channel), own, **options) for channel, own in channels]
    return np.stack(results, axis=channel_axis)


def filled(plane: Array, missing: Missing, fill: str = "nearest") -> Array:
    """The plane with the nearest, the least or the largest value where data is missing."""
    known = plane[~missing]
    if not known.size:
        return np.zeros_like(plane)
    if fill == "nearest":
        from scipy import ndimage

        nearest = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
        return np.ascontiguousarray(plane[tuple(nearest)])
    return np.where(missing, known.min() if fill == "least" else known.max(), plane)
