"""coarea lines: the level lines of the filtered image, drawn over the image."""

import argparse
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, Job, image_command, run_batch
from coarea.cli.parser import positive
from coarea.cli.planes import Source, add_plane_options, one_plane
from coarea.cli.variation import Variation, add_variation_options, sum_up


def add_lines(commands: Any) -> None:
    about = "Draw the level lines of the filtered image over the image; of a colour image, of its luminance."
    examples = ("photo.png", "photo.png -o lines.png --beta 3 --step 16")
    command, group = image_command(commands, "lines", about, examples, ending="-lines")
    add_variation_options(group)
    add_plane_options(group)
    about = "only the level lines whose level is a multiple of STEP"
    group.add_argument("--step", type=positive, metavar="STEP", help=about)
    about = "zoom 1-16 (default: 2)"
    group.add_argument("--scale", type=int, choices=range(1, 17), default=2, metavar="N", help=about)
    command.set_defaults(run=run_lines)


def run_lines(options: argparse.Namespace) -> int:
    variation = Variation(options)

    def result(source: Source) -> tuple[Any, tuple[int, ...]]:
        height, width = one_plane(source, options, flat=True).pixels.shape
        return np.dtype(np.uint8), (height * options.scale, width * options.scale, 3)

    def compute(source: Source) -> tuple[Array, Fields]:
        from coarea.plot import draw_level_lines

        plane = one_plane(source, options, flat=True)
        filtered, info = variation.filter_frame(plane.pixels, plane.missing)
        picture = draw_level_lines(filtered, plane.picture, scale=options.scale, step=options.step)
        told = sum_up([] if info is None else [{"info": info}])
        return picture, {"notes": plane.notes, "done": variation.describe(), **told}

    return run_batch(options, Job(compute, result, ".png"))
