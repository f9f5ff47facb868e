"""Images and trees as they are given: what is wrong with them, and what to do about it."""

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_image
from coarea.base.colors import ONE_BY_ONE, warn_of_colors
from coarea.base.types import MULTIVARIATE, TreeKind
from coarea.trees.tree import Tree


def image_of_tree(image: ArrayLike) -> Array:
    """An image that a tree is made of; warns if it looks like a colour image, which has no levels."""
    array = as_image(image)
    warn_of_colors(array, ONE_BY_ONE)
    return array


def check_tree(tree: Tree, kind: TreeKind, *, connectivity: object = None, border: object = None) -> Tree:
    """The tree, if it is of the kind that would be built, and of the conventions that are given."""
    if tree.kind != kind:
        remedy = ": attribute_filter(tree, keep, image=image) removes nodes of it" if tree.kind == MULTIVARIATE else ""
        raise ValueError(f"image must be an array or a {kind}, got a {tree.kind}{remedy}")
    for name, value in (("connectivity", connectivity), ("border", border)):
        own = getattr(tree, name)
        if value is not None and not np.array_equal(np.asarray(value), np.asarray(own)):
            raise ValueError(f"{name} must be that of the tree, {own!r}, or None, got {value!r}")
    return tree


def as_grey_tree(tree: Tree) -> Tree:
    """Refuse what is no tree, and a multivariate one, whose values are depths."""
    if as_tree(tree).kind == MULTIVARIATE:
        raise ValueError(
            f"tree must be one of grey values, got a {MULTIVARIATE}, whose values are depths: tree.accumulate(image) "
            "sums the channels of its image over each shape"
        )
    return tree


def as_tree_of_image(tree: Tree) -> Tree:
    """Refuse what is no tree, and a tree of a graph, whose vertices have no place."""
    if as_tree(tree).connectivity == "graph":
        raise ValueError("tree must be of an image, got that of a graph, whose vertices have no place in a plane")
    return tree


def as_tree(tree: Tree) -> Tree:
    """Refuse what is no tree."""
    if not isinstance(tree, Tree):
        raise TypeError(
            f"tree must be a Tree, got {type(tree).__name__}: make one, tree = coarea.tree_of_shapes(image)"
        )
    return tree
