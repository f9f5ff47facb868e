"""coarea filter: exact total variation, or the nodes of a tree where a condition holds."""

import argparse
from functools import partial
from typing import Any, get_args

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array
from coarea.base.types import KeepRule
from coarea.cli.batch import Fields, Job, image_command, run_batch
from coarea.cli.files import FileError
from coarea.cli.planes import Missing, Source, by_channel
from coarea.cli.tree import build_tree, check_conventions, numbers_of_nodes
from coarea.cli.variation import Variation, add_variation_options
from coarea.cli.where import Condition
from coarea.filters.connected import attribute_filter
from coarea.trees.tree import Tree

EXAMPLES = (
    "",
    "photo.png -o simple.png --beta 15",
    "photo.png -o smooth.png --domain pixels",
    "photo.png -o large.png --where 'area > 500 and compactness > 0.4'",
    "photo.png -o bright.png --where 'polarity > 0 or area > 2000'",
    "photos -o filtered --workers 2",
)
OF_VARIATION = (
    "method", "beta", "neighbors", "tie", "quantile", "resolution", "huber_delta", "mask", "weights", "info"
)  # fmt: skip


def add_filter(commands: Any) -> None:
    about = (
        "Filter images by exact total variation: details whose contours are long for their area vanish. "
        "Channels and frames are filtered one by one; transparency stays as it is."
    )
    command, group = image_command(commands, "filter", about, EXAMPLES, ending="-filtered")
    add_variation_options(group)
    about = (
        "instead: keep the nodes of a tree (default: shapes) where it holds, as in the examples below; of bright "
        "shapes (sup, upper) polarity > 0, of dark ones (inf, lower) polarity < 0"
    )
    group.add_argument("--where", metavar="CONDITION", help=about)
    about = "with --where: what becomes of kept nodes inside others that go (default: direct)"
    group.add_argument("--rule", choices=get_args(KeepRule), help=about)
    command.set_defaults(run=run_filter)


def run_filter(options: argparse.Namespace) -> int:
    if options.where is None:
        if options.rule is not None:
            options.parser.error("--rule goes with --where")
        variation = Variation(options)
        return run_batch(options, Job(variation.filter, variation.result))
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
        tree = build_tree(plane, domain, options.connectivity, options.border)
        keep = np.broadcast_to(condition(partial(measure, source, tree)), len(tree))
        kept[:] += len(tree), np.count_nonzero(keep[1:]) + 1  # the root always stays
        return attribute_filter(tree, keep, rule=options.rule or "direct")

    filtered = source.map(partial(by_channel, on_plane))
    return filtered, {"done": f"{domain} where {condition.text}", "nodes": kept.tolist()}
