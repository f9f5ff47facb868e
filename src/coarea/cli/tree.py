"""coarea tree: the tree of an image in numbers, and a table of all its nodes."""

import argparse
import csv
import inspect
import io
import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array
from coarea.cli.batch import Fields, Job, image_command, run_batch
from coarea.cli.connected import add_conventions
from coarea.cli.files import FileError, replace_file
from coarea.cli.inputs import find_sources
from coarea.cli.parser import count
from coarea.cli.planes import Source
from coarea.trees.components import max_tree, min_tree
from coarea.trees.shapes import tree_of_shapes
from coarea.trees.tree import Tree

BUILDERS: dict[str, Any] = {"shapes": tree_of_shapes, "max_tree": max_tree, "min_tree": min_tree}
ARRAYS = ("value", "polarity")
OF_SEVERAL_NUMBERS = ("bounding_box", "centroid", "second_moments")


def add_tree(commands: Any) -> None:
    about = (
        "Print the size of the tree of an image and its largest shapes, or write all nodes to a table. "
        "Of colours, the tree is that of their luminance."
    )
    examples = ("", "photo.png --domain max_tree --largest 5", "photo.png --csv shapes.csv")
    command, group = image_command(commands, "tree", about, examples)
    group.add_argument("--domain", choices=BUILDERS, default="shapes", help="which tree (default: shapes)")
    add_conventions(group)
    about = "how many shapes to list (default: 10)"
    group.add_argument("--largest", type=count, default=10, metavar="N", help=about)
    about = "write all nodes with all attributes and boxes"
    group.add_argument("--csv", type=Path, metavar="FILE", help=about)
    group.add_argument("--overwrite", action="store_true", help="replace a table that exists")
    command.set_defaults(run=run_tree)


def build_tree(image: Array, domain: str, connectivity: Any = None, border: Any = None) -> Tree:
    """Tree of a command's options; those that are None are the library's to choose."""
    given = {"connectivity": connectivity, "border": border}
    tree: Tree = BUILDERS[domain](image, **{name: value for name, value in given.items() if value is not None})
    return tree


def check_conventions(options: argparse.Namespace, domain: str) -> None:
    """Refuse the border of a tree that has none."""
    if options.border is not None and domain != "shapes":
        options.parser.error(f"--border goes with --domain shapes, not with {domain}")


def run_tree(options: argparse.Namespace) -> int:
    check_conventions(options, options.domain)
    if options.csv is not None and options.csv.suffix.lower() != ".csv":
        options.parser.error(f"--csv must name a file that ends in .csv, got {options.csv}")
    if options.csv is not None and len(find_sources(options.inputs)[0]) > 1:
        options.parser.error("--csv takes one image")
    if options.csv is not None and os.path.lexists(options.csv) and not options.overwrite:
        raise FileError(f"cannot write {options.csv}: it exists; --overwrite replaces it")

    def compute(source: Source) -> tuple[None, Fields]:
        tree = build_tree(source.grey()[0], options.domain, options.connectivity, options.border)
        fields: Fields = {"done": tree.kind, "nodes": len(tree), "depth": int(attributes.depth(tree).max())}
        if options.csv is not None:
            write_table(options.csv, tree)
            return None, {**fields, "table": str(options.csv)}
        return None, {**fields, "largest": list(largest_shapes(tree, options.largest))}

    return run_batch(options, Job(compute, writes=False))


def largest_shapes(tree: Tree, number: int) -> Iterator[Fields]:
    area, perimeter = attributes.area(tree), attributes.perimeter(tree)
    for node in np.argsort(-area, kind="stable")[:number].tolist():
        polarity = ("lower", "root", "upper")[tree.polarity[node] + 1]
        row = {"node": node, "area": int(area[node]), "perimeter": int(perimeter[node])}
        yield row | {"value": tree.value[node].item(), "polarity": polarity}


def single_attributes() -> list[str]:
    """Names of the attributes that are computed from a tree alone."""
    return [name for name in attributes.__all__ if len(inspect.signature(getattr(attributes, name)).parameters) == 1]


def numbers_of_nodes() -> list[str]:
    """What a condition on nodes may name: one number for each node."""
    return [*ARRAYS, *(name for name in single_attributes() if name not in OF_SEVERAL_NUMBERS)]


def measure(tree: Tree, name: str) -> Array:
    """One array or attribute of all nodes; the nodes are along the first axis."""
    found: Array = getattr(tree, name) if name in ("parent", *ARRAYS) else getattr(attributes, name)(tree)
    return found


def columns(tree: Tree) -> Iterator[tuple[str, Array]]:
    """All arrays and attributes as columns; what only plane shapes have is left out of other trees."""
    yield "node", np.arange(len(tree))
    for name in ("parent", *ARRAYS, *single_attributes()):
        try:
            values = measure(tree, name)
        except ValueError:  # the orientation of a volume, for example
            continue
        for place in product(*map(range, values.shape[1:])):
            column: Any = (slice(None), *place)
            if list(place) == sorted(place):  # matrices are symmetric
                yield _column_name(tree, name, place), values[column]


def _column_name(tree: Tree, name: str, place: tuple[int, ...]) -> str:
    ndim = tree.node_of_pixel.ndim
    axes = ("plane", "row", "column")[3 - ndim :] if ndim in (2, 3) else [f"axis{k}" for k in range(ndim)]
    if name == "bounding_box":
        return f"{'start' if place[0] < ndim else 'stop'}_{axes[place[0] % ndim]}"
    return "_".join([name, *(axes[k] for k in place)])


def write_table(path: Path, tree: Tree) -> None:
    """Write all columns of all nodes, complete or not at all."""
    names, values = zip(*columns(tree), strict=True)
    writer = csv.writer(text := io.StringIO(), lineterminator="\n")
    writer.writerow(names)
    numbers = (column.astype(np.uint8) if column.dtype == bool else column for column in values)  # 1 and 0, not True
    writer.writerows(zip(*(column.tolist() for column in numbers), strict=True))
    replace_file(path, text.getvalue().encode())
