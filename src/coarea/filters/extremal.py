"""Nodes of a tree that stand out as features: maximally stable regions, and those of the topology of the tree."""

from __future__ import annotations

import math
import warnings

import numpy as np

from coarea import attributes
from coarea.base.arrays import Array, Indices
from coarea.base.keywords import with_hints
from coarea.base.levels import steps_between
from coarea.base.options import as_number
from coarea.trees._given import as_tree
from coarea.trees._selections import ancestors_of
from coarea.trees.tree import Tree


@with_hints
def mser(
    tree: Tree,
    delta: float = 5,
    *,
    min_area: float = 60,
    max_area: float | None = None,
    max_variation: float = 0.25,
) -> Indices:
    """Maximally stable extremal regions: components whose area changes least while the threshold moves [Matas2002]_.

    Moving the threshold from a node's own grey value by `delta` towards the root lets it grow to its highest ancestor
    whose grey value is within `delta`. Its *variation* is what it gains then,

        ``variation = (area of that ancestor - area) / area``

    A node is maximally stable if its variation is less than that of its parent and at most that of each child. The root
    is not stable.

    Parameters
    ----------
    tree : Tree
        A max-tree, for bright regions, or a min-tree, for dark ones. For both call it twice.
    delta : float, default 5
        In grey values, at least 0.
    min_area, max_area : float, optional
        Bounds of the area in pixels. Defaults 60, and none.
    max_variation : float, default 0.25
        Less stable regions are left out.

    Returns
    -------
    (m,) ndarray of int32
        The nodes, increasing; never the root. ``tree.pixels(node)`` has the pixels of each,
        ``attributes.bounding_box(tree)[nodes]`` are their boxes.

    Raises
    ------
    TypeError
        If it is no max-tree or min-tree.

    Warns
    -----
    UserWarning
        If `delta` exceeds the range of the grey values.

    See Also
    --------
    tbmr : regions that do not depend on contrast.
    max_tree, min_tree

    Notes
    -----
    Regions are nodes of the tree, so each is a component of a level set, and any two are nested or disjoint. OpenCV's
    set is another one: it prunes by a minimal diversity too, and some of its regions are no components of a level set.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 40, 50, 52, 51, 40, 0]])
    >>> tree.value.tolist(), coarea.mser(tree, 5, min_area=2).tolist()
    ([0, 40, 50, 51, 52], [1])
    """
    step = as_number("delta", delta, least=0)
    lower, upper = _area_bounds(min_area, max_area)
    highest = as_number("max_variation", max_variation, least=0)
    if (kind := getattr(tree, "kind", None)) not in ("max-tree", "min-tree"):
        found = f"a {kind}" if isinstance(kind, str) else type(tree).__name__
        raise TypeError(
            f"tree must be a max-tree or a min-tree, got {found}: coarea.max_tree(image) for bright regions, "
            "coarea.min_tree(image) for dark ones"
        )
    spread = float(tree.value.max()) - float(tree.value.min())
    if 0 < spread < step:
        warnings.warn(
            f"no step of {step:g} fits into grey values {spread:g} apart, so nothing is unstable: give a smaller delta",
            stacklevel=3,
        )
    area = attributes.area(tree).astype(np.float64)
    variation = area[_reached(tree, step)] / np.maximum(area, 1) - 1  # nodes put together by hand may hold no pixel
    variation[0] = np.inf
    least_inside = np.full(len(tree), np.inf)
    np.minimum.at(least_inside, tree.parent[1:], variation[1:])
    is_stable = (variation < variation[tree.parent]) & (variation <= least_inside) & (variation <= highest)
    return np.flatnonzero(is_stable & (lower <= area) & (area <= upper)).astype(np.int32)


@with_hints
def tbmr(tree: Tree, *, min_area: float = 60, max_area: float | None = None) -> Indices:
    """Tree-based Morse regions: the nodes with one child whose parent has several [XuMonasse2014]_.

    Each is the largest region around an extremum before it meets another one. They depend on the order of grey values
    alone, not on contrasts.

    Parameters
    ----------
    tree : Tree
        Of any kind; the original method takes the max-tree and the min-tree, one after the other.
    min_area, max_area : float, optional
        Bounds of the area in pixels. Defaults 60, and none. They choose among the nodes: to let small regions count
        for nothing, remove them first, ``tree.simplify(attributes.area(tree) >= 60)``.

    Returns
    -------
    (m,) ndarray of int32
        The nodes, increasing; never the root.

    See Also
    --------
    mser : regions that are stable when the threshold moves.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 3, 5, 3, 1, 4, 6, 4, 0]])
    >>> tree.value.tolist(), coarea.tbmr(tree, min_area=2).tolist()
    ([0, 1, 3, 4, 5, 6], [2, 3])
    """
    lower, upper = _area_bounds(min_area, max_area)
    area = attributes.area(as_tree(tree))
    n_children = np.bincount(tree.parent[1:], minlength=len(tree))
    is_region = (n_children == 1) & (n_children[tree.parent] > 1)  # not the root, which is its own parent
    return np.flatnonzero(is_region & (lower <= area) & (area <= upper)).astype(np.int32)


def _reached(tree: Tree, step: float) -> Indices:
    """For each node the highest ancestor whose grey value is within a step."""
    skip = ancestors_of(tree.parent).skip
    reached = np.arange(len(tree), dtype=np.int32)
    walking = reached[1:]

    def is_within(above: Array) -> Array:
        return steps_between(tree.value[walking], tree.value[above]) <= step

    while walking.size:
        here = reached[walking]
        above = np.where(is_within(skip[here]), skip[here], tree.parent[here])
        goes_on = is_within(above)
        walking, above = walking[goes_on], above[goes_on]
        reached[walking] = above
        walking = walking[above > 0]
    return reached


def _area_bounds(least: float, most: float | None) -> tuple[float, float]:
    lower = as_number("min_area", least, least=0)
    upper = math.inf if most is None else as_number("max_area", most, least=0)
    if upper < lower:
        raise ValueError(f"max_area must be at least min_area = {lower:g}, got {upper:g}")
    return lower, upper
