"""The tree of an image's level lines, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import get_args, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import INDEX_MAX, Array, Indices, as_array, as_real
from coarea.base.html import card, plane_of
from coarea.base.options import as_count, came, one_of
from coarea.base.types import MULTIVARIATE, BorderName, Statistic, TreeConnectivity, TreeKind
from coarea.trees import _passes
from coarea.trees._checks import booleans_of_nodes, checked_arrays, checked_nodes
from coarea.trees._selections import Ancestors, ancestors_of, depths, innermost, outermost, spread
from coarea.trees._statistics import accumulate


@dataclass(frozen=True, eq=False, repr=False)
class Tree:
    """The tree of an image's level lines.

    A node is a shape: a connected component of a level set, with its holes filled in the tree of shapes. Node 0
    is the root, the whole image. The arrays are read-only; those of a tree that is put together by hand, or
    unpickled, are checked and copied.

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
        "tree of shapes", "max-tree", "min-tree" or "multivariate tree of shapes".
    connectivity, border
        The conventions that the tree was built with.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, a dtype or an entry breaks the rules above, a value is NaN, or the kind is unknown.

    See Also
    --------
    max_tree, min_tree, tree_of_shapes, tree_of_graph

    Examples
    --------
    >>> import coarea
    >>> coarea.max_tree([[0, 5, 5, 7]])
    <max-tree of a 1x4 int64 image: 3 nodes, connectivity=1>
    """

    parent: Indices
    value: Array
    node_of_pixel: Indices
    polarity: NDArray[np.int8]
    kind: TreeKind
    connectivity: TreeConnectivity
    border: BorderName | float | tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(TreeKind))
        self._hold(*checked_arrays(*self._arrays()))

    @classmethod
    def _trusted(
        cls,
        *arrays: Array,
        kind: str,
        connectivity: str | int,
        border: str | float | tuple[int, ...] | None = None,
    ) -> Tree:
        """A tree of four arrays that its builder has just made: neither checked nor copied."""
        tree = cls.__new__(cls)
        tree._hold(*arrays)
        vars(tree).update(kind=kind, connectivity=connectivity, border=border)
        return tree

    def _hold(self, *arrays: Array) -> None:
        for name, array in zip(("parent", "value", "node_of_pixel", "polarity"), arrays, strict=True):
            view = array.view()
            view.flags.writeable = False
            vars(self)[name] = view  # the class is frozen

    def __len__(self) -> int:
        return len(self.parent)

    def __eq__(self, other: object) -> bool:
        """Whether two trees have the same nodes in the same order, of one dtype, and the same conventions."""
        if not isinstance(other, Tree):
            return NotImplemented
        return (
            (self.kind, self.connectivity, self.border) == (other.kind, other.connectivity, other.border)
            and self.value.dtype == other.value.dtype
            and all(np.array_equal(one, two) for one, two in zip(self._arrays(), other._arrays(), strict=True))
        )

    __hash__ = None  # type: ignore[assignment]  # trees are compared by what they hold

    def __reduce__(self) -> tuple[type[Tree], tuple[object, ...]]:
        return Tree, (*self._arrays(), self.kind, self.connectivity, self.border)

    def _arrays(self) -> tuple[Array, ...]:
        return self.parent, self.value, self.node_of_pixel, self.polarity

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.node_of_pixel.shape))
        border = "" if self.border is None else f", border={self.border!r}"
        if self.connectivity == "graph":
            return f"<{self.kind} of a graph of {shape} vertices, {self.value.dtype}: {len(self)} nodes>"
        conventions = f"connectivity={self.connectivity!r}{border}"
        dtype = "" if self.kind == MULTIVARIATE else f"{self.value.dtype} "
        return f"<{self.kind} of a {shape} {dtype}image: {len(self)} nodes, {conventions}>"

    def reconstruct(self, value: ArrayLike | None = None) -> Array:
        """Give each pixel the value of the smallest node that holds it.

        Parameters
        ----------
        value : (n,) or (n, n_channels) array_like, optional
            A value or a colour per node, of any dtype. Default: the tree's own, which gives the image back.

        Returns
        -------
        ndarray
            Shape of the image, with the channels last if there are any; dtype of `value`.
        """
        values = self.value if value is None else as_array("value", value)
        if values.ndim not in (1, 2) or len(values) != len(self):
            raise ValueError(f"value must have shape ({len(self)},), one entry per node, got {values.shape}")
        return spread(values, self.node_of_pixel)

    def simplify(self, keep: ArrayLike) -> Tree:
        """Remove the nodes where `keep` is False; their pixels go to the first ancestor that is kept.

        Parameters
        ----------
        keep : (n,) array_like of bool
            The root always stays, whatever its entry.

        Returns
        -------
        Tree
            The kept nodes, in their order, with their values and polarities. They are still shapes of the original
            image: on a tree of shapes the result need not be the tree of its own ``reconstruct()``, nor the coarea
            formula hold for that image; where this matters, build the tree anew.
        """
        kept = nodes_to_keep(self, keep)
        place = places_of_kept(self, kept)
        return self._trusted(
            place[self.parent[kept]],
            self.value[kept],
            place[self.node_of_pixel],
            self.polarity[kept],
            kind=self.kind,
            connectivity=self.connectivity,
            border=self.border,
        )

    def accumulate(self, pixel_values: ArrayLike, how: Statistic = "sum") -> Array:
        """Sum, least or largest value of an image over the pixels of each shape.

        Parameters
        ----------
        pixel_values : array_like, shape of the image
            Any real dtype. May have channels, as a last axis.
        how : {"sum", "min", "max"}, default "sum"

        Returns
        -------
        (n,) or (n, n_channels) ndarray
            For "min" and "max" the dtype of the values. Sums are int64 for integers and booleans (uint64 for uint64),
            and wrap; otherwise float64.

        Examples
        --------
        >>> import coarea
        >>> tree = coarea.max_tree([[0, 5, 5, 7]])
        >>> tree.accumulate([[1, 2, 3, 4]]).tolist(), tree.accumulate([[1, 2, 3, 4]], "min").tolist()
        ([10, 9, 4], [1, 2, 4])
        """
        one_of("how", how, get_args(Statistic))
        values = as_real("pixel_values", pixel_values)
        if self.node_of_pixel.shape not in (values.shape, values.shape[:-1]):
            raise ValueError(f"pixel_values must have the shape {self.node_of_pixel.shape}, got {values.shape}")
        return accumulate(self.parent, self.node_of_pixel, values, how)

    def pixels(self, node: int) -> Indices:
        """Flat indices of the pixels of a shape, in time proportional to its area.

        The first call sorts all pixels once. Within the result, pixels of one node are in raster order.
        """
        node = self._node(node)
        grouped, start, area = self._pixels_by_shape
        return grouped[start[node] : start[node] + area[node]]

    def mask(self, node: int) -> NDArray[np.bool_]:
        """Boolean image of the pixels of a shape."""
        mask = np.zeros(self.node_of_pixel.shape, bool)
        mask.ravel()[self.pixels(node)] = True
        return mask

    def children(self, node: int) -> Indices:
        """The nodes directly below a node, increasing, in time proportional to their number.

        The first call sorts all nodes once.
        """
        node = self._node(node)
        by_parent, start = self._nodes_by_parent
        return by_parent[start[node] : start[node + 1]]

    def path_to_root(self, node: int) -> Indices:
        """A node, its parent, and so on to the root."""
        path = [self._node(node)]
        while path[-1] != 0:
            path.append(int(self.parent[path[-1]]))
        return np.array(path, np.int32)

    def outermost(self, condition: ArrayLike) -> Indices:
        """The nodes that meet a condition and lie inside no other node that does.

        Their shapes are disjoint, and together hold all shapes that meet the condition.

        Parameters
        ----------
        condition : (n,) array_like of bool
            For example ``attributes.compactness(tree) > 0.5``.

        Returns
        -------
        (m,) ndarray of int32
            Increasing.

        Examples
        --------
        >>> import coarea
        >>> tree = coarea.max_tree([[0, 2, 5, 2, 0, 4]])
        >>> area = coarea.attributes.area(tree)
        >>> tree.value.tolist(), tree.outermost(area < 6).tolist(), tree.innermost(area > 1).tolist()
        ([0, 2, 4, 5], [1, 2], [1])
        """
        return outermost(self.parent, booleans_of_nodes("condition", condition, len(self)))

    def innermost(self, condition: ArrayLike) -> Indices:
        """The nodes that meet a condition and hold no other node that does; the rest is as for :meth:`outermost`."""
        return innermost(self.parent, booleans_of_nodes("condition", condition, len(self)))

    @overload
    def lowest_common_ancestor(self, node: int, other: int) -> int: ...
    @overload
    def lowest_common_ancestor(self, node: ArrayLike, other: ArrayLike) -> int | Indices: ...
    def lowest_common_ancestor(self, node: ArrayLike, other: ArrayLike) -> int | Indices:
        """The smallest shape that holds two nodes, in time logarithmic in their depth.

        The first call makes one pass over all nodes.

        Parameters
        ----------
        node, other : int or array_like of int
            Nodes; arrays are taken pair by pair, after broadcasting.

        Returns
        -------
        int or ndarray of int32
            An array if one of the two is.

        Examples
        --------
        >>> import coarea
        >>> tree = coarea.tree_of_shapes([[5, 5, 5, 5, 5], [5, 9, 9, 9, 5], [5, 7, 9, 3, 5], [5, 5, 5, 5, 5]])
        >>> tree.value.tolist(), tree.lowest_common_ancestor(1, 3), tree.lowest_common_ancestor([1, 2, 3], 3).tolist()
        ([5, 3, 7, 9], 0, [0, 2, 3])
        """
        pair = checked_nodes("node", node, len(self)), checked_nodes("other", other, len(self))
        found = self._ancestors.common(self.parent, *pair)
        return found if found.ndim else int(found)

    def _repr_html_(self) -> str:
        """What notebooks show: what :func:`repr` says, and a small picture of the image."""
        rows = {
            "image": f"{' x '.join(map(str, self.node_of_pixel.shape))}, {self.value.dtype}",
            "nodes": len(self),
            "depth": depths(self.parent).max(),
            "connectivity": self.connectivity,
            "border": self.border,
        }
        return card(self.kind, rows, self.value[plane_of(self.node_of_pixel)])

    def _node(self, node: int) -> int:
        if np.ndim(node):
            raise ValueError(
                f"node must be one integer, got {came(node)}: that of a pixel is tree.node_of_pixel[pixel]"
            )
        index = as_count("node", node, least=-INDEX_MAX)
        if not 0 <= index < len(self):
            raise IndexError(f"node must be in [0, {len(self)}), got {index}")
        return index

    @cached_property
    def _ancestors(self) -> Ancestors:
        return ancestors_of(self.parent)

    @cached_property
    def _nodes_by_parent(self) -> tuple[Indices, Indices]:
        by_parent = np.argsort(self.parent[1:], kind="stable").astype(np.int32) + 1
        by_parent.flags.writeable = False
        start = np.zeros(len(self) + 1, np.int32)
        np.cumsum(np.bincount(self.parent[1:], minlength=len(self)), out=start[1:])
        return by_parent, start

    @cached_property
    def _pixels_by_shape(self) -> tuple[Indices, Indices, Indices]:
        own_area = count_pixels(len(self), self.node_of_pixel)
        area = own_area.copy()
        _passes.accumulate_sum(self.parent, area)
        start, free = np.empty_like(area), np.empty_like(area)
        pixels = np.empty(self.node_of_pixel.size, np.int32)
        _passes.group_pixels(self.parent, self.node_of_pixel.ravel(), own_area, area, start, free, pixels)
        pixels.flags.writeable = False
        return pixels, start, area


def places_of_kept(tree: Tree, kept: NDArray[np.bool_]) -> Indices:
    """The place of each node among the kept ones; of a node that is not kept, that of its first kept ancestor."""
    place = np.empty(len(tree), np.int32)
    _passes.keep_nodes(tree.parent, kept.view(np.uint8), place)
    return place


def nodes_to_keep(tree: Tree, keep: ArrayLike) -> NDArray[np.bool_]:
    """A copy of the choice of nodes, with the root among them."""
    kept = booleans_of_nodes("keep", keep, len(tree)).copy()
    kept[0] = True
    return kept


def count_pixels(n_nodes: int, node_of_pixel: Indices) -> Indices:
    """How many pixels each node owns."""
    counts = np.zeros(n_nodes, np.int32)
    _passes.count_pixels(node_of_pixel.ravel(), counts)
    return counts
