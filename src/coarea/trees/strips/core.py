"""The tree of the nodes that strips share: the core, from which all others hang inside their strips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.levels import rank
from coarea.base.threads import Map
from coarea.trees import _passes
from coarea.trees._nodes import Ring
from coarea.trees._spatial import turn_open_lines
from coarea.trees.strips import _core
from coarea.trees.strips.chains import Shapes, find_chains, put_back
from coarea.trees.strips.ranks import levels_of_runs
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
    level : (n,) ndarray of int32
    area : (n,) ndarray of int32 or int64
        How many pixels they and those below them that are not among these nodes own.
    is_open : (n,) ndarray
        Whether one of these pixels is of the frame.
    flip : bool
        Whether the levels are those of the negative.
    """

    values: Array
    level: Indices
    area: Array
    is_open: NDArray[Any]
    flip: bool


class Glue(NamedTuple):
    """How nodes hang together: those that are kept for it, by their places, and how the others are put back.

    Attributes
    ----------
    parent, level : (n_kept,) ndarray of int32
        The parent of a root is itself.
    pairs : tuple of ndarrays of int32
        Kept nodes that share a pixel.
    frame : ndarray of int32
        Kept nodes with a pixel of the frame, if there is a ring around it.
    put_back : callable
        ``put_back(level, n_levels, tree)`` is the tree with all nodes, of these levels.
    """

    parent: Indices
    level: Indices
    pairs: tuple[Indices, Indices]
    frame: Indices
    put_back: Callable[[Indices, int, Shapes], Shapes]


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
    values, levels = _levels(strips, method.flip)
    seams = [strip.shared for strip in strips[:-1]], [node_of_pixel[row].ravel() for row in rows[1:-1]]
    needed = [strip.is_open > 0 if method.has_ring else np.zeros(strip.n_reached, bool) for strip in strips]
    for k, (above, below) in enumerate(zip(*seams, strict=True)):
        needed[k][above] = True
        needed[k + 1][below] = True
    at_root, pixel = 0, method.pixel_outside
    if pixel is not None:
        at_root = int(np.searchsorted(rows, pixel[0], "right")) - 1
        needed[at_root][node_of_pixel[pixel]] = True
    chains = list(run(find_chains, [strip.parent for strip in strips], [strip.level for strip in strips], needed))
    first = np.cumsum([0, *(len(part.kept) for part in chains)], dtype=np.int32)

    def places(nodes: list[Array], of: int = 0) -> Indices:
        """Among all kept nodes, of some of each strip, from the given strip on."""
        parts = zip(chains[of:], nodes, first[of:], strict=False)
        return np.concatenate([part.place[own] + i for part, own, i in parts])

    glue = Glue(
        np.concatenate([part.parent + i for part, i in zip(chains, first, strict=False)]),
        np.concatenate([level[part.kept] for part, level in zip(chains, levels, strict=True)]),
        (places(seams[0]), places(seams[1], of=1)),
        places([np.flatnonzero(strip.is_open) for strip in strips]) if method.has_ring else np.empty(0, np.int32),
        lambda level, n_levels, tree: put_back(chains, level, n_levels, tree, run),
    )
    area, is_open = (np.concatenate([getattr(strip, name) for strip in strips]) for name in ("area", "is_open"))
    nodes = Nodes(values, np.concatenate(levels), area, is_open, method.flip)
    if method.connectivity is not None:
        return components(nodes, glue)
    if not isinstance(method.outside, tuple):
        return shapes_in_ring(nodes, glue, method.outside, run)
    root = first[at_root] + chains[at_root].place[node_of_pixel[method.outside]]
    return shapes(nodes, glue, root, run, node_of_pixel.size if method.half_area else None)


def whole_glue(nodes: Nodes, parent: Indices, pairs: tuple[Indices, Indices]) -> Glue:
    """All nodes are kept."""
    frame = np.flatnonzero(nodes.is_open).astype(np.int32)
    return Glue(parent, nodes.level, pairs, frame, lambda level, _, tree: (*tree[:2], tree[2][: len(level)]))


def components(nodes: Nodes, glue: Glue) -> Core:
    """The components of upper level sets."""
    n_levels = len(nodes.values)
    graph = _graph(glue.parent, glue.level, glue.pairs, n_levels)
    toward_root, _ = _sweep(graph, True)
    toward_root[0] = 0
    tree = _contract(graph, toward_root, np.arange(len(toward_root), dtype=np.int32))
    parent, level, node = glue.put_back(nodes.level, n_levels, tree)
    polarity = np.full(len(parent), -1 if nodes.flip else 1, np.int8)
    polarity[0] = 0
    return Core(parent, nodes.values.take(level), polarity, node)


def shapes(nodes: Nodes, glue: Glue, root: int, run: Map, n_pixels: int | None = None) -> Core:
    """The shapes seen from a kept node; open lines are turned if the number of pixels of the image is given."""
    n_levels = len(nodes.values)
    graph = _graph(glue.parent, glue.level, glue.pairs, n_levels)
    parent, level, node = glue.put_back(nodes.level, n_levels, _shapes(graph, root, run))
    if n_pixels is not None:
        area, is_open = np.zeros(len(parent), nodes.area.dtype), np.zeros(len(parent), np.int32)
        _passes.add_pixels(node, nodes.area, area)
        is_open[node[np.flatnonzero(nodes.is_open)]] = 1
        parent, level, place = turn_open_lines(parent, level, area, is_open, n_pixels)
        node = place[node]
    return _core_tree(nodes, (parent, level, node))


def shapes_in_ring(nodes: Nodes, glue: Glue, value: float, run: Map) -> Core:
    """The shapes seen from a ring of a value, which may lie between two levels: they are doubled."""
    n_levels = len(nodes.values)
    below, is_level, rounded = rank(nodes.values[::-1] if nodes.flip else nodes.values, value)
    ring = Ring(below, is_level).flipped(n_levels) if nodes.flip else Ring(below, is_level)
    height = np.int32(2 * ring.below + ring.is_level)
    graph = _graph(glue.parent, np.append(2 * glue.level + 1, height), glue.pairs, 2 * n_levels + 1, glue.frame)
    tree = _shapes(graph, len(glue.parent), run)
    parent, level, node = glue.put_back(2 * nodes.level + 1, 2 * n_levels + 1, tree)
    is_empty = np.count_nonzero(parent[1:] == 0) == 1 and not (node == 0).any()
    if is_empty:  # a root above a single node
        parent, level, node = np.maximum(parent[1:] - 1, 0), level[1:], node - 1
    value_of_node = nodes.values[np.minimum(level >> 1, n_levels - 1)]
    if not is_empty:
        value_of_node[0] = rounded
    return Core(parent, value_of_node, _polarity(parent, level, nodes.flip), node)


def _levels(strips: list[Strip], flip: bool) -> tuple[Array, list[Indices]]:
    """Grey values, in the order of the kernels, and which of them the reached nodes of each strip have."""
    levels = [strip.level[: strip.n_reached] for strip in strips]
    if is_of_one_scale(strips[0].values.dtype):
        return strips[0].values, levels
    occurring: list[NDArray[np.bool_]] = []
    common: list[Indices] = []
    for strip, level in zip(strips, levels, strict=True):
        occurs = np.zeros(len(strip.values), bool)
        occurs[level] = True
        occurring.append(occurs)
    runs = [strip.values[occurs] for strip, occurs in zip(strips, occurring, strict=True)]
    ranks, values = levels_of_runs(runs, falls=flip)
    ends = np.cumsum([len(run) for run in runs])
    for occurs, level, ranks_used in zip(occurring, levels, np.split(ranks, ends[:-1]), strict=True):
        rank_of_level = np.empty(len(occurs), np.int32)
        rank_of_level[occurs] = ranks_used
        common.append(rank_of_level.take(level))
    return values, common


def _core_tree(nodes: Nodes, tree: Shapes) -> Core:
    parent, level, node = tree
    return Core(parent, nodes.values[level], _polarity(parent, level, nodes.flip), node)


def _shapes(graph: _Graph, root: int, run: Map) -> Shapes:
    """Parent and level of the shapes seen from the vertex of a node, and the shape of each node."""
    (upper, n_upper), (lower, n_lower) = run(_sweep, [graph] * 2, [True, False])
    top = int(graph.vertex[root])
    toward_root, removal = np.empty((2, len(upper)), np.int32)
    _core.peel_leaves(top, upper, n_upper, lower, n_lower, np.zeros(len(upper), np.uint8), toward_root, removal)
    removal[-1] = top
    return _contract(graph, toward_root, removal[::-1].copy())


def _polarity(parent: Indices, level: Indices, flip: bool) -> NDArray[np.int8]:
    rises = level > level[parent]
    polarity: NDArray[np.int8] = (rises ^ flip).view(np.int8) * np.int8(2) - np.int8(1)
    polarity[0] = 0
    return polarity


def _graph(
    parent: Indices, level: Indices, pairs: tuple[Indices, Indices], n_levels: int, frame: Indices | None = None
) -> _Graph:
    """The graph of the kept nodes; pairs of nodes share a pixel. One level more than nodes is that of a ring.

    frame : the neighbours of the ring.
    """
    vertex, vertex_level = np.empty((2, len(level)), np.int32)
    n = _core.join_seams(level, *pairs, np.zeros(n_levels + 1, np.int32), vertex, vertex_level)
    children = np.arange(len(parent), dtype=np.int32)
    children = children[parent != children]
    ends, others = children, parent[children]
    if frame is not None:
        ends = np.concatenate([ends, frame])
        others = np.concatenate([others, np.full_like(frame, len(parent))])
    upper_start, lower_start = np.zeros((2, n + 2), np.int32)
    upper, lower = np.empty((2, len(ends)), np.int32)
    _core.list_edges(vertex, ends, others, upper_start, upper, lower_start, lower)
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
