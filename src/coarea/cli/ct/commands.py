"""The command line of reconstruction: coarea ct demo, reconstruct, center."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from coarea import ct
from coarea.cli.ct.calls import iterate, library
from coarea.cli.ct.centers import add_center
from coarea.cli.ct.reconstruct import add_reconstruct
from coarea.cli.files import check_output, write_image
from coarea.cli.parser import count
from coarea.ct.plot import panels


def add_ct(commands: Any) -> None:
    """Add `ct` to the commands of a parser."""
    about = "Reconstruct images from few X-ray views."
    parser = commands.add_parser("ct", help=about, description=about, allow_abbrev=False)
    actions = parser.add_subparsers(required=True, metavar="ACTION", title="actions")
    _add_demo(actions)
    add_reconstruct(actions)
    add_center(actions)


def _add_demo(actions: Any) -> None:
    about = "Reconstruct the head of Shepp and Logan from few views of a fan by FBP, SART and ASD-POCS: one picture."
    examples = "examples:\n  coarea ct demo\n  coarea ct demo --size 64 --views 30 -o head.png"
    demo = actions.add_parser("demo", help=about, description=about, epilog=examples, allow_abbrev=False)
    _add_output(demo, ".png, .tif or .npy (default: ct-demo.png)")
    demo.add_argument("--views", type=count, default=20, metavar="N", help="default: 20")
    demo.add_argument("--size", type=count, default=256, metavar="N", help="pixels along a side (default: 256)")
    demo.add_argument("--iterations", type=count, default=100, metavar="N", help="default: 100")
    demo.set_defaults(run=run_demo)


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
    found = {"FBP": library(ct.fbp, data, geometry, head.shape, spacing=side / n)}
    for name, method in (("SART", ct.sart), ("ASD-POCS", ct.asd_pocs)):
        found[name] = iterate(name, method, A, data, options.iterations).image
    print(f"head of Shepp and Logan, {n} x {n}, {options.views} views; relative errors")
    for name, image in found.items():
        error = np.linalg.norm(image - head) / np.linalg.norm(head)
        print(f"{name:<12}{error:.3f}")
        images[f"{name}: error {error:.3f}"] = image
    write_image(output, panels(images, low=0, high=0.5), None, overwrite=may_replace)
    print(f"{'output':<12}{output}")
