"""The tree of the nodes that strips share: the core, from which all others hang inside their strips."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.levels import rank
from coarea.base.threads import Map
from coarea.trees._nodes import Ring
from coarea.trees._spatial import turn_open_lines
from coarea.trees.strips import _core
from coarea.trees.strips.strip import Method, Strip, is_of_one_scale


class Core(NamedTuple):
    """A tree, parents first, and which node of it each reached node of the strips is, one strip after the other."""

    parent: Indices
    value: Array
    polarity: NDArray[np.int8]
    node: Indices


class Nodes(NamedTuple):
    """Nodes of parts of an image, one part after the other.

    Attributes
    ----------
    values : ndarray
        The grey value of each level; for the negative from the highest to the lowest.
    level, parent : (n,) ndarray of int32
        The parent of a root is itself.
    area : (n,) ndarray of int32 or int64
        How many pixels they and those below them that are left out own.
    is_open : (n,) ndarray
        Whether one of these pixels is of the frame.
    flip : bool
        Whether the levels are those of the negative.
    """

    values: Array
    level: Indices
    parent: Indices
    area: Array
    is_open: NDArray[np.uint8]
    flip: bool

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.level)


class _Graph(NamedTuple):
    """The vertices by increasing level, and their neighbours."""

    level: Indices
    vertex: Indices  # of each node
    upper_start: Indices
    upper: Indices
    lower_start: Indices
    lower: Indices


def core_of(strips: list[Strip], node_of_pixel: Indices, rows: list[int], method: Method, run: Map) -> Core:
    """The core of the strips that begin at the given rows; `run` is a map that may use threads."""
    first = np.cumsum([0, *(strip.n_reached for strip in strips)])
    nodes = _reached(strips, first, method.flip)
    seams = [strip.shared + np.int32(i) for strip, i in zip(strips[:-1], first, strict=False)]
    below = [node_of_pixel[row] + np.int32(i) for row, i in zip(rows[1:-1], first[1:], strict=False)]
    pairs = np.concatenate(seams), np.concatenate(below)
    if method.square is not None:
        return components(nodes, pairs)
    if not isinstance(method.outside, tuple):
        return shapes_in_ring(nodes, pairs, method.outside, run)
    strip = int(np.searchsorted(rows, method.outside[0], "right")) - 1
    root = int(first[strip] + node_of_pixel[method.outside])
    return shapes(nodes, pairs, root, run, node_of_pixel.size if method.half_area else None)


def components(nodes: Nodes, pairs: tuple[Indices, Indices]) -> Core:
    """The components of upper level sets; pairs of nodes share a pixel."""
    graph = _graph(nodes, pairs, nodes.level, len(nodes.values))
    toward_root, _ = _sweep(graph, True)
    toward_root[0] = 0
    parent, level, node = _contract(graph, toward_root, np.arange(len(toward_root), dtype=np.int32))
    return Core(parent, nodes.values[level], _polarity(parent, level, nodes.flip), node)


def shapes(nodes: Nodes, pairs: tuple[Indices, Indices], root: int, run: Map, n_pixels: int | None = None) -> Core:
    """The shapes seen from a node; open lines are turned if the number of pixels of the image is given."""
    parent, level, node = _shapes(_graph(nodes, pairs, nodes.level, len(nodes.values)), root, run)
    if n_pixels is not None:
        area, is_open = np.zeros(len(parent), nodes.area.dtype), np.zeros(len(parent), np.int32)
        np.add.at(area, node, nodes.area)
        is_open[node[nodes.is_open > 0]] = 1
        parent, level, place = turn_open_lines(parent, level, area, is_open, n_pixels)
        node = place[node]
    return Core(parent, nodes.values[level], _polarity(parent, level, nodes.flip), node)


def shapes_in_ring(nodes: Nodes, pairs: tuple[Indices, Indices], value: float, run: Map) -> Core:
    """The shapes seen from a ring of a value, a neighbour of all open nodes, which own their pixels of the frame."""
    n_levels = len(nodes.values)
    ring = Ring(*(found := rank(nodes.values[::-1] if nodes.flip else nodes.values, value))[:2])
    ring = ring.flipped(n_levels) if nodes.flip else ring
    height = 2 * ring.below + ring.is_level  # of the ring, which may lie between two levels
    graph = _graph(nodes, pairs, np.append(2 * nodes.level + 1, np.int32(height)), 2 * n_levels + 1)
    parent, level, node = _shapes(graph, nodes.n, run)
    node = node[:-1]
    is_empty = np.count_nonzero(parent[1:] == 0) == 1 and not (node == 0).any()
    if is_empty:  # a root above a single node
        parent, level, node = np.maximum(parent[1:] - 1, 0), level[1:], node - 1
    values = nodes.values[np.minimum(level >> 1, n_levels - 1)]
    if not is_empty:
        values[0] = found[2]
    return Core(parent, values, _polarity(parent, level, nodes.flip), node)


def _shapes(graph: _Graph, root: int, run: Map) -> tuple[Indices, Indices, Indices]:
    """Parent and level of the shapes seen from the vertex of a node, and the shape of each node."""
    (upper, n_upper), (lower, n_lower) = run(_sweep, [graph] * 2, [True, False])
    top = int(graph.vertex[root])
    toward_root, removal = np.empty((2, len(upper)), np.int32)
    _core.peel_leaves(top, upper, n_upper, lower, n_lower, np.zeros(len(upper), np.uint8), toward_root, removal)
    removal[-1] = top
    return _contract(graph, toward_root, removal[::-1].copy())


def _reached(strips: list[Strip], first: Array, flip: bool) -> Nodes:
    """The reached nodes of all strips; `first` is where those of each begin."""
    parent = [strip.parent[: strip.n_reached] + np.int32(i) for strip, i in zip(strips, first, strict=False)]
    levels = [strip.level[: strip.n_reached] for strip in strips]
    if is_of_one_scale(strips[0].values.dtype):
        values, level = strips[0].values, np.concatenate(levels)
    else:
        found = np.concatenate([strip.values[level] for strip, level in zip(strips, levels, strict=True)])
        values, level = ranked(found, flip)
    area = np.concatenate([strip.area for strip in strips])
    is_open = np.concatenate([strip.is_open for strip in strips])
    return Nodes(values, level, np.concatenate(parent), area, is_open, flip)


def ranked(found: Array, flip: bool) -> tuple[Array, Indices]:
    """The distinct grey values and the level of each one, for the negative from the highest to the lowest."""
    values, ranks = np.unique(found, return_inverse=True)
    level = (len(values) - 1 - ranks if flip else ranks).astype(np.int32)
    return values[::-1] if flip else values, level


def _polarity(parent: Indices, level: Indices, flip: bool) -> NDArray[np.int8]:
    steps = level - level[parent]
    signs: NDArray[np.int8] = np.sign(-steps if flip else steps).astype(np.int8)
    return signs


def _graph(nodes: Nodes, pairs: tuple[Indices, Indices], level: Indices, n_levels: int) -> _Graph:
    """The core graph; pairs of nodes share a pixel. One level more than there are nodes is that of a ring."""
    vertex, vertex_level = np.empty((2, len(level)), np.int32)
    n = _core.join_seams(level, *pairs, np.zeros(n_levels + 1, np.int32), vertex, vertex_level)
    children = np.arange(nodes.n, dtype=np.int32)
    children = children[nodes.parent != children]
    ends, parents = children, nodes.parent[children]
    if len(level) > nodes.n:
        frame = np.flatnonzero(nodes.is_open).astype(np.int32)
        ends = np.concatenate([ends, frame])
        parents = np.concatenate([parents, np.full_like(frame, nodes.n)])
    upper_start, lower_start = np.zeros((2, n + 2), np.int32)
    upper, lower = np.empty((2, len(ends)), np.int32)
    _core.list_edges(vertex, ends, parents, upper_start, upper, lower_start, lower)
    return _Graph(vertex_level[:n], vertex, upper_start, upper, lower_start, lower)


def _sweep(graph: _Graph, descending: bool) -> tuple[Indices, Indices]:
    """The tree of the components of upper level sets, or of lower ones, and how many children each vertex has."""
    start, neighbors = (graph.upper_start, graph.upper) if descending else (graph.lower_start, graph.lower)
    parent, degree, *scratch = np.empty((5, len(graph.level)), np.int32)
    _core.sweep(start, neighbors, descending, parent, degree, *scratch)
    return parent, degree


def _contract(graph: _Graph, toward_root: Indices, order: Indices) -> tuple[Indices, Indices, Indices]:
    """One node for neighbours of one level: parent and level of the nodes, and the node of each reached one."""
    parent, level, node = np.empty((3, len(order)), np.int32)
    n = _core.contract(graph.level, toward_root, order, parent, level, node)
    return parent[:n], level[:n], node[graph.vertex]
