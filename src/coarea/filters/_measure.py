"""Attributes as options: functions of a tree."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from coarea import attributes
from coarea.base.arrays import Array, as_real
from coarea.base.options import came
from coarea.trees._given import as_grey_tree, image_of_tree
from coarea.trees.components import component_tree
from coarea.trees.tree import Tree

Attribute: TypeAlias = Callable[[Tree], ArrayLike]


def measured(tree: Tree, attribute: Any, *, increasing: bool) -> Array:
    """One number for each node, by default the area; if `increasing`, one that grows towards the root."""
    if attribute is None:
        return attributes.area(tree)
    if not callable(attribute):
        known = isinstance(attribute, str) and attribute in attributes.__all__
        remedy = f": coarea.attributes.{attribute}" if known else ": not its values" if np.ndim(attribute) else ""
        raise TypeError(f"attribute must be a function of a tree, got {came(attribute)}{remedy}")
    values = np.asarray(attribute(tree))
    if values.shape != (len(tree),) or values.dtype.kind not in "buif":
        raise ValueError(
            f"attribute must give one number for each of the {len(tree)} nodes, "
            f"got {values.dtype} of shape {values.shape}"
        )
    if np.isnan(values).any():
        raise ValueError("attribute must not give NaN")
    if increasing and (values[tree.parent] < values).any():
        raise ValueError(
            "attribute must not be smaller at a node than at its descendants, as the area is not; "
            "attribute_filter and attribute_profile take any attribute"
        )
    return values


def finite_tree_of(image: ArrayLike | Tree, workers: int) -> Tree:
    """A tree as it is, or the max-tree of an image; infinite grey values, which have no steps, are refused."""
    if isinstance(image, Tree):
        tree = as_grey_tree(image)
    else:
        tree = component_tree(image_of_tree(image), kind="max-tree", workers=workers)
    if tree.value.dtype.kind == "f" and not np.isfinite(tree.value).all():
        raise ValueError("image must be finite, got infinite grey values")
    return tree


def as_thresholds(values: ArrayLike) -> list[float]:
    """Increasing numbers."""
    array = as_real("thresholds", values).astype(np.float64)
    if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all() or (np.diff(array) <= 0).any():
        raise ValueError(f"thresholds must be a sequence of increasing finite numbers, got {came(values)}")
    numbers: list[float] = array.tolist()
    return numbers
