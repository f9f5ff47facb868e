"""Which nodes of a set enclose the others, and what encloses two nodes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array, Indices
from coarea.trees import _passes


def outermost(parent: Indices, chosen: NDArray[np.bool_]) -> Indices:
    """The nodes of a set inside no other one."""
    is_free = ~chosen  # as are all its ancestors
    _passes.propagate_min(parent, is_free.view(np.uint8))
    inside_none = is_free[parent]
    inside_none[0] = True
    return np.flatnonzero(chosen & inside_none).astype(np.int32)


def innermost(parent: Indices, chosen: NDArray[np.bool_]) -> Indices:
    """The nodes of a set that hold no other one."""
    number_held = chosen.astype(np.int32)
    _passes.accumulate_sum(parent, number_held)
    return np.flatnonzero(chosen & (number_held == 1)).astype(np.int32)


def depths(parent: Indices) -> Indices:
    """The number of edges from each node to the root."""
    depth = np.zeros(len(parent), np.int32)
    _passes.depth(parent, depth)
    return depth


class Ancestors(NamedTuple):
    """What finds common ancestors fast: the depths, and for each node an ancestor far up."""

    depth: Indices
    skip: Indices

    def common(self, parent: Indices, first: Array, second: Array) -> Indices:
        """The lowest node that encloses each pair of nodes, after broadcasting."""
        pairs = np.broadcast_arrays(first, second)
        one, other = (np.ascontiguousarray(nodes, np.int32).ravel() for nodes in pairs)
        found = np.empty(pairs[0].shape, np.int32)
        _passes.common_ancestors(parent, self.depth, self.skip, one, other, found.reshape(-1))
        return found


def ancestors_of(parent: Indices) -> Ancestors:
    """One pass over the nodes."""
    depth, skip = depths(parent), np.empty(len(parent), np.int32)
    _passes.skip_ancestors(parent, depth, skip)
    return Ancestors(depth, skip)


def kept_ancestors(parent: Indices, keep: NDArray[np.bool_]) -> Indices:
    """The first ancestor of each node that is kept: itself, if it is. The root stays."""
    ancestors = np.empty(len(parent), np.int32)
    _passes.kept_ancestors(parent, keep.view(np.uint8), ancestors)
    return ancestors


def spread(values: Array, nodes: Indices) -> Array:
    """The values of nodes, of which all are there: numpy would check them, and make wide indices first."""
    size = values.dtype.itemsize
    if values.ndim != 1 or values.dtype.kind not in "buif" or size > 8:
        return values.take(nodes, axis=0)
    out = np.empty(nodes.shape, values.dtype)
    bits = np.ascontiguousarray(values).view(f"u{size}")
    _passes.spread(nodes.ravel(), bits, out.reshape(-1).view(f"u{size}"))
    return out
