"""The tree of an image's level lines, as arrays."""

import operator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea import _tree
from coarea._cells import Indices
from coarea._check import Array


@dataclass(frozen=True, eq=False, repr=False)
class Tree:
    """The tree of an image's level lines.

    A node is a shape: a connected component of a level set, with its holes filled in the tree of shapes. Node 0
    is the root, the whole image. The arrays are read-only.

    Attributes
    ----------
    parent : (n,) ndarray of int32
        The smallest shape that encloses each node. ``parent[0] == 0`` and ``parent[i] < i`` elsewhere.
    value : (n,) ndarray, dtype of the image
        The grey value of each node.
    node_of_pixel : ndarray of int32, shape of the image
        The smallest node that holds each pixel.
    polarity : (n,) ndarray of int8
        +1 where the node is a component of an upper level set, -1 for a lower one, 0 at the root.
    kind : str
        "tree of shapes", "max-tree" or "min-tree".
    connectivity, border
        The conventions that the tree was built with.
    """

    parent: Indices
    value: Array
    node_of_pixel: Indices
    polarity: NDArray[np.int8]
    kind: str
    connectivity: str | int
    border: str | float | tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        for array in (self.parent, self.value, self.node_of_pixel, self.polarity):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.parent)

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.node_of_pixel.shape))
        border = "" if self.border is None else f", border={self.border!r}"
        conventions = f"connectivity={self.connectivity!r}{border}"
        return f"<{self.kind} of a {shape} {self.value.dtype} image: {len(self)} nodes, {conventions}>"

    def reconstruct(self, value: ArrayLike | None = None) -> Array:
        """Give each pixel the value of the smallest node that holds it.

        Parameters
        ----------
        value : (n,) array_like, optional
            A value per node, of any dtype. Default: the tree's own, which gives the image back.

        Returns
        -------
        ndarray
            Shape of the image, dtype of `value`.
        """
        values = self.value if value is None else self._per_node("value", value)
        return values[self.node_of_pixel]

    def simplify(self, keep: ArrayLike) -> "Tree":
        """Remove the nodes where `keep` is False; their pixels go to the first ancestor that is kept.

        Parameters
        ----------
        keep : (n,) array_like of bool
            The root always stays, whatever its entry.

        Returns
        -------
        Tree
            The kept nodes, in their order, with their values and polarities.
        """
        kept = self._per_node("keep", keep)
        if kept.dtype != bool:
            raise TypeError(f"keep must be boolean, got {kept.dtype}")
        kept = kept.copy()
        kept[0] = True
        number = np.empty(len(self), np.int32)
        _tree.keep_nodes(self.parent, kept.view(np.uint8), number)
        return replace(
            self,
            parent=number[self.parent[kept]],
            value=self.value[kept],
            node_of_pixel=number[self.node_of_pixel],
            polarity=self.polarity[kept],
        )

    def pixels(self, node: int) -> Indices:
        """Flat indices of the pixels of a shape, in time proportional to its area.

        The first call sorts all pixels once. Within the result, pixels of one node are in raster order.
        """
        node = operator.index(node)
        if not 0 <= node < len(self):
            raise IndexError(f"node must be in [0, {len(self)}), got {node}")
        grouped, start, area = self._pixels_by_shape
        return grouped[start[node] : start[node] + area[node]]

    @cached_property
    def _pixels_by_shape(self) -> tuple[Indices, Indices, Indices]:
        own_area = count_pixels(len(self), self.node_of_pixel)
        area = own_area.copy()
        _tree.accumulate_sum(self.parent, area)
        start, free = np.empty_like(area), np.empty_like(area)
        pixels = np.empty(self.node_of_pixel.size, np.int32)
        _tree.group_pixels(self.parent, self.node_of_pixel.ravel(), own_area, area, start, free, pixels)
        pixels.flags.writeable = False
        return pixels, start, area

    def _per_node(self, name: str, values: ArrayLike) -> Array:
        array = np.asarray(values)
        if array.shape != (len(self),):
            raise ValueError(f"{name} must have shape ({len(self)},), one entry per node, got {array.shape}")
        return array


def count_pixels(n_nodes: int, node_of_pixel: Indices) -> Indices:
    """How many pixels each node owns."""
    counts = np.zeros(n_nodes, np.int32)
    _tree.count_pixels(node_of_pixel.ravel(), counts)
    return counts
