"""A scan from a file of any of the kinds that are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from coarea.base.keywords import with_hints
from coarea.base.options import as_path
from coarea.ct.readers.data_exchange import read_data_exchange
from coarea.ct.readers.kinds import DATA_EXCHANGE, FOLDER, NIKON, NXTOMO, TIFF, kind_of
from coarea.ct.readers.nikon import read_nikon
from coarea.ct.readers.nxtomo import read_nxtomo
from coarea.ct.readers.scan import Scan
from coarea.ct.readers.selection import ByNumber, Progress
from coarea.ct.readers.tiff_stack import Images, read_tiff_stack


@with_hints
def read_scan(
    path: str | Path,
    *,
    rows: slice = slice(None),
    views: slice = slice(None),
    angles: ArrayLike | ByNumber | None = None,
    flats: Images | None = None,
    darks: Images | None = None,
    callback: Progress | None = None,
) -> Scan:
    """Read a scan, whatever its format.

    Parameters
    ----------
    path : str or Path
        A file of Data Exchange, NXtomo or Nikon (.xtekct), a TIFF file of many pages, or a folder of TIFF files.
    rows, views, angles, callback
        As for :func:`read_data_exchange`; TIFF files need the angles.
    flats, darks
        As for :func:`read_tiff_stack`; the other formats have their own.

    Returns
    -------
    Scan

    Raises
    ------
    ImportError, OSError, ValueError
        As the reader of the format: :func:`read_data_exchange`, :func:`read_nxtomo`, :func:`read_nikon`,
        :func:`read_tiff_stack`.

    See Also
    --------
    read_data_exchange, read_nxtomo, read_nikon, read_tiff_stack

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import tifffile
    >>> from coarea import ct
    >>> angles = np.arange(4) * np.pi / 4
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tifffile.imwrite(f"{folder}/scan.tif", np.full((4, 2, 8), 50, np.uint16), photometric="minisblack")
    ...     ct.read_scan(f"{folder}/scan.tif", angles=angles, flats=100.0, darks=0.0)
    Scan(4 views over 180 degrees, 2 x 8 bins, uint16, flat 100, dark 0, .../scan.tif)
    """
    name = as_path("path", path)
    kind = kind_of(name)
    words: dict[str, Any] = {"rows": rows, "views": views, "angles": angles, "callback": callback}
    if kind in (TIFF, FOLDER):
        return read_tiff_stack(name, flats=flats, darks=darks, **words)
    for option, value in (("flats", flats), ("darks", darks)):
        if value is not None:
            raise ValueError(f"{option} goes with TIFF files, {name} has its own")
    if kind == NIKON:
        return read_nikon(name, **words)
    if kind == NXTOMO:
        return read_nxtomo(name, **words)
    if kind == DATA_EXCHANGE:
        return read_data_exchange(name, **words)
    held = "it is HDF5 of another layout" if kind else "it is none of them"
    raise ValueError(f"{name} must be a scan of Data Exchange, NXtomo, Nikon (.xtekct) or TIFF: {held}")
