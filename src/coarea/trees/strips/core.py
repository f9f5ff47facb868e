"""The tree of the nodes that strips share: the core, from which all others hang inside their strips."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.levels import rank
from coarea.base.threads import Map
from coarea.trees import _passes
from coarea.trees._nodes import Ring
from coarea.trees._spatial import turn_open_lines
from coarea.trees.strips import _core
from coarea.trees.strips.chains import Chains, find_chains, put_back
from coarea.trees.strips.strip import Method, Strip, is_of_one_scale


Shapes = tuple[Indices, Indices, Indices]  # parent and level of a tree's nodes, and which of them each vertex is


class Core(NamedTuple):
    """A tree, parents first, and which node of it each reached node of the strips is, one strip after the other."""

    parent: Indices
    value: Array
    polarity: NDArray[np.int8]
    node: Indices


class _Graph(NamedTuple):
    """The vertices by increasing level, and their neighbours."""

    level: Indices
    vertex: Indices  # of each node
    upper_start: Indices
    upper: Indices
    lower_start: Indices
    lower: Indices


class _Nodes:
    """The reached nodes of all strips, with increasing levels for their grey values in the order of the kernels."""

    def __init__(self, strips: list[Strip], flip: bool) -> None:
        self.first = np.cumsum([0, *(strip.n_reached for strip in strips)])
        self.flip = flip
        self.parent = np.concatenate(
            [strip.parent[: strip.n_reached] + np.int32(i) for strip, i in zip(strips, self.first, strict=False)]
        )
        self.area = np.concatenate([strip.area for strip in strips])
        self.is_open = np.concatenate([strip.is_open for strip in strips])
        levels = [strip.level[: strip.n_reached] for strip in strips]
        self.values = strips[0].values
        if not is_of_one_scale(self.values.dtype):
            self.values, levels = _common_levels([strip.values for strip in strips], levels, flip)
        self.level = np.concatenate(levels)


def _common_levels(values: list[Array], levels: list[Indices], flip: bool) -> tuple[Array, list[Indices]]:
    """The grey values that occur, and their levels; from the values of each level in each strip."""
    used = []
    for strip_values, level in zip(values, levels, strict=True):
        occurs = np.zeros(len(strip_values), bool)
        occurs[level] = True
        used.append(np.flatnonzero(occurs))
    found = [strip_values[levels] for strip_values, levels in zip(values, used, strict=True)]
    common = np.unique(np.concatenate(found))
    ranks = []
    for strip_values, levels_used, own, level in zip(values, used, found, levels, strict=True):
        place = np.searchsorted(common, own)
        rank_of_level = np.empty(len(strip_values), np.int32)
        rank_of_level[levels_used] = len(common) - 1 - place if flip else place
        ranks.append(rank_of_level[level])
    return common[::-1] if flip else common, ranks


def core_of(strips: list[Strip], node_of_pixel: Indices, rows: list[int], method: Method, run: Map) -> Core:
    """The core of the strips that begin at the given rows; `run` is a map that may use threads."""
    nodes = _Nodes(strips, method.flip)
    seams = [strip.shared + np.int32(i) for strip, i in zip(strips[:-1], nodes.first, strict=False)]
    below = [node_of_pixel[row] + np.int32(i) for row, i in zip(rows[1:-1], nodes.first[1:], strict=False)]
    pairs = np.concatenate(seams), np.concatenate(below)
    if not isinstance(method.outside, tuple):
        return _shapes_in_ring(nodes, pairs, method.outside, run)
    n_levels = len(nodes.values)
    strip = int(np.searchsorted(rows, method.outside[0], "right")) - 1
    root = nodes.first[strip] + node_of_pixel[method.outside]
    chains = find_chains(nodes.parent, nodes.level, [*pairs, root])
    graph = _graph(chains, pairs, nodes.level[chains.kept], n_levels)
    tree = _shapes(graph, int(chains.place[root]), run) if method.square is None else _components(graph)
    parent, level, node = put_back(chains, nodes.level, n_levels, tree)
    if method.half_area:
        area, is_open = np.zeros((2, len(parent)), np.int32)
        _passes.add_pixels(node, nodes.area, area)
        is_open[node[nodes.is_open > 0]] = 1
        parent, level, place = turn_open_lines(parent, level, area, is_open, node_of_pixel.size)
        node = place[node]
    return Core(parent, nodes.values[level], _polarity(parent, level, method.flip), node)


def _components(graph: _Graph) -> Shapes:
    toward_root, _ = _sweep(graph, True)
    toward_root[0] = 0
    return _contract(graph, toward_root, np.arange(len(toward_root), dtype=np.int32))


def _shapes_in_ring(nodes: _Nodes, pairs: tuple[Indices, Indices], value: float, run: Map) -> Core:
    n_levels = len(nodes.values)
    ring = Ring(*(found := rank(nodes.values[::-1] if nodes.flip else nodes.values, value))[:2])
    ring = ring.flipped(n_levels) if nodes.flip else ring
    height = 2 * ring.below + ring.is_level  # of the ring, which may lie between two levels
    level, frame = 2 * nodes.level + 1, np.flatnonzero(nodes.is_open).astype(np.int32)
    chains = find_chains(nodes.parent, level, [*pairs, frame])
    graph = _graph(
        chains, pairs, np.append(level[chains.kept], np.int32(height)), 2 * n_levels + 1, chains.place[frame]
    )
    parent, level, node = put_back(chains, level, 2 * n_levels + 1, _shapes(graph, len(chains.kept), run))
    is_empty = np.count_nonzero(parent[1:] == 0) == 1 and not (node == 0).any()
    if is_empty:  # a root above a single node
        parent, level, node = np.maximum(parent[1:] - 1, 0), level[1:], node - 1
    values = nodes.values[np.minimum(level >> 1, n_levels - 1)]
    if not is_empty:
        values[0] = found[2]
    return Core(parent, values, _polarity(parent, level, nodes.flip), node)


def _shapes(graph: _Graph, root: int, run: Map) -> Shapes:
    """Parent and level of the shapes seen from the vertex of a node, and the shape of each node."""
    (upper, n_upper), (lower, n_lower) = run(_sweep, [graph] * 2, [True, False])
    top = int(graph.vertex[root])
    toward_root, removal = np.empty((2, len(upper)), np.int32)
    _core.peel_leaves(top, upper, n_upper, lower, n_lower, np.zeros(len(upper), np.uint8), toward_root, removal)
    removal[-1] = top
    return _contract(graph, toward_root, removal[::-1].copy())


def _polarity(parent: Indices, level: Indices, flip: bool) -> NDArray[np.int8]:
    steps = level - level[parent]
    signs: NDArray[np.int8] = np.sign(-steps if flip else steps).astype(np.int8)
    return signs


def _graph(
    chains: Chains, pairs: tuple[Indices, Indices], level: Indices, n_levels: int, frame: Indices | None = None
) -> _Graph:
    """The graph of the kept nodes; pairs of nodes share a pixel. One level more than there are nodes is that of a ring.

    `frame` : the neighbours of the ring.
    """
    above, below = (chains.place[nodes] for nodes in pairs)
    vertex, vertex_level = np.empty((2, len(level)), np.int32)
    n = _core.join_seams(level, above, below, np.zeros(n_levels + 1, np.int32), vertex, vertex_level)
    children = np.arange(len(chains.parent), dtype=np.int32)
    children = children[chains.parent != children]
    ends, parents = children, chains.parent[children]
    if frame is not None:
        ends = np.concatenate([ends, frame])
        parents = np.concatenate([parents, np.full_like(frame, len(chains.parent))])
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


def _contract(graph: _Graph, toward_root: Indices, order: Indices) -> Shapes:
    """One node for neighbours of one level: parent and level of the nodes, and the node of each reached one."""
    parent, level, node = np.empty((3, len(order)), np.int32)
    n = _core.contract(graph.level, toward_root, order, parent, level, node)
    return parent[:n], level[:n], node[graph.vertex]
