"""Scans in the Data Exchange format of synchrotrons."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.colors import level_of_caller
from coarea.base.keywords import with_hints
from coarea.base.options import as_path
from coarea.ct.readers.hdf5 import images_of, opened
from coarea.ct.readers.kinds import check_kind
from coarea.ct.readers.scan import Scan
from coarea.ct.readers.selection import ByNumber, Progress, Wanted, radians_of

READER = "read_data_exchange"


@with_hints
def read_data_exchange(
    path: str | Path,
    *,
    rows: slice = slice(None),
    views: slice = slice(None),
    angles: ArrayLike | ByNumber | None = None,
    callback: Progress | None = None,
) -> Scan:
    """Read an HDF5 file in the layout of the Data Exchange format [DeCarlo2014]_.

    Parameters
    ----------
    path : str or Path
    rows, views : slice, default all
        Detector rows and views to read.
    angles : (view,) array_like or callable, optional
        Those of all views of the file, in radians, instead of its own; or a function of their number.
    callback : callable, optional
        Called with the number of images that have been read, and how many there are to read.

    Returns
    -------
    Scan
        From ``exchange/data``, ``data_white``, ``data_dark`` and ``theta``. The angles are in the units of theta, or in
        degrees if it has none; without theta they are equal steps from 0 up to 180 degrees, without the last.

    Raises
    ------
    ImportError
        If h5py is not installed.
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        If the file is not HDF5, lacks the counts or the flat images, or their shapes do not fit.

    Warns
    -----
    UserWarning
        If theta has no units but looks like radians, or there are no dark images: then they are taken as 0.

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
    ...     with h5py.File(f"{folder}/scan.h5", "w") as file:
    ...         for name, value in {"data": 50.0, "data_white": 100.0, "data_dark": 0.0}.items():
    ...             file[f"exchange/{name}"] = np.full((4, 1, 8), value)
    ...     ct.read_data_exchange(f"{folder}/scan.h5")
    Scan(4 views over 180 degrees, 1 x 8 bins, float64, 4 flat, 4 dark, .../scan.h5)
    """
    name = as_path("path", path)
    wanted = Wanted(rows, views, angles, callback)
    check_kind(name, READER, "a scan in the Data Exchange format")
    with opened(name, READER) as file:
        return _scan(name, file, wanted)


def _scan(name: str, file: Any, wanted: Wanted) -> Scan:
    """The counts of some rows and views of a file that is open."""
    data, flat, dark = (_images(name, file, key) for key in ("data", "data_white", "data_dark"))
    views, rows = wanted.ranges(data.shape[0], data.shape[1], name)
    turns = wanted.given_angles(len(data), name)
    turns = _angles(name, file, len(data)) if turns is None else turns
    wanted.total = len(views) + len(flat) + (0 if dark is None else len(dark))
    white = images_of(flat, range(len(flat)), rows, wanted)
    black: Array | float = 0.0
    if dark is None:
        warnings.warn(f"{name} holds no dark images: 0 is taken for them", stacklevel=level_of_caller())
    else:
        black = images_of(dark, range(len(dark)), rows, wanted)
    counts = images_of(data, views, rows, wanted)
    return Scan(counts, flat=white, dark=black, angles=turns[list(views)], source=name)


def _images(name: str, file: Any, key: str) -> Any:
    """An array of images, of the size of those of the object; None if there are no dark ones."""
    group = file.get("exchange", file)
    found = file.get(f"exchange/{key}")
    if found is None and key == "data_dark":
        return None
    if not hasattr(found, "shape"):
        held = ", ".join(group) or "nothing"
        raise ValueError(f"{name} lacks exchange/{key}, an array; it holds {held}: see the Data Exchange format")
    size = file["exchange/data"].shape[1:]
    if len(found.shape) != 3 or not all(found.shape) or found.shape[1:] != size:
        due = "" if key == "data" else f" of the detector of exchange/data, {size}"
        raise ValueError(f"{name}: exchange/{key} must have shape (images, v, u){due}, got {found.shape}")
    axes = found.attrs.get("axes")
    axes = axes.decode() if isinstance(axes, bytes) else axes
    if isinstance(axes, str) and axes.count(":") == 2 and not axes.startswith("theta"):
        raise ValueError(f"{name}: exchange/{key} must have the axes theta:y:x, got {axes}: transpose it first")
    return found


def _angles(name: str, file: Any, count: int) -> Array:
    if "exchange/theta" not in file:
        return np.arange(count) * np.pi / count
    theta = file["exchange/theta"]
    return radians_of("exchange/theta", theta[()], theta.attrs.get("units"), count, name)
