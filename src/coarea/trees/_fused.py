"""The multivariate tree of shapes: one tree of the shapes of all channels."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import INDEX_MAX, Array, Indices
from coarea.base.types import MULTIVARIATE
from coarea.trees import _nesting, _passes, _planar
from coarea.trees._nodes import Ring
from coarea.trees._selections import ancestors_of
from coarea.trees.tree import Tree, count_pixels


class _Channel(NamedTuple):
    """The tree of a channel with its nodes in preorder: inside node i lie those from i to last[i]."""

    parent: Indices
    skip: Indices
    last: Indices
    area: Indices
    pixels: Indices  # the node of each pixel


def fused(trees: list[Tree]) -> Tree:
    """One tree of the self-dual trees of the channels of an image, all rooted at one pixel."""
    height, width = trees[0].node_of_pixel.shape
    if (2 * height + 1) * (2 * width + 1) > INDEX_MAX:
        raise ValueError(f"image must have fewer than 2**29 pixels for a tree of all channels, got {height} x {width}")
    if sum(map(len, trees)) > INDEX_MAX:
        raise ValueError("image must have fewer than 2**31 shapes, those of all channels together")
    connectivity, border = trees[0].connectivity, trees[0].border
    faces = [_depth_map([_in_preorder(trees.pop(0)) for _ in range(len(trees))])]  # lists give up what is done with
    parent, depth, node_of_pixel = _components(faces)
    polarity = np.ones(len(parent), np.int8)
    polarity[0] = 0
    return Tree._trusted(
        parent,
        depth,
        node_of_pixel,
        polarity,
        kind=MULTIVARIATE,
        connectivity=connectivity,
        border=border,
    )


def _in_preorder(tree: Tree) -> _Channel:
    number, scratch, parent, last, area = np.empty((5, len(tree)), np.int32)
    pixels = np.empty(tree.node_of_pixel.shape, np.int32)
    _nesting.number_nodes(tree.parent, tree.node_of_pixel.ravel(), number, scratch, parent, last, area, pixels.ravel())
    return _Channel(parent.copy(), ancestors_of(parent).skip, last.copy(), area.copy(), pixels)


def _depths(channels: list[_Channel]) -> list[Indices]:
    """How many shapes of all channels the longest chain around each shape has."""
    start = np.cumsum([0, *(len(channel.parent) for channel in channels)])
    cover = np.empty((start[-1], len(channels)), np.int32)
    scratch = np.empty((2, max(len(channel.parent) for channel in channels)), np.int32)
    for own in range(len(channels)):
        cover[start[own] : start[own + 1], own] = np.arange(start[own], start[own + 1])
    for own, other in permutations(range(len(channels)), 2):
        _nesting.find_covers(
            channels[own].parent,
            channels[own].pixels.ravel(),
            channels[other].parent,
            channels[other].skip,
            channels[other].last,
            channels[other].pixels.ravel(),
            start[other],
            scratch[0],
            scratch[1],
            cover[start[own] : start[own + 1]],
            other,
        )
    parent = np.concatenate([channel.parent + np.int32(first) for channel, first in zip(channels, start, strict=False)])
    order, depth = np.empty((2, start[-1]), np.int32)
    _nesting.nest(parent, np.concatenate([channel.area for channel in channels]), cover, order, depth)
    return np.split(depth, start[1:-1])


def _depth_map(channels: list[_Channel]) -> Indices:
    """The depths of pixels, and of the edges and corners between them."""
    height, width = channels[0].pixels.shape
    depths = _depths(channels)
    faces = np.zeros((2 * height - 1, 2 * width - 1), np.int32)
    for channel, depth in zip(channels, depths, strict=True):
        _nesting.raise_depths(channel.parent, channel.skip, channel.last, depth, channel.pixels, faces)
    _nesting.fill_corners(faces)
    return faces


def _components(faces: list[Indices]) -> tuple[Indices, Indices, Indices]:
    """The components of the upper level sets of a map of depths with their holes filled, as sets of pixels."""
    levels: Array = faces.pop()
    n_levels = int(levels.max()) + 1
    if n_levels <= 2**16:
        levels = levels.astype(np.uint16)
    nodes, _ = _planar.shapes(levels, n_levels, connectivity="4-8", outside=Ring(0, True))
    parent, depth = nodes.parent, nodes.level
    node_of_pixel = np.ascontiguousarray(nodes.node_of_pixel[::2, ::2])
    kept = (nodes.polarity >= 0) & (_areas(parent, node_of_pixel) > 0)
    parent, depth, node_of_pixel = _without(kept, parent, depth, node_of_pixel)
    area = _areas(parent, node_of_pixel)
    kept = np.ones(len(parent), bool)
    kept[parent[1:][area[1:] == area[parent[1:]]]] = False  # the inner one of two equal sets may own pixels
    return _without(kept, parent, depth, node_of_pixel)


def _areas(parent: Indices, node_of_pixel: Indices) -> Indices:
    area = count_pixels(len(parent), node_of_pixel)
    _passes.accumulate_sum(parent, area)
    return area


def _without(
    kept: NDArray[np.bool_], parent: Indices, depth: Indices, node_of_pixel: Indices
) -> tuple[Indices, Indices, Indices]:
    """The nodes that are kept, the root among them."""
    place = np.empty(len(parent), np.int32)
    _passes.keep_nodes(parent, kept.view(np.uint8), place)
    return place[parent[kept]], depth[kept], place[node_of_pixel]
