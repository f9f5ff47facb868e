"""Scans in files of NeXus, application definition NXtomo."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.colors import level_of_caller
from coarea.base.keywords import with_hints
from coarea.base.options import as_path, came
from coarea.ct.readers.hdf5 import detectors, images_of, opened
from coarea.ct.readers.kinds import check_kind
from coarea.ct.readers.scan import Scan
from coarea.ct.readers.selection import ByNumber, Progress, Wanted, radians_of

READER = "read_nxtomo"
PROJECTION, FLAT, DARK, INVALID = range(4)  # the definition's keys
ALIGNMENT = -1  # in image_key_control, where some beamlines say which projections were taken once more at the end


@with_hints
def read_nxtomo(
    path: str | Path,
    *,
    entry: str | None = None,
    rows: slice = slice(None),
    views: slice = slice(None),
    angles: ArrayLike | ByNumber | None = None,
    callback: Progress | None = None,
) -> Scan:
    """Read an HDF5 file in the layout of NXtomo [Konnecke2015]_.

    Parameters
    ----------
    path : str or Path
    entry : str, optional
        The entry to read, for files that hold several.
    rows, views : slice, default all
        Detector rows and views to read; views are projections, flat and dark images are not counted.
    angles : (view,) array_like or callable, optional
        Those of all views of the file, in radians, instead of its own; or a function of their number.
    callback : callable, optional
        As for :func:`read_data_exchange`.

    Returns
    -------
    Scan
        From ``instrument/detector/data`` by its ``image_key`` (0 projection, 1 flat, 2 dark, 3 invalid, which is left
        out) and ``sample/rotation_angle``, in its units or in degrees if it has none.

    Raises
    ------
    ImportError, OSError
        As :func:`read_data_exchange`.
    ValueError
        If the file is not of this kind, holds several entries and none is named, has an unknown key, no projections,
        flat images or angles, or shapes that do not fit.

    Warns
    -----
    UserWarning
        If the angles have no units but look like radians, or there are no dark images: then they are taken as 0.

    See Also
    --------
    read_scan : finds the format.

    Examples
    --------
    >>> import tempfile
    >>> import h5py
    >>> import numpy as np
    >>> from coarea import ct
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with h5py.File(f"{folder}/scan.nxs", "w") as file:
    ...         file["entry/instrument/detector/data"] = np.full((4, 1, 8), 50)
    ...         file["entry/instrument/detector/image_key"] = [2, 1, 0, 0]  # dark, flat and two views
    ...         file["entry/sample/rotation_angle"] = [0.0, 0.0, 0.0, 90.0]
    ...     ct.read_nxtomo(f"{folder}/scan.nxs")
    Scan(2 views over 180 degrees, 1 x 8 bins, int64, 1 flat, 1 dark, .../scan.nxs)
    """
    name = as_path("path", path)
    wanted = Wanted(rows, views, angles, callback)
    if not isinstance(entry, str | None):
        raise TypeError(f"entry must be the name of an entry, got {came(entry)}")
    check_kind(name, READER, "an NXtomo scan")
    with opened(name, READER) as file:
        return _scan(name, _entry(name, file, entry), wanted)


def _entry(name: str, file: Any, entry: str | None) -> Any:
    found = detectors(file)
    if not found:
        held = ", ".join(file) or "nothing"
        raise ValueError(f"{name} lacks ENTRY/instrument/detector/image_key; it holds {held}: an NXtomo scan is due")
    if entry is None and len(found) > 1:
        raise ValueError(f"entry must be given, {name} holds several: {', '.join(found)}")
    if entry is not None and entry.strip("/") not in found:
        raise ValueError(f"entry must be one of {', '.join(found)} in {name}, got {came(entry)}")
    return next(iter(found.values())) if entry is None else found[entry.strip("/")]


def _scan(name: str, entry: Any, wanted: Wanted) -> Scan:
    """The counts of some rows and views of an entry."""
    detector = entry["instrument/detector"]
    data = detector.get("data")
    if not hasattr(data, "shape") or len(data.shape) != 3 or not all(data.shape):
        shape = getattr(data, "shape", None)
        raise ValueError(f"{name}: instrument/detector/data must have shape (images, v, u), got {shape}")
    keys = _keys(name, detector, len(data))
    every = {key: np.flatnonzero(keys == key).tolist() for key in (PROJECTION, FLAT, DARK)}
    for key, what in ((PROJECTION, "projections, of image_key 0"), (FLAT, "flat images, of image_key 1")):
        if not every[key]:
            raise ValueError(f"{name} holds no {what}; its keys are {sorted(set(keys.tolist()))}")
    views, rows = wanted.ranges(len(every[PROJECTION]), data.shape[1], name)
    turns = wanted.given_angles(len(every[PROJECTION]), name)
    turns = _angles(name, entry, len(data), every[PROJECTION]) if turns is None else turns
    if not every[DARK]:
        warnings.warn(f"{name} holds no dark images: 0 is taken for them", stacklevel=level_of_caller())
    chosen = [every[PROJECTION][k] for k in views]
    wanted.total = len(chosen) + len(every[FLAT]) + len(every[DARK])
    flat, dark, counts = (images_of(data, some, rows, wanted) for some in (every[FLAT], every[DARK], chosen))
    return Scan(counts, flat=flat, dark=dark if len(dark) else 0.0, angles=turns[list(views)], source=name)


def _keys(name: str, detector: Any, count: int) -> Array:
    """What each image is; those that were taken once more for alignment count as invalid."""
    keys = np.asarray(detector["image_key"][()])
    if keys.shape != (count,):
        raise ValueError(f"{name}: image_key must have shape {(count,)}, one for each image, got {keys.shape}")
    unknown = sorted(set(keys.tolist()) - {PROJECTION, FLAT, DARK, INVALID})
    if unknown:
        raise ValueError(
            f"{name}: image_key must be 0 (projection), 1 (flat), 2 (dark) or 3 (invalid), got {unknown[0]}"
        )
    if "image_key_control" in detector:
        control = np.asarray(detector["image_key_control"][()])
        if control.shape == keys.shape:
            keys = np.where(control == ALIGNMENT, INVALID, keys)
    return keys


def _angles(name: str, entry: Any, count: int, projections: list[int]) -> Array:
    """The angles of the projections, in radians."""
    measured = entry.get("sample/rotation_angle")
    if not hasattr(measured, "shape"):
        raise ValueError(f"{name} lacks sample/rotation_angle: give angles=, {len(projections)} of them in radians")
    values = measured[()]
    if np.shape(values) != (count,):
        raise ValueError(
            f"{name}: sample/rotation_angle must have shape {(count,)}, one for each image, got {np.shape(values)}"
        )
    return radians_of("sample/rotation_angle", values[projections], measured.attrs.get("units"), len(projections), name)
