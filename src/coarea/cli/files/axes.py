"""What the axes of a file mean: what is said by the file, guessed, and overruled by the user."""

from dataclasses import dataclass, field, replace

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.image import FileError, ImageFile
from coarea.cli.files.metadata import Metadata

SPACE = "ZYX"


@dataclass(frozen=True)
class Stored:
    """What a reader found: all samples, transparency included, and a letter of ZYXCTI for each axis."""

    pixels: Array
    axes: str
    alpha: int | None = None  # which of the channels
    nodata: float | None = None
    note: str | None = None
    metadata: Metadata = field(default_factory=Metadata)


def guess_axes(ndim: int) -> tuple[str, str | None]:
    """Axes of an array of which nothing is known, and the note on the guess.

    Up to three axes are space: a volume that is three pixels wide is no colour image. Those before are frames.
    """
    axes = "I" * (ndim - 3) + SPACE[max(0, 3 - ndim) :]
    return axes, None if ndim < 3 else f"axes taken for {describe(axes)}; --axes or --channel-axis overrules"


def describe(axes: str) -> str:
    """The letters, and in words what they make of the image."""
    frames, space = sum(axes.count(letter) for letter in "TI"), sum(letter in axes for letter in SPACE)
    words = [("a signal", "an image", "a volume")[space - 1]]
    words += ["with channels"] * ("C" in axes) + ["for each frame"] * (frames > 0)
    return f"{axes} ({' '.join(words)})"


def from_letters(pixels: Array, letters: str) -> tuple[Array, str, str]:
    """Pixels, our axes and the file's letters, without the axes of length 1 that are not the last two of space.

    `letters` are tifffile's: S samples and C channels; anything but Z, Y, X and T is an axis of frames.
    """
    kept = [axis for axis, letter in enumerate(letters) if letter in "YX" or pixels.shape[axis] > 1]
    letters = "".join(letters[axis] for axis in kept)
    channel = "S" if "S" in letters else "C"  # an axis of channels beside one of samples is looped over
    axes = "".join("C" if letter == channel else letter if letter in "ZYXT" else "I" for letter in letters)
    return pixels.reshape([pixels.shape[axis] for axis in kept]), axes, letters


def interpret(stored: Stored, axes: str | None, channel_axis: int | None, per_slice: bool) -> ImageFile:
    """The image as the file, or else the user, says."""
    if axes is not None and channel_axis is not None:
        raise FileError("axes and channel_axis say the same thing: give one of them")
    if axes is not None:
        stored = _overruled(stored, _checked(axes, stored))
    elif channel_axis is not None:
        stored = _overruled(stored, _with_channels(stored, channel_axis))
    pixels, alpha, metadata = stored.pixels, None, stored.metadata
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    names = stored.axes
    if stored.alpha is not None:
        axis = names.index("C")
        alpha = np.take(pixels, stored.alpha, axis)
        pixels, metadata = np.delete(pixels, stored.alpha, axis), replace(metadata, alpha=stored.alpha)
        if pixels.shape[axis] == 1:
            pixels, names = np.squeeze(pixels, axis), names.replace("C", "")
    return ImageFile(
        pixels, names, alpha=alpha, nodata=stored.nodata, note=stored.note, metadata=metadata,
        looped="TIZ" if per_slice else "TI",
    )  # fmt: skip


def _checked(axes: str, stored: Stored) -> str:
    axes = axes.upper().replace("S", "C")
    shape = " x ".join(map(str, stored.pixels.shape))
    if len(axes) != stored.pixels.ndim:
        raise FileError(f"axes must name {stored.pixels.ndim} axes ({shape}, such as {stored.axes}), got {axes}")
    if set(axes) - set("ZYXCTI") or not set(axes) & set(SPACE) or any(axes.count(letter) > 1 for letter in "ZYXC"):
        raise FileError(f"axes are letters of Z, Y, X, C (channels), T and I (frames), each of ZYXC once; got {axes}")
    return axes


def _with_channels(stored: Stored, channel_axis: int) -> str:
    """The axes when one of them holds channels; what remains keeps its meaning as far as it has one."""
    ndim = stored.pixels.ndim
    if not -ndim <= channel_axis < ndim or ndim < 2:
        raise FileError(
            f"channel_axis must be an axis of {' x '.join(map(str, stored.pixels.shape))}, got {channel_axis}"
        )
    channel_axis %= ndim
    rest = stored.axes.replace("C", "I")
    rest = rest[:channel_axis] + rest[channel_axis + 1 :]
    space = [letter for letter in rest if letter in SPACE]
    if len(space) < min(2, len(rest)):
        rest, _ = guess_axes(len(rest))
    elif set(space) != set(SPACE[3 - len(space) :]):
        names = iter(SPACE[3 - len(space) :])
        rest = "".join(next(names) if letter in SPACE else letter for letter in rest)
    return rest[:channel_axis] + "C" + rest[channel_axis:]


def _overruled(stored: Stored, axes: str) -> Stored:
    """Other axes than the file's: what the file says of its own axes holds no longer."""
    if axes == stored.axes:
        return replace(stored, note=None)
    same_channels = stored.alpha is not None and "C" in axes and axes.index("C") == stored.axes.index("C")
    metadata = replace(stored.metadata, tiff=None, ome=None, nifti=None)
    lost = [name for name in stored.metadata.declared() if name not in metadata.declared()]
    metadata = replace(metadata, others=(*metadata.others, *lost))
    return replace(stored, axes=axes, note=None, alpha=stored.alpha if same_channels else None, metadata=metadata)


def upright(pixels: Array, axes: str, orientation: int) -> Array:
    """Pixels turned as EXIF's (and TIFF's) orientation, 1 to 8, says that they are seen."""
    y, x = axes.index("Y"), axes.index("X")
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, y, x)
    if orientation in (3, 4, 7, 8):
        pixels = np.flip(pixels, y)
    if orientation in (2, 3, 6, 7):
        pixels = np.flip(pixels, x)
    return np.ascontiguousarray(pixels)
