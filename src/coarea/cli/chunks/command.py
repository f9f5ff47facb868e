"""What commands do with images that stay on the disk."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from coarea.base.arrays import Array
from coarea.base.threads import number_of_workers
from coarea.cli.batch import Fields, reported, tell
from coarea.cli.chunks.image import Chunked, looks_like_store
from coarea.cli.chunks.opening import open_chunked
from coarea.cli.chunks.storing import check_store, compute, created, whole_store
from coarea.cli.files import FileError, ImageFile
from coarea.cli.inputs import Task, identity
from coarea.cli.parser import count, say, sides, whole
from coarea.cli.planes import missing_of

OWN = ("chunks", "memory", "halo", "max_remainder")


class Frame(NamedTuple):
    """What is filtered by itself, with the axis of its channels and the pixels without data."""

    pixels: Any
    channel_axis: int | None
    missing: Any


class ChunkFilter(NamedTuple):
    """A filter: in words, and a function that gives the lazy result of a frame and how many pixels its chunks left.

    `halo` is the number of pixels around a chunk that are filtered along; None where the filter does not tell.
    `takes_missing`: whether there may be pixels without data.
    """

    done: str
    apply: Callable[[Frame], tuple[Any, Any]]
    halo: Callable[[Frame], int] | None = None
    takes_missing: bool = True


def add_chunk_options(command: Any, *, of_variation: bool = False) -> None:
    """How images that do not fit into memory are filtered."""
    group = command.add_argument_group("images on the disk: a Zarr array, or a TIFF whose result is one, OUT.zarr")
    about = "sides of the chunks that are filtered, one for all or N,N (default: about 1024, in volumes 128)"
    group.add_argument("--chunks", type=sides, metavar="N", help=about)
    group.add_argument("--memory", metavar="SIZE", help="what exceeds it goes to the disk, such as 4GB (default: all)")
    if of_variation:
        about = "pixels around a chunk that are solved along (default: by beta, 32 to 128); the result is the same"
        group.add_argument("--halo", type=whole, metavar="N", help=about)
        about = "the most pixels that may be decided at once beside the chunks (default: 2^24)"
        group.add_argument("--max-remainder", type=count, metavar="N", help=about)


def is_chunked(options: argparse.Namespace) -> bool:
    """Whether the command works on an image that stays on the disk."""
    stores = [word for word in options.inputs if looks_like_store(Path(word))]
    to_store = str(options.output or "").lower().rstrip("/").endswith(".zarr")
    given = [name for name in OWN if getattr(options, name, None) is not None]
    if given and not (stores or to_store):
        options.parser.error(f"--{given[0].replace('_', '-')} goes with a Zarr array, or with a result -o OUT.zarr")
    if (stores or to_store) and len(options.inputs) != 1:
        options.parser.error(f"name one image on the disk, got {len(options.inputs)}")
    return bool(stores or to_store)


def run_chunked(options: argparse.Namespace, chunk_filter: ChunkFilter) -> int:
    """Filter one image chunk by chunk; return the exit code."""
    source = Path(options.inputs[0])
    output = None if options.output is None else Path(options.output)
    task = Task(source, output, source.parent, options.ending)
    return tell(iter([reported(task, options, partial(_filter, task, options, chunk_filter))]), 1, options)


def _filter(task: Task, options: argparse.Namespace, chunk_filter: ChunkFilter) -> Fields:
    """Open, plan, compute and store."""
    source = Path(task.name)
    image = open_chunked(source, options).in_chunks(options.chunks)
    output = task.place(source.stem, ".zarr")
    check_store(output, source, overwrite=options.overwrite)
    for name in ("mask", "weights"):
        beside = getattr(options, name, None)
        if beside is not None and identity(beside) == identity(output):
            raise FileError(f"cannot write {output}: it is the --{name}")
    frames: list[Frame] = []
    left: list[Any] = []

    def apply(pixels: Any) -> Any:
        frames.append(_frame(image.image, pixels))
        result, undecided = chunk_filter.apply(frames[-1])
        left.extend([] if undecided is None else [undecided])
        return result

    pixels: Any = image.image.pixels
    result = over_frames(apply, pixels, image.image.axes, image.image.looped).rechunk(pixels.chunks)
    fields = _describe(image, frames[0], chunk_filter, threads(options))
    notes = [note for note in (image.image.note,) if note is not None]
    if not options.quiet:
        words = [f"{name.replace('_', ' ')} {value}" for name, value in fields.items() if name in ("halo", "workers")]
        number = f"{pixels.npartitions} chunk{'s' * (pixels.npartitions > 1)}"
        for note in (*notes, f"{number} of {fields['chunks']}, {', '.join(words)}"):  # before what takes long
            say("note", f"{source}: {note}")
    try:
        undecided = _store(output, image, result, left, options)
    except ValueError as error:
        if chunk_filter.takes_missing or "contains NaN" not in str(error):
            raise
        remedy = "fill these pixels first, as --nodata does not go with chunks here"
        raise FileError(f"{source} contains NaN: {remedy}") from error
    notes = notes if options.json else []
    lost = image.image.metadata.others
    notes += [f"not kept in {output}: {', '.join(lost)}"] * bool(lost)
    share = {} if not left else {"undecided": f"{undecided} of {pixels.size} pixels by their chunks alone"}
    return {"output": str(output), **fields, **share, "done": chunk_filter.done, "notes": notes}


def _store(output: Path, image: Chunked, result: Any, left: list[Any], options: argparse.Namespace) -> int:
    """Compute and store the result; the number of pixels that chunks left to merges."""
    import dask.array as da

    memory = _memory(options)
    with whole_store(output) as (store, spilled):
        place: Any = created(store, output, image, result)
        stored = da.store(result, place, lock=False, compute=False, return_stored=False)
        try:
            _, *numbers = compute(
                [stored, *left], workers=threads(options), memory=memory, spilled=spilled, quiet=options.quiet
            )
        except MemoryError as error:
            raise FileError(str(error).replace("max_remainder", "--max-remainder") or "not enough memory") from error
    return sum(map(int, numbers))


def _memory(options: argparse.Namespace) -> int | None:
    """In bytes, if it is limited."""
    from dask.utils import parse_bytes

    if options.memory is None:
        return None
    try:
        memory = int(parse_bytes(options.memory))
    except (OverflowError, ValueError):
        memory = 0
    if memory < 1:
        options.parser.error(f"--memory must be a size such as 4GB, got {options.memory}")
    return memory


def threads(options: argparse.Namespace) -> int:
    """How many chunks are worked on at once: all processors if nobody says how many."""
    return options.workers or number_of_workers(-1)


def _frame(image: ImageFile, pixels: Any) -> Frame:
    """A frame with its pixels without data, if there can be any."""
    missing = None
    if image.nodata is not None:
        missing = pixels.map_blocks(missing_of, nodata=image.nodata, dtype=bool)
    return Frame(pixels, image.channel_axis, missing)


def over_frames(function: Callable[[Any], Any], pixels: Any, axes: str, looped: str) -> Any:
    """Apply a function of a frame to each, and stack the results as the frames are."""
    import dask.array as da

    at = next((axis for axis, letter in enumerate(axes) if letter in looped), None)
    if at is None:
        return function(pixels)
    rest = axes[:at] + axes[at + 1 :]
    parts: list[Array] = [
        over_frames(function, pixels[(slice(None),) * at + (k,)], rest, looped) for k in range(pixels.shape[at])
    ]
    return da.stack(parts, at)


def _describe(image: Chunked, frame: Frame, chunk_filter: ChunkFilter, workers: int) -> Fields:
    """The image, its chunks and who filters them."""
    pixels: Any = image.image.pixels
    fields: Fields = {"shape": list(pixels.shape), "dtype": str(pixels.dtype), "axes": image.image.axes}
    fields["chunks"] = " x ".join(str(max(sizes)) for sizes in pixels.chunks)
    if chunk_filter.halo is not None:
        fields["halo"] = chunk_filter.halo(frame)
    return {**fields, "workers": workers}
