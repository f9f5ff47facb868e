"""The trees that a filter works on, by the words of its domain."""

from typing import Any

from coarea.base.arrays import Array
from coarea.base.types import TreeKind
from coarea.trees.components import component_tree
from coarea.trees.shapes import shapes_of
from coarea.trees.tree import Tree

KINDS: dict[str, TreeKind] = {"shapes": "tree of shapes", "max_tree": "max-tree", "min_tree": "min-tree"}


def tree_on(domain: str, image: Array, *, connectivity: Any = None, border: Any = None, workers: int = 1) -> Tree:
    """The tree of an image that has been checked; None is the default of the tree. Only shapes have a border."""
    given = {"connectivity": connectivity, "border": border}
    given = {name: value for name, value in given.items() if value is not None}
    if domain == "shapes":
        return shapes_of(image, workers=workers, **given)
    return component_tree(image, kind=KINDS[domain], workers=workers, **given)
