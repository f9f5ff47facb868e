"""An image as commands take it: its frames and channels, and the pixels that hold no data."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array
from coarea.base.missing import nearest_data
from coarea.cli.files import FileError, ImageFile, read_image
from coarea.cli.inputs import Task
from coarea.cli.parser import any_number, axis, index
from coarea.plot import luminance

Missing = NDArray[np.bool_]
# Marks of that size, such as the least float32, are often printed with six digits; no data lie beside them.
LARGE, SHORTENED = 1e30, 1e-5


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


def read_plane(path: Path, option: str) -> Array:
    """The pixels of a mask or of weights, which an option names."""
    image = read_image(path)
    pixels = image.pixels
    if image.alpha is not None:
        raise FileError(f"{option} {path} has transparency, which does not count: save it as a grey image without")
    if "C" in image.axes:
        channels = np.moveaxis(pixels, image.axes.index("C"), 0)
        if (channels != channels[0]).any():
            raise FileError(f"{option} {path} must be grey, got {len(channels)} channels that differ")
        pixels = np.ascontiguousarray(channels[0])
    if pixels.dtype.kind not in "buif":
        raise FileError(f"{option} {path} must hold numbers, got {pixels.dtype}")
    if not np.isfinite(pixels).all():
        raise FileError(f"{option} {path} must hold finite numbers, got NaN or infinite ones")
    return pixels


def missing_of(frame: Array, nodata: float | None) -> Missing:
    """The pixels that hold the value of those without data."""
    if nodata is None or (np.isnan(nodata) and frame.dtype.kind != "f"):
        return np.zeros(frame.shape, bool)
    if np.isnan(nodata):
        return np.isnan(frame)
    largest = min(LARGE, float(np.finfo(frame.dtype).max)) if frame.dtype.kind == "f" else LARGE
    if abs(nodata) < largest:
        return np.asarray(frame == nodata)
    low, high = sorted((nodata * (1 - SHORTENED), nodata * (1 + SHORTENED)))
    wide = frame.astype(np.float64) if frame.dtype.kind == "f" else frame
    return (low <= wide) & (wide <= high)


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
        return missing_of(frame, self.image.nodata)

    @property
    def name(self) -> str:
        return str(self.image.source or "the photograph")

    def describe(self) -> dict[str, Any]:
        """Shape, dtype and axes."""
        pixels = self.image.pixels
        return {"shape": list(pixels.shape), "dtype": str(pixels.dtype), "axes": self.image.axes}


@dataclass(frozen=True)
class Plane:
    """What is taken of an image file where one grey image is due.

    Attributes
    ----------
    pixels : array
        The grey plane or volume, with the nearest values where it holds no data.
    missing : array of bool
        Where it holds no data.
    picture : array
        The same in colours if it has three channels, otherwise `pixels`.
    notes : list of str
        What was taken of what.
    """

    pixels: Array
    missing: Missing
    picture: Array
    notes: list[str]


def add_plane_options(group: Any) -> None:
    """Which plane of a file is taken by commands that take one."""
    about = "of several channels: 0 is the first, -1 the last (default: of three, the luminance)"
    group.add_argument("--channel", type=index, metavar="N", help=about)
    group.add_argument("--frame", type=index, metavar="N", help="of several frames: 0 is the first, -1 the last")
    group.add_argument("--slice", type=index, metavar="N", help="of a volume, one plane: 0 is the first, -1 the last")


def one_plane(source: Source, options: argparse.Namespace, *, flat: bool = False) -> Plane:
    """The grey plane or volume that options choose; never a mean that nobody asked for.

    Parameters
    ----------
    source : Source
    options : argparse.Namespace
        With `channel`, `frame` and `slice`.
    flat : bool
        Whether it must be a plane, of a volume a slice.

    Raises
    ------
    FileError
        If there are several frames, slices or channels and no option chooses, or one that is not there is chosen; if
        there is no pixel, or a signal where a plane is due.
    """
    image = source.image
    if not image.pixels.size:
        raise FileError(f"{source.name} holds no pixel, its shape is {' x '.join(map(str, image.pixels.shape))}")
    frames = [axis for axis, letter in enumerate(image.axes) if letter in "TI"]
    pixels = np.moveaxis(image.pixels, frames, range(len(frames)))
    pixels = pixels.reshape(-1, *pixels.shape[len(frames) :])
    axes = "".join(letter for letter in image.axes if letter not in "TI")
    frame, slice_ = options.frame, options.slice
    if "Z" not in axes and frame is None:  # people call pages slices, and slices frames
        frame, slice_ = slice_, None
    elif len(pixels) == 1 and slice_ is None:
        frame, slice_ = None, frame
    taken: list[str] = []

    def choose(array: Array, kind: str, at: int, number: int | None) -> Array:
        count = array.shape[at]
        if number is None and count > 1:
            raise FileError(f"{source.name} holds {count} {kind}s: choose one, --{kind} 0 to {count - 1}")
        if not -count <= (number or 0) < count:
            held = f"its {kind}s are 0 to {count - 1}" if count > 1 else f"it holds one {kind}"
            raise FileError(f"{source.name} has no {kind} {number}: {held}")
        if count > 1:
            taken.append(f"{kind} {(number or 0) % count} of 0 to {count - 1}")
        chosen: Array = np.take(array, number or 0, at)
        return chosen

    pixels = choose(pixels, "frame", 0, frame)
    if "Z" in axes and (flat or "Z" in image.looped or slice_ is not None):
        pixels, axes = choose(pixels, "slice", axes.index("Z"), slice_), axes.replace("Z", "")
    elif slice_ not in (None, 0, -1):
        raise FileError(f"{source.name} has no slice {slice_}: it holds one slice")
    colours = np.moveaxis(pixels, axes.index("C"), -1) if "C" in axes else pixels[..., None]
    if flat and colours.ndim != 3:
        raise FileError(f"{source.name} must hold an image, got a signal of {colours.shape[0]}")
    if options.channel is not None or colours.shape[-1] != 3 or colours.ndim < 3:
        grey = colours = choose(colours, "channel", colours.ndim - 1, options.channel)
        missing = source.missing(grey)
    else:
        grey, missing = luminance(colours), np.asarray(source.missing(colours).any(axis=-1))
        taken.append("the luminance of 3 channels, one of which --channel takes")
    grey = filled(grey, missing) if missing.any() else np.ascontiguousarray(grey)
    picture = grey if colours.ndim == grey.ndim or missing.any() else colours
    return Plane(grey, missing, picture, [f"taken: {', '.join(taken)}"] if taken else [])


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
        return nearest_data(plane, ~missing)
    return np.where(missing, known.min() if fill == "least" else known.max(), plane)
