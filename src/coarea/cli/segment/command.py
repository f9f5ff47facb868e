"""coarea segment: the regions of images, as labels; or two phases, each near a value of its own."""

import argparse
from functools import partial
from typing import Any

import numpy as np

from coarea.cli.batch import Job, image_command, run_batch
from coarea.cli.parser import count, nonnegative, share
from coarea.cli.planes import Source
from coarea.cli.segment.hierarchy import REGIONS, Regions
from coarea.cli.segment.overlay import draw
from coarea.cli.segment.phases import phases_of
from coarea.cli.tree import add_table, check_table
from coarea.cli.variation import NEIGHBORS

HIERARCHY, TWO_PHASE = METHODS = ("hierarchy", "two-phase")
# The options of one method, which the other refuses.
BELONGS = {"regions": HIERARCHY, "level": HIERARCHY, "csv": HIERARCHY} | dict.fromkeys(
    ("beta", "means", "fixed_means", "neighbors"), TWO_PHASE
)


def add_segment(commands: Any) -> None:
    about = (
        "Divide images in regions and label them from 1 on, in the order in which rows from the top meet them; 0 are "
        "pixels without data. Grey images and colours of three channels; frames one by one. With --method two-phase: "
        "in two sets near two means, as a mask of 0 and 255, by the boundary that is best for them, with proof."
    )
    examples = (
        "photo.png", "photo.png -o labels.tif --regions 20 --overlay overlay.png --csv regions.csv",
        "photos -o labels --level 0.5 --overlay overlays", "photo.png --method two-phase --beta 3000 -o mask.png",
        "--method two-phase --beta 900 --means 30,170 --fixed-means",
    )  # fmt: skip
    command, group = image_command(commands, "segment", about, examples, ending="-segmented")
    about = "hierarchy merges regions by their borders, colours and textures (default), or two-phase"
    group.add_argument("--method", choices=METHODS, default=HIERARCHY, help=about)
    about = "the image, its regions bordered in yellow, on bright ground in blue; a folder for many; replaced as OUT is"
    group.add_argument("--overlay", metavar="FILE", help=about)
    cut = group.add_mutually_exclusive_group()
    cut.add_argument("--regions", type=count, metavar="N", help=f"hierarchy: how many (default: {REGIONS})")
    about = (
        "hierarchy, instead: cut where this is the chance that people see a border, such as 0.49; larger: fewer regions"
    )
    cut.add_argument("--level", type=share, metavar="T", help=about)
    add_table(group, "hierarchy: write label, area, centroid and means of all regions, of one image")
    about = "two-phase: weight of the boundary; discs of radius R that differ by D stay up to 0.4 * D * D * R"
    group.add_argument("--beta", type=nonnegative, metavar="B", help=about)
    about = "two-phase: grey values of phase 0, black, and of phase 1, white, to start from (default: found)"
    group.add_argument("--means", type=pair, metavar="A,B", help=about)
    about = "two-phase: keep the means given: the exact minimum, in one cut"
    group.add_argument("--fixed-means", action="store_true", default=None, help=about)
    about = "two-phase: 4 (default), 8, 16; in a volume 6 (default), 26"
    group.add_argument("--neighbors", type=int, choices=NEIGHBORS, metavar="N", help=about)
    command.set_defaults(run=run_segment)


def pair(text: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError:
        first = second = float("nan")
    if not abs(first) + abs(second) < float("inf"):
        raise argparse.ArgumentTypeError(f"must be two numbers, A,B, got {text}")
    return first, second


def run_segment(options: argparse.Namespace) -> int:
    for name, method in BELONGS.items():
        if getattr(options, name) is not None and options.method != method:
            flag = "--" + name.replace("_", "-")
            options.parser.error(f"{flag} goes with --method {method}, not with {options.method}")
    overlay = None if options.overlay is None else draw
    if options.method == HIERARCHY:
        check_table(options)
        regions = Regions(options)
        return run_batch(options, Job(regions.compute, regions.result, is_labels=True, overlay=overlay))
    if options.beta is None:
        options.parser.error("--method two-phase needs --beta")
    if options.fixed_means and options.means is None:
        options.parser.error("--fixed-means goes with --means")

    def result(source: Source) -> tuple[Any, tuple[int, ...]]:
        return np.dtype(np.uint8), source.image.without_channels().pixels.shape

    return run_batch(options, Job(partial(phases_of, options), result, is_labels=True, overlay=overlay))
