"""Trees that are given in place of an image, to functions that would build one."""

import numpy as np

from coarea.base.types import TreeKind
from coarea.trees.tree import Tree


def check_tree(tree: Tree, kind: TreeKind, *, connectivity: object = None, border: object = None) -> Tree:
    """The tree, if it is of the kind that would be built, and of the conventions that are given."""
    if tree.kind != kind:
        raise ValueError(f"image must be an array or a {kind}, got a {tree.kind}")
    for name, value in (("connectivity", connectivity), ("border", border)):
        own = getattr(tree, name)
        if value is not None and not np.array_equal(np.asarray(value), np.asarray(own)):
            raise ValueError(f"{name} must be that of the tree, {own!r}, or None, got {value!r}")
    return tree
