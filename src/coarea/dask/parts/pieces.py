"""Trees of the parts of an image, without what other parts need not know; put together where parts share pixels.

A part is a chunk and the pixels after its last ones along each axis, so that all neighbours and saddles lie inside a
part. Its *core* are the nodes of the pixels that it shares with other parts, and all nodes around these. What hangs
below the core lies inside the part, so its attributes are known, and whether it stays; its sums go to the core.
The tree of a union of parts is that of the graph of their cores, and has a core itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices, as_image
from coarea.base.types import TreeDomain
from coarea.dask._brackets import Box
from coarea.dask.parts.attributes import Attribute, Shapes, View, lowest_of, measured
from coarea.dask.parts.rules import Energy, Kept, Nodes, Rule, Steps, filled, joined_steps
from coarea.trees import _passes
from coarea.trees.components import component_tree
from coarea.trees.domains import KINDS
from coarea.trees.shapes import shapes_of
from coarea.trees.strips import core as joining
from coarea.trees.strips.ranks import levels_of_strip
from coarea.trees.tree import Tree

Places = NDArray[np.int64]


class Question(NamedTuple):
    """Which tree is built of an image of a shape, and what is wanted of it."""

    tree: TreeDomain
    connectivity: Any
    outside: float | tuple[int, ...] | None  # a ring or a pixel
    half_area: bool
    shape: tuple[int, ...]
    rule: Rule

    @property
    def n_pixels(self) -> int:
        """Of the whole image."""
        return int(np.prod(self.shape, dtype=object))

    @property
    def has_ring(self) -> bool:
        """Whether the frame of the image is held together from outside."""
        return self.outside is not None and not isinstance(self.outside, tuple)


class Piece(NamedTuple):
    """The core of a box of the image."""

    box: Box  # of chunks, without the pixels after the last ones
    nodes: Nodes
    steps: Steps
    rim: Places  # pixels that parts outside of the box may share, flat indices in the image
    rim_node: Indices
    outside: int  # the node of the pixel outside; -1 if it lies elsewhere


def piece_of(image: Array, question: Question, box: Box) -> tuple[Kept, Piece]:
    """Of a chunk that lies in a box of the image; `image` also holds the pixels after its last ones."""
    values = as_image(image, finite=isinstance(question.rule, Energy))
    tree = _tree_of(values, question)
    own = tuple(slice(0, part.stop - part.start) for part in box)
    view = View(values, own, tuple(part.start for part in box))
    nodes = tree.node_of_pixel
    sums, extremes = measured(question.rule.attribute, view, nodes, len(tree))
    is_rim, is_frame = np.zeros((2, *values.shape), bool)
    for axis, (part, length) in enumerate(zip(box, question.shape, strict=True)):
        for end, is_shared in ((0, part.start > 0), (-1, part.stop < length)):
            (is_rim if is_shared else is_frame)[(slice(None),) * axis + (end,)] = True
    is_open = np.zeros(len(tree), np.int32)
    is_open[nodes[is_frame]] = 1
    where = tuple(along + part.start for along, part in zip(np.nonzero(is_rim), box, strict=True))
    rim = np.ravel_multi_index(where, question.shape).astype(np.int64)
    outside = -1
    if isinstance(question.outside, tuple):
        place = tuple(i - part.start for i, part in zip(question.outside, box, strict=True))
        if all(0 <= i < n for i, n in zip(place, values.shape, strict=True)):
            outside = int(nodes[place])
    whole = Nodes(tree.parent, tree.value, sums, extremes, is_open)
    steps = question.rule.steps_of(tree.value, sums[0])
    kept, piece = _reduced(question, Piece(box, whole, steps, rim, nodes[is_rim], outside))
    return kept._replace(place=kept.place[nodes[own]]), piece


def merge(pieces: list[Piece], last: bool, question: Question) -> tuple[Piece, Kept]:
    """The core of neighbouring ones, and what is known of their nodes."""
    counts = [len(piece.nodes.parent) for piece in pieces]
    first = np.cumsum([0, *counts]).astype(np.int32)
    nodes = Nodes(
        np.concatenate([piece.nodes.parent + i for piece, i in zip(pieces, first, strict=False)]),
        *(np.concatenate([piece.nodes[k] for piece in pieces], -1) for k in range(1, len(Nodes._fields))),
    )  # fmt: skip
    rim = np.concatenate([piece.rim for piece in pieces])
    rim_node = np.concatenate([piece.rim_node + i for piece, i in zip(pieces, first, strict=False)])
    order = np.argsort(rim, kind="stable")
    rim, rim_node = rim[order], rim_node[order]
    is_first = np.diff(rim, prepend=-1) > 0
    again = np.flatnonzero(~is_first)
    pairs = rim_node[again], rim_node[again - 1]
    outside = next((piece.outside + int(i) for piece, i in zip(pieces, first, strict=False) if piece.outside >= 0), -1)
    core = _joined(question, nodes, pairs, max(outside, 0), last)
    box = tuple(
        slice(min(part.start for part in along), max(part.stop for part in along))
        for along in zip(*(piece.box for piece in pieces), strict=True)
    )
    whole = _summed(nodes, core.node, core.parent, core.value)
    steps = joined_steps([piece.steps for piece in pieces], first, core.node, len(core.parent))
    near = is_first & _may_be_shared(rim, box, question.shape)
    outside = -1 if outside < 0 else int(core.node[outside])
    kept, piece = _reduced(question, Piece(box, whole, steps, rim[near], core.node[rim_node[near]], outside), last)
    return piece, kept._replace(place=kept.place[core.node], counts=counts)


def split(above: Array | None, kept: Kept) -> list[Array]:
    """The grey values of the nodes of each piece that was merged."""
    return np.split(filled(above, kept), np.cumsum(kept.counts)[:-1])


def _tree_of(values: Array, question: Question) -> Tree:
    if question.tree == "shapes":
        return shapes_of(values, connectivity=question.connectivity, border=(0,) * values.ndim)
    return component_tree(values, question.connectivity, kind=KINDS[question.tree])


def _joined(question: Question, nodes: Nodes, pairs: tuple[Indices, Indices], root: int, last: bool) -> joining.Core:
    """The tree of the nodes of which pairs share pixels; seen from the outside if nothing else is missing."""
    flip = question.tree == "min_tree"
    level, values = levels_of_strip(nodes.value)
    level = level.astype(np.int32, copy=False)  # those of short integers are bytes
    if flip:
        level, values = len(values) - 1 - level, values[::-1]
    area = np.ascontiguousarray(nodes.sums[0])
    given = joining.Nodes(values, level, area, nodes.is_open, flip)
    glue = joining.whole_glue(given, nodes.parent, pairs)
    if question.tree != "shapes":
        return joining.components(given, glue)
    if last and question.has_ring:
        assert isinstance(question.outside, float | int)
        return joining.shapes_in_ring(given, glue, question.outside, map)
    return joining.shapes(given, glue, root, map, question.n_pixels if last and question.half_area else None)


def _summed(nodes: Nodes, place: Indices, parent: Indices, value: Array) -> Nodes:
    """What is known of the nodes of a tree, from that of nodes that are at these places in it."""
    n = len(parent)
    sums = np.zeros((len(nodes.sums), n), np.int64)
    for total, own in zip(sums, nodes.sums, strict=True):
        _passes.add_pixels(place, np.ascontiguousarray(own), total)
    extremes = np.full((len(nodes.extremes), n), lowest_of(nodes.extremes.dtype), nodes.extremes.dtype)
    for largest, own in zip(extremes, nodes.extremes, strict=True):
        _passes.max_pixels(place, np.ascontiguousarray(own), largest)
    is_open = np.zeros(n, np.int32)
    _passes.max_pixels(place, nodes.is_open, is_open)
    return Nodes(parent, value, sums, extremes, is_open)


def _reduced(question: Question, whole: Piece, last: bool = False) -> tuple[Kept, Piece]:
    """What is known of the nodes below the core, and the core; of all nodes and the root if nothing lies outside."""
    nodes, rule = whole.nodes, question.rule
    is_core = np.zeros(len(nodes.parent), np.int32)
    is_core[0] = 1
    if not last:
        is_core[whole.rim_node] = 1
        if whole.outside >= 0:
            is_core[whole.outside] = 1
        if question.has_ring:
            is_core |= nodes.is_open
        if question.half_area and 2 * int(nodes.sums[0].sum()) > question.n_pixels:
            area = nodes.sums[0].copy()  # the root may move into what is larger than half of the image
            _passes.accumulate_sum(nodes.parent, area)
            is_core |= 2 * area > question.n_pixels
        _passes.accumulate_max(nodes.parent, is_core)
    chosen = is_core > 0
    total = _complete(rule.attribute, nodes, chosen)
    kept, steps = rule.settle(total, whole.steps, chosen, last)
    number = np.cumsum(chosen, dtype=np.int32) - np.int32(1)
    core = Nodes(
        number[nodes.parent[chosen]], nodes.value[chosen], total.sums[:, chosen], total.extremes[:, chosen],
        total.is_open[chosen],
    )  # fmt: skip
    outside = -1 if whole.outside < 0 else int(number[whole.outside])
    return kept, Piece(whole.box, core, steps, whole.rim, number[whole.rim_node], outside)


def _complete(attribute: Attribute, nodes: Nodes, is_core: NDArray[np.bool_]) -> Nodes:
    """Sums and extremes with what lies below, up to the first nodes of the core."""
    forest = np.zeros(len(nodes.parent) + 1, np.int32)  # one root more, above those of the core
    forest[1:] = np.where(is_core, 0, nodes.parent + np.int32(1))
    sums, extremes = nodes.sums.copy(), nodes.extremes.copy()
    n_gains = attribute.gain is not None
    for k in range(len(sums)):
        if n_gains and k == len(sums) - 1:
            assert attribute.gain is not None
            gain = attribute.gain(Shapes(sums, extremes, nodes.value, nodes.value[nodes.parent]))
            sums[k] += np.where(is_core, 0, gain)
        sums[k] = _below(_passes.accumulate_sum, forest, sums[k], 0)
    for k in range(len(extremes)):
        extremes[k] = _below(_passes.accumulate_max, forest, extremes[k], lowest_of(extremes.dtype))
    is_open = _below(_passes.accumulate_max, forest, nodes.is_open, 0)
    return Nodes(nodes.parent, nodes.value, sums, extremes, is_open)


def _below(accumulate: Any, forest: Indices, row: Array, above: float) -> Array:
    wide = np.empty(len(forest), row.dtype)
    wide[0], wide[1:] = above, row
    accumulate(forest, wide)
    return wide[1:]


def _may_be_shared(pixels: Places, box: Box, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which pixels lie on a side of the box that is none of the image."""
    near = np.zeros(len(pixels), bool)
    for along, part, length in zip(np.unravel_index(pixels, shape), box, shape, strict=True):
        near |= (along == part.start) & (part.start > 0)
        near |= (along == part.stop) & (part.stop < length)
    return near
