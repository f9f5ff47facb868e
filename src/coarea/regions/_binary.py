"""Hierarchies as they are given: checked, made binary, and taken from linkage matrices."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, Indices, as_image, as_real

Levels = NDArray[np.float64]


def checked_hierarchy(parent: ArrayLike, level: ArrayLike, leaf_of_pixel: ArrayLike) -> tuple[Indices, Levels, Indices]:
    """Copies of the three arrays of a hierarchy; refuses what is none."""
    nodes, levels = _checked_tree(parent, level)
    n = (len(nodes) + 1) // 2
    children = np.bincount(nodes[:-1], minlength=len(nodes))
    if len(nodes) % 2 == 0 or (children[:n] != 0).any() or (children[n:] != 2).any():
        raise ValueError(
            "parent must be that of 2 n - 1 nodes, the n leaves first, with two children each: "
            "Hierarchy.from_parents takes other trees"
        )
    if (np.diff(levels[n:]) < 0).any():
        raise ValueError("level must never fall from one node to the next: Hierarchy.from_parents sorts the nodes")
    return nodes, levels, checked_leaves(leaf_of_pixel, n)


def checked_leaves(leaf_of_pixel: ArrayLike | None, n: int) -> Indices:
    """A copy of the leaves of the pixels; by default each leaf is a pixel."""
    if leaf_of_pixel is None:
        return np.arange(n, dtype=np.int32)
    leaves = as_image(leaf_of_pixel, name="leaf_of_pixel")
    if leaves.dtype.kind not in "ui":
        raise TypeError(f"leaf_of_pixel must be integers, got {leaves.dtype}")
    if leaves.min() < 0 or leaves.max() >= n:
        raise ValueError(f"leaf_of_pixel must be leaves from 0 to {n - 1}, got {leaves.min()} to {leaves.max()}")
    whole: Indices = leaves.astype(np.int32)
    counts = np.bincount(whole.ravel(), minlength=n)
    if not counts.all():
        raise ValueError(f"leaf_of_pixel must hold each of the {n} leaves, got no pixel of leaf {np.argmin(counts)}")
    return whole


def binary_tree(parent: ArrayLike, level: ArrayLike) -> tuple[Indices, Levels]:
    """The tree with its nodes sorted by level and two children each."""
    nodes, levels = _checked_tree(parent, level)
    is_leaf = np.bincount(nodes[:-1], minlength=len(nodes)) == 0
    n = int(is_leaf.sum())
    if not is_leaf[:n].all():
        raise ValueError("parent must hold the leaves first, then nodes that have children")
    order = n + np.argsort(levels[n:], kind="stable")
    place = np.arange(len(nodes))
    place[order] = np.arange(n, len(nodes))
    by_parent = np.argsort(place[nodes[:-1]], kind="stable")  # children side by side, in the order of their parents
    child_of = place[:-1][by_parent]
    top = np.arange(len(nodes))  # the node of the binary tree that stands for each node
    out_parent, out_level = np.zeros(max(2 * n - 1, 1), np.int32), np.zeros(max(2 * n - 1, 1))
    start = np.searchsorted(place[nodes[:-1]][by_parent], np.arange(n, len(nodes) + 1)).tolist()
    sorted_levels, next_node = levels[n:][order - n].tolist(), n
    for k, value in enumerate(sorted_levels):
        own, *others = np.sort(child_of[start[k] : start[k + 1]]).tolist()
        node = int(top[own])
        for other in others:
            out_parent[node] = out_parent[top[other]] = next_node
            out_level[next_node] = value
            node, next_node = next_node, next_node + 1
        top[n + k] = node
    out_parent[-1] = len(out_parent) - 1
    return out_parent, out_level


def linkage_arrays(linkage: ArrayLike) -> tuple[Indices, Levels]:
    """The parents and the levels of a linkage matrix."""
    rows: Array = as_real("linkage", linkage)
    if rows.ndim != 2 or rows.shape[1] != 4:
        raise ValueError(f"linkage must have shape (n - 1, 4), got {rows.shape}")
    n = len(rows) + 1
    if n > INDEX_MAX // 2:
        raise ValueError(f"linkage must be of at most {INDEX_MAX // 2} leaves, got {n}")
    pairs, distances = rows[:, :2], rows[:, 2].astype(np.float64)
    places = np.arange(n, 2 * n - 1)
    if not (np.sort(pairs.ravel()) == np.arange(2 * n - 2)).all() or (pairs >= places[:, None]).any():
        raise ValueError(
            "linkage must merge each node before the last one once, after it is made: see scipy.cluster.hierarchy"
        )
    if not (distances >= 0).all() or (np.diff(distances) < 0).any():
        raise ValueError(
            "linkage must have distances >= 0 that never fall, as of the methods single, complete, average and ward: "
            "see scipy.cluster.hierarchy.is_monotonic"
        )
    parent = np.full(2 * n - 1, 2 * n - 2, np.int32)
    parent[pairs.astype(np.int64)] = places[:, None]
    return parent, np.concatenate([np.zeros(n), distances])


def _checked_tree(parent: ArrayLike, level: ArrayLike) -> tuple[Indices, Levels]:
    """Copies of the parents and levels; leaves need not be first."""
    nodes, levels = as_real("parent", parent), as_real("level", level)
    if nodes.ndim != 1 or nodes.size == 0:
        raise ValueError(f"parent must have one axis and at least one node, got {nodes.shape}")
    if nodes.dtype.kind not in "ui":
        raise TypeError(f"parent must be integers, got {nodes.dtype}")
    if levels.shape != nodes.shape:
        raise ValueError(f"level must have shape {nodes.shape}, one entry per node, got {levels.shape}")
    n_nodes = len(nodes)
    if n_nodes > INDEX_MAX or nodes[-1] != n_nodes - 1 or (nodes[:-1] <= np.arange(n_nodes - 1)).any():
        raise ValueError("parent must be larger than each node, and the last node its own parent")
    if nodes.max() >= n_nodes:
        raise ValueError(f"parent must be nodes in [0, {n_nodes}), got {nodes.max()}")
    nodes, levels = nodes.astype(np.int32), levels.astype(np.float64)
    is_leaf = np.bincount(nodes[:-1], minlength=n_nodes) == 0
    if not (levels >= 0).all() or levels[is_leaf].any():
        raise ValueError("level must be numbers >= 0, and 0 at the leaves")
    if (levels[:-1] > levels[nodes[:-1]]).any():
        raise ValueError("level must not be larger at a node than at its parent")
    return nodes, levels
