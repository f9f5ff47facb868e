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
from coarea.filters.extremal import mser, tbmr
from coarea.filters.profiles import attribute_profile, pattern_spectrum, ultimate_opening
from coarea.filters.prunings import prune
from coarea.lines.contours import contours
from coarea.lines.isolines import isolines
from coarea.lines.level_sets import level_sets, threshold_decompose, threshold_reconstruct
from coarea.lines.lines import Lines
from coarea.lines.saliency import saliency
from coarea.regions.edge_strength import edge_strength
from coarea.regions.hierarchy import Hierarchy
from coarea.regions.merging import MergingKey, merge_regions
from coarea.regions.region_graph import RegionGraph, region_graph
from coarea.regions.segmenter.segment import region_hierarchy, segment
from coarea.regions.superpixels import superpixels
from coarea.regions.two_phase import TwoPhase, two_phase
from coarea.scales.choice import beta_for_regions, beta_for_residual
from coarea.scales.meaningful import meaningful_lines
from coarea.scales.scale_space import ScaleSpace, scale_space
from coarea.trees.components import max_tree, min_tree
from coarea.trees.graph import tree_of_graph
from coarea.trees.shapes import tree_of_shapes
from coarea.trees.tree import Tree
from coarea.variation.norm import tv_descent, tv_gradient, tv_norm, tv_norm_and_gradient

if TYPE_CHECKING:
    from coarea import ct, plot
    from coarea import dask as dask  # not among the names below: a star would need it, and hide the library

    __version__: str

__all__ = [
    "Certificate",
    "Hierarchy",
    "Info",
    "Lines",
    "MergingKey",
    "RegionGraph",
    "ScaleSpace",
    "Tree",
    "TwoPhase",
    "area_closing",
    "area_opening",
    "attribute_filter",
    "attribute_profile",
    "attributes",
    "beta_for_regions",
    "beta_for_residual",
    "contours",
    "ct",
    "denoise_tv_l1",
    "denoise_tv_l2",
    "diameter_closing",
    "diameter_opening",
    "edge_strength",
    "edge_weights",
    "grain_filter",
    "isolines",
    "level_sets",
    "max_tree",
    "meaningful_lines",
    "merge_regions",
    "min_tree",
    "minimize_tv_graph",
    "mser",
    "neighbor_offsets",
    "pattern_spectrum",
    "plot",
    "prune",
    "region_graph",
    "region_hierarchy",
    "saliency",
    "scale_space",
    "segment",
    "superpixels",
    "tbmr",
    "threshold_decompose",
    "threshold_reconstruct",
    "tree_of_graph",
    "tree_of_shapes",
    "tv_descent",
    "tv_gradient",
    "tv_norm",
    "tv_norm_and_gradient",
    "two_phase",
    "ultimate_opening",
]


def __getattr__(name: str) -> Any:
    """What not everybody needs, when it is first used."""
    if name in ("ct", "dask", "plot"):
        return import_module(f"coarea.{name}")
    if name == "__version__":
        from importlib.metadata import version

        return version("coarea")
    raise AttributeError(f"module 'coarea' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
