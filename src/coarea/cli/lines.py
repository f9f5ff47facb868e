"""coarea lines: the level lines of the filtered image, drawn over the image or as vectors."""

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, Job, image_command, run_batch, threads_of
from coarea.cli.files import FileError
from coarea.cli.files.formats import TEXTS
from coarea.cli.parser import nonnegative, positive
from coarea.cli.planes import Plane, Source, add_plane_options, one_plane
from coarea.cli.tree import build_tree
from coarea.cli.variation import Variation, add_variation_options, sum_up
from coarea.lines._export import IDENTITY
from coarea.lines._line_arrays import marked_pixels
from coarea.lines.contours import contours
from coarea.lines.lines import RED, Lines

SCALE = 2
# Of the filter, all but beta.
FILTER_OPTIONS = (
    "method", "domain", "neighbors", "connectivity", "border", "tie", "quantile", "resolution", "huber_delta", "mask",
    "weights", "info",
)  # fmt: skip


def add_lines(commands: Any) -> None:
    about = (
        "Draw the level lines of the filtered image over the image, or write them as vectors; of a colour image, those "
        "of its luminance. Vectors are polygons in GeoJSON, in the coordinates of a GeoTIFF, or paths in SVG."
    )
    examples = (
        "photo.png", "photo.png -o lines.png --beta 3 --step 16", "photo.png -o lines.svg --levels 64,128,192",
        "photo.png --geojson", "photo.png --meaningful --beta 3",
    )  # fmt: skip
    command, group = image_command(commands, "lines", about, examples, ending="-lines")
    add_variation_options(group)
    add_plane_options(group)
    which = group.add_mutually_exclusive_group()
    about = "only the level lines whose level is a multiple of STEP"
    which.add_argument("--step", type=positive, metavar="STEP", help=about)
    about = "only the level lines of these levels, such as 64,128,192: between what is darker and what is not"
    which.add_argument("--levels", type=levels, metavar="LEVELS", help=about)
    about = (
        "only lines between the pixels that are too long and too contrasted to be there by chance, the best of each "
        "edge: of the image itself, or with --beta of the image filtered on shapes; their levels are (k + 1/2) STEP"
    )
    group.add_argument("--meaningful", action="store_true", help=about)
    about = "meaningful lines: how many of an image of noise may be taken for some (default: 1)"
    group.add_argument("--nfa", type=positive, metavar="N", help=about)
    about = "meaningful lines: width in pixels of the Gaussian that smooths the image first (default: 0.5)"
    group.add_argument("--sigma", type=nonnegative, metavar="S", help=about)
    kind = group.add_mutually_exclusive_group()
    kind.add_argument("--svg", action="store_true", help="write the lines alone, as SVG (also by -o OUT.svg)")
    about = "write the shapes inside the lines, as GeoJSON (also by -o OUT.geojson)"
    kind.add_argument("--geojson", action="store_true", help=about)
    about = f"zoom of the picture, 1-16 (default: {SCALE})"
    group.add_argument("--scale", type=int, choices=range(1, 17), metavar="N", help=about)
    command.set_defaults(run=run_lines)


def levels(text: str) -> list[float]:
    """Numbers with commas between them, sorted."""
    try:
        numbers = sorted(map(float, text.split(",")))
    except ValueError:
        numbers = []
    if not numbers or not all(map(math.isfinite, numbers)):
        raise argparse.ArgumentTypeError(f"must be numbers with commas between them, got {text}")
    return numbers


def run_lines(options: argparse.Namespace) -> int:
    check_meaningful(options)
    variation = Variation(options)
    suffix = format_of_lines(options)
    scale = SCALE if options.scale is None else options.scale

    def result(source: Source) -> tuple[Any, tuple[int, ...]]:
        height, width = one_plane(source, options, flat=True).pixels.shape
        return np.dtype(np.uint8), (height * scale, width * scale, 3)

    def compute(source: Source) -> tuple[Any, Fields]:
        plane = one_plane(source, options, flat=True)
        if options.meaningful:
            lines = find_meaningful(plane, options)
            none = [] if len(lines) else ["no line is meaningful: a larger --nfa or a smaller --beta leaves more"]
            fields = {"notes": plane.notes + none, "done": "meaningful lines", "lines": len(lines)}
            return (written(lines, source, suffix) if suffix in TEXTS else picture_of(lines, plane, scale)), fields
        filtered, info = variation.filter_frame(plane.pixels, plane.missing)
        told = sum_up([] if info is None else [{"info": info}])
        fields = {"notes": plane.notes + silence(filtered, options), "done": variation.describe(), **told}
        if suffix not in TEXTS:
            from coarea.plot import draw_level_lines

            return draw_level_lines(bands(filtered, options), plane.picture, scale=scale, mask=plane.missing), fields
        lines = vectors(filtered, plane, variation.domain, options, frame=suffix == ".geojson")
        fields["lines"] = len(lines)
        return written(lines, source, suffix), fields

    return run_batch(options, Job(compute, result, suffix))


def check_meaningful(options: argparse.Namespace) -> None:
    """Refuse options that say nothing of meaningful lines, and theirs without them."""
    others = (*FILTER_OPTIONS, "levels")
    for name in others if options.meaningful else ("nfa", "sigma"):
        if getattr(options, name) is not None and getattr(options, name) is not False:  # a sigma of 0 is given
            flag, rule = "--" + name.replace("_", "-"), "does not go with" if options.meaningful else "goes with"
            options.parser.error(f"{flag} {rule} --meaningful")


def find_meaningful(plane: Plane, options: argparse.Namespace) -> Lines:
    from coarea.scales.meaningful import meaningful_lines

    if plane.missing.any() or np.isnan(plane.pixels).any():
        raise FileError("--meaningful takes no image with pixels without data: fill them first")
    given = {name: getattr(options, name) for name in ("nfa", "beta", "step", "sigma")}
    given["workers"] = threads_of(options)
    return meaningful_lines(plane.pixels, **{name: value for name, value in given.items() if value is not None})


def picture_of(lines: Lines, plane: Plane, scale: int) -> Array:
    """The lines over the attenuated image."""
    from coarea.plot import draw_level_lines

    picture = draw_level_lines(np.zeros(lines.shape), plane.picture, scale=scale)
    picture[marked_pixels(lines.points, lines.start, lines.shape, scale)] = RED
    return picture


def written(lines: Lines, source: Source, suffix: str) -> str:
    if suffix == ".svg":
        return lines.to_svg()
    metadata = source.image.metadata
    return lines.to_geojson(transform=metadata.transform() or IDENTITY, crs=metadata.crs())


def format_of_lines(options: argparse.Namespace) -> str:
    """The format of the result, as options or the name of the output say."""
    output = "" if options.output is None or Path(options.output).is_dir() else options.output
    named = Path(output).suffix.lower()
    asked = ".svg" if options.svg else ".geojson" if options.geojson else named if named in TEXTS else ".png"
    if asked in TEXTS and named not in ("", asked) and not output.endswith("/"):
        options.parser.error(f"--{asked[1:]} writes {asked}, got -o {output}")
    if asked in TEXTS and options.scale is not None:
        options.parser.error(f"--scale goes with a picture, not with {asked}")
    return asked


def bands(values: Array, options: argparse.Namespace) -> Array:
    """How many of the wanted levels lie at or below each value: their lines run where this changes."""
    if options.levels is not None:
        return np.searchsorted(options.levels, values, side="right")
    return values if options.step is None else values // np.float64(options.step)


def silence(filtered: Array, options: argparse.Namespace) -> list[str]:
    """That the wanted levels have no lines, if they have none."""
    low, high = filtered.min(), filtered.max()
    if (options.step, options.levels) == (None, None) or bands(low, options) != bands(high, options):
        return []
    return [f"no lines: the filtered image goes from {low} to {high}, and no wanted level lies between"]


def vectors(filtered: Array, plane: Plane, domain: str, options: argparse.Namespace, *, frame: bool) -> Lines:
    """The level lines of the filtered image, in the tree on which it was filtered, as rings or as open lines."""
    kind = "shapes" if domain == "pixels" else domain
    tree = build_tree(filtered, kind, options)
    band = bands(tree.value, options)
    missing = plane.missing if plane.missing.any() else None
    return contours(tree, band != band[tree.parent], frame=frame, mask=missing)
