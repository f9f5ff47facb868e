"""Scans of Nikon's laboratory scanners: a description, .xtekct, and TIFF files beside it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.colors import level_of_caller
from coarea.base.keywords import with_hints
from coarea.base.options import as_path
from coarea.ct.beams import ConeBeam, FanBeam
from coarea.ct.readers.kinds import NIKON, READERS, kind_of, nikon_files
from coarea.ct.readers.scan import Scan
from coarea.ct.readers.selection import ByNumber, Progress, Wanted
from coarea.ct.readers.tiff_files import is_tiff, natural, pages_of

READER = "read_nikon"
NEEDED = (
    "SrcToObject", "SrcToDetector", "DetectorPixelsX", "DetectorPixelsY", "DetectorPixelSizeX", "DetectorPixelSizeY",
    "Projections", "InitialAngle", "AngularStep", "WhiteLevel",
)  # fmt: skip


@with_hints
def read_nikon(
    path: str | Path,
    *,
    rows: slice = slice(None),
    views: slice = slice(None),
    angles: ArrayLike | ByNumber | None = None,
    callback: Progress | None = None,
) -> Scan:
    """Read a scan of a Nikon (X-Tek) cone-beam scanner.

    Parameters
    ----------
    path : str or Path
        The .xtekct file, or a folder that holds one. The projections are the TIFF files ``InputName_0001.tif`` and so
        on in its ``InputFolderName``.
    rows, views : slice, default all
        Detector rows and views to read.
    angles : (view,) array_like or callable, optional
        Those of all views, in radians, instead of ``InitialAngle`` and ``AngularStep``; or a function of their number.
    callback : callable, optional
        As for :func:`read_data_exchange`.

    Returns
    -------
    Scan
        With its geometry, a ConeBeam, or a FanBeam if the detector has a single row; lengths are in the unit of the
        file, millimetres. ``flat`` is ``WhiteLevel`` and ``dark`` 0: the scanner has corrected the images already. The
        rows are as in the files, the upper one first, so z runs downwards and the volume is not mirrored.

    Raises
    ------
    OSError
        If a file is missing or damaged.
    ValueError
        If the description lacks a number, or the images are not as it says.

    Warns
    -----
    UserWarning
        If the axis is tilted (``ObjectTilt``, ``ObjectRoll``, ``CentreOfRotationTop`` other than
        ``CentreOfRotationBottom``) so far that it moves by half a bin or more over the detector, which is not taken
        into account, or the detector is displaced (``DetectorOffsetX``, ``DetectorOffsetY``), whose signs are not
        documented.

    See Also
    --------
    read_scan : finds the format.

    Notes
    -----
    ``ObjectOffsetX``, or in older files the mean of ``CentreOfRotationTop`` and ``CentreOfRotationBottom``, becomes the
    offset of the detector. Files of angles, ``.ang`` and ``_ctdata.txt``, are not read, nor is the region of
    interest. If everything in the volume has two edges, the table turned the other way: give the negative angles.

    Examples
    --------
    >>> from coarea import ct
    >>> ct.read_nikon("scan.xtekct").geometry  # doctest: +SKIP
    ConeBeam(720 views over 360 degrees, 1000 x 1000 bins of 0.2, source to axis 120, to detector 900)
    """
    wanted = Wanted(rows, views, angles, callback)
    description = _description(as_path("path", path))
    name = str(description)
    fields = _fields(description)
    number = {key: _number(name, fields, key) for key in NEEDED}
    count, size = int(number["Projections"]), (int(number["DetectorPixelsY"]), int(number["DetectorPixelsX"]))
    some_views, some_rows = wanted.ranges(count, size[0], name)
    turns = wanted.given_angles(count, name)
    if turns is None:
        turns = np.radians(number["InitialAngle"] + number["AngularStep"] * np.arange(count))
    pages = pages_of(_images(description, fields, count))
    if (len(pages), *pages.size) != (count, *size):
        held = f"{len(pages)} of {pages.size[0]} x {pages.size[1]} in {pages.files[0]} and so on"
        raise ValueError(f"{name} describes {count} images of {size[0]} x {size[1]}, but there are {held}")
    turns, wanted.total = turns[list(some_views)], len(some_views)
    geometry = _geometry(name, fields, number, turns, some_rows)
    counts = pages.read(some_views, some_rows, wanted)
    return Scan(counts, flat=number["WhiteLevel"], dark=0.0, angles=turns, geometry=geometry, source=name)


def _description(name: str) -> Path:
    """The .xtekct file, also that of a folder."""
    path, kind = Path(name), kind_of(name, READER)
    if path.is_dir():
        found = nikon_files(path)
        if len(found) != 1:
            held = ", ".join(one.name for one in found) or "none"
            raise ValueError(f"path must be an .xtekct file or a folder that holds one, {name} holds {held}")
        return found[0]
    if kind != NIKON:
        hint = f" of the kind {kind}: {READERS[kind]} reads it" if kind in READERS else " no .xtekct file"
        raise ValueError(f"{name} is{hint}")
    return path


def _fields(path: Path) -> dict[str, str]:
    """What the section XTekCT holds; the others hold whole documents."""
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    section, fields = "", {}
    for line in map(str.strip, lines):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].lower()
        elif section == "xtekct" and "=" in line:
            key, _, value = line.partition("=")
            fields[key.strip()] = value.strip()
    if not fields:
        raise ValueError(f"{path} has no section [XTekCT]: a description of a scan is due")
    return fields


def _number(name: str, fields: Mapping[str, str], key: str, default: float = math.nan) -> float:
    """A number of the description."""
    if key not in fields and not math.isnan(default):
        return default
    try:
        number = float(fields[key].replace(",", "."))  # as some countries write it
    except (KeyError, ValueError):
        number = math.nan
    whole = key in ("DetectorPixelsX", "DetectorPixelsY", "Projections")
    positive = key.startswith(("SrcTo", "DetectorPixelSize"))
    if not math.isfinite(number) or (whole and (number != int(number) or number < 1)) or (positive and number <= 0):
        rule = "a whole number of at least 1" if whole else "a positive number" if positive else "a number"
        raise ValueError(f"{name}: {key} must be {rule}, got {fields.get(key, 'nothing')}")
    return number


def _images(path: Path, fields: Mapping[str, str], count: int) -> list[Path]:
    """The files of the projections, in their order."""
    folder = path.parent / fields.get("InputFolderName", "").replace("\\", "/")
    stem = fields.get("InputName") or fields.get("Name") or path.stem
    start = stem + fields.get("InputSeparator", "_")
    beside = sorted((one for one in folder.iterdir() if is_tiff(one)), key=natural) if folder.is_dir() else []
    files = [one for one in beside if one.name.startswith(start) and one.stem[len(start) :].isdecimal()]
    if len(files) != count:
        raise ValueError(
            f"{path} describes {count} images, but there are {len(files)} files {start}0001.tif ... in {folder}"
        )
    return files


def _geometry(
    name: str, fields: Mapping[str, str], number: Mapping[str, float], angles: Array, rows: range
) -> FanBeam | ConeBeam:
    """The beam, of the rows that are read."""
    step, row_step = number["DetectorPixelSizeX"], number["DetectorPixelSizeY"]
    n_rows, n_columns = int(number["DetectorPixelsY"]), int(number["DetectorPixelsX"])
    magnification = number["SrcToDetector"] / number["SrcToObject"]
    top, bottom, x, y, roll, tilt, axis = (
        _number(name, fields, key, 0.0)
        for key in (
            "CentreOfRotationTop", "CentreOfRotationBottom", "DetectorOffsetX", "DetectorOffsetY", "ObjectRoll",
            "ObjectTilt", "ObjectOffsetX",
        )
    )  # fmt: skip
    seen = axis * magnification if "ObjectOffsetX" in fields else (top + bottom) / 2  # where the detector sees the axis
    slant = abs(math.tan(math.radians(roll))) if "ObjectRoll" in fields else abs(top - bottom) / (n_rows * row_step)
    lean = slant * n_rows * row_step / 2
    if max(lean, abs(math.tan(math.radians(tilt))) * n_rows * row_step / 2) >= step / 2:
        warnings.warn(
            f"the axis of {name} is inclined (ObjectRoll {roll:g}, ObjectTilt {tilt:g} degrees), which is not taken "
            "into account: far from the middle row the image is less sharp",
            stacklevel=level_of_caller(),
        )
    if x or y:
        warnings.warn(
            f"the detector of {name} is displaced, by {x:g} and {y:g}, taken along its columns and rows: "
            "the signs are not documented, compare them with find_offset",
            stacklevel=level_of_caller(),
        )
    to_axis, to_detector, across = number["SrcToObject"], number["SrcToDetector"], x - seen
    if n_rows == 1:
        return FanBeam(
            angles=angles, n_detectors=n_columns, detector_spacing=step, detector_offset=across,
            source_to_axis=to_axis, source_to_detector=to_detector,
        )  # fmt: skip
    middle = (rows[0] + rows[-1] - (n_rows - 1)) / 2 * row_step  # of the rows that are read
    return ConeBeam(
        angles=angles, detector_shape=(len(rows), n_columns), detector_spacing=(row_step * rows.step, step),
        detector_offset=(y + middle, across), source_to_axis=to_axis, source_to_detector=to_detector,
    )  # fmt: skip
