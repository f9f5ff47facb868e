"""coarea segment: an image in two phases, each near a value of its own."""

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, Job, image_command, run_batch, threads_of
from coarea.cli.parser import nonnegative
from coarea.cli.planes import Source
from coarea.cli.variation import NEIGHBORS
from coarea.regions.two_phase import TwoPhase, two_phase


def add_segment(commands: Any) -> None:
    about = (
        "Divide images in two phases by a short boundary, as a mask of 0 and 255. "
        "Channels are segmented together. The means of the phases are found; the mask is the best for them, with proof."
    )
    examples = ("photo.png --two-phase --beta 3000 -o mask.png", "--two-phase --beta 900 --means 30,170 --fixed-means")
    command, group = image_command(commands, "segment", about, examples, ending="-segmented")
    about = "the method, which must be named: two sets near two means"
    group.add_argument("--two-phase", action="store_true", required=True, help=about)
    about = "weight of the boundary; discs of radius R that differ by D from their ground stay up to 0.4 * D * D * R"
    group.add_argument("--beta", type=nonnegative, required=True, metavar="B", help=about)
    about = "grey values of phase 0, black in the mask, and of phase 1, white, to start from (default: found)"
    group.add_argument("--means", type=pair, metavar="A,B", help=about)
    group.add_argument("--fixed-means", action="store_true", help="keep the means given: the exact minimum, in one cut")
    about = "4 (default), 8, 16; in a volume 6 (default), 26"
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


def phases(found: TwoPhase) -> Iterator[Fields]:
    """A row for each phase: its number, its pixels, and its mean in each channel."""
    for phase, mean in enumerate(found.means):
        names = ["mean"] if mean.ndim == 0 else [f"mean_{k}" for k in range(len(mean))]
        numbers = dict(zip(names, np.atleast_1d(mean).round(6).tolist(), strict=True))
        yield {"phase": phase, "pixels": int((found.mask == phase).sum()), **numbers}


def divide(frame: Array, source: Source, options: argparse.Namespace) -> TwoPhase:
    """The phases of a frame, all channels together."""
    where, means = source.image.channel_axis, options.means
    if means is not None and where is not None:
        means = np.repeat(np.reshape(means, (2, 1)), frame.shape[where], axis=1)
    return two_phase(
        frame, options.beta, means=means, n_iter=0 if options.fixed_means else 20, channel_axis=where,
        mask=source.missing(frame), neighbors=options.neighbors, workers=threads_of(options),
    )  # fmt: skip


def run_segment(options: argparse.Namespace) -> int:
    if options.fixed_means and options.means is None:
        options.parser.error("--fixed-means goes with --means")

    def result(source: Source) -> tuple[Any, tuple[int, ...]]:
        sizes = zip(source.image.axes, source.image.pixels.shape, strict=True)
        return np.dtype(np.uint8), tuple(n for letter, n in sizes if letter != "C")

    def compute(source: Source) -> tuple[Array, Fields]:
        image, found = source.image, [divide(frame, source, options) for frame in source.image.frames()]
        notes = []
        if any(one.mask.all() or not one.mask.any() for one in found):
            notes = ["one phase is empty: beta is too large for the grey values, whose squares it is weighed with"]
        fields: Fields = {
            "done": f"two phases with beta {options.beta:g}",
            "energy": sum(one.energy for one in found),
            "proven": all(one.certificate.verify() for one in found),
            "converged": all(one.converged for one in found),
            "phases": [
                {"frame": k} | row if len(found) > 1 else row for k, one in enumerate(found) for row in phases(one)
            ],
            "notes": notes,
        }
        mask = image.stack([one.mask for one in found], axes=image.axes.replace("C", ""))
        return np.where(mask, np.uint8(255), np.uint8(0)), fields

    return run_batch(options, Job(compute, result, ".png", keeps_axes=True))
