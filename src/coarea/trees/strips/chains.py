"""What of the core need not be glued: chains of nodes, left out before its tree is made and put back afterwards."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coarea.base.arrays import Array, Indices
from coarea.trees._selections import ancestors_of
from coarea.trees.strips import _chains

KEPT = 4  # as in the kernel


class Chains(NamedTuple):
    """The nodes that are kept, and what is known of the others.

    Attributes
    ----------
    kept, parent : (n_kept,) ndarray of int32
        The kept nodes, and the places among them of their nearest kept ancestors.
    place : (n,) ndarray of int32
        The place of each kept node, and for the others that of their nearest kept ancestor.
    chain : (n,) ndarray of int32
        In which chain each node is; negative for those that are kept.
    foot, head : ndarray of int32
        The places of the kept nodes below and above each chain.
    """

    kept: Indices
    parent: Indices
    place: Indices
    chain: Indices
    foot: Indices
    head: Indices


def find_chains(parent: Indices, level: Indices, needed: list[Array]) -> Chains:
    """The chains of the nodes that are not needed."""
    marks = np.zeros(len(parent), np.uint8)
    for nodes in needed:
        marks[nodes] = KEPT
    kept, kept_parent, place, chain, foot, head = np.empty((6, len(parent)), np.int32)
    n_kept, n_chains = _chains.find_chains(parent, level, marks, kept, kept_parent, place, chain, foot, head)
    return Chains(kept[:n_kept], kept_parent[:n_kept], place, chain, foot[:n_chains], head[:n_chains])


def put_back(
    chains: Chains, node_level: Indices, n_levels: int, tree: tuple[Indices, Indices, Indices]
) -> tuple[Indices, Indices, Indices]:
    """Parent and level of the tree with all nodes, and which of its nodes each of them is; `tree` is that of the kept."""
    parent, level, node = tree
    slot = node[chains.place]
    if not len(chains.foot):
        return parent, level, slot
    ancestors = ancestors_of(parent)
    low, high = node[chains.foot], node[chains.head]
    meeting = ancestors.common(parent, low, high)
    _chains.locate(parent, level, ancestors.depth, ancestors.skip, low, high, meeting, node_level, chains.chain, slot)
    n, n_all = len(parent), len(slot)
    whole_parent, whole_level = np.empty((2, n + n_all), np.int32)
    start, end, number = np.zeros(n_levels + 1, np.int32), np.zeros(n + 1, np.int32), np.empty(n, np.int32)
    whole_node, *scratch = np.empty((3, n_all), np.int32)
    n = _chains.insert(
        parent, level, node_level, slot, start, end, *scratch, number, whole_parent, whole_level, whole_node
    )
    return whole_parent[:n], whole_level[:n], whole_node
