"""The command line: coarea filter, coarea lines, coarea tree, coarea ct."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from skimage import measure

from coarea import __version__, attributes
from coarea.base.arrays import Array
from coarea.cli import ct as ct_command_line
from coarea.cli.files import FileError, ImageFile, check_output, default_output, read_image, write_image
from coarea.exact.denoise import denoise_tv_l1
from coarea.plot import draw_level_lines, luminance
from coarea.trees.components import max_tree, min_tree
from coarea.trees.shapes import tree_of_shapes
from coarea.trees.tree import Tree


class CommandError(Exception):
    """What the user is told in one line before the command ends with exit code 2."""


class Parser(argparse.ArgumentParser):
    """A parser whose usage errors are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message} (see {self.prog} --help)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 2 after an error, 130 after Ctrl-C, 141 when nobody reads the output."""
    try:
        options = build_parser().parse_args(arguments)
        options.run(options)
        sys.stdout.flush()
    except (CommandError, FileError, MemoryError) as error:
        print("coarea: error:", " ".join(str(error).split()) or "not enough memory", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has left, as `head` does. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


def build_parser() -> Parser:
    about = "Exact total variation filters and level lines of images; CT from few views."
    parser = Parser(prog="coarea", description=about, epilog="example: coarea filter", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"coarea {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    about = (
        "Remove details whose level lines are long for their area: the exact minimum of TV-L1. "
        "Colours are filtered channel by channel; transparency stays as it is."
    )
    filter_ = add_command(commands, "filter", run_filter, about, "photo.png smooth.png --beta 15 --border median")
    output = "lossless: .png, .tif or .npy (default: IN-filtered beside IN; an existing file is replaced)"
    add_filter_options(filter_, output, trees=4.0, pixels=2.0)
    about = "Draw the level lines of the filtered image over the image; of a colour image, of its luminance."
    lines = add_command(commands, "lines", run_lines, about, "photo.png lines.png --beta 3 --step 16")
    output = ".png, .tif or .npy (default: IN-lines.png beside IN; an existing file is replaced)"
    add_filter_options(lines, output, trees=12.0, pixels=3.0)
    lines.add_argument("--step", type=positive, help="only the level lines whose level is a multiple of STEP")
    lines.add_argument("--scale", type=int, choices=range(1, 17), default=2, metavar="N", help="zoom 1-16 (default: 2)")
    about = "Print the size of the tree of an image (in colour: of its luminance), and its largest shapes."
    tree = add_command(commands, "tree", run_tree, about, "photo.png --domain max_tree --largest 5")
    add_tree_options(tree, ("shapes", "max_tree", "min_tree"))
    tree.add_argument("--largest", type=count, default=10, metavar="N", help="how many shapes to list (default: 10)")
    ct_command_line.add_commands(commands)
    return parser


def add_command(commands: Any, name: str, run: Callable[..., None], about: str, example: str) -> Parser:
    command: Parser = commands.add_parser(
        name, help=about, description=about, epilog=f"examples:\n  coarea {name}\n  coarea {name} {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    command.set_defaults(run=run)
    command.add_argument("input", metavar="IN", type=Path, nargs="?", help="image or .npy (default: a photograph)")
    return command


def add_tree_options(command: Parser, domains: Sequence[str]) -> None:
    command.add_argument("--domain", choices=domains, default="shapes", help="default: shapes, the tree of shapes")
    about = "of shapes: 8-4 (default), 4-8, self-dual, in 3-D 26-6 (default), 6-26; of max_tree and min_tree: 1, 2, ..."
    command.add_argument("--connectivity", type=parse_value, help=about)
    about = "outside of the shapes: half-area (default), median, mean, minimum, maximum, a number, or ROW,COLUMN"
    command.add_argument("--border", type=parse_value, help=about)


def add_filter_options(command: Parser, output: str, *, trees: float, pixels: float) -> None:
    command.add_argument("output", metavar="OUT", type=Path, nargs="?", help=output)
    command.set_defaults(default_beta=(trees, pixels))
    about = f"weight of the total variation, in pixels (default: {trees:g}; with --domain pixels {pixels:g})"
    command.add_argument("--beta", type=float, help=about)
    add_tree_options(command, ("shapes", "pixels", "max_tree", "min_tree"))
    about = "of a pixel, with --domain pixels: 4 (default) or 8; 6 in a stack"
    command.add_argument("--neighbors", type=int, help=about)
    about = "of several best images the darkest (lower, default) or the brightest (upper)"
    command.add_argument("--tie", choices=("lower", "upper"), default="lower", help=about)


def positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a positive number, got {text}")
    return number


def count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a number >= 0, got {text}")
    return int(text)


def parse_value(text: str) -> str | float | tuple[int, ...]:
    """A number, ROW,COLUMN or a name; the library refuses the names that it does not know."""
    try:
        if "," in text:
            return tuple(map(int, text.split(",")))
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def run_filter(options: argparse.Namespace) -> None:
    """Write the filtered image and print what has changed."""
    image = read_image(options.input)
    pixels = image.pixels
    output = options.output or default_output(image, pixels.dtype, pixels.shape)
    may_replace = not is_input(output, image)
    check_output(output, image, pixels.dtype, pixels.shape, overwrite=may_replace)
    fields: dict[str, object] = {}

    def run(frame: Array, channel_axis: int | None) -> Array:
        filtered, found = denoise(frame, channel_axis, options, image)
        fields.update(found)
        return filtered

    filtered = image.map(run)
    notes = write_image(output, filtered, image, overwrite=may_replace)
    print_fields(fields | {"output": output})
    for note in [*notes, *([image.note] if image.note else [])]:
        print(note)


def is_input(output: Path, image: ImageFile) -> bool:
    return output.exists() and image.source is not None and output.samefile(image.source)


def run_lines(options: argparse.Namespace) -> None:
    """Draw the level lines of the filtered luminance over the image."""
    image = read_image(options.input)
    grey = luminance(image.pixels) if "C" in image.axes else image.pixels
    if grey.ndim != 2:
        raise CommandError(f"lines needs a 2-D image, got {grey.ndim}-D")
    source = options.input or Path("camera.png")
    output = options.output or source.with_name(f"{source.stem}-lines.png")
    may_replace = not is_input(output, image)
    check_output(output, image, np.dtype(np.uint8), (*grey.shape, 3), overwrite=may_replace)
    filtered, fields = denoise(grey, None, options, image)
    picture = draw_level_lines(filtered, image.pixels, scale=options.scale, step=options.step)
    write_image(output, picture, None, overwrite=may_replace)
    print_fields(fields | {"output": output})


def run_tree(options: argparse.Namespace) -> None:
    """Print the size of a tree and its largest shapes."""
    image = read_image(options.input)
    grey = luminance(image.pixels) if "C" in image.axes else image.pixels
    with library_errors():
        tree = build_tree(grey, options.domain, connectivity=options.connectivity, border=options.border)
    size = {"nodes": len(tree), "depth": attributes.depth(tree).max()}
    print_fields({"image": describe_image(options.input, image.pixels), "tree": describe_domain(options)} | size)
    print_largest_shapes(tree, options.largest)


@contextmanager
def library_errors() -> Iterator[None]:
    """What the library refuses is the user's to correct."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise CommandError(str(error)) from error


def denoise(
    grey: Array, channel_axis: int | None, options: argparse.Namespace, image: ImageFile
) -> tuple[Array, dict[str, object]]:
    """Filter the grey or colour image, and say what was done."""
    beta = options.default_beta[options.domain == "pixels"] if options.beta is None else options.beta
    start = time.perf_counter()
    with library_errors():
        filtered, info = denoise_tv_l1(
            grey, beta, domain=options.domain, neighbors=options.neighbors, tie=options.tie, border=options.border,
            connectivity=options.connectivity, channel_axis=channel_axis, return_info=True,
        )  # fmt: skip
    seconds = time.perf_counter() - start
    return filtered, {
        "image": describe_image(options.input, image.pixels),
        "filter": f"TV-L1, beta {beta:g}, on the {describe_domain(options)}",
        "energy": f"{info.initial_energy:.10g} -> {info.energy:.10g}",
        **count_regions(grey, filtered, channel_axis, options),
        "time": f"{seconds:.2f} s for the filter",
    }


def build_tree(image: Array, domain: str, **options: Any) -> Tree:
    """Tree of a command's options; those that are None are the library's to choose."""
    given = {name: value for name, value in options.items() if value is not None}
    if domain == "shapes":
        return tree_of_shapes(image, **given)
    if "border" in given:
        raise ValueError(f"border belongs to the tree of shapes, not to {domain}")
    return (max_tree if domain == "max_tree" else min_tree)(image, **given)


def print_fields(fields: dict[str, object]) -> None:
    for name, value in fields.items():
        print(f"{name:<12}{value}")


def describe_image(source: Path | None, image: Array) -> str:
    return f"{source or 'camera (bundled photograph)'}, {' x '.join(map(str, image.shape))}, {image.dtype}"


def describe_domain(options: argparse.Namespace) -> str:
    name = "tree of shapes" if options.domain == "shapes" else options.domain.replace("_", "-")
    given = {option: getattr(options, option, None) for option in ("neighbors", "connectivity", "border")}
    return ", ".join([name, *(f"{option} {value}" for option, value in given.items() if value is not None)])


def count_regions(before: Array, after: Array, channel_axis: int | None, options: argparse.Namespace) -> dict[str, str]:
    """Nodes of the tree, or shapes for the filter on pixels, and flat zones before and after, all channels together."""
    channels = [
        image[None] if channel_axis is None else np.moveaxis(image, channel_axis, 0) for image in (before, after)
    ]
    domain, counts = "shapes" if options.domain == "pixels" else options.domain, {}
    if channels[0].ndim == 3 or options.domain != "pixels":
        build = partial(build_tree, domain=domain, connectivity=options.connectivity, border=options.border)
        nodes = [sum(len(build(plane)) for plane in planes) for planes in channels]
        counts["shapes" if domain == "shapes" else "nodes"] = f"{nodes[0]} -> {nodes[1]}"
    if channels[0].ndim <= 4:
        zones = [sum(count_flat_zones(plane) for plane in planes) for planes in channels]
        counts["flat zones"] = f"{zones[0]} -> {zones[1]}"
    return counts


def count_flat_zones(image: Array) -> int:
    """Number of connected regions of one grey value; pixels that share a side are neighbours."""
    rank = np.unique(image, return_inverse=True)[1].reshape(image.shape)
    return int(measure.label(rank + 1, connectivity=1).max())


def print_largest_shapes(tree: Tree, number: int) -> None:
    area, perimeter = attributes.area(tree), attributes.perimeter(tree)
    print(f"\n{'node':>8} {'area':>9} {'perimeter':>9} {'value':>9}  polarity")
    for node in np.argsort(-area, kind="stable")[:number]:
        polarity = ("lower", "root", "upper")[tree.polarity[node] + 1]
        print(f"{node:>8} {area[node]:>9} {perimeter[node]:>9} {tree.value[node]:>9.6g}  {polarity}")
