"""Regions from the hierarchy of an image: their labels, and a table of them."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.cli.batch import Fields, threads_of
from coarea.cli.files import FileError
from coarea.cli.planes import Missing, Source, by_channel, filled
from coarea.cli.tree import write_table

REGIONS = 12
N_LISTED = 10


class Regions:
    """The regions that options want, cut from the hierarchy of each image."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.level, self.csv, self.threads = options.level, options.csv, threads_of(options)
        self.regions = REGIONS if options.regions is None else options.regions

    def result(self, source: Source) -> tuple[np.dtype[Any], tuple[int, ...]]:
        """A dtype that will do, as a rule, for the regions at a level, whose number is found only by dividing."""
        shape = source.image.without_channels().pixels.shape
        most = 2**16 - 1 if self.level is not None else min(self.regions, int(np.prod(shape)))
        return np.min_scalar_type(most), shape

    def compute(self, source: Source) -> tuple[Array, Fields]:
        shape = source.image.pixels.shape
        if 0 in shape:
            raise FileError(f"{source.name} holds no pixel, its shape is {' x '.join(map(str, shape))}")
        frames = list(source.image.frames())
        limits = black_and_white(source)
        missing = [hidden(source.missing(frame), source.image.channel_axis) for frame in frames]
        labels = [self.divide(frame, source, unknown, limits) for frame, unknown in zip(frames, missing, strict=True)]
        numbers = [int(one.max(initial=0)) for one in labels]
        cut = f"{self.regions} regions" if self.level is None else f"level {self.level:g}"
        fields: Fields = {"done": f"hierarchy cut at {cut}", "notes": []}
        if limits is not None:
            fields["notes"] = [f"values from {limits[0]:g} to {limits[1]:g} were taken for black to white"]
        if len(frames) > 1:
            fields["frames"] = [{"frame": k, "regions": number} for k, number in enumerate(numbers)]
        else:
            fields["regions"] = numbers[0]
        if self.csv is not None:
            tables = [measure(one, frame, source) for one, frame in zip(labels, frames, strict=True)]
            columns = {"frame": np.repeat(range(len(frames)), numbers)} if len(frames) > 1 else {}
            columns |= {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
            fields |= write_table(self.csv, columns)
        elif len(frames) == 1:
            fields["largest"] = list(largest(measure(labels[0], frames[0], source)))
        stacked = source.image.stack(labels, axes=source.image.axes.replace("C", ""))
        return stacked.astype(np.min_scalar_type(max(numbers))), fields

    def divide(self, frame: Array, source: Source, unknown: Missing, limits: tuple[float, float] | None) -> Array:
        """Labels of a frame from 1 on; 0 where it has no data, which are divided as their surroundings are."""
        from coarea.regions.segmenter.segment import segment  # here: it loads much that other commands do not need

        where = source.image.channel_axis
        if unknown.ndim != 2:
            kind, remedy = ("a signal", "") if unknown.ndim == 1 else ("a volume", "; --per-slice takes its slices")
            raise FileError(f"{source.name} must hold images for --method hierarchy, got {kind}{remedy}")
        missing = source.missing(frame)
        known = by_channel(filled, frame, missing, where) if missing.any() else frame
        if limits is not None:
            known = (known.astype(np.float64) - limits[0]) / (limits[1] - limits[0])
        given: Any = {"n_regions": self.regions} if self.level is None else {"level": self.level}
        labels = segment(known, channel_axis=where, workers=self.threads, **given) + 1
        if not unknown.any():
            return labels
        labels[unknown] = 0
        seen = np.bincount(labels.ravel()) > 0  # regions may lie where there are no data
        seen[0] = False
        return np.where(unknown, 0, seen.cumsum()[labels])


def black_and_white(source: Source) -> tuple[float, float] | None:
    """What is black and what white, where the dtype does not say so: 12 bits in 16, signed or large numbers."""
    pixels = source.image.pixels
    known = pixels[~source.missing(pixels)]
    if pixels.dtype == np.uint8 or pixels.dtype.kind not in "buif" or not known.size:
        return None
    low, high = float(known.min()), float(known.max())
    if pixels.dtype.kind == "u":
        bits = max(8, int(known.max()).bit_length())
        return None if bits == 16 and pixels.dtype == np.uint16 else (0.0, 2.0**bits - 1)
    if pixels.dtype.kind == "f" and (not np.isfinite([low, high]).all() or 0 <= low <= high <= 1):
        return None
    return (low, high) if low < high else (low, low + 1)


def hidden(missing: Missing, channel_axis: int | None) -> Missing:
    """Where no channel has data."""
    return missing if channel_axis is None else np.asarray(missing.all(axis=channel_axis))


def measure(labels: Array, frame: Array, source: Source) -> Mapping[str, Array]:
    """A row for each region: its label, pixels, centroid in rows and columns from 0, and mean in each channel."""
    number, flat, where = int(labels.max(initial=0)), labels.ravel(), source.image.channel_axis

    def total(values: Array | None, kept: Array | slice = slice(None)) -> Array:
        return np.bincount(flat[kept], None if values is None else values.ravel()[kept], number + 1)[1:]

    area = total(None)
    table = {"label": np.arange(1, number + 1), "area": area}
    places = np.indices(labels.shape).astype(np.float64)
    table |= {"row": total(places[0]) / area, "column": total(places[1]) / area}
    pair = frame, source.missing(frame)
    channels, missing = pair if where is None else (np.moveaxis(array, where, 0) for array in pair)
    if where is None:
        channels, missing = channels[None], missing[None]
    for k, (channel, unknown) in enumerate(zip(channels, missing, strict=True)):
        known = ~unknown.ravel()
        with np.errstate(invalid="ignore"):  # of a region without data in one channel
            mean = total(channel.astype(np.float64), known) / total(None, known)
        table["mean" if where is None else f"mean_{k}"] = mean
    return table


def largest(table: Mapping[str, Array]) -> Iterator[Fields]:
    """The rows of the largest regions, as they are printed."""
    for k in np.argsort(-table["area"], kind="stable")[:N_LISTED]:
        yield {name: value if isinstance(value := column[k].item(), int) else float(f"{value:.6g}")
               for name, column in table.items()}  # fmt: skip
