"""Trees of level lines, exact total variation and few-view CT, on numpy arrays.

An image is a tree of nested level lines; its total variation is the sum of their lengths.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coarea import attributes
from coarea.base.neighborhoods import edge_weights, neighbor_offsets
from coarea.exact.certificate import Certificate
from coarea.exact.denoise import denoise_tv_l1, denoise_tv_l2
from coarea.exact.graph import minimize_tv_graph
from coarea.exact.info import Info
from coarea.filters.connected import (
    area_closing,
    area_opening,
    attribute_filter,
    diameter_closing,
    diameter_opening,
    grain_filter,
)
from coarea.filters.prunings import prune
from coarea.lines.level_sets import level_sets, threshold_decompose, threshold_reconstruct
from coarea.trees.components import max_tree, min_tree
from coarea.trees.shapes import tree_of_shapes
from coarea.trees.tree import Tree
from coarea.variation.norm import tv_descent, tv_gradient, tv_norm, tv_norm_and_gradient

if TYPE_CHECKING:
    from coarea import ct, plot

    __version__: str

__all__ = [
    "Certificate",
    "Info",
    "Tree",
    "area_closing",
    "area_opening",
    "attribute_filter",
    "attributes",
    "ct",
    "denoise_tv_l1",
    "denoise_tv_l2",
    "diameter_closing",
    "diameter_opening",
    "edge_weights",
    "grain_filter",
    "level_sets",
    "max_tree",
    "min_tree",
    "minimize_tv_graph",
    "neighbor_offsets",
    "plot",
    "prune",
    "threshold_decompose",
    "threshold_reconstruct",
    "tree_of_shapes",
    "tv_descent",
    "tv_gradient",
    "tv_norm",
    "tv_norm_and_gradient",
]


def __getattr__(name: str) -> Any:
    """What not everybody needs, when it is first used."""
    if name in ("ct", "plot"):
        return import_module(f"coarea.{name}")
    if name == "__version__":
        from importlib.metadata import version

        return version("coarea")
    raise AttributeError(f"module 'coarea' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
