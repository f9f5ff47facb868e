"""Trees of level lines, exact total variation and few-view CT, on numpy arrays.

An image is a tree of nested level lines; its total variation is the sum of their lengths.
"""

from importlib.metadata import version

from coarea import attributes, plot
from coarea.certificate import Certificate
from coarea.components import max_tree, min_tree
from coarea.denoise import Info, denoise_tv_l1, denoise_tv_l2
from coarea.filters import (
    area_closing,
    area_opening,
    attribute_filter,
    diameter_closing,
    diameter_opening,
    grain_filter,
)
from coarea.graph import minimize_tv_graph
from coarea.level_sets import level_sets, threshold_decompose, threshold_reconstruct
from coarea.neighborhoods import edge_weights, neighbor_offsets
from coarea.shapes import tree_of_shapes
from coarea.total_variation import tv_descent, tv_gradient, tv_norm, tv_norm_and_gradient
from coarea.tree import Tree

__version__ = version("coarea")

__all__ = [
    "Certificate",
    "Info",
    "Tree",
    "area_closing",
    "area_opening",
    "attribute_filter",
    "attributes",
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
    "threshold_decompose",
    "threshold_reconstruct",
    "tree_of_shapes",
    "tv_descent",
    "tv_gradient",
    "tv_norm",
    "tv_norm_and_gradient",
]
