"""Attributes of the nodes of a tree: one value per node.

Users compute their own with :meth:`coarea.Tree.accumulate`.
"""

from coarea.attributes._contrast import height, mean, mean_contrast, total_variation, variance, volume
from coarea.attributes._form import centroid, eccentricity, elongation, inertia, orientation, second_moments
from coarea.attributes._hierarchy import depth, dynamics, dynamics_of_minima, extinction
from coarea.attributes._increasing import increasing, pruning_scale
from coarea.attributes._size import area, bounding_box, compactness, own_area, perimeter, touches_frame
from coarea.attributes._table import table

__all__ = [
    "area",
    "bounding_box",
    "centroid",
    "compactness",
    "depth",
    "dynamics",
    "dynamics_of_minima",
    "eccentricity",
    "elongation",
    "extinction",
    "height",
    "increasing",
    "inertia",
    "mean",
    "mean_contrast",
    "orientation",
    "own_area",
    "perimeter",
    "pruning_scale",
    "second_moments",
    "table",
    "total_variation",
    "touches_frame",
    "variance",
    "volume",
]
