"""Scans as TIFF files: a folder of them, or one of many pages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_real
from coarea.base.keywords import with_hints
from coarea.base.options import as_number, as_path, came
from coarea.ct.readers.kinds import NIKON, READERS, TIFF, kind_of
from coarea.ct.readers.scan import Scan
from coarea.ct.readers.selection import ByNumber, Progress, Wanted
from coarea.ct.readers.tiff_files import Pages, kind_of_images, pages_of, tiff_files

READER = "read_tiff_stack"
Files: TypeAlias = str | Path | Sequence[str | Path]
Images: TypeAlias = Files | ArrayLike  # files, or what they would hold, or a level


@with_hints
def read_tiff_stack(
    path: Files,
    *,
    angles: ArrayLike | ByNumber,
    flats: Images | None = None,
    darks: Images | None = None,
    rows: slice = slice(None),
    views: slice = slice(None),
    callback: Progress | None = None,
) -> Scan:
    """Read projections from TIFF files.

    Parameters
    ----------
    path : str, Path or sequence of them
        A folder of files, in the natural order of their names (2 before 10); one file of many pages; or files in
        their order.
    angles : (view,) array_like or callable
        Those of all projections, in radians, or a function of their number that gives them, such as
        ``lambda n: numpy.arange(n) * numpy.pi / n``: the files hold none.
    flats, darks : str, Path, sequence of them, array_like or float, optional
        Images without the object, and without the beam: files as for `path`, images (image, v, u), or one level for
        all pixels. Default: sub-folders or files of the folder whose names say what they are, such as ``flat`` or
        ``dark_0001.tif``; without dark ones 0.
    rows, views : slice, default all
        Detector rows and views to read. Of files without compression no other rows are read.
    callback : callable, optional
        As for :func:`read_data_exchange`.

    Returns
    -------
    Scan
        The first row of the detector is the first of the files, which is the upper one as a rule.

    Raises
    ------
    OSError
        If a file is missing or damaged.
    ValueError
        If there are no projections or no flat images, the images differ in size or dtype, or the number of angles is
        not that of the projections.

    See Also
    --------
    read_scan : finds the format.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import tifffile
    >>> from coarea import ct
    >>> angles = np.arange(4) * np.pi / 4
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tifffile.imwrite(f"{folder}/scan.tif", np.full((4, 2, 8), 50, np.uint16), photometric="minisblack")
    ...     ct.read_tiff_stack(f"{folder}/scan.tif", angles=angles, flats=100.0)
    Scan(4 views over 180 degrees, 2 x 8 bins, uint16, flat 100, dark 0, .../scan.tif)
    """
    wanted = Wanted(rows, views, angles, callback)
    source, projections, beside = _projections(path)
    pages = pages_of(projections)
    some_views, some_rows = wanted.ranges(len(pages), pages.size[0], source)
    turns = wanted.given_angles(len(pages), source)
    if turns is None:
        raise TypeError(f"angles must be given in radians, {len(pages)} of them: TIFF files hold none")
    images = [_beside(name, given, beside[name], source, pages) for name, given in (("flats", flats), ("darks", darks))]
    wanted.total = len(some_views) + sum(len(one) for one in images if isinstance(one, Pages))
    flat, dark = (_read(one, some_rows, wanted) for one in images)
    counts = pages.read(some_views, some_rows, wanted)
    return Scan(counts, flat=flat, dark=dark, angles=turns[list(some_views)], source=source)


def _read(images: Pages | Array | float, rows: range, wanted: Wanted) -> Array | float:
    """Some rows of images, or a level as it is."""
    if isinstance(images, Pages):
        return images.read(range(len(images)), rows, wanted)
    return images if isinstance(images, float) else images[:, rows.start : rows.stop : rows.step]


def _projections(path: Files) -> tuple[str, list[Path], dict[str, list[Path]]]:
    """The name of the scan, the files of its projections, and those of the flat and dark images beside them."""
    nothing: dict[str, list[Path]] = {"flats": [], "darks": []}
    if not isinstance(path, str | os.PathLike):
        files = _files("path", path)
        return f"{files[0]} and others", files, nothing
    name = as_path("path", path)
    kind = kind_of(name, READER)
    if not Path(name).is_dir():
        if kind != TIFF:
            hint = f" of the kind {kind}: {READERS[kind]} reads it" if kind in READERS else " no TIFF file"
            raise ValueError(f"{name} is{hint}")
        return name, [Path(name)], nothing
    if kind == NIKON:
        raise ValueError(f"{name} holds a description of a scan, .xtekct: {READERS[NIKON]} reads it")
    return name, *_sorted(Path(name))


def _sorted(folder: Path) -> tuple[list[Path], dict[str, list[Path]]]:
    """The projections of a folder, and the flat and dark images in it or in sub-folders, by their names."""
    files, folders = tiff_files(folder), sorted(path for path in folder.iterdir() if path.is_dir())
    beside = {f"{kind}s": [one for one in files if kind_of_images(one) == kind] for kind in ("flat", "dark")}
    projections = [one for one in files if not any(one in images for images in beside.values())]
    if not projections:
        inner = [one for one in folders if kind_of_images(one) == "projection" and tiff_files(one)]
        if len(inner) != 1:
            held = f"only sub-folders {', '.join(one.name for one in folders)}" if folders else "no sub-folders"
            if files:
                held = "all are called flat or dark: give the files, in a list"
            raise ValueError(f"{folder} holds no projections, .tif or .tiff, {held}")
        projections = tiff_files(inner[0])
    for name, images in beside.items():
        if not images:
            named = [one for one in folders if kind_of_images(one) == name[:-1]]
            images += [file for one in named for file in tiff_files(one)]
    return projections, beside


def _beside(name: str, given: Any, found: list[Path], source: str, counts: Pages) -> Pages | Array | float:
    """Flat or dark images: those that were given, those that were found, or a level."""
    if given is None:
        if not found:
            if name == "darks":
                return 0.0
            raise ValueError(
                f"flats must be given, {source} holds none: a folder, files, or the level without the object, such as "
                f"{np.iinfo(counts.dtype).max if counts.dtype.kind in 'ui' else 1}"
            )
        files = found
    elif _are_files(given):
        files = _files(name, given)
    else:
        images = as_real(name, given)
        if images.ndim == 0:
            return as_number(name, given)
        images = images[None] if images.ndim == 2 else images
        if images.ndim != 3 or images.shape[1:] != counts.size or not len(images):
            due = f"a folder, files, a number or images of shape {counts.size}"
            raise ValueError(f"{name} must be {due}, those of {source}, got an array of shape {np.shape(given)}")
        return images
    pages = pages_of(files)
    if pages.size != counts.size:
        due, size = (" x ".join(map(str, one.size)) for one in (counts, pages))
        raise ValueError(f"{name} must be images of {due}, the size of those of {source}, got {size} in {files[0]}")
    return pages


def _are_files(given: Any) -> bool:
    """Whether it is the name of a file, or names."""
    names = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    return bool(names) and all(isinstance(one, str | os.PathLike) for one in names)


def _files(name: str, given: Any) -> list[Path]:
    """Files that a folder, a name or a sequence of names stands for."""
    if not _are_files(given):
        raise TypeError(f"{name} must be a folder, a file or a sequence of files, got {came(given)}")
    if not isinstance(given, str | os.PathLike):
        return [Path(one) for one in given]
    path = Path(given)
    if path.is_dir() and not tiff_files(path):
        raise ValueError(f"{name} must be a folder with .tif files, there are none in {path}")
    return tiff_files(path) if path.is_dir() else [path]
