"""The words that options take, each list written once: `typing.get_args` makes the choices of them."""

from collections.abc import Sequence
from enum import Enum
from typing import Literal, TypeAlias

# What a filter works on, and how.
TreeDomain = Literal["shapes", "max_tree", "min_tree"]
Domain = Literal["pixels", TreeDomain]
Tie = Literal["lower", "upper"]
Fidelity = Literal["l1", "l2"]
Solver = Literal["native", "pymaxflow"]
Colors = Literal["free", "input"]
ColorDistance = Literal["values", "ranks"]

# Trees. Of the connectivities the first one is the default.
TreeKind = Literal["tree of shapes", "max-tree", "min-tree", "multivariate tree of shapes"]
MULTIVARIATE: TreeKind = "multivariate tree of shapes"  # whose values are depths, no grey values
PlaneConnectivity = Literal["8-4", "4-8", "self-dual"]
VolumeConnectivity = Literal["26-6", "6-26"]
ShapeConnectivity = Literal[PlaneConnectivity, VolumeConnectivity]
TreeConnectivity: TypeAlias = ShapeConnectivity | Literal["graph"] | int
GraphTreeKind = Literal["max", "min"]
BorderName = Literal["half-area", "median", "mean", "minimum", "maximum"]
Border: TypeAlias = BorderName | float | Sequence[int]
Statistic = Literal["sum", "min", "max"]
KeepRule = Literal["direct", "min", "max", "viterbi", "subtractive"]
Projection = Literal["min", "max", "l1", "l2"]
ProfileTree = Literal["shapes", "min-max"]

Count = Literal["shapes", "zones"]  # what is counted as a region

Side = Literal["upper", "lower"]
Difference = Literal["backward", "forward", "central"]

# Tomography.
Filter = Literal["ramp", "shepp-logan", "cosine", "hamming", "hann"]
DataStepName = Literal["sart", "os-sart", "art"]
Contrast = Literal["modified", "original"]
BadPixels = Literal["mask", "interpolate", "raise"]


class NotGiven(Enum):
    """The default of an option whose None says something."""

    NOT_GIVEN = "not given"

    def __repr__(self) -> str:
        return "<not given>"


NOT_GIVEN = NotGiven.NOT_GIVEN
