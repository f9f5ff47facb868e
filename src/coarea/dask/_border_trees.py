"""Component trees of an image in chunks, for filters that remove what is small.

A component of a level set that meets no side along which the image is cut lies in its chunk as a whole. The others,
and those around them, make a small tree. The trees of neighbouring chunks, joined where pixels are neighbours across
the cut, are a graph, of which the components of the level sets are those of the union: the tree of that graph takes
their place, less what is whole by now. What comes down again is the grey value that each node takes. It may be one
that occurs in other chunks only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea import attributes
from coarea.base.arrays import Array, Indices, as_image
from coarea.base.neighborhoods import Offset, pair_slices
from coarea.base.types import GraphTreeKind, TreeKind
from coarea.dask._brackets import Box, within
from coarea.filters.connected import attribute_filter
from coarea.trees import _passes
from coarea.trees.components import component_tree
from coarea.trees.graph import tree_of_graph
from coarea.trees.tree import Tree, places_of_kept

Measures = NDArray[np.int64]  # a row for each node


class Opening(NamedTuple):
    """Which components are kept, of which level sets."""

    attribute: Literal["area", "diameter"]
    threshold: float
    kind: TreeKind
    connectivity: int

    @property
    def name(self) -> str:
        """That of the filter."""
        return f"{self.attribute}_{'opening' if self.kind == 'max-tree' else 'closing'}"

    def tree(self, values: Array) -> Tree:
        """That of a part of the image."""
        return component_tree(as_image(values), self.connectivity, kind=self.kind)

    def measure(self, tree: Tree, start: Sequence[int]) -> Measures:
        """The areas of the nodes, or the ends of their boxes and the negatives of where these begin."""
        if self.attribute == "area":
            return attributes.area(tree)[:, np.newaxis].astype(np.int64)
        first, end = np.split(attributes.bounding_box(tree).astype(np.int64), 2, axis=1)
        return np.concatenate([end + start, -(first + start)], axis=1)

    def is_large(self, measures: Measures) -> NDArray[np.bool_]:
        """Whether nodes are kept."""
        ends, starts = (measures, 0) if self.attribute == "area" else np.split(measures, 2, axis=1)
        large: NDArray[np.bool_] = (ends + starts).max(axis=1, initial=0) >= self.threshold
        return large

    def joined(self, tree: Tree, measures: Measures) -> Measures:
        """The measures of the nodes, from those of what they are made of."""
        return tree.accumulate(measures, "sum" if self.attribute == "area" else "max")

    def apart(self, parent: Indices, measures: Measures) -> Measures:
        """The measures of nodes without those of the others below them, where these would count twice."""
        own = measures.copy()
        if self.attribute == "area":
            np.subtract.at(own, parent[1:], measures[1:])
        return own


class Piece(NamedTuple):
    """The nodes of a box that meet a cut side, and those around them: a tree, parents first."""

    box: Box
    parent: Indices
    value: Array
    measures: Measures
    faces: dict[tuple[int, int], Indices]  # by axis and direction: nodes of the pixels along the cut sides


class Kept(NamedTuple):
    """What is kept of a tree for the way down, but for the values of the nodes that went up."""

    value: Array  # of the nodes that stay
    went_up: NDArray[np.bool_]
    place: Array  # of the node that each pixel, or node of the pieces, has the value of
    counts: list[int]  # nodes of the pieces

    def values(self, above: Array) -> Array:
        """What the pixels, or nodes, become, with what has come down."""
        value = self.value.copy()
        value[self.went_up] = above
        found: Array = value[self.place]
        return found


def filter_alone(opening: Opening, values: Array) -> Array:
    """Filter an image in one piece."""
    tree = opening.tree(values)
    return attribute_filter(tree, opening.is_large(opening.measure(tree, [0] * values.ndim)))


def reduce_chunk(opening: Opening, box: Box, shape: tuple[int, ...], values: Array) -> tuple[Piece, Kept]:
    """The piece of a chunk, and what is kept of it."""
    tree = opening.tree(values)
    faces = {}
    for axis, (part, length) in enumerate(zip(box, shape, strict=True)):
        if part.start > 0:
            faces[axis, -1] = tree.node_of_pixel.take([0], axis)
        if part.stop < length:
            faces[axis, 1] = tree.node_of_pixel.take([-1], axis)
    measures = opening.measure(tree, [part.start for part in box])
    return _divided(opening, tree, measures, Piece(box, tree.parent, tree.value, measures, faces), [])


def merge(pieces: list[Piece], last: bool, opening: Opening) -> tuple[Piece, Kept]:
    """The piece of neighbouring ones, and what is kept of it."""
    counts = [len(piece.parent) for piece in pieces]
    starts = np.cumsum([0, *counts])[:-1]
    edges = [
        np.stack([np.arange(1, n), piece.parent[1:]], 1) + start
        for piece, n, start in zip(pieces, counts, starts, strict=True)
    ]
    for (one, first), (other, second) in combinations(zip(pieces, starts, strict=True), 2):
        edges += [pairs + np.array([first, second]) for pairs in _contacts(one, other, opening.connectivity)]
    kind: GraphTreeKind = "max" if opening.kind == "max-tree" else "min"
    tree = tree_of_graph(np.concatenate([piece.value for piece in pieces]), np.concatenate(edges), kind)
    measures = opening.joined(tree, np.concatenate([piece.measures for piece in pieces]))
    nodes = np.split(tree.node_of_pixel, starts[1:])
    box = tuple(
        slice(min(part.start for part in parts), max(part.stop for part in parts))
        for parts in zip(*(piece.box for piece in pieces), strict=True)
    )
    faces = _outer_faces(box, pieces, nodes)
    assert not (last and faces), "nothing is cut along the frame of the whole image"
    return _divided(opening, tree, measures, Piece(box, tree.parent, tree.value, measures, faces), counts)


def split(above: Array | None, kept: Kept) -> list[Array]:
    """The grey values that the nodes of each piece that was merged take; none came down to the last merge."""
    values = kept.values(kept.value[:0] if above is None else above)
    return np.split(values, np.cumsum(kept.counts)[:-1])


def _divided(opening: Opening, tree: Tree, measures: Measures, piece: Piece, counts: list[int]) -> tuple[Piece, Kept]:
    """Of the piece of all nodes that of those that go up, and what is kept."""
    reaches_out = np.zeros(len(tree), np.int32)
    for nodes in piece.faces.values():
        reaches_out[nodes] = 1
    _passes.accumulate_max(tree.parent, reaches_out)
    goes_up = reaches_out > 0
    stays = goes_up | opening.is_large(measures)
    stays[0] = True
    place = places_of_kept(tree, stays)[tree.node_of_pixel]
    narrow = np.min_scalar_type(np.count_nonzero(stays) - 1)  # it waits as long as the image is
    kept = Kept(tree.value[stays], goes_up[stays], place.astype(narrow), counts)
    number = np.cumsum(goes_up, dtype=np.int32) - np.int32(1)
    parent = number[tree.parent[goes_up]]
    faces = {side: number[nodes] for side, nodes in piece.faces.items()}
    return Piece(piece.box, parent, tree.value[goes_up], opening.apart(parent, measures[goes_up]), faces), kept


def _contacts(one: Piece, other: Piece, connectivity: int) -> list[Array]:
    """Pairs of nodes of two pieces that own neighbouring pixels."""
    step = tuple(int(np.sign(b.start - a.start)) for a, b in zip(one.box, other.box, strict=True))
    first, second = _rim(one, step), _rim(other, tuple(-k for k in step))
    pairs = []
    for offset in product(*((0,) if k else (-1, 0, 1) for k in step)):
        if np.abs(step).sum() + np.abs(offset).sum() <= connectivity:
            here, there = pair_slices(offset)
            pairs.append(np.stack([first[here].ravel(), second[there].ravel()], 1))
    return pairs


def _rim(piece: Piece, step: Offset) -> Indices:
    """The nodes of the pixels that neighbours in a direction may lie beside: a face, an edge, a corner."""
    axis = next(axis for axis, k in enumerate(step) if k)
    ends = {-1: slice(0, 1), 0: slice(None), 1: slice(-1, None)}
    return piece.faces[axis, step[axis]][tuple(slice(None) if i == axis else ends[k] for i, k in enumerate(step))]


def _outer_faces(box: Box, pieces: list[Piece], nodes: list[Indices]) -> dict[tuple[int, int], Indices]:
    """The faces of a union, with the nodes that those of the pieces have become."""
    faces: dict[tuple[int, int], Indices] = {}
    for piece, node in zip(pieces, nodes, strict=True):
        for (axis, step), face in piece.faces.items():
            own, whole = piece.box[axis], box[axis]
            if (own.start, own.stop)[step > 0] != (whole.start, whole.stop)[step > 0]:
                continue
            inside = [slice(0, 1) if i == axis else part for i, part in enumerate(within(piece.box, box))]
            if (axis, step) not in faces:
                shape = [1 if i == axis else part.stop - part.start for i, part in enumerate(box)]
                faces[axis, step] = np.empty(shape, np.int32)
            faces[axis, step][tuple(inside)] = node[face]
    return faces
