"""Filters of images in chunks by attributes of their shapes or components."""

from __future__ import annotations

import math
from functools import partial
from operator import itemgetter
from typing import Any, get_args

import numpy as np
from dask.base import tokenize

from coarea.base.colors import ONE_BY_ONE, warn_of_colors
from coarea.base.keywords import with_hints
from coarea.base.options import as_choice, as_number, came, one_of
from coarea.base.types import Border, ShapeConnectivity, Tie, TreeDomain
from coarea.dask._brackets import Box
from coarea.dask._inputs import Inputs, as_chunked, lazy_array
from coarea.dask._merge_up import Graph, added, merge_up
from coarea.dask.parts.attributes import check
from coarea.dask.parts.pieces import Question, merge, piece_of, split
from coarea.dask.parts.rules import Threshold, energy_of, filled
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
    """Remove the shapes or components of a dask array whose attribute is below a threshold.

    What :func:`coarea.attribute_filter` leaves of the tree of the whole image, bit for bit, whatever the chunks are,
    with ``attributes.area(tree) >= threshold`` or another attribute.

    Parameters
    ----------
    image : dask array
        Any real dtype, without NaN; 2-D or 3-D for shapes. Chunks of about 1024 x 1024 or more are best.
    attribute : str
        The name of a function of :mod:`coarea.attributes`, or "diameter", the longest side of the bounding box, as in
        :func:`coarea.diameter_opening`:

        "area", "diameter", "perimeter", "compactness"
            For all images.
        "height"
            For integers of at most 32 bits, and for floats of at most 64.
        "inertia", "elongation", "eccentricity"
            For plane images; of more than some 2**31 pixels the sums of squares of their coordinates would not fit.
        "mean", "mean_contrast", "volume", "total_variation"
            For integers of at most 16 bits, whose sums are not rounded.
    threshold : float
        Shapes or components whose attribute is at least this stay, and the root does. As with ``rule="direct"`` of
        :func:`coarea.attribute_filter`, nodes go one by one, and their pixels take the grey value of the first node
        around them that stays.
    tree : {"shapes", "max_tree", "min_tree"}, default "shapes"
        The tree: see :func:`coarea.tree_of_shapes`, :func:`coarea.max_tree` and :func:`coarea.min_tree`.
    connectivity : optional
        As for the function that builds the tree; "self-dual" is refused, since its saddles depend on where the outside
        is.
    border : "half-area", number or pixel, optional
        For shapes, as in :func:`coarea.tree_of_shapes`; the statistics of the frame are not offered.

    Returns
    -------
    filtered : dask array
        Chunks and dtype of the image; nothing is computed yet.

    Raises
    ------
    ValueError
        If an option is unknown, does not belong to the tree or is not offered in chunks, an attribute is not exact for
        the image, or sizes of chunks are not known; when it is computed, if a chunk contains NaN.
    TypeError
        If the image is no dask array, or its dtype is not real.

    See Also
    --------
    coarea.attribute_filter : in memory, by any attribute.
    coarea.dask.grain_filter, coarea.dask.area_opening, coarea.dask.diameter_opening

    Notes
    -----
    The tree of each chunk, with the pixels after its last ones, tells outside only what others need to know: its
    nodes at pixels that chunks share, and those around them. Of photographs in chunks of 1024 x 1024 these are about
    2 in 100 nodes. They go up a tree of merges, which drops what lies inside; at the top, the outside is known, and
    grey values come down: a contour tree [Carr2003]_ in parts. Between the two each chunk keeps 4 bytes for each pixel,
    on the workers or where they spill. A merge takes about 150 bytes for each node that comes in.

    An image with a long path along which the grey values rise or fall, such as a ramp pixel by pixel, has nearly all
    its nodes there, and then the whole tree must fit into the memory of one worker.

    Examples
    --------
    >>> import coarea.dask, dask.array
    >>> image = dask.array.from_array([[5, 5, 5, 5], [5, 9, 0, 5], [5, 5, 5, 5]], chunks=(2, 2))
    >>> coarea.dask.attribute_filter(image, "area", 2).compute().tolist()
    [[5, 5, 5, 5], [5, 5, 5, 5], [5, 5, 5, 5]]
    """
    one_of("tree", tree, get_args(TreeDomain))
    least = as_number("threshold", threshold)
    chunked = as_chunked(image)
    check(attribute, chunked.dtype, chunked.shape)
    warn_of_colors(chunked, ONE_BY_ONE)
    question = Question(
        tree,
        *conventions_of(chunked, tree, connectivity, border),
        tuple(map(int, chunked.shape)),
        Threshold(attribute, least),
    )
    return filtered(chunked, question).rechunk(image.chunks)


def denoised(
    image: Any,
    beta: float,
    *,
    domain: TreeDomain,
    connectivity: ShapeConnectivity | int | None = None,
    border: Border | None = None,
    tie: Tie = "lower",
    quantile: float = 0.5,
) -> Any:
    """What :func:`coarea.denoise_tv_l1` finds on a tree of the whole image: one channel, checked and without weights.

    What would be rounded is refused, sums over the tree when they are known; otherwise the result is the same, bit for
    bit. Messages go up once and values come down once, for all levels together.
    """
    chunked = as_chunked(image)
    shape = tuple(map(int, chunked.shape))
    rule = energy_of(beta, quantile, tie, math.prod(shape))
    question = Question(domain, *conventions_of(chunked, domain, connectivity, border), shape, rule)
    return filtered(chunked, question).rechunk(image.chunks)


def conventions_of(
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


def filtered(image: Any, question: Question) -> Any:
    """The tasks: trees of the chunks, merges of their cores, and the chunks of the result."""
    graph: Graph = {}
    kind = "attribute-filter" if isinstance(question.rule, Threshold) else "denoise-on-tree"
    name = f"{kind}-{tokenize(image, question)}"
    inputs = Inputs(image)
    boxes = inputs.boxes()
    kept, pieces = (np.empty(boxes.shape, object) for _ in range(2))
    for place, box in np.ndenumerate(boxes):
        wide = _with_next(box, question.shape)
        part = inputs.tile(graph, f"{name}-part", place, wide)[0]
        built = added(graph, (f"{name}-built", *place), partial(piece_of, question=question, box=box), part)
        kept[place] = added(graph, (f"{name}-nodes", *place), itemgetter(0), built)
        pieces[place] = added(graph, (f"{name}-own", *place), itemgetter(1), built)
    parts, _ = merge_up(graph, name, pieces, merge=partial(merge, question=question), split=split)
    for place in np.ndindex(boxes.shape):
        added(graph, (name, *place), filled, parts[place], kept[place])
    return lazy_array(graph, name, image)


def _with_next(box: Box, shape: tuple[int, ...]) -> Box:
    """The box with the pixels after its last ones along each axis."""
    return tuple(slice(part.start, min(part.stop + 1, n)) for part, n in zip(box, shape, strict=True))
