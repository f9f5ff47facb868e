"""Two phases: the masks, and what is told of them."""

import argparse
from collections.abc import Iterator

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, threads_of
from coarea.cli.planes import Source
from coarea.regions.two_phase import TwoPhase, two_phase


def phases_of(options: argparse.Namespace, source: Source) -> tuple[Array, Fields]:
    """The mask of all frames, and what is told of it."""
    image, found = source.image, [two_phases(frame, source, options) for frame in source.image.frames()]
    notes = []
    if any(one.mask.all() or not one.mask.any() for one in found):
        notes = ["one phase is empty: beta is too large for the grey values, whose squares it is weighed with"]
    fields: Fields = {
        "done": f"two phases with beta {options.beta:g}",
        "energy": sum(one.energy for one in found),
        "proven": all(one.certificate.verify() for one in found),
        "converged": all(one.converged for one in found),
        "phases": [{"frame": k} | row if len(found) > 1 else row for k, one in enumerate(found) for row in phases(one)],
        "notes": notes,
    }
    mask = image.stack([one.mask for one in found], axes=image.axes.replace("C", ""))
    return np.where(mask, np.uint8(255), np.uint8(0)), fields


def phases(found: TwoPhase) -> Iterator[Fields]:
    """A row for each phase: its number, its pixels, and its mean in each channel."""
    for phase, mean in enumerate(found.means):
        names = ["mean"] if mean.ndim == 0 else [f"mean_{k}" for k in range(len(mean))]
        numbers = dict(zip(names, np.atleast_1d(mean).round(6).tolist(), strict=True))
        yield {"phase": phase, "pixels": int((found.mask == phase).sum()), **numbers}


def two_phases(frame: Array, source: Source, options: argparse.Namespace) -> TwoPhase:
    """The phases of a frame, all channels together."""
    where, means = source.image.channel_axis, options.means
    if means is not None and where is not None:
        means = np.repeat(np.reshape(means, (2, 1)), frame.shape[where], axis=1)
    return two_phase(
        frame, options.beta, means=means, n_iter=0 if options.fixed_means else 20, channel_axis=where,
        mask=source.missing(frame), neighbors=options.neighbors, workers=threads_of(options),
    )  # fmt: skip
