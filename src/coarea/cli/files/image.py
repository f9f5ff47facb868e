"""An image file in memory: its pixels, what each axis means, and what to write back with them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files.metadata import Metadata


class FileError(Exception):
    """What is wrong with a file, in one line."""


@dataclass(frozen=True)
class ImageFile:
    """Pixels of a file and the meaning of their axes.

    Parameters
    ----------
    pixels : array
        As the file stores them, without the transparency.
    axes : str
        A letter for each axis of `pixels`: Z, Y, X of space; C, channels (samples, bands, colours), at most once;
        T, frames in time, and I, another axis of no known meaning. Frames (T and I) are filtered one by one.
    alpha : array, optional
        Transparency, which is written back untouched; its shape is that of `pixels` without C.
    nodata : float, optional
        The value that stands for missing pixels, where the file declares one (GDAL's nodata).
    note : str, optional
        One line for the user: how the axes were guessed, and which option overrules the guess. None where the file
        says what its axes are.
    source : Path, optional
        The file; None for the bundled photograph and for pixels that were computed.
    looped : str
        The axes along which :meth:`frames` walks: T and I, and Z where every slice is filtered by itself.
    metadata : Metadata
        What else the file says of its pixels.
    """

    pixels: Array
    axes: str
    alpha: Array | None = None
    nodata: float | None = None
    note: str | None = None
    source: Path | None = None
    looped: str = "TI"
    metadata: Metadata = field(default_factory=Metadata)

    @property
    def frame_axes(self) -> str:
        """A letter for each axis of a frame."""
        return "".join(letter for letter in self.axes if letter not in self.looped)

    @property
    def channel_axis(self) -> int | None:
        """The axis of the channels in a frame."""
        return self.frame_axes.index("C") if "C" in self.frame_axes else None

    def frames(self) -> Iterator[Array]:
        """Views of the frames, in the order of the file; one that is all of `pixels` where nothing is looped over."""
        loops = [axis for axis, letter in enumerate(self.axes) if letter in self.looped]
        first = np.moveaxis(self.pixels, loops, range(len(loops)))
        return (first[index] for index in np.ndindex(first.shape[: len(loops)]))

    def stack(self, frames: Sequence[Array], *, axes: str | None = None) -> Array:
        """The reverse of :meth:`frames`: arrays of the shape of a frame, put together in the shape of `pixels`.

        `axes` are those of the result, by default those of `pixels`; frames may lack the channels.
        """
        loops = [axis for axis, letter in enumerate(axes or self.axes) if letter in self.looped]
        lengths = [n for letter, n in zip(self.axes, self.pixels.shape, strict=True) if letter in self.looped]
        first = np.stack(frames).reshape(*lengths, *np.shape(frames[0]))
        return np.ascontiguousarray(np.moveaxis(first, range(len(loops)), loops))

    def without_channels(self) -> "ImageFile":
        """What has a value for each place: the axes of space and of frames, and where they lie."""
        pixels = self.pixels if "C" not in self.axes else np.moveaxis(self.pixels, self.axes.index("C"), 0)[0]
        axes, metadata = self.axes.replace("C", ""), self.metadata.of_place(same_axes="C" not in self.axes)
        return replace(self, pixels=pixels, axes=axes, alpha=None, metadata=metadata)

    def map(self, function: Callable[[Array, int | None], Array]) -> Array:
        """Call ``function(frame, channel_axis)`` for every frame and stack what it returns."""
        return self.stack([function(frame, self.channel_axis) for frame in self.frames()])
