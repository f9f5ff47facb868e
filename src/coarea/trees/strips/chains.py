"""What of the core need not be glued: chains of nodes, left out before its tree is made and put back afterwards."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Indices
from coarea.base.threads import Map
from coarea.trees._selections import ancestors_of
from coarea.trees.strips import _chains

KEPT = 4  # as in the kernel
Shapes = tuple[Indices, Indices, Indices]  # parent and level of a tree, and which node of it each other node is


class Chains(NamedTuple):
    """The reached nodes of a strip: those that are kept, and the chains of the others.

    Attributes
    ----------
    kept, parent : (n_kept,) ndarray of int32
        The kept nodes, and the places among them of their nearest kept ancestors.
    place : (n_reached,) ndarray of int32
        The place of each kept node, ~chain of each other one.
    foot, head : (n_chains,) ndarray of int32
        The places of the kept nodes below and above each chain.
    """

    kept: Indices
    parent: Indices
    place: Indices
    foot: Indices
    head: Indices


def find_chains(parent: Indices, level: Indices, needed: NDArray[np.bool_]) -> Chains:
    """The chains of a strip; `needed` : of the reached nodes, those that are kept whatever their neighbours are."""
    kept, kept_parent, place, foot, head = np.empty((5, len(needed)), np.int32)
    marks = needed.view(np.uint8) * np.uint8(KEPT)
    n_kept, n_chains = _chains.find_chains(parent, level, marks, kept, kept_parent, place, foot, head)
    return Chains(kept[:n_kept].copy(), kept_parent[:n_kept].copy(), place, foot[:n_chains], head[:n_chains])


def put_back(chains: list[Chains], node_level: Indices, n_levels: int, tree: Shapes, run: Map) -> Shapes:
    """The tree with the nodes of the chains; in the given one are the kept nodes of all strips."""
    parent, level, vertex = tree
    n, n_all = len(parent), len(node_level)
    ancestors = ancestors_of(parent)
    bounds = np.cumsum([0, *(len(part.place) for part in chains)])
    slot = np.empty(n_all, np.int32)

    def locate(part: Chains, first: int, end: int, vertices: Indices) -> None:
        low, high = vertices[part.foot], vertices[part.head]
        meeting = ancestors.common(parent, low, high)
        tree = parent, level, ancestors.depth, ancestors.skip
        _chains.locate(*tree, vertices, low, high, meeting, node_level[first:end], part.place, slot[first:end])

    of_strips = np.split(vertex, np.cumsum([len(part.kept) for part in chains]))
    for _ in run(locate, chains, bounds[:-1], bounds[1:], of_strips):
        pass
    whole_parent, whole_level = np.empty((2, n + n_all), np.int32)
    start, end = np.zeros(n_levels + 1, np.int32), np.zeros(n + 1, np.int32)
    by_edge, node, number = np.empty(n_all, np.int32), np.empty(n_all, np.int32), np.empty(n, np.int32)
    n = _chains.insert(parent, level, node_level, slot, start, end, by_edge, number, whole_parent, whole_level, node)
    return whole_parent[:n], whole_level[:n], node
