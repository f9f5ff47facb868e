"""The command line of reconstruction: coarea ct demo, coarea ct reconstruct."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coarea import ct
from coarea.base.arrays import Array
from coarea.cli.ct.geometry import read_geometry
from coarea.cli.files import FileError, ImageFile, check_output, read_image, write_image
from coarea.cli.parser import count, positive
from coarea.ct.beams import BEAMS
from coarea.ct.methods.registry import DIRECT, ITERATIVE
from coarea.ct.plot import panels

ITERATIONS = 50
GEOMETRY_HELP = f"""\
geometry.json holds the beam, one of {", ".join(BEAMS)}, and the arguments of its class, for example
  {{"beam": "fan", "angles_in_degrees": {{"start": 0, "stop": 360, "count": 90}}, "n_detectors": 512,
   "detector_spacing": 0.8, "source_to_axis": 400, "source_to_detector": 800}}
The angles are a list, or equal steps without the stop; "angles" are in radians. SINOGRAM holds line integrals,
(view, u) or (view, v, u). A Data Exchange file (.h5) holds counts and angles: its slices are scanned by a
parallel beam, whose centre is looked for, and geometry.json may be left out.
"""


def add_ct(commands: Any) -> None:
    """Add `ct` to the commands of a parser."""
    about = "Reconstruct images from few X-ray views."
    parser = commands.add_parser("ct", help=about, description=about, allow_abbrev=False)
    actions = parser.add_subparsers(required=True, metavar="ACTION", title="actions")
    _add_demo(actions)
    _add_reconstruct(actions)


def _add_demo(actions: Any) -> None:
    about = "Reconstruct the head of Shepp and Logan from few views of a fan by FBP, SART and ASD-POCS: one picture."
    examples = "examples:\n  coarea ct demo\n  coarea ct demo --size 64 --views 30 -o head.png"
    demo = actions.add_parser("demo", help=about, description=about, epilog=examples, allow_abbrev=False)
    _add_output(demo, ".png, .tif or .npy (default: ct-demo.png)")
    demo.add_argument("--views", type=count, default=20, metavar="N", help="default: 20")
    demo.add_argument("--size", type=count, default=256, metavar="N", help="pixels along a side (default: 256)")
    demo.add_argument("--iterations", type=count, default=100, metavar="N", help="default: 100")
    demo.set_defaults(run=run_demo)


def _add_reconstruct(actions: Any) -> None:
    about = "Reconstruct an image or a volume from a sinogram."
    examples = "examples:\n  coarea ct reconstruct sinogram.npy --geometry geometry.json -o image.tif --iterations 20\n"
    command = actions.add_parser(
        "reconstruct", help=about, description=about, epilog=GEOMETRY_HELP + examples, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("input", metavar="SINOGRAM", type=Path, help=".npy, .tif, another image, or .h5")
    command.add_argument("--geometry", type=Path, metavar="JSON", help="description of the scan; see below")
    _add_output(command, ".tif or .npy (default: SINOGRAM-reconstruction.tif)")
    command.add_argument("--method", choices=(*DIRECT, *ITERATIVE), default="asd-pocs", help="default: asd-pocs")
    about = f"of the methods that iterate (default: {ITERATIONS})"
    command.add_argument("--iterations", type=count, metavar="N", help=about)
    about = "of the image: Y X or Z Y X (default: as many pixels as the detector has bins)"
    command.add_argument("--shape", type=count, nargs="+", metavar="N", help=about)
    about = "size of a pixel (default: that of a detector bin, seen at the axis)"
    command.add_argument("--spacing", type=positive, metavar="LENGTH", help=about)
    command.add_argument("--noise", type=positive, metavar="SIGMA", help="standard deviation of the line integrals")
    command.set_defaults(run=run_reconstruct, parser=command)


def _add_output(command: argparse.ArgumentParser, about: str) -> None:
    command.add_argument("-o", "--output", type=Path, help=about)
    command.add_argument("--overwrite", action="store_true", help="also replace a file that was not named by -o")


def run_demo(options: argparse.Namespace) -> None:
    """Write the head and three reconstructions of it, with their errors."""
    n, side = options.size, 20.0
    geometry = ct.FanBeam(
        angles=np.arange(options.views) * 2 * np.pi / options.views, n_detectors=2 * n, detector_spacing=41.4 / (2 * n),
        source_to_axis=40, source_to_detector=80,
    )  # fmt: skip
    output, may_replace = options.output or Path("ct-demo.png"), options.overwrite or options.output is not None
    check_output(output, None, np.dtype(np.uint8), (n, 4 * n), overwrite=may_replace)
    head = ct.shepp_logan((n, n))
    A = ct.Projector(geometry, head.shape, spacing=side / n)
    data = A(head)
    images = {"phantom": head}
    found = {"FBP": _library(ct.fbp, data, geometry, head.shape, spacing=side / n)}
    for name, method in (("SART", ct.sart), ("ASD-POCS", ct.asd_pocs)):
        found[name] = _iterate(name, method, A, data, options.iterations).image
    print(f"head of Shepp and Logan, {n} x {n}, {options.views} views; relative errors")
    for name, image in found.items():
        error = np.linalg.norm(image - head) / np.linalg.norm(head)
        print(f"{name:<12}{error:.3f}")
        images[f"{name}: error {error:.3f}"] = image
    write_image(output, panels(images, low=0, high=0.5), None, overwrite=may_replace)
    print(f"{'output':<12}{output}")


def run_reconstruct(options: argparse.Namespace) -> None:
    """Write the reconstruction of the user's data."""
    for name in ("iterations", "noise"):
        if options.method in DIRECT and getattr(options, name) is not None:
            options.parser.error(f"--{name} goes with methods that iterate, not with {options.method}")
    if options.shape is not None and len(options.shape) not in (2, 3):
        options.parser.error(f"--shape takes Y X or Z Y X, got {' '.join(map(str, options.shape))}")
    data, geometry = _read_scan(options.input, options.geometry)
    _check_sizes(options.input, data, geometry)
    spacing = options.spacing or geometry.bin_size
    n = max(1, round(data.shape[-1] * geometry.bin_size / spacing))
    shape = tuple(options.shape or (*data.shape[1:-1], n, n))
    output = options.output or options.input.with_name(f"{options.input.stem}-reconstruction.tif")
    if not options.overwrite and output.exists() and output.samefile(options.input):
        raise FileError(f"cannot write {output}: it is the input; --overwrite replaces it")
    may_replace = options.overwrite or options.output is not None
    check_output(output, None, np.dtype(np.float32), shape, overwrite=may_replace)
    A = _library(ct.Projector, geometry, shape, spacing=(*[spacing] * len(shape),))
    sizes = " x ".join(map(str, data.shape))
    print(f"{'geometry':<12}{type(geometry).__name__}, {len(geometry)} views, projections {sizes}")
    if options.method in DIRECT:
        image = _library(DIRECT[options.method], data, geometry, shape, spacing=A.spacing)
    else:
        words = {} if options.noise is None else {"noise": options.noise}
        n_iter = ITERATIONS if options.iterations is None else options.iterations
        result = _iterate(options.method, ITERATIVE[options.method], A, data, n_iter, **words)
        for name, values in result.history.items():
            print(f"{name:<12}{values[-1]:.6g}")
        image = result.image
    write_image(output, image, ImageFile(image, "ZYX"[3 - image.ndim :]), overwrite=may_replace)
    print(f"{'image':<12}{' x '.join(map(str, shape))}, pixels of {spacing:g}\n{'output':<12}{output}")


def _check_sizes(path: Path, data: Array, geometry: ct.Geometry) -> None:
    """Refuse data that the geometry does not describe; a beam without rows scans any number of slices."""
    views, *due = geometry.projection_shape
    fits = data.shape == (views, *due) or (not geometry.has_rows and data.ndim == 3)
    if fits and data.shape[0] == views and data.shape[-1] == due[-1]:
        return
    axes = "(view, v, u)" if geometry.has_rows else "(view, u) or (view, v, u)"
    own, size = (" x ".join(map(str, shape)) for shape in (data.shape, due))
    hint = "; it seems to be transposed" if data.shape[::-1] == (views, *due) else ""
    raise FileError(f"{path} is {own}, but the geometry has {views} views of {size} bins: axes are {axes}{hint}")


def _iterate(
    name: str, method: Callable[..., ct.Reconstruction], A: Any, data: Array, n_iter: int, **words: Any
) -> ct.Reconstruction:
    """Run a method under a progress bar, which is shown on a terminal only."""
    from tqdm import tqdm

    with tqdm(total=n_iter, desc=name, unit="iteration", disable=None, leave=False) as bar:
        result: ct.Reconstruction = _library(method, A, data, n_iter, callback=lambda *_: bar.update(), **words)
    return result


def _library(function: Callable[..., Any], *arguments: Any, **words: Any) -> Any:
    """What the library refuses is the user's to correct."""
    try:
        return function(*arguments, **words)
    except (TypeError, ValueError) as error:
        raise FileError(str(error)) from error


def _read_scan(path: Path, description: Path | None) -> tuple[NDArray[np.float32], ct.Geometry]:
    if path.suffix.lower() not in (".h5", ".hdf", ".hdf5"):
        if description is None:
            raise FileError("--geometry JSON is needed, unless SINOGRAM is a Data Exchange file")
        pixels = read_image(path).pixels
        if pixels.dtype.kind not in "buif":
            raise FileError(f"{path} must hold real numbers, got {pixels.dtype}")
        return pixels.astype(np.float32), read_geometry(description)
    try:
        scan = ct.read_data_exchange(path)
    except FileNotFoundError:
        raise FileError(f"no such file: {path}") from None
    except (ImportError, OSError, ValueError) as error:
        raise FileError(f"cannot read {path}: {error}") from error
    data = _library(ct.line_integrals, scan.counts, scan.flat, scan.dark)
    if description is not None:
        return data, read_geometry(description)
    center, n = _library(ct.find_center, data, scan.angles), data.shape[-1]
    print(f"{'centre':<12}{center:g}")
    return data, ct.ParallelBeam(angles=scan.angles, n_detectors=n, detector_offset=(n - 1) / 2 - center)
