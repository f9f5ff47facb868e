"""The input of the commands: line integrals in an image file, or counts in a scanner's files."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coarea import ct
from coarea.base.arrays import Array
from coarea.base.types import BadPixels
from coarea.cli.ct.calls import bar, library, told
from coarea.cli.ct.geometry import read_geometry
from coarea.cli.files import FileError, read_image
from coarea.ct.corrections.bad_pixels import interpolated

HDF5 = (".h5", ".hdf", ".hdf5", ".nx", ".nxs")
TIFF = (".tif", ".tiff")
OF_COUNTS = ("angles", "flats", "darks", "bad")  # options for counts alone
SCANS_HELP = """\
A scan is an HDF5 file (Data Exchange, NXtomo), a Nikon .xtekct file, a folder of TIFF files, or a TIFF file of many
pages with --flats. A folder may hold flat and dark images, in files or sub-folders that are called so. TIFF files need
--angles. Unless geometry.json says otherwise, or the file (.xtekct), the beam is parallel and its axis is looked for.
"""


@dataclass(frozen=True)
class Measured:
    """Line integrals, and what is known of the beam.

    Attributes
    ----------
    data : (view, u) or (view, v, u) array
    angles : (view,) array or None
        Radians; None if the geometry is known.
    geometry : Geometry or None
    """

    data: Array
    angles: Array | None
    geometry: ct.Geometry | None


def add_scan_options(command: argparse.ArgumentParser) -> None:
    """The options that say what is read."""
    group = command.add_argument_group("what is read")
    about = "detector rows, from A up to and without B; of one row A alone"
    group.add_argument("--rows", type=selection, metavar="A:B", help=about)
    group.add_argument("--views", type=selection, metavar="A:B:STEP", help="views; ::4 is every fourth")
    about = "degrees, in equal steps without the last; or a text file, one in a line (scans of TIFF files)"
    group.add_argument("--angles", type=angles, metavar="START:STOP|FILE", help=about)
    about = "images without the object: a folder, a file, or one level (scans of TIFF files)"
    group.add_argument("--flats", type=file_or_level, metavar="PATH|LEVEL", help=about)
    about = "likewise, without the beam (default: 0)"
    group.add_argument("--darks", type=file_or_level, metavar="PATH|LEVEL", help=about)


def selection(text: str) -> slice:
    """A:B, A:B:STEP, or one number."""
    parts = text.split(":")
    try:
        numbers = [int(part) if part.strip() else None for part in parts]
    except ValueError:
        numbers = []
    backwards = len(numbers) == 3 and numbers[2] is not None and numbers[2] < 1
    if not 1 <= len(numbers) <= 3 or numbers == [None] or backwards:
        raise argparse.ArgumentTypeError(f"must be A:B, A:B:STEP or one number, got {text or 'nothing'}")
    if len(numbers) == 1:
        first = int(numbers[0] or 0)
        return slice(first, first + 1 or None)
    return slice(*numbers)


def angles(text: str) -> Path | tuple[float, float]:
    """START:STOP in degrees, or a file."""
    start, colon, stop = text.partition(":")
    try:
        return (float(start), float(stop)) if colon else Path(text)
    except ValueError:
        return Path(text)


def file_or_level(text: str) -> Path | float:
    """A number, unless there is such a file."""
    if not Path(text).exists():
        try:
            return float(text)
        except ValueError:
            pass
    return Path(text)


def holds_counts(options: argparse.Namespace) -> bool:
    """Whether the input is a scan, not line integrals."""
    path: Path = options.input
    suffix = path.suffix.lower()
    return path.is_dir() or suffix in (*HDF5, ".xtekct") or (suffix in TIFF and options.flats is not None)


def _is_stack(path: Path) -> bool:
    return path.suffix.lower() in TIFF or (path.is_dir() and not any(path.glob("*.xtekct")))


def check_input(options: argparse.Namespace) -> None:
    """Refuse, before anything is read, what does not go together."""
    if not options.input.exists():
        raise FileError(f"no such file: {options.input}")
    if not holds_counts(options):
        for name in OF_COUNTS:
            if getattr(options, name, None) is not None:
                options.parser.error(f"--{name} goes with scans, {options.input} is taken for line integrals")
        if options.geometry is None:
            raise FileError(f"--geometry JSON is needed, unless the input is a scan, which {options.input} is not")
    if options.angles is not None and options.geometry is not None:
        options.parser.error("--angles and --geometry exclude each other: geometry.json holds the angles")
    if holds_counts(options) and _is_stack(options.input) and options.angles is None and options.geometry is None:
        options.parser.error(f"--angles START:STOP is needed: {options.input} is a scan of TIFF files, which hold none")
    if isinstance(options.angles, Path) and not options.angles.is_file():
        raise FileError(f"no such file: {options.angles}")


class Source:
    """An input, of which parts are read.

    Parameters
    ----------
    options : Namespace
        Those of the command, as :func:`check_input` allows them.
    bad : {"mask", "interpolate", "raise"}
        What is done about dead pixels; NaN in line integrals is interpolated, or stays.
    """

    def __init__(self, options: argparse.Namespace, *, bad: BadPixels = "mask") -> None:
        self.options, self.bad = options, bad
        self.geometry = None if options.geometry is None else read_geometry(options.geometry)
        self.views: slice = options.views or slice(None)
        if options.rows is not None and self.geometry is not None and self.geometry.has_rows:
            options.parser.error("--rows goes with parallel beams and .xtekct files, not with a cone of geometry.json")

    def read(self, rows: slice) -> Measured:
        """Line integrals of some rows."""
        if not holds_counts(self.options):
            return self._line_integrals(rows)
        scan = self._scan(rows, self.views, told_as="reading")
        data = library(scan.line_integrals, bad=self.bad)
        geometry = scan.geometry
        if self.geometry is not None:
            geometry = self._of_views(self.geometry)
            check_sizes(self.options.input, data, geometry)
        return Measured(data, scan.angles if geometry is None else None, geometry)

    def n_rows(self) -> int:
        """How many rows there are: one view tells."""
        if holds_counts(self.options):
            return int(self._scan(slice(None), slice(0, 1)).counts.shape[1])
        data = self._pixels()
        return data.shape[1] if data.ndim == 3 else 1

    def _scan(self, rows: slice, views: slice, told_as: str | None = None) -> ct.Scan:
        words = {name: getattr(self.options, name) for name in ("flats", "darks")}
        path: Path = self.options.input
        if self.options.angles is not None or self.geometry is not None:
            words["angles"] = self._angles()
        with told(), bar(told_as or "", "image") as shown:

            def read(done: int, total: int) -> None:
                shown.total = total
                shown.update(done - shown.n)

            try:
                scan: ct.Scan = ct.read_scan(path, rows=rows, views=views, callback=read if told_as else None, **words)
            except (ImportError, OSError, TypeError, ValueError) as error:
                own = str(path) in str(error)
                raise FileError(str(error) if own else f"cannot read {path}: {error}") from error
        return scan

    def _angles(self) -> Any:
        """Radians, one for each projection; of equal steps their number must be known."""
        given = self.options.angles
        if self.geometry is not None:
            return self.geometry.angles
        if isinstance(given, Path):
            try:
                return np.radians(np.loadtxt(given, ndmin=1))
            except (OSError, ValueError) as error:
                raise FileError(f"{given} must hold angles in degrees, one in a line: {error}") from error
        start, stop = given
        return lambda count: np.radians(start + (stop - start) / count * np.arange(count))

    def _line_integrals(self, rows: slice) -> Measured:
        data = self._pixels()
        assert self.geometry is not None
        check_sizes(self.options.input, data, self.geometry)
        data = data[self.views] if data.ndim == 2 else data[self.views, rows]
        data = interpolated(data) if self.bad == "interpolate" else data
        if not data.size:
            raise FileError(f"{self.options.input} has no such views or rows")
        return Measured(data, None, self._of_views(self.geometry))

    def _pixels(self) -> Array:
        pixels = read_image(self.options.input).pixels
        if pixels.dtype.kind not in "buif":
            raise FileError(f"{self.options.input} must hold real numbers, got {pixels.dtype}")
        return pixels.astype(np.float32)

    def _of_views(self, geometry: ct.Geometry) -> ct.Geometry:
        part: ct.Geometry = library(geometry.__getitem__, self.views)
        return part


def check_sizes(path: Path, data: Array, geometry: ct.Geometry) -> None:
    """Refuse data that the geometry does not describe; a beam without rows scans any number of slices."""
    views, *due = geometry.projection_shape
    fits = data.shape == (views, *due) or (not geometry.has_rows and data.ndim == 3)
    if fits and data.shape[0] == views and data.shape[-1] == due[-1]:
        return
    axes = "(view, v, u)" if geometry.has_rows else "(view, u) or (view, v, u)"
    own, size = (" x ".join(map(str, shape)) for shape in (data.shape, due))
    hint = "; it seems to be transposed" if data.shape[::-1] == (views, *due) else ""
    raise FileError(f"{path} is {own}, but the geometry has {views} views of {size} bins: axes are {axes}{hint}")
