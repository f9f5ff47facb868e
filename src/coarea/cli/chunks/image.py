"""An image that stays on the disk as a dask array, and what is kept of what its file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.files import FileError, ImageFile
from coarea.cli.files.axes import SPACE, guess_axes

MARKS = ("zarr.json", ".zarray", ".zgroup")
LETTERS = {"time": "T", "channel": "C", "channels": "C", "band": "C", "bands": "C", "samples": "C", "s": "C"}
LETTERS |= dict.fromkeys(("lat", "latitude", "row", "rows"), "Y") | dict.fromkeys(("lon", "longitude", "columns"), "X")
SIDES = {1: 2**20, 2: 1024, 3: 128}  # of chunks that nobody chose, by the number of axes of space


@dataclass(frozen=True)
class Readable:
    """What is indexed as an array; where it cannot be read the error says which file it is."""

    array: Any
    name: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of pixels along each axis."""
        return tuple(self.array.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of the pixels."""
        dtype: np.dtype[Any] = self.array.dtype
        return dtype

    def __getitem__(self, box: Any) -> Array:
        try:
            return np.asarray(self.array[box])
        except Exception as error:  # decoders fail in as many ways as files are damaged
            words = " ".join(str(error).split()) or type(error).__name__
            raise FileError(f"cannot read {self.name}: damaged: {words}") from error


@dataclass(frozen=True)
class Chunked:
    """An image that stays on the disk.

    Attributes
    ----------
    image : ImageFile
        Its pixels are a dask array.
    source : object
        What they are read from: an array of zarr, or what is indexed as one.
    unit : tuple of int
        What is best read at once along each axis.
    keeps_unit : bool
        Whether a result is stored in such units.
    words : dict
        What `zarr.create_array` is told of a result beside its shape, dtype and chunks.
    inner : tuple of int, optional
        The chunks of which shards, the `unit` of the store, are made.
    group : dict, optional
        Attributes of the group in which the result lies, as OME-Zarr wants it.
    fill_value : number, optional
        What stands for chunks that are not stored.
    """

    image: ImageFile
    source: Any
    unit: tuple[int, ...]
    keeps_unit: bool = True
    words: dict[str, Any] = field(default_factory=dict)
    inner: tuple[int, ...] | None = None
    group: dict[str, Any] | None = None
    fill_value: Any = None

    def in_chunks(self, sides: Sequence[int] | None) -> Chunked:
        """The same in the chunks that are filtered: `sides` along the axes of space, one for all or one for each."""
        import dask.array as da

        image = self.image
        space = [axis for axis, letter in enumerate(image.axes) if letter in set(SPACE) - set(image.looped)]
        if sides is not None and len(sides) not in (1, len(space)):
            raise FileError(
                f"--chunks must be one number or {len(space)}, one for each axis of space, got {len(sides)}"
            )
        given = list(sides or [SIDES[len(space)]])
        chunks = list(self.unit)
        for axis, side in zip(space, given * (len(space) // len(given)), strict=True):
            chunks[axis] = min(side if sides is not None else _fitting(side, self.unit[axis]), image.pixels.shape[axis])
        source = Readable(self.source, str(image.source))
        pixels = da.from_array(source, chunks=tuple(chunks), inline_array=True, asarray=True)
        native = pixels.astype(image.pixels.dtype, copy=False)
        return replace(self, image=replace(image, pixels=native))

    def layout(self, chunks: Sequence[Sequence[int]]) -> dict[str, Any]:
        """How a result is stored so that no two of its chunks meet in one of the store: like the image if possible."""
        units = [
            own if self.keeps_unit and all(size % own == 0 for size in sizes[:-1]) else sizes[0]
            for own, sizes in zip(self.unit, chunks, strict=True)
        ]
        if self.inner is not None and tuple(units) == self.unit:
            return {"chunks": self.inner, "shards": self.unit}
        return {"chunks": tuple(map(int, units))}


def _fitting(side: int, unit: int) -> int:
    """About a side, in whole units, or in equal parts of a large one."""
    return -(-side // unit) * unit if unit <= 2 * side else -(-unit // round(unit / side))


def is_store(path: Path) -> bool:
    """Whether a folder is a store of Zarr, or an array or a group inside of one."""
    return path.is_dir() and any((path / mark).is_file() for mark in MARKS)


def looks_like_store(path: Path) -> bool:
    """Also where the content is missing."""
    return path.suffix.lower() == ".zarr" or is_store(path)


def axes_of(names: Sequence[Any] | None, shape: Sequence[int]) -> tuple[str, str | None]:
    """Our axes from the names that a file has for them, and the note on a guess; axes of one pixel are not looked at.

    A depth or a channel that is alone makes neither a volume nor a colour image.
    """
    axes, note = guess_axes(len(shape))
    letters = [LETTERS.get(str(name).lower(), str(name).upper()) for name in names or ()]
    known = [letter if letter in {*"ZYXCT"} else "I" for letter in letters]
    if len(known) == len(shape) and {"Y", "X"} <= set(known) and all(known.count(letter) < 2 for letter in "ZYXC"):
        axes, note = "".join(known), None
    return "".join("I" if n == 1 and c in "ZC" else c for c, n in zip(axes, shape, strict=True)), note
