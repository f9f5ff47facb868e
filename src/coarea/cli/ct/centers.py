"""Where the axis is: what the user says, or what is found; and the command coarea ct center."""

import argparse
import inspect
import math
from pathlib import Path
from typing import Any

from coarea import ct
from coarea.cli.ct.calls import library
from coarea.cli.ct.scans import SCANS_HELP, Measured, Source, add_scan_options, check_input
from coarea.cli.files import FileError
from coarea.cli.parser import say

CENTERS = (
    "auto compares opposite views of a parallel beam, scan looks where a reconstruction fits best "
    "(default: that of the file, or auto)"
)
WAYS = {"auto": "opposite views", "scan": "best fit"}


def add_center(actions: Any) -> None:
    """Add `center` to the actions of coarea ct."""
    about = "Print the bin in which the rotation axis is seen, found in two ways."
    end = "examples:\n  coarea ct center scan.h5\n  coarea ct center projections --angles 0:180 --rows 1"
    command = actions.add_parser(
        "center", help=about, description=about, epilog=f"{SCANS_HELP}\n{end}", allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("input", metavar="FILE|FOLDER", type=Path, help="a scan, or line integrals with --geometry")
    command.add_argument("--geometry", type=Path, metavar="JSON", help="as for coarea ct reconstruct")
    add_scan_options(command)
    command.set_defaults(run=run_center, parser=command)


def run_center(options: argparse.Namespace) -> None:
    """Print the centre, both ways; what one of them cannot is a note."""
    check_input(options)
    source = Source(options)
    rows = options.rows
    if rows is None:
        cone = source.geometry is not None and source.geometry.has_rows
        middle = source.n_rows() // 2
        rows = slice(None) if cone else slice(middle, middle + 1)
    measured = source.read(rows)
    reasons = []
    for how, name in WAYS.items():
        try:
            found = center_of(measured, how)
        except FileError as error:
            reasons.append(f"{name}: {error}")
            continue
        print(f"{name:<16}{found:.2f}")
    if len(reasons) == len(WAYS):
        raise FileError("; ".join(reasons))
    for reason in reasons:
        say("note", reason)


def center_of(measured: Measured, how: float | str) -> float:
    """The bin in which the axis is seen."""
    if not isinstance(how, str):
        return how
    parallel = isinstance(measured.geometry, ct.ParallelBeam | None)
    if how == "auto":
        if not parallel:
            raise FileError("opposite views are compared of a parallel beam only: --center scan goes with every beam")
        angles = measured.angles if measured.geometry is None else measured.geometry.angles
        found: float = library(ct.find_center, measured.data, angles)
        return found
    beam = measured.geometry
    if beam is None:
        n = measured.data.shape[-1]
        try:
            first = center_of(measured, "auto")
        except FileError:
            first = (n - 1) / 2
        beam = centered(measured, first)
    offset: float = library(ct.find_offset, projector_of_all(beam, measured.data.shape[1:-1]), measured.data)
    return float((measured.data.shape[-1] - 1) / 2 - offset / beam.column_spacing)


def projector_of_all(beam: ct.Geometry, slices: tuple[int, ...]) -> ct.Projector:
    """A projector of an image that holds all that is seen at some angle: the object ends there."""
    side = 2 * math.ceil(abs(beam.columns()).max() / beam.column_spacing)
    A: ct.Projector = library(ct.Projector, beam, (*slices, side, side), spacing=beam.bin_size)
    return A


def centered(measured: Measured, center: float) -> ct.Geometry:
    """The beam of the scan with the axis in a bin."""
    offset = (measured.data.shape[-1] - 1) / 2 - center
    beam = measured.geometry
    if beam is None:
        assert measured.angles is not None
        return ct.ParallelBeam(angles=measured.angles, n_detectors=measured.data.shape[-1], detector_offset=offset)
    fields = {name: getattr(beam, name) for name in inspect.signature(type(beam)).parameters}
    along_u = offset * beam.column_spacing
    fields["detector_offset"] = (fields["detector_offset"][0], along_u) if beam.has_rows else along_u
    return type(beam)(**fields)
