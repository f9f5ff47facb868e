"""The exact filters of total variation, as options describe them."""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np

from coarea.base.arrays import Array
from coarea.base.types import ColorDistance, Colors, Domain
from coarea.cli.batch import Fields, threads_of
from coarea.cli.connected import add_conventions
from coarea.cli.files import FileError
from coarea.cli.parser import file_name, nonnegative, positive, share
from coarea.cli.planes import Missing, Source, read_plane
from coarea.cli.tree import build_tree
from coarea.exact.denoise import denoise_tv_l1, denoise_tv_l2
from coarea.exact.info import Info, join
from coarea.scales.choice import areas_of_zones
from coarea.trees.domains import KINDS

DOMAIN: Domain = "shapes"  # contours vanish but never move; the function's default is pixels
BETA = 4.0
BETA_ON_PIXELS = 2.0
PROVEN = 1e-9  # gaps between energies and bounds that are due to rounding
NEIGHBORS = (2, 4, 8, 16, 6, 26)
# Options that say nothing elsewhere: the option, what decides, and its values with which the option goes.
BELONGS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("neighbors", "domain", ("pixels",)),
    ("connectivity", "domain", tuple(KINDS)),
    ("border", "domain", ("shapes",)),
    ("quantile", "method", ("l1",)),
    ("colors", "method", ("l1",)),
    ("distance", "method", ("l1",)),
    ("resolution", "method", ("l2",)),
    ("huber_delta", "method", ("l2",)),
)
PASSED = ("neighbors", "connectivity", "border", "tie", "quantile", "resolution", "huber_delta")
OF_COLORS = ("colors", "distance")  # passed for the frames that have channels


def add_variation_options(group: Any) -> None:
    group.add_argument(
        "--method", choices=("l1", "l2"), help="fidelity: l1 keeps contrasts (default), l2 is that of ROF"
    )
    about = (
        f"weight of the total variation, for l1 a length in pixels (default: {BETA:g}; on pixels {BETA_ON_PIXELS:g})"
    )
    group.add_argument("--beta", type=nonnegative, metavar="B", help=about)
    about = f"a tree, on which contours vanish but never move, or pixels (default: {DOMAIN}; pixels with --neighbors)"
    group.add_argument("--domain", choices=get_args(Domain), help=about)
    about = "on pixels, which it implies: 4 (default), 8, 16; in a volume 6 (default), 26"
    group.add_argument("--neighbors", type=int, choices=NEIGHBORS, metavar="N", help=about)
    add_conventions(group)
    about = "of several best images the darkest (lower, default) or the brightest (upper)"
    group.add_argument("--tie", choices=("lower", "upper"), help=about)
    about = "l1: from 0 to 1, what regions tend to (default: 0.5, the median)"
    group.add_argument("--quantile", type=share, metavar="Q", help=about)
    about = "l1: what pixels of colour images may become: free (default), or input, only colours that the image has"
    group.add_argument("--colors", choices=get_args(Colors), help=about)
    about = "with --colors input: compare colours by their values (default) or by the ranks of these in each channel"
    group.add_argument("--distance", choices=get_args(ColorDistance), help=about)
    about = "l2: step of the grey values of the result (default: 1/64 for integers, 2^-14 of the range for others)"
    group.add_argument("--resolution", type=positive, metavar="STEP", help=about)
    about = "l2: where Huber's fidelity becomes linear (default: nowhere)"
    group.add_argument("--huber-delta", type=positive, metavar="D", help=about)
    about = "an image, not 0 where pixels are filled in from their surroundings"
    group.add_argument("--mask", type=file_name, metavar="FILE", help=about)
    about = "an image of weights of the pixels, at least 0: how far to trust each"
    group.add_argument("--weights", type=file_name, metavar="FILE", help=about)
    about = "also print energies, the proof that they are minimal, and numbers of shapes and flat zones (takes longer)"
    group.add_argument("--info", action="store_true", help=about)


class Variation:
    """The filter of total variation that options describe."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.method = options.method or "l1"
        self.domain = options.domain or ("pixels" if options.neighbors is not None else DOMAIN)
        self.beta = options.beta
        if self.beta is None:
            self.beta = BETA_ON_PIXELS if self.domain == "pixels" else BETA
        chosen = {"domain": self.domain, "method": self.method}
        for name, decides, values in BELONGS:
            if getattr(options, name) is not None and chosen[decides] not in values:
                flag = "--" + name.replace("_", "-")
                options.parser.error(f"{flag} goes with --{decides} {' or '.join(values)}, not with {chosen[decides]}")
        if options.distance is not None and options.colors != "input":
            options.parser.error("--distance goes with --colors input")
        self.given, self.of_colors = (
            {name: getattr(options, name) for name in names if getattr(options, name) is not None}
            for names in (PASSED, OF_COLORS)
        )
        self.mask = self.weights = None
        if options.mask is not None:
            self.mask = _checked_mask(options.mask, read_plane(options.mask, "--mask"))
        if options.weights is not None:
            self.weights = read_plane(options.weights, "--weights")
            if (self.weights < 0).any():
                raise FileError(f"--weights {options.weights} must be at least 0, got {self.weights.min()}")

    def result(self, source: Source) -> tuple[np.dtype[Any], tuple[int, ...]]:
        """The dtype and the shape of the result."""
        dtype = source.image.pixels.dtype
        if self.method == "l2":
            dtype = np.dtype(np.float32 if dtype == np.float32 else np.float64)
        return dtype, source.image.pixels.shape

    def filter(self, source: Source) -> tuple[Array, Fields]:
        """Filter each frame; with ``--info`` also say what the result is worth."""
        told: list[Fields] = []

        def on_frame(frame: Array, missing: Missing, channel_axis: int | None) -> Array:
            filtered, info = self.filter_frame(frame, missing, channel_axis)
            if info is not None:
                told.append({"info": info, **self.count_regions(frame, filtered, channel_axis)})
            return filtered

        filtered = source.map(on_frame)
        return filtered, {"done": self.describe(), **sum_up(told)}

    def filter_frame(
        self, frame: Array, missing: Missing, channel_axis: int | None = None, *, beta: float | None = None
    ) -> tuple[Array, Info | None]:
        """Filter one frame, by default with the beta of the options; pixels without data have no weight."""
        denoise: Any = denoise_tv_l1 if self.method == "l1" else denoise_tv_l2
        mask, weights = self.mask, self.weights
        self.check_sizes(frame, channel_axis)
        if missing.any():
            mask = missing if mask is None else missing | for_channels(mask, frame, channel_axis)
            weights = None if weights is None else for_channels(weights, frame, channel_axis)
        found = denoise(
            frame, self.beta if beta is None else beta,
            domain=self.domain, channel_axis=channel_axis, mask=mask, weights=weights,
            workers=threads_of(self.options), return_info=self.options.info, **self.given,
            **({} if channel_axis is None else self.of_colors),
        )  # fmt: skip
        return found if self.options.info else (found, None)

    def check_sizes(self, frame: Array, channel_axis: int | None) -> None:
        """Refuse a mask or weights that do not belong to the image."""
        plane = np.delete(frame.shape, [] if channel_axis is None else channel_axis)
        for name, array in (("mask", self.mask), ("weights", self.weights)):
            if array is not None and array.shape not in (frame.shape, tuple(plane)):
                own, due = (" x ".join(map(str, shape)) for shape in (array.shape, plane))
                raise FileError(f"--{name} {getattr(self.options, name)} is {own}, but what it is for is {due}")

    def count_regions(self, before: Array, after: Array, channel_axis: int | None) -> Fields:
        """Nodes of the tree, or shapes for the filter on pixels, and flat zones, before and after."""
        pair = [[image] if channel_axis is None else np.moveaxis(image, channel_axis, 0) for image in (before, after)]
        ndim, counts = pair[0][0].ndim, {}
        if ndim in (2, 3) or self.domain in ("max_tree", "min_tree"):
            domain = "shapes" if self.domain == "pixels" else self.domain
            build = partial(build_tree, domain=domain, options=self.options)
            counts["shapes" if domain == "shapes" else "nodes"] = [sum(len(build(plane)) for plane in c) for c in pair]
        if ndim <= 3:
            counts["flat_zones"] = [sum(count_flat_zones(plane) for plane in channels) for channels in pair]
        return {name: np.array(numbers) for name, numbers in counts.items()}

    def describe(self) -> str:
        """The filter in words."""
        files = {name: getattr(self.options, name) for name in ("mask", "weights")}
        given = {name: value for name, value in (self.given | self.of_colors | files).items() if value is not None}
        options = [f", {name.replace('_', ' ')} {value}" for name, value in given.items()]
        return f"TV-{self.method.upper()} with beta {self.beta:g} on {self.domain}{''.join(options)}"


def _checked_mask(path: Path, pixels: Array) -> Missing:
    """Where the pixels of a mask are not 0, unless that is what nobody can mean."""
    values = np.unique(pixels)
    if len(values) > 2 and path.suffix.lower() in (".jpg", ".jpeg"):
        raise FileError(f"--mask {path} is a JPEG, where black is not exactly 0: save it as PNG")
    if values.all():
        raise FileError(f"--mask {path} is 0 nowhere, so that no data are left; it is not 0 where data are missing")
    return np.asarray(pixels != 0)


def for_channels(array: Array, frame: Array, channel_axis: int | None) -> Array:
    """What belongs to one channel, for all channels of a frame."""
    if channel_axis is None or array.ndim == frame.ndim:
        return array
    return np.broadcast_to(np.expand_dims(array, channel_axis), frame.shape)


def sum_up(told: Sequence[Fields]) -> Fields:
    """The sums of what is told of the planes of an image."""
    if not told:
        return {}
    info = join([plane["info"] for plane in told])
    fields: Fields = {
        "energy": [info.initial_energy, info.energy],
        "lower_bound": info.dual_bound,
        "proven": info.gap < PROVEN and all(certificate.verify() for certificate in info.certificates),
        "n_cuts": info.n_cuts,
    }
    for name in told[0]:
        if name != "info":
            fields[name] = sum(plane[name] for plane in told).tolist()
    return fields


def count_flat_zones(image: Array) -> int:
    """Number of connected regions of one grey value; pixels that share a side are neighbours."""
    return len(areas_of_zones(image))
