"""The command coarea ct reconstruct."""

import argparse
import inspect
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from coarea import ct
from coarea.base.arrays import Array
from coarea.base.types import BadPixels, Filter
from coarea.cli.ct.calls import iterate, library
from coarea.cli.ct.centers import CENTERS, center_of, centered, projector_of_all
from coarea.cli.ct.scans import (
    SCANS_HELP,
    TIFF,
    Measured,
    Source,
    add_scan_options,
    check_input,
)
from coarea.cli.files import FileError, ImageFile, check_output, write_image
from coarea.cli.inputs import identity
from coarea.cli.parser import any_number, count, nonnegative, positive
from coarea.ct.beams import BEAMS
from coarea.ct.methods.registry import DIRECT, ITERATIVE
from coarea.ct.plot import panels

ITERATIONS = 50
GEOMETRY_HELP = f"""\
geometry.json holds the beam, one of {", ".join(BEAMS)}, and the arguments of its class, for example
  {{"beam": "fan", "angles_in_degrees": {{"start": 0, "stop": 360, "count": 90}}, "n_detectors": 512,
   "detector_spacing": 0.8, "source_to_axis": 400, "source_to_detector": 800}}
The angles are a list, or equal steps without the stop; "angles" are in radians.

Any other input holds line integrals, (view, u) or (view, v, u), in an image file or .npy; it needs --geometry.

"""
EXAMPLES = """
examples:
  coarea ct reconstruct sinogram.npy --geometry geometry.json -o image.tif --iterations 20
  coarea ct reconstruct scan.h5 --rows 0:2 --views ::2 --method fbp --filter hann -o slices.tif --preview slice.png
  coarea ct reconstruct projections --angles 0:180 --center 31.5 --method sart --upper 0.5 -o volume.npy
"""
# What the methods call the options; those that a method does not have do not go with it.
WORDS = {"noise": "noise", "epsilon": "epsilon", "strength": "strength", "lower": "lower", "upper": "upper"}


def add_reconstruct(actions: Any) -> None:
    """Add `reconstruct` to the actions of coarea ct."""
    about = "Reconstruct an image or a volume from a scan, or from line integrals."
    command = actions.add_parser(
        "reconstruct", help=about, description=about, epilog=SCANS_HELP + "\n" + GEOMETRY_HELP + EXAMPLES.lstrip(),
        allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("input", metavar="FILE|FOLDER", type=Path, help="a scan or line integrals; see below")
    command.add_argument("--geometry", type=Path, metavar="JSON", help="description of the beam; see below")
    command.add_argument("-o", "--output", type=Path, help=".tif or .npy (default: FILE-reconstruction.tif)")
    about = "also a picture of the middle slice, .png"
    command.add_argument("--preview", type=Path, metavar="PNG", help=about)
    command.add_argument("--overwrite", action="store_true", help="also replace files that were not named")
    add_scan_options(command)
    _add_method(command.add_argument_group("how"))
    command.set_defaults(run=run_reconstruct, parser=command)


def _add_method(group: Any) -> None:
    about = f"bin in which the axis is seen; {CENTERS}"
    group.add_argument("--center", type=center, metavar="N|auto|scan", help=about)
    group.add_argument("--rings", action="store_true", help="correct single bins that make rings")
    about = "correct beam hardening in one material: self, from the scan; or path = C1 b + C2 b^2 + ..., b as measured"
    group.add_argument("--hardening", type=hardening, metavar="self|C1,C2,...", help=about)
    about = "dead pixels: left out, filled from their neighbours or refused (default: mask, of fbp and fdk interpolate)"
    group.add_argument("--bad", choices=get_args(BadPixels), help=about)
    group.add_argument("--method", choices=(*DIRECT, *ITERATIVE), default="asd-pocs", help="default: asd-pocs")
    about = "of fbp and fdk: the ramp, or its window against noise; the later ones blur more (default: ramp)"
    group.add_argument("--filter", choices=get_args(Filter), help=about)
    about = f"of the methods that iterate (default: {ITERATIONS})"
    group.add_argument("--iterations", type=count, metavar="N", help=about)
    group.add_argument("--noise", type=positive, metavar="SIGMA", help="standard deviation of the line integrals")
    about = "norm of the residual that the noise explains, instead of --noise"
    group.add_argument("--epsilon", type=nonnegative, metavar="E", help=about)
    group.add_argument("--strength", type=positive, metavar="S", help="of the penalty of tv-least-squares")
    group.add_argument("--lower", type=any_number, metavar="VALUE", help="the least value of a pixel")
    group.add_argument("--upper", type=any_number, metavar="VALUE", help="the largest value of a pixel")
    about = "of the image: Y X or Z Y X (default: as many pixels as the detector has bins)"
    group.add_argument("--shape", type=count, nargs="+", metavar="N", help=about)
    about = "size of a pixel (default: that of a detector bin, seen at the axis)"
    group.add_argument("--spacing", type=positive, metavar="LENGTH", help=about)
    about = "read and reconstruct so many rows at a time, for scans larger than memory (parallel beams)"
    group.add_argument("--batch", type=count, metavar="ROWS", help=about)


def center(text: str) -> float | str:
    """A bin, or how to look for it."""
    if text in ("auto", "scan"):
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"must be a bin, auto or scan, got {text or 'nothing'}")
    return number


def hardening(text: str) -> tuple[float, ...] | str:
    """Coefficients of a curve, or that of the scan itself."""
    if text == "self":
        return text
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be self or C1,C2,..., got {text or 'nothing'}") from None


def run_reconstruct(options: argparse.Namespace) -> None:
    """Write the reconstruction of the user's data."""
    _check_method(options)
    check_input(options)
    output, may_replace = _output(options)
    weighted = options.method in ITERATIVE and _takes(ITERATIVE[options.method], "weights")
    source = Source(options, bad=options.bad or ("mask" if weighted else "interpolate"))
    batches = _batches(options, source)
    middle = _without_rings(options, source.read(batches[len(batches) // 2]))
    geometry = _geometry(options, middle)
    curve = _curve(options, middle.data, geometry)
    parts: list[Array] = []
    for rows in batches:
        measured = middle if len(batches) == 1 else _without_rings(options, source.read(rows))
        spacing = options.spacing or geometry.bin_size
        shape = _shape(options, measured.data, geometry, spacing)
        if not parts:
            check_output(output, None, np.dtype(np.float32), shape, overwrite=may_replace)
            sizes = " x ".join(map(str, measured.data.shape))
            print(f"{'geometry':<12}{type(geometry).__name__}, {len(geometry)} views, projections {sizes}")
        data = measured.data if curve is None else library(ct.linearize, measured.data, curve)
        parts.append(_reconstructed(options, data, geometry, shape, spacing))
    image = parts[0] if len(parts) == 1 else np.concatenate(parts)
    write_image(output, image, ImageFile(image, "ZYX"[3 - image.ndim :]), overwrite=may_replace)
    print(f"{'image':<12}{' x '.join(map(str, image.shape))}, pixels of {spacing:g}\n{'output':<12}{output}")
    if options.preview is not None:
        write_image(options.preview, _preview(image), None, overwrite=True)
        print(f"{'preview':<12}{options.preview}")


def _check_method(options: argparse.Namespace) -> None:
    """Refuse options that do not go with the method or with each other."""
    error = options.parser.error
    for name in ("iterations", *WORDS):
        if getattr(options, name) is None:
            continue
        if options.method in DIRECT:
            error(f"--{name} goes with methods that iterate, not with {options.method}")
        takers = [method for method, function in ITERATIVE.items() if _takes(function, WORDS.get(name, "n_iter"))]
        if options.method not in takers:
            error(f"--{name} goes with {', '.join(takers) or 'no method'}, not with {options.method}")
    if options.filter is not None and options.method not in DIRECT:
        error(f"--filter goes with {' and '.join(DIRECT)}, not with {options.method}")
    if options.method in ITERATIVE and options.strength is None:
        strength = inspect.signature(ITERATIVE[options.method]).parameters.get("strength")
        if strength is not None and strength.default is strength.empty:
            error(f"--method {options.method} needs --strength")
    if options.noise is not None and options.epsilon is not None:
        error("--noise and --epsilon exclude each other")
    if options.shape is not None and len(options.shape) not in (2, 3):
        error(f"--shape takes Y X or Z Y X, got {' '.join(map(str, options.shape))}")
    if options.center is not None and options.geometry is not None:
        error("--center and --geometry exclude each other: geometry.json has detector_offset")
    if options.batch is not None and options.shape is not None and len(options.shape) == 3:
        error("--batch takes --shape Y X: the slices are the rows")


def _takes(function: Callable[..., Any], word: str) -> bool:
    return word in inspect.signature(function).parameters


def _output(options: argparse.Namespace) -> tuple[Path, bool]:
    """Where the image goes, and whether a file there may be replaced; refuses what must stay."""
    path: Path = options.input
    name = path.resolve().name if path.is_dir() else path.stem
    output: Path = options.output or (path.resolve() if path.name in ("", "..") else path).with_name(
        f"{name}-reconstruction.tif"
    )
    may_replace = options.overwrite or options.output is not None
    inputs = [getattr(options, one) for one in ("input", "geometry", "angles", "flats", "darks")]
    inputs = [one for one in inputs if isinstance(one, Path)]
    folders = [one for one in inputs if one.is_dir()] + [path.parent] * (path.suffix.lower() == ".xtekct")
    for written in filter(None, (output, options.preview)):
        _check_place(written, inputs, folders, may_replace_first=options.overwrite and written is output)
    if options.preview is not None:
        if options.preview.suffix.lower() != ".png":
            raise FileError(f"cannot write {options.preview}: a preview is a .png")
        check_output(options.preview, None, np.dtype(np.uint8), (8, 8), overwrite=True)
    check_output(output, None, np.dtype(np.float32), (8, 8), overwrite=may_replace)
    return output, may_replace


def _check_place(written: Path, inputs: list[Path], folders: list[Path], *, may_replace_first: bool) -> None:
    """Refuse to write on what is read, of which the first may be replaced, or among it."""
    for k, one in enumerate(inputs):
        if identity(written) == identity(one) and not (k == 0 and may_replace_first):
            raise FileError(f"cannot write {written}: it is the input{'; --overwrite replaces it' * (k == 0)}")
    places, parents = ({os.path.realpath(one) for one in paths} for paths in (folders, written.absolute().parents))
    if written.suffix.lower() in TIFF and places & parents:
        raise FileError(f"cannot write {written}: it would lie among the images of the scan")


def _batches(options: argparse.Namespace, source: Source) -> list[slice]:
    """The rows that are read at a time."""
    rows: slice = options.rows or slice(None)
    if options.batch is None:
        return [rows]
    if source.geometry is not None and source.geometry.has_rows:
        options.parser.error("--batch goes with parallel beams")
    chosen = range(*rows.indices(source.n_rows()))
    if not chosen:
        raise FileError(f"{options.input} has no such rows")
    return [
        slice(chosen[first], chosen[min(first + options.batch, len(chosen)) - 1] + 1, chosen.step)
        for first in range(0, len(chosen), options.batch)
    ]


def _geometry(options: argparse.Namespace, measured: Measured) -> ct.Geometry:
    """The beam: as it is known, or parallel, with the axis where the user says or where it is found."""
    if options.batch is not None and not isinstance(measured.geometry, ct.ParallelBeam | None):
        options.parser.error("--batch goes with parallel beams")
    if measured.geometry is not None and options.center is None:
        return measured.geometry
    found = center_of(measured, options.center if options.center is not None else "auto")
    print(f"{'centre':<12}{found:g}")
    return centered(measured, found)


def _without_rings(options: argparse.Namespace, measured: Measured) -> Measured:
    return replace(measured, data=library(ct.remove_rings, measured.data)) if options.rings else measured


def _curve(options: argparse.Namespace, data: Array, geometry: ct.Geometry) -> Array | None:
    """The curve of beam hardening, that of the middle slice if slices are scanned one by one."""
    if options.hardening != "self":
        return None if options.hardening is None else np.array(options.hardening)
    slices = data if geometry.has_rows or data.ndim == 2 else data[:, data.shape[1] // 2]
    A = projector_of_all(geometry, slices.shape[1:-1])
    curve: Array = library(ct.beam_hardening_of_scan, A, slices)
    print(f"{'hardening':<12}{','.join(f'{number:.6g}' for number in curve)}")
    return curve


def _shape(options: argparse.Namespace, data: Array, geometry: ct.Geometry, spacing: float) -> tuple[int, ...]:
    n = max(1, round(data.shape[-1] * geometry.bin_size / spacing))
    if options.shape is None:
        return (*data.shape[1:-1], n, n)
    slices = data.shape[1:-1] if len(options.shape) == 2 and not geometry.has_rows and data.ndim == 3 else ()
    return (*slices, *options.shape)


def _reconstructed(
    options: argparse.Namespace, data: Array, geometry: ct.Geometry, shape: tuple[int, ...], spacing: float
) -> Array:
    """The image of one batch."""
    A = library(ct.Projector, geometry, shape, spacing=(*[spacing] * len(shape),))
    if options.method in DIRECT:
        words = {} if options.filter is None else {"filter": options.filter}
        image: Array = library(DIRECT[options.method], data, geometry, shape, spacing=A.spacing, **words)
        return image
    words = {word: getattr(options, name) for name, word in WORDS.items() if getattr(options, name) is not None}
    method = ITERATIVE[options.method]
    if not np.isfinite(data).all():
        words["weights"] = np.isfinite(data).astype(data.dtype)
    n_iter = ITERATIONS if options.iterations is None else options.iterations
    result = iterate(options.method, method, A, data, n_iter, **words)
    for name, values in result.history.items():
        print(f"{name:<12}{values[-1]:.6g}")
    return result.image


def _preview(image: Array) -> Array:
    """The middle slice, from the darkest to the brightest but for some outliers."""
    slices = image[None] if image.ndim == 2 else image
    middle = slices[len(slices) // 2]
    low, high = (float(value) for value in np.percentile(middle, (0.2, 99.8)))
    caption = f"slice {len(slices) // 2} of {len(slices)}, {low:.3g} to {high:.3g}"
    picture: Array = library(panels, {caption: middle}, low=low, high=high if high > low else low + 1)
    return picture
