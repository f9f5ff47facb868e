"""coarea open, close and grain: remove small components; the contours of all others stay where they are."""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, Job, image_command, run_batch, threads_of
from coarea.cli.chunks.command import add_chunk_options, is_chunked, run_chunked
from coarea.cli.chunks.connected import connected_in_chunks
from coarea.cli.files import FileError
from coarea.cli.parser import border, connectivity, count, positive
from coarea.cli.planes import Missing, Source, by_channel
from coarea.filters.connected import area_closing, area_opening, diameter_closing, diameter_opening, grain_filter

SIZE = 64.0


class Component(NamedTuple):
    """What a command removes, by which filters, and the value that keeps pixels without data out of it."""

    adjective: str
    noun: str
    by_area: Callable[..., Array]
    by_diameter: Callable[..., Array]
    fill: str


COMPONENTS = {
    "open": Component("bright", "opening", area_opening, diameter_opening, "least"),
    "close": Component("dark", "closing", area_closing, diameter_closing, "largest"),
}


def add_connected(commands: Any) -> None:
    for name, component in COMPONENTS.items():
        about = f"Remove the {component.adjective} components with few pixels, or of small extension."
        ending = "-opened" if name == "open" else "-closed"
        examples = ("photo.png -o result.png --area 100", "photo.png --diameter 8")
        command, group = image_command(commands, name, about, examples, ending=ending)
        about = f"{component.adjective} components with fewer pixels go (default: {SIZE:g})"
        group.add_argument("--area", type=positive, metavar="PIXELS", help=about)
        about = "instead: components whose box is shorter along every axis go"
        group.add_argument("--diameter", type=positive, metavar="PIXELS", help=about)
        about = "pixels of a component share a face (1, default), an edge or corner (2), in volumes a corner (3)"
        group.add_argument("--connectivity", type=count, metavar="N", help=about)
        add_chunk_options(command)
        command.set_defaults(run=run_connected)
    about = "Remove the bright and the dark shapes with few pixels, at once."
    calls = ("photo.png -o result.png --area 100", "photo.png --border median", "photo.png --colors input")
    command, group = image_command(commands, "grain", about, calls, ending="-grain")
    about = f"shapes with fewer pixels go (default: {SIZE:g})"
    group.add_argument("--area", type=positive, default=SIZE, metavar="PIXELS", help=about)
    about = "free: channel by channel (default); input: shapes of all channels, and no colours that the image lacks"
    group.add_argument("--colors", choices=("free", "input"), default="free", help=about)
    add_conventions(group)
    add_chunk_options(command)
    command.set_defaults(run=run_grain)


def add_conventions(group: Any) -> None:
    """The conventions of trees."""
    about = "of shapes: 8-4 (default), 4-8, self-dual, in 3-D 26-6 (default), 6-26; of max_tree and min_tree: 1, 2, ..."
    group.add_argument("--connectivity", type=connectivity, metavar="C", help=about)
    about = "outside of the shapes: half-area (default), median, mean, minimum, maximum, a number, or ROW,COLUMN"
    group.add_argument("--border", type=border, metavar="B", help=about)


def run_connected(options: argparse.Namespace) -> int:
    if None not in (options.area, options.diameter):
        options.parser.error("--area and --diameter exclude each other")
    component = COMPONENTS[options.command]
    name = "area" if options.diameter is None else "diameter"
    size = options.diameter or options.area or SIZE
    done = f"{name} {component.noun} of {size:g}"
    if is_chunked(options):
        of_chunks = f"{name}_{component.noun}"
        given = {"connectivity": options.connectivity}
        return run_chunked(options, connected_in_chunks(options, done, of_chunks, size, given))
    apply = component.by_area if name == "area" else component.by_diameter
    apply = partial(apply, connectivity=options.connectivity, workers=threads_of(options))
    return _run(options, done, apply, size, component.fill)


def run_grain(options: argparse.Namespace) -> int:
    done = f"grain filter of {options.area:g}"
    if is_chunked(options):
        given = {"connectivity": options.connectivity, "border": options.border}
        return run_chunked(options, connected_in_chunks(options, done, "grain_filter", options.area, given))
    apply = partial(grain_filter, connectivity=options.connectivity, border=options.border, workers=threads_of(options))
    if options.colors == "input":
        return _run_on_colors(options, apply)
    return _run(options, done, apply, options.area, "nearest")


def _run_on_colors(options: argparse.Namespace, apply: Callable[..., Array]) -> int:
    def on_frame(frame: Array, missing: Missing, channel_axis: int | None) -> Array:
        if channel_axis is not None and frame.ndim != 3:
            raise FileError(f"--colors input needs plane frames, got {frame.ndim - 1}-D ones: add --per-slice")
        return apply(frame, options.area, channel_axis=channel_axis)

    def compute(source: Source) -> tuple[Array, Fields]:
        return source.map(on_frame), {"done": f"grain filter of {options.area:g} pixels, all channels at once"}

    return run_batch(options, Job(compute))


def _run(options: argparse.Namespace, done: str, apply: Callable[..., Array], size: float, fill: str) -> int:
    def compute(source: Source) -> tuple[Array, Fields]:
        result = source.map(partial(by_channel, lambda plane, missing: apply(plane, size)), fill=fill)
        return result, {"done": f"{done} pixels"}

    return run_batch(options, Job(compute))
