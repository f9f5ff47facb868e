"""Images in TIFF files: which files, and reading some rows of some of their pages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.base.tiff import Complaints
from coarea.ct.readers.kinds import ENDINGS
from coarea.ct.readers.selection import Wanted

# What names of files and folders call the kinds of images, each as a word of its own.
WORDS = {
    "flat": {"flat", "flats", "flatfield", "white", "whites", "ob", "openbeam", "bright", "brights", "ref"},
    "dark": {"dark", "darks", "darkfield", "df", "black", "blacks"},
    "projection": {"proj", "projs", "projection", "projections", "tomo", "radio", "radios", "radiographs", "sample"},
}  # fmt: skip


@dataclass(frozen=True)
class Pages:
    """Images of one size and one dtype in a series of files: how many there are in each.

    Attributes
    ----------
    files : list of Path
    counts : list of int
    size : (int, int)
        Rows and columns.
    dtype : numpy.dtype
    """

    files: list[Path]
    counts: list[int]
    size: tuple[int, int]
    dtype: np.dtype[Any]

    def __len__(self) -> int:
        return sum(self.counts)

    def read(self, chosen: Sequence[int], rows: range, wanted: Wanted) -> Array:
        """Some rows of the chosen images, which increase."""
        result = np.empty((len(chosen), len(rows), self.size[1]), self.dtype)
        first = k = 0
        for file, count in zip(self.files, self.counts, strict=True):
            here: list[int] = []
            while k + len(here) < len(chosen) and chosen[k + len(here)] < first + count:
                here.append(chosen[k + len(here)] - first)
            if here:
                _read(file, here, rows, result[k : k + len(here)])
                wanted.tell(len(here))
            k, first = k + len(here), first + count
        return result


def pages_of(files: Sequence[Path]) -> Pages:
    """What the files hold; all images must be of one size and dtype."""
    counts = []
    form: tuple[Any, Any] | None = None
    for file in files:
        with opened(file) as tiff:
            series = tiff.series
            forms = {(one.shape[-2:] if one.ndim > 1 else one.shape, one.dtype) for one in series}
            if any(one.ndim not in (2, 3) or one.axes.endswith("S") for one in series):
                raise ValueError(f"{file} must hold grey images, (pages, v, u), got {series[0].shape} {series[0].axes}")
            for size, dtype in forms:
                form = form or (size, dtype)
                if (size, dtype) != form:
                    raise ValueError(f"{file} holds {_words(size, dtype)}, but {files[0]} {_words(*form)}")
            counts.append(sum(one.shape[0] if one.ndim == 3 else 1 for one in series))
    assert form is not None
    if form[1].kind not in "uif":
        raise ValueError(f"{files[0]} must hold real numbers, got {form[1]}")
    return Pages(list(files), counts, form[0], form[1].newbyteorder("="))


def tiff_files(folder: Path) -> list[Path]:
    """The TIFF files of a folder, image2 before image10."""
    return sorted((path for path in folder.iterdir() if is_tiff(path)), key=natural)


def is_tiff(path: Path) -> bool:
    """Whether a file has the name of a TIFF file, and none that programs hide."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()


def natural(path: Path) -> tuple[Any, ...]:
    """Numbers within names are compared as numbers."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", path.name))


def kind_of_images(path: Path) -> str | None:
    """What the name of a file or folder says of its images: "flat", "dark", "projection", or nothing."""
    words = re.findall(r"[a-z]+", path.name.lower().removesuffix(path.suffix.lower()))
    words += [first + second for first, second in pairwise(words)]  # open_beam
    kinds = [kind for kind, names in WORDS.items() if names.intersection(words)]
    if "flat" in kinds and "dark" in kinds:
        return None
    return kinds[0] if kinds else None


@contextmanager
def opened(file: Path) -> Iterator[Any]:
    """The file, open; what is wrong with it is said in one line."""
    import tifffile

    with (
        file.open("rb") as stream,
        Complaints("corrupted") as complaints,
    ):  # the system says plainly what keeps it from opening
        try:
            tiff = tifffile.TiffFile(stream, name=file.name)
            lost = [] if tiff.series else ["it holds no image"]  # which looks at all pages
            lost = complaints.of_lost_pages + lost
        except Exception as error:  # it fails in as many ways as files are damaged
            raise OSError(f"{file} cannot be read as TIFF, it is damaged: {error}") from error
        if lost:
            raise OSError(f"{file} cannot be read as TIFF, it is damaged: {lost[0]}")
        yield tiff


def _read(file: Path, chosen: list[int], rows: range, result: Array) -> None:
    """Some rows of the pages."""
    with opened(file) as tiff:
        pages = [page for series in tiff.series for page in _pages(file, tiff, series)]
        for k, number in enumerate(chosen):
            result[k] = _decoded(file, pages[number])[rows.start : rows.stop : rows.step]


def _pages(file: Path, tiff: Any, series: Any) -> list[Any]:
    """The pages of a series: as they lie in the file, so that no more than is needed is read, or what decodes them."""
    ends = [a + b for page in series.pages if page for a, b in zip(page.dataoffsets, page.databytecounts, strict=True)]
    if max([*ends, (series.dataoffset or 0) + series.nbytes * (series.dataoffset is not None)]) > os.path.getsize(file):
        raise OSError(f"{file} cannot be read, it is damaged: its end is missing")
    shape = (series.shape[0] if series.ndim == 3 else 1, *series.shape[-2:])
    if series.dataoffset is not None:
        dtype = np.dtype(tiff.byteorder + series.dtype.char)
        return list(tiff.filehandle.memmap_array(dtype, shape, offset=series.dataoffset))
    if len(series.pages) == shape[0]:
        return [page.asarray for page in series.pages]
    return list(_decoded(file, series.asarray).reshape(shape))  # several images in a page, as planes of colours


def _decoded(file: Path, image: Any) -> Array:
    """A page that lies in the file as it is, or what its decoder makes of it."""
    if not callable(image):
        return np.asarray(image)
    try:
        return np.asarray(image())
    except Exception as error:  # decoders fail in as many ways as files are damaged
        if "imagecodecs" in str(error):
            raise ImportError(f"{file} needs imagecodecs: pip install coarea[codecs]") from error
        raise OSError(f"{file} cannot be read, it is damaged: {error}") from error


def _words(size: tuple[int, int], dtype: Any) -> str:
    return f"images of {' x '.join(map(str, size))} {dtype}"
