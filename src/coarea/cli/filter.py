"""coarea filter: exact total variation, or the nodes of a tree where a condition holds."""

import argparse
from functools import partial
from typing import Any, get_args

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array
from coarea.base.options import as_mask
from coarea.base.types import Count, KeepRule
from coarea.cli.batch import Fields, Job, image_command, run_batch
from coarea.cli.chunks.command import add_chunk_options, is_chunked, run_chunked
from coarea.cli.chunks.connected import where_in_chunks
from coarea.cli.chunks.variation import variation_in_chunks
from coarea.cli.files import FileError
from coarea.cli.parser import count
from coarea.cli.planes import Missing, Source, by_channel
from coarea.cli.tree import build_tree, check_conventions, numbers_of_nodes
from coarea.cli.variation import Variation, add_variation_options, sum_up
from coarea.cli.where import Condition
from coarea.filters.connected import attribute_filter
from coarea.scales.choice import areas_of_zones, beta_for_regions
from coarea.trees.tree import Tree

EXAMPLES = (
    "",
    "photo.png -o simple.png --beta 15",
    "photo.png -o smooth.png --domain pixels",
    "photo.png -o clean.png --colors input",
    "photo.png -o regions.png --regions 100 --zones --min-area 20",
    "photo.png -o large.png --where 'area > 500 and compactness > 0.4'",
    "photo.png -o bright.png --where 'polarity > 0 or area > 2000'",
    "photos -o filtered --workers 2",
    "huge.zarr -o out.zarr --beta 1",
    "huge.zarr -o out.zarr --domain shapes",
    "huge.zarr -o out.zarr --where 'area >= 50'",
)
OF_VARIATION = (
    "method", "beta", "regions", "zones", "min_area", "neighbors", "tie", "quantile", "colors", "distance",
    "resolution", "huber_delta", "mask", "weights", "info",
)  # fmt: skip


def add_filter(commands: Any) -> None:
    about = (
        "Filter images by exact total variation: details whose contours are long for their area vanish. "
        "Channels and frames are filtered one by one, with --colors input channels together; transparency stays."
    )
    command, group = image_command(commands, "filter", about, EXAMPLES, ending="-filtered")
    add_variation_options(group)
    about = "instead of a beta: the most regions that may be left, in each channel and frame"
    group.add_argument("--regions", type=count, metavar="N", help=about)
    about = "with --regions: count flat zones, as on pixels, not the lines of the tree that are still seen"
    group.add_argument("--zones", action="store_true", help=about)
    about = "with --regions: regions with fewer pixels do not count, and stay (default: 1)"
    group.add_argument("--min-area", type=count, metavar="PIXELS", help=about)
    about = (
        "instead: keep the nodes of a tree (default: shapes) where it holds, as in the examples below; of bright "
        "shapes (sup, upper) polarity > 0, of dark ones (inf, lower) polarity < 0"
    )
    group.add_argument("--where", metavar="CONDITION", help=about)
    about = "with --where: what becomes of kept nodes inside others that go (default: direct)"
    group.add_argument("--rule", choices=get_args(KeepRule), help=about)
    add_chunk_options(command, of_variation=True)
    command.set_defaults(run=run_filter)


def run_filter(options: argparse.Namespace) -> int:
    if options.where is not None:
        return run_where(options)
    if options.rule is not None:
        options.parser.error("--rule goes with --where")
    if is_chunked(options):
        return run_chunked(options, variation_in_chunks(options))
    for name in ("zones", "min_area"):
        if options.regions is None and getattr(options, name):
            options.parser.error(f"--{name.replace('_', '-')} goes with --regions")
    for name in ("beta", "neighbors", "colors", "distance"):
        if options.regions is not None and getattr(options, name) is not None:
            options.parser.error(f"--{name} does not go with --regions")
    variation = Variation(options)
    if options.regions is None:
        return run_batch(options, Job(variation.filter, variation.result))
    if variation.method != "l1":
        options.parser.error("--regions goes with --method l1, not with l2")
    return run_batch(options, Job(partial(leave_regions, Regions(options, variation))))


def run_where(options: argparse.Namespace) -> int:
    foreign = [
        name for name in OF_VARIATION if getattr(options, name) is not None and getattr(options, name) is not False
    ]
    if foreign:
        options.parser.error(f"--{foreign[0].replace('_', '-')} does not go with --where")
    domain = options.domain or "shapes"
    if domain == "pixels":
        options.parser.error("--where needs a tree: --domain shapes, max_tree or min_tree")
    check_conventions(options, domain)
    condition = Condition(options.where, numbers_of_nodes(), options.parser.error)
    if is_chunked(options):
        return run_chunked(options, where_in_chunks(options, domain, condition))
    return run_batch(options, Job(partial(select, condition, domain, options)))


def measure(source: Source, tree: Tree, name: str) -> Array:
    """An attribute of all nodes, if it exists in that number of dimensions."""
    try:
        return attributes.table(tree, name)[name]
    except ValueError:
        ndim = tree.node_of_pixel.ndim
        remedy = "; --per-slice takes a volume slice by slice" if ndim == 3 else ""
        raise FileError(f"{source.name}: --where: {name} does not exist in {ndim}-D{remedy}") from None


def select(condition: Condition, domain: str, options: argparse.Namespace, source: Source) -> tuple[Array, Fields]:
    """Keep the nodes of each plane's tree where the condition holds."""
    kept = np.zeros(2, int)

    def on_plane(plane: Array, missing: Missing) -> Array:
        del missing
        tree = build_tree(plane, domain, options)
        keep = np.broadcast_to(condition(partial(measure, source, tree)), len(tree))
        kept[:] += len(tree), np.count_nonzero(keep[1:]) + 1  # the root always stays
        return attribute_filter(tree, keep, rule=options.rule or "direct")

    filtered = source.map(partial(by_channel, on_plane))
    return filtered, {"done": f"{domain} where {condition.text}", "nodes": kept.tolist()}


class Regions:
    """How many regions a filter may leave, and what counts as one."""

    def __init__(self, options: argparse.Namespace, variation: Variation) -> None:
        self.number, self.variation = options.regions, variation
        self.count: Count = "zones" if options.zones or variation.domain == "pixels" else "shapes"
        self.min_area = options.min_area or 1

    def beta(self, plane: Array, missing: Missing) -> float:
        """The beta for a plane."""
        self.variation.check_sizes(plane, None)
        mask, weights = self.variation.mask, self.variation.weights
        hidden = missing if mask is None else missing | as_mask("mask", mask, plane.shape)
        if hidden.any():
            weights = np.where(hidden, 0.0, np.ones(plane.shape) if weights is None else weights)
        return beta_for_regions(
            plane, self.number, domain=self.variation.domain, count=self.count, min_area=self.min_area,
            weights=weights, **self.variation.given,
        )  # fmt: skip

    def note(self, betas: list[float], areas: Array) -> str:
        """What was counted."""
        words = f"beta {', '.join(f'{beta:g}' for beta in betas)} leaves"
        large = f" of at least {self.min_area} pixels" if self.min_area > 1 else ""
        each = " in each channel and frame" if len(betas) > 1 else ""
        if self.count == "shapes":
            return (
                f"{words} at most {self.number} shapes{large}{each}: lines of the tree that are seen, and the root; "
                f"they make {len(areas)} flat zones, which --zones counts"
            )
        n_large = np.count_nonzero(areas >= self.min_area)
        rest = f", and {len(areas) - n_large} smaller ones" if large else ""
        total = f", at most {self.number}{each}" if each else ""
        return f"{words} {n_large} flat zones{large}{rest}{total}"


def leave_regions(regions: Regions, source: Source) -> tuple[Array, Fields]:
    """Filter each plane with a beta that leaves few enough regions."""
    betas: list[float] = []
    areas: list[Array] = []
    told: list[Fields] = []

    def on_plane(plane: Array, missing: Missing) -> Array:
        betas.append(regions.beta(plane, missing))
        filtered, info = regions.variation.filter_frame(plane, missing, beta=betas[-1])
        areas.append(areas_of_zones(filtered))
        if info is not None:
            told.append({"info": info, **regions.variation.count_regions(plane, filtered, None)})
        return filtered

    filtered = source.map(partial(by_channel, on_plane))
    done = f"TV-L1 on {regions.variation.domain} to at most {regions.number} {regions.count}"
    notes = [regions.note(betas, np.concatenate(areas))]
    chosen = {"beta": betas[0]} if len(betas) == 1 else {"planes": [{"beta": beta} for beta in betas]}
    return filtered, {"done": done, **chosen, **sum_up(told), "notes": notes}
