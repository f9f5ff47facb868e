"""coarea tree: the tree of an image in numbers, and a table of all its nodes."""

import argparse
import csv
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array, as_image
from coarea.base.threads import number_of_workers
from coarea.cli.batch import Fields, Job, image_command, run_batch, threads_of
from coarea.cli.connected import add_conventions
from coarea.cli.files import FileError, replace_file
from coarea.cli.inputs import find_sources
from coarea.cli.parser import count, file_name
from coarea.cli.planes import Source, add_plane_options, one_plane
from coarea.trees.domains import KINDS, tree_on
from coarea.trees.tree import Tree


def add_tree(commands: Any) -> None:
    about = (
        "Print the size of the tree of an image and its largest shapes, or write all nodes to a table. "
        "Of colours, the tree is that of their luminance, or of one channel; in Python, "
        "coarea.tree_of_shapes(image, channel_axis=-1) is one tree of all channels."
    )
    examples = ("", "photo.png --domain max_tree --largest 5", "photo.png --csv shapes.csv")
    command, group = image_command(commands, "tree", about, examples)
    group.add_argument("--domain", choices=KINDS, default="shapes", help="which tree (default: shapes)")
    add_conventions(group)
    add_plane_options(group)
    about = "how many shapes to list (default: 10)"
    group.add_argument("--largest", type=count, default=10, metavar="N", help=about)
    add_table(group, "write all nodes with all attributes and boxes")
    group.add_argument("--overwrite", action="store_true", help="replace a table that exists")
    command.set_defaults(run=run_tree)


def build_tree(image: Array, domain: str, options: argparse.Namespace) -> Tree:
    """Tree of a command's options; those that are None are the library's to choose."""
    workers = number_of_workers(threads_of(options))
    return tree_on(domain, as_image(image), connectivity=options.connectivity, border=options.border, workers=workers)


def check_conventions(options: argparse.Namespace, domain: str) -> None:
    """Refuse the border of a tree that has none."""
    if options.border is not None and domain != "shapes":
        options.parser.error(f"--border goes with --domain shapes, not with {domain}")


def run_tree(options: argparse.Namespace) -> int:
    check_conventions(options, options.domain)
    check_table(options)

    def compute(source: Source) -> tuple[None, Fields]:
        plane = one_plane(source, options)
        tree = build_tree(plane.pixels, options.domain, options)
        depth = int(attributes.depth(tree).max())
        fields: Fields = {"notes": plane.notes, "done": tree.kind, "nodes": len(tree), "depth": depth}
        if options.csv is not None:
            columns = {"node": np.arange(len(tree)), **attributes.table(tree)}
            return None, fields | write_table(options.csv, columns)
        return None, {**fields, "largest": list(largest_shapes(tree, options.largest))}

    return run_batch(options, Job(compute, writes=False))


def largest_shapes(tree: Tree, number: int) -> Iterator[Fields]:
    area, perimeter = attributes.area(tree), attributes.perimeter(tree)
    for node in np.argsort(-area, kind="stable")[:number].tolist():
        polarity = ("lower", "root", "upper")[tree.polarity[node] + 1]
        row = {"node": node, "area": int(area[node]), "perimeter": int(perimeter[node])}
        yield row | {"value": tree.value[node].item(), "polarity": polarity}


def numbers_of_nodes() -> list[str]:
    """What a condition on nodes may name: one number for each node."""
    columns = attributes.table(tree_on("max_tree", np.zeros((1, 1))))
    return [name for name in columns if name.isidentifier() and name != "parent"]


def add_table(group: Any, about: str) -> None:
    """The option for a table beside what is printed or drawn."""
    group.add_argument("--csv", type=file_name, metavar="FILE", help=about)


def check_table(options: argparse.Namespace) -> None:
    """Refuse a table that cannot be, before anything is computed."""
    if options.csv is None:
        return
    if options.csv.suffix.lower() != ".csv":
        options.parser.error(f"--csv must name a file that ends in .csv, got {options.csv}")
    sources = find_sources(options.inputs)[0]
    if len(sources) > 1:
        options.parser.error("--csv takes one image")
    if any(os.path.exists(options.csv) and os.path.samefile(options.csv, source) for source in sources if source):
        raise FileError(f"cannot write {options.csv}: it leads to the image")
    if os.path.lexists(options.csv) and not options.overwrite:
        raise FileError(f"cannot write {options.csv}: it exists; --overwrite replaces it")


def write_table(path: Path, columns: Mapping[str, Array]) -> Fields:
    """Write the columns, complete or not at all."""
    writer = csv.writer(text := io.StringIO(), lineterminator="\n")
    writer.writerow(columns)
    numbers = (
        column.astype(np.uint8) if column.dtype == bool else column for column in columns.values()
    )  # 1, not True
    writer.writerows(zip(*(column.tolist() for column in numbers), strict=True))
    replace_file(path, text.getvalue().encode())
    return {"table": str(path)}
