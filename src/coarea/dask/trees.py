"""Filters of images in chunks by attributes of their shapes or components."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Any, get_args

import dask.array as da
import numpy as np
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from coarea.base.colors import ONE_BY_ONE, warn_of_colors
from coarea.base.keywords import with_hints
from coarea.base.options import as_choice, as_number, came, one_of
from coarea.base.types import Border, ShapeConnectivity, TreeDomain
from coarea.dask._brackets import Box
from coarea.dask._inputs import Inputs, as_chunked
from coarea.dask._merge_up import Graph, added, merge_up
from coarea.dask._tree_attributes import ATTRIBUTES, REFUSED
from coarea.dask._tree_pieces import Question, filled, merge, piece_of, split
from coarea.trees.shapes import CONNECTIVITIES, outside_of


@with_hints
def attribute_filter(
    image: Any,
    attribute: str,
    threshold: float,
    *,
    tree: TreeDomain = "shapes",
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
) -> Any:
    """Remove the shapes or components of a dask array whose attribute is below a threshold."""
    one_of("tree", tree, get_args(TreeDomain))
    if isinstance(attribute, str) and attribute in REFUSED:
        raise ValueError(f"attribute {attribute!r} is not offered in chunks: it {REFUSED[attribute]}")
    one_of("attribute", attribute, ATTRIBUTES)
    least = as_number("threshold", threshold, finite=False)
    chunked = as_chunked(image)
    warn_of_colors(chunked, ONE_BY_ONE)
    question = Question(
        tree, *_conventions(chunked, tree, connectivity, border), attribute, least, tuple(map(int, chunked.shape))
    )
    return _filtered(chunked, question)


def _conventions(
    image: Any, tree: TreeDomain, connectivity: Any, border: Any
) -> tuple[Any, float | tuple[int, ...] | None, bool]:
    """Connectivity, what is outside, and whether open lines are turned."""
    if tree != "shapes":
        if border is not None:
            raise ValueError(f"border does not apply to tree={tree!r}: leave it out")
        degree = 1 if connectivity is None else connectivity
        return as_choice("connectivity", degree, range(1, image.ndim + 1)), None, False
    if image.ndim not in CONNECTIVITIES:
        raise ValueError(f"image must be 2-D or 3-D with tree='shapes', got {image.ndim}-D")
    pairs = CONNECTIVITIES[image.ndim]
    pair = pairs[0] if connectivity is None else connectivity
    one_of("connectivity", pair, pairs)
    if pair == "self-dual":
        raise ValueError(
            "connectivity must not be 'self-dual' in chunks: its saddles depend on where the outside is; "
            f"take {' or '.join(map(repr, pairs[:-1]))}"
        )
    if border is None or (isinstance(border, str) and border == "half-area"):
        return pair, None, True
    if isinstance(border, str):
        raise ValueError(
            f"border must be 'half-area', a number or a pixel in chunks, got {came(border)}: compute the number first"
        )
    return pair, outside_of(image, border), False


def _filtered(image: Any, question: Question) -> Any:
    """The tasks: trees of the chunks, merges of their cores, and the chunks of the result."""
    graph: Graph = {}
    name = "attribute-filter-" + str(tokenize(image, question))
    inputs = Inputs(image, None, None, None)
    boxes = inputs.boxes()
    kept, pieces = (np.empty(boxes.shape, object) for _ in range(2))
    for place, box in np.ndenumerate(boxes):
        if any(part.start == part.stop for part in box):
            pieces[place] = added(graph, (f"{name}-own", *place), _none)
            continue
        wide = _with_next(box, question.shape)
        part = inputs.tile(graph, f"{name}-part", place, wide)[0]
        built = added(graph, (f"{name}-built", *place), partial(piece_of, question=question, box=box), part)
        kept[place] = added(graph, (f"{name}-nodes", *place), itemgetter(0), built)
        pieces[place] = added(graph, (f"{name}-own", *place), itemgetter(1), built)
    parts, _ = merge_up(graph, name, pieces, merge=partial(merge, question=question), split=split)
    dtype = image.dtype.newbyteorder("=")
    for place, box in np.ndenumerate(boxes):
        if kept[place] is None:
            shape = tuple(part.stop - part.start for part in box)
            added(graph, (name, *place), partial(np.empty, shape, dtype))
        else:
            added(graph, (name, *place), filled, parts[place], kept[place])
    return da.Array(HighLevelGraph.from_collections(name, graph, dependencies=[image]), name, image.chunks, dtype)


def _none() -> None:
    """The piece of a chunk without pixels."""


def _with_next(box: Box, shape: tuple[int, ...]) -> Box:
    """The box with the pixels after its last ones along each axis."""
    return tuple(slice(part.start, min(part.stop + 1, n)) for part, n in zip(box, shape, strict=True))
