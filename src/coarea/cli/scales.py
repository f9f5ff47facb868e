"""coarea scales: what is left of an image as beta grows, as a curve and as a contour map."""

import argparse
from itertools import pairwise
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, Job, image_command, run_batch
from coarea.cli.connected import add_conventions
from coarea.cli.parser import nonnegative
from coarea.cli.planes import Source, add_plane_options, one_plane
from coarea.cli.tree import add_table, build_tree, check_conventions, check_table, write_table
from coarea.lines.saliency import saliency
from coarea.scales.choice import areas_of_zones
from coarea.scales.scale_space import ScaleSpace, scale_space
from coarea.trees.domains import KINDS

BETAS = tuple(float(f"{2 ** (k / 2):.2g}") for k in range(-2, 13))  # 0.5 to 64, two to the octave


def add_scales(commands: Any) -> None:
    about = (
        "Draw the level lines of an image, the darker the larger the beta at which they vanish, and tell what is left "
        "at each beta. Lines at least as dark as any grey are a partition. Of a colour image, they are those of its "
        "luminance, or of one channel."
    )
    examples = ("photo.png", "photo.png -o scales.png --betas 1,3,10,30 --csv curve.csv")
    command, group = image_command(commands, "scales", about, examples, ending="-scales")
    about = f"increasing weights of the total variation (default: {BETAS[0]:g} to {BETAS[-1]:g}, two to the octave)"
    group.add_argument("--betas", type=betas, default=BETAS, metavar="B,B,...", help=about)
    group.add_argument("--domain", choices=KINDS, default="shapes", help="which tree (default: shapes)")
    add_conventions(group)
    add_plane_options(group)
    add_table(group, "write the curve: beta, shapes, flat zones, and the mean absolute difference to the image")
    about = "zoom 1-16 (default: 2)"
    group.add_argument("--scale", type=int, choices=range(1, 17), default=2, metavar="N", help=about)
    command.set_defaults(run=run_scales)


def betas(text: str) -> tuple[float, ...]:
    """Numbers between commas."""
    numbers = tuple(map(nonnegative, text.split(",")))
    if any(a >= b for a, b in pairwise(numbers)):
        raise argparse.ArgumentTypeError(f"must increase, got {text}")
    return numbers


def run_scales(options: argparse.Namespace) -> int:
    check_conventions(options, options.domain)
    check_table(options)

    def result(source: Source) -> tuple[Any, tuple[int, ...]]:
        height, width = one_plane(source, options, flat=True).pixels.shape
        return np.dtype(np.uint8), (height * options.scale, width * options.scale)

    def compute(source: Source) -> tuple[Array, Fields]:
        from coarea.plot import draw_saliency

        plane = one_plane(source, options, flat=True)
        tree = build_tree(plane.pixels, options.domain, options)
        space = scale_space(tree, options.betas, weights=1.0 - plane.missing if plane.missing.any() else None)
        rows = list(curve(space, plane.pixels, ~plane.missing))
        fields: Fields = {
            "notes": plane.notes,
            "done": f"{len(options.betas)} betas on {options.domain}",
            "curve": rows,
        }
        if options.csv is not None:
            fields |= write_table(options.csv, {name: np.array([row[name] for row in rows]) for name in rows[0]})
        return draw_saliency(*saliency(tree, space.disappearance), scale=options.scale), fields

    return run_batch(options, Job(compute, result, ".png"))


def curve(space: ScaleSpace, image: Array, known: Array) -> list[Fields]:
    """What is left at each beta, and how far it is from the image."""
    rows = []
    for k, (beta, n_shapes) in enumerate(zip(space.betas.tolist(), space.n_shapes.tolist(), strict=True)):
        filtered = space.image(k)
        distance = np.abs(filtered.astype(np.float64) - image)[known]
        row = {"beta": beta, "shapes": n_shapes, "flat_zones": len(areas_of_zones(filtered))}
        rows.append(row | {"residual": round(float(distance.mean()), 4) if distance.size else 0.0})
    return rows
