"""A hierarchy of regions: nested partitions, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coarea.base.arrays import Array, Indices
from coarea.base.html import card
from coarea.base.options import as_count, as_number, came
from coarea.regions import _hierarchy
from coarea.regions._binary import binary_tree, checked_hierarchy, checked_leaves, linkage_arrays
from coarea.regions._labels import Numbered
from coarea.regions.region_graph import graph_of, keys_of_pairs, sides_along
from coarea.trees._selections import ancestors_of


@dataclass(frozen=True, eq=False, repr=False)
class Hierarchy:
    """Regions that merge pair by pair until one is left: a binary tree, in the order of Higra's and SciPy's.

    Nodes 0 to n - 1 are the leaves, the regions to begin with; node n + k is made by merge k; the last is the root.
    The arrays are read-only. Hierarchies come from :func:`merge_regions`, and from other libraries by
    :meth:`from_parents` and :meth:`from_linkage`; arrays that are put together by hand are checked and copied.

    Attributes
    ----------
    parent : (2 n - 1,) ndarray of int32
        The node that each node is merged into, of a larger index; that of the root is itself.
    level : (2 n - 1,) ndarray of float64
        0 for the leaves; those of the merges, at least 0, never fall.
    leaf_of_pixel : ndarray of int32
        The leaf that holds each pixel, in the shape of the image. Each leaf holds one.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, or an entry breaks the rules above.
    TypeError
        If indices are not integers, or levels not real.

    See Also
    --------
    merge_regions : builds one.
    region_hierarchy : that of a photograph.

    Notes
    -----
    ``higra.Tree(h.parent)`` with the altitudes ``h.level`` is the same hierarchy.

    Examples
    --------
    >>> import coarea
    >>> h = coarea.Hierarchy([3, 3, 4, 4, 4], [0, 0, 0, 1.5, 4], [[0, 1], [0, 2]])
    >>> h
    <hierarchy of 3 regions in 2x2 pixels: levels 1.5 to 4>
    >>> h.cut(level=2).tolist(), h.cut(n_regions=3).tolist()
    ([[0, 0], [0, 1]], [[0, 1], [0, 2]])
    """

    parent: Indices
    level: NDArray[np.float64]
    leaf_of_pixel: Indices

    def __post_init__(self) -> None:
        self._hold(*checked_hierarchy(self.parent, self.level, self.leaf_of_pixel))

    @classmethod
    def _trusted(cls, *arrays: Array) -> Hierarchy:
        """A hierarchy of arrays that have just been made: neither checked nor copied."""
        hierarchy = cls.__new__(cls)
        hierarchy._hold(*arrays)
        return hierarchy

    def _hold(self, *arrays: Array) -> None:
        for name, array in zip(("parent", "level", "leaf_of_pixel"), arrays, strict=True):
            view = array.view()
            view.flags.writeable = False
            vars(self)[name] = view  # the class is frozen

    @classmethod
    def from_parents(cls, parent: ArrayLike, level: ArrayLike, leaf_of_pixel: ArrayLike | None = None) -> Hierarchy:
        """Take the tree of another library, such as ``higra.Tree.parents()`` with its altitudes.

        Parameters
        ----------
        parent : (n_nodes,) array_like of int
            Leaves first, parents after their children; that of the root is itself. A node with more than two children
            becomes several of its level; a node with one is left out.
        level : (n_nodes,) array_like
            At least 0, and at least that of the children; 0 at the leaves. Nodes are sorted by it, equal ones as they
            are.
        leaf_of_pixel : array_like of int, optional
            Default: each leaf is a pixel, in one axis.

        Returns
        -------
        Hierarchy
        """
        binary, levels = binary_tree(parent, level)
        return cls._trusted(binary, levels, checked_leaves(leaf_of_pixel, (len(binary) + 1) // 2))

    @classmethod
    def from_linkage(cls, linkage: ArrayLike, leaf_of_pixel: ArrayLike | None = None) -> Hierarchy:
        """Take a linkage matrix as of :func:`scipy.cluster.hierarchy.linkage`, whose distances never fall.

        Parameters
        ----------
        linkage : (n - 1, 4) array_like
            The two nodes of each merge, their distance, and the number of leaves.
        leaf_of_pixel : array_like of int, optional
            Default: each leaf is a pixel, in one axis.

        Returns
        -------
        Hierarchy
        """
        parent, level = linkage_arrays(linkage)
        return cls._trusted(parent, level, checked_leaves(leaf_of_pixel, (len(parent) + 1) // 2))

    def to_linkage(self) -> NDArray[np.float64]:
        """Make a linkage matrix for :mod:`scipy.cluster.hierarchy`, of the leaves.

        Returns
        -------
        (n - 1, 4) ndarray of float64
            The two nodes of each merge, the smaller first, the level, and the number of leaves.
        """
        n = self.n_leaves
        children = np.argsort(self.parent[:-1], kind="stable").reshape(-1, 2)  # of each node, increasing
        counts = np.ones(len(self.parent))
        for k, (one, other) in enumerate(children.tolist()):
            counts[n + k] = counts[one] + counts[other]
        return np.column_stack([children, self.level[n:], counts[n:]])

    @property
    def n_leaves(self) -> int:
        """The number of regions to begin with."""
        return (len(self.parent) + 1) // 2

    def cut(self, n_regions: int | None = None, *, level: float | None = None) -> Indices:
        """Cut the hierarchy into a partition.

        Parameters
        ----------
        n_regions : int, optional
            The last merges are undone until there are as many regions, from 1 to the number of leaves.
        level : float, optional
            Only the merges at this level or below are done. Either this or `n_regions`.

        Returns
        -------
        ndarray of int32, shape of the image
            Labels from 0, in the order of the regions' first pixels.
        """
        if (n_regions is None) == (level is None):
            raise ValueError(f"n_regions or level must be given, one of the two, got {n_regions!r} and {level!r}")
        n = self.n_leaves
        if level is not None:
            n_kept = n + int(np.searchsorted(self.level[n:], as_number("level", level), side="right"))
        else:
            n_kept = 2 * n - _count_of_regions(n_regions, n)
        region = np.empty(n_kept, np.int32)
        _hierarchy.cut(self.parent, n_kept, region)
        labels = np.empty(self.leaf_of_pixel.shape, np.int32)
        _hierarchy.number_regions(
            region, self.leaf_of_pixel.reshape(-1), np.full(n_kept, -1, np.int32), labels.reshape(-1)
        )
        return labels

    def boundary_map(self) -> NDArray[np.float64]:
        """The level at which each pixel side vanishes: the ultrametric contour map.

        Returns
        -------
        (ndim,) + image.shape ndarray of float64
            ``[k][p]`` is the level of the node that joins pixel p and the next one along axis k, 0 inside of leaves and
            at the last pixels along the axis. The pieces that pixels form over sides of at most `t` are those of
            ``cut(level=t)``, if the leaves are connected. In a plane :func:`coarea.plot.draw_saliency` draws
            ``below, right = sides[0][:-1], sides[1][:, :-1]``.
        """
        leaves = self.leaf_of_pixel
        graph = graph_of(Numbered(leaves, np.arange(self.n_leaves)))
        last = len(self.parent) - 1
        turned = np.ascontiguousarray(last - self.parent[::-1])  # parents first
        common = last - ancestors_of(turned).common(turned, *(last - graph.arcs.T))
        level_of_arc = self.level[common]
        sides = np.zeros((leaves.ndim, *leaves.shape))
        n, keys = self.n_leaves, graph.arcs[:, 0].astype(np.int64) * self.n_leaves + graph.arcs[:, 1]
        for axis in range(leaves.ndim):
            near, far = sides_along(leaves, axis)
            crossed = near != far
            one, other = near[crossed].astype(np.int64), far[crossed]
            found = np.searchsorted(keys, keys_of_pairs(one, other, n))
            sides_along(sides[axis], axis)[0][crossed] = level_of_arc[found]
        return sides

    def __len__(self) -> int:
        return len(self.parent)

    def __eq__(self, other: object) -> bool:
        """Whether two hierarchies hold the same arrays."""
        if not isinstance(other, Hierarchy):
            return NotImplemented
        return all(np.array_equal(one, two) for one, two in zip(self._arrays(), other._arrays(), strict=True))

    __hash__ = None  # type: ignore[assignment]  # hierarchies are compared by what they hold

    def __reduce__(self) -> tuple[type[Hierarchy], tuple[Array, ...]]:
        return Hierarchy, self._arrays()

    def _arrays(self) -> tuple[Array, ...]:
        return self.parent, self.level, self.leaf_of_pixel

    def __repr__(self) -> str:
        n, shape = self.n_leaves, "x".join(map(str, self.leaf_of_pixel.shape))
        levels = f"levels {self.level[n]:.6g} to {self.level[-1]:.6g}" if n > 1 else "no merges"
        return f"<hierarchy of {n} regions in {shape} pixels: {levels}>"

    def _repr_html_(self) -> str:
        """What notebooks show: what :func:`repr` says, and a small picture of the boundaries."""
        rows = {
            "image": " x ".join(map(str, self.leaf_of_pixel.shape)),
            "leaves": self.n_leaves,
            "highest level": f"{self.level[-1]:.6g}",
        }
        return card("hierarchy of regions", rows, -self.boundary_map().max(axis=0))


def _count_of_regions(n_regions: object, n_leaves: int) -> int:
    try:
        return as_count("n_regions", n_regions, most=n_leaves)
    except ValueError as error:
        if isinstance(n_regions, float | np.floating) and not float(n_regions).is_integer():
            raise ValueError(
                f"n_regions must be an integer, got {came(n_regions)}: for a level, cut(level=...)"
            ) from None
        raise ValueError(f"{error}: there are {n_leaves} leaves") from None
