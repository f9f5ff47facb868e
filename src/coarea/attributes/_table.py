"""All attributes of a tree side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import numpy as np

from coarea.attributes import _contrast, _form, _hierarchy, _size
from coarea.base.arrays import Array
from coarea.base.options import came, one_of
from coarea.base.types import MULTIVARIATE
from coarea.trees._given import as_tree
from coarea.trees.tree import Tree

ARRAYS = ("parent", "value", "polarity")
ATTRIBUTES: tuple[Callable[[Tree], Array], ...] = (
    _size.area,
    _size.own_area,
    _size.perimeter,
    _size.compactness,
    _size.bounding_box,
    _size.touches_frame,
    _form.centroid,
    _form.second_moments,
    _form.inertia,
    _form.elongation,
    _form.eccentricity,
    _form.orientation,
    _contrast.height,
    _contrast.volume,
    _contrast.mean,
    _contrast.variance,
    _contrast.mean_contrast,
    _contrast.total_variation,
    _hierarchy.depth,
    _hierarchy.dynamics,
)
BY_NAME = {attribute.__name__: attribute for attribute in ATTRIBUTES}
PLANE_ONLY = {"inertia", "elongation", "eccentricity", "orientation"}
UP_TO_VOLUMES = {"centroid", "second_moments"}
OF_IMAGES = PLANE_ONLY | UP_TO_VOLUMES | {
    "perimeter", "compactness", "bounding_box", "touches_frame", "mean_contrast", "total_variation"
}  # fmt: skip

OF_GREY_VALUES = {"height", "volume", "mean", "variance", "mean_contrast", "total_variation", "dynamics"}


def table(tree: Tree, names: Iterable[str] | None = None) -> dict[str, Array]:
    """Attributes of all nodes as columns, ready for ``pandas.DataFrame``.

    Parameters
    ----------
    tree : Tree
    names : iterable of str, optional
        Names of functions of this module that need a tree alone, and of the tree's arrays "parent", "value" and
        "polarity". Default: all that the number of dimensions of the image allows; of
        a tree of a graph those that need no places of pixels, of a multivariate tree those that need no grey values.

    Returns
    -------
    dict of str to (n,) ndarray
        In the order of the names, row i for node i. What is an array for each node has a column for each entry, as in
        :func:`skimage.measure.regionprops_table`: "centroid-0", "centroid-1", "second_moments-0-1".

    Raises
    ------
    ValueError
        If a name is unknown, or the attribute does not exist in that number of dimensions.

    See Also
    --------
    coarea.attribute_filter : keeps some of the nodes.
    coarea.Tree.accumulate : a column of your own, of another image.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 7]])
    >>> columns = coarea.attributes.table(tree, ["value", "area", "centroid"])
    >>> {name: column.tolist() for name, column in columns.items()}
    {'value': [0, 5, 7], 'area': [4, 3, 1], 'centroid-0': [0.0, 0.0, 0.0], 'centroid-1': [1.5, 2.0, 3.0]}
    """
    as_tree(tree)
    if names is not None and not isinstance(names, Iterable):
        raise TypeError(f"names must be the names of attributes, such as ['area', 'centroid'], got {came(names)}")
    columns = {}
    for name in _applicable(tree) if names is None else [names] if isinstance(names, str) else names:
        one_of("names", name, (*ARRAYS, *BY_NAME))
        values = getattr(tree, name) if name in ARRAYS else BY_NAME[name](tree)
        for place in product(*map(range, values.shape[1:])):
            entry: Any = (slice(None), *place)
            columns["-".join([name, *map(str, place)])] = np.ascontiguousarray(values[entry])
    return columns


def _applicable(tree: Tree) -> list[str]:
    ndim = tree.node_of_pixel.ndim
    missing = (PLANE_ONLY if ndim != 2 else set()) | (UP_TO_VOLUMES if ndim > 3 else set())
    missing |= OF_IMAGES if tree.connectivity == "graph" else set()
    missing |= OF_GREY_VALUES if tree.kind == MULTIVARIATE else set()
    return [name for name in (*ARRAYS, *BY_NAME) if name not in missing]
