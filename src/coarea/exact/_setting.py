"""What a filter call is asked to do, and what it knows of each channel."""

from collections.abc import Callable
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from coarea.base.arrays import Array
from coarea.base.types import Border, ColorDistance, Colors, Domain, ShapeConnectivity, Solver, Tie
from coarea.exact._model import Model
from coarea.trees.tree import Tree

EXPONENT_MAX = 64  # weights within 2^-64 to 2^64 are taken as they are


class Options(TypedDict, total=False):
    """The options that the filters share, where a signature is given once for each type of result."""

    domain: Domain | None
    neighbors: int | None
    tie: Tie
    weights: ArrayLike | None
    mask: ArrayLike | None
    fixed: ArrayLike | None
    lower: ArrayLike | None
    upper: ArrayLike | None
    edge_weights: ArrayLike | None
    channel_axis: int | None
    connectivity: ShapeConnectivity | int | None
    border: Border | None
    solver: Solver | None
    workers: int | None


class L1Options(Options, total=False):
    """With those of the L1 filter."""

    quantile: float
    colors: Colors
    distance: ColorDistance


class L2Options(Options, total=False):
    """With those of the L2 filter."""

    resolution: float | None
    huber_delta: float | None


class Data(NamedTuple):
    """What is known of the pixels of one channel beside their values; None is the default."""

    weights: Array | None = None  # 1
    fixed: Array | None = None  # False
    edge_weights: Array | None = None  # (n_offsets, ...), 1
    lower: Array | None = None  # bounds of the result, or one for all
    upper: Array | None = None


class Setting(NamedTuple):
    """What one filter call does to every channel."""

    model: Model
    beta: float
    tie: Tie
    neighbors: int | None
    solver: Solver
    build: Callable[[Array, int], Tree] | None  # by a number of threads; None: on the pixels
    workers: int
    wants_info: bool
    unit: float = 1.0  # energies are to be multiplied by it


def moderate(data: Data, setting: Setting) -> tuple[Data, Setting]:
    """Divide extreme weights and beta by a power of two: only their ratio matters, and no sum overflows."""
    data, exponent = moderate_weights(data)
    if exponent == 0:
        return data, setting
    return data, setting._replace(beta=lowered(setting.beta, exponent), unit=float(np.ldexp(1.0, exponent)))


def moderate_weights(data: Data) -> tuple[Data, int]:
    """The weights, divided by a power of two if they are extreme, and its exponent."""
    if data.weights is None or not data.weights.any():
        return data, 0
    exponent = int(np.frexp(data.weights.max())[1])
    if abs(exponent) <= EXPONENT_MAX:
        return data, 0
    return data._replace(weights=np.ldexp(data.weights, -exponent)), exponent


def lowered(beta: float, exponent: int) -> float:
    """Beta, divided by the same power of two."""
    with np.errstate(over="ignore"):
        return min(float(np.ldexp(beta, -exponent)), 1e300)
