"""What colours cost, in integers that belong to all channels."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from coarea.base.arrays import Array, Indices
from coarea.base.neighborhoods import Offset, pair_slices
from coarea.cuts.terms import Weights
from coarea.exact._integers import integer_scale
from coarea.exact._model import Model
from coarea.exact._setting import EXPONENT_MAX, Data, lowered
from coarea.exact.colors._zones import Zones


class Energy(NamedTuple):
    """Fidelity of each channel, and its total variation over pairs (p, p + offset) of these lengths."""

    model: Model
    beta: float
    lengths: Mapping[Offset, float]


class Costs(NamedTuple):
    """The energy as integers: it is theirs, up to a factor and to the rounding of the weights.

    Attributes
    ----------
    up, down : ndarray of int64
        Cost of a grey value below and above that of the pixel: (1, 1) for all, (n_pixels, 1), or (n_pixels, n_channels)
        in the order of the zones.
    steps : (n,) ndarray of int32
        From a cell of the padded image to its neighbours, in raster order.
    length : ndarray of int64
        What the pairs of each step weigh, (n, 1), or (n, n_cells) by their first cell.
    """

    up: Weights
    down: Weights
    steps: Array
    length: Weights


def integer_costs(energy: Energy, data: Sequence[Data], zones: Zones, pixel: Indices, span: int) -> Costs:
    """The energy in integers of which no sum that a zone needs overflows.

    Parameters
    ----------
    pixel : ndarray of int32
        The pixels, sorted by zone.
    span : int
        How far apart the numbers of two grey values can be.

    Raises
    ------
    ValueError
        If all weights of the pixels would be rounded to 0.
    """
    weights, beta = _moderate(_weights(data, pixel), energy.beta)
    steepest = energy.model.slope
    total = steepest * float(weights.sum()) * (zones.n_pixels if weights.size == 1 else 1)
    total *= 1 if weights.shape[1] > 1 else len(data)
    highest = math.inf if data[0].fixed is not None else total + 1  # no minimiser cuts a heavier edge
    shared = data[0].edge_weights
    factors = [
        np.ones((), np.int64) if shared is None else own[pair_slices(offset)[0]]
        for offset, own in zip(energy.lengths, energy.lengths if shared is None else shared, strict=True)
    ]
    edges = [(beta * length, own) for length, own in zip(energy.lengths.values(), factors, strict=True)]
    border = len(data) * sum(
        _sum_where(zones.is_cut(offset), np.minimum(base * own, highest))
        for offset, (base, own) in zip(energy.lengths, edges, strict=True)
    )
    scale = integer_scale(
        ([steepest, energy.model.up, energy.model.down], weights), edges,
        largest=total + border, largest_term=4 * (total + 2 * border) * max(span, 1), narrow=False,
    )  # fmt: skip
    up, down = (scale.multiply(base, weights, scale.sites) for base in (energy.model.up, energy.model.down))
    whole = [scale.multiply(base, own, scale.edges, highest=highest) for base, own in edges]
    return Costs(up, down, *_by_step(list(zip(energy.lengths, whole, strict=True)), zones))


def _weights(data: Sequence[Data], pixel: Indices) -> Array:
    """The weights of pixels in the order of the zones, in one column if they are those of all channels."""
    columns = [own.weights for own in data if own.weights is not None]
    if not columns:
        return np.ones((1, 1))
    if all(np.array_equal(columns[0], own) for own in columns[1:]):
        del columns[1:]
    return np.stack([own.ravel()[pixel] for own in columns], axis=1)


def _sum_where(condition: Array, weight: Array) -> float:
    """The sum of weights, or of one for all, where a condition holds."""
    return float(weight * np.count_nonzero(condition) if weight.ndim == 0 else weight[condition].sum())


def _moderate(weights: Array, beta: float) -> tuple[Array, float]:
    """The same weights and beta, divided by a power of two if they are extreme."""
    exponent = int(np.frexp(weights.max())[1])
    if abs(exponent) <= EXPONENT_MAX or not weights.any():
        return weights, beta
    return np.ldexp(weights, -exponent), lowered(beta, exponent)


def _by_step(pairs: Sequence[tuple[Offset, Weights]], zones: Zones) -> tuple[Array, Weights]:
    """Steps to either side, in raster order, and their weights."""
    steps = np.array([zones.step(offset) for offset, _ in pairs], np.int32)
    both = np.concatenate([-steps, steps])
    order = np.argsort(both)
    if all(weight.ndim == 0 for _, weight in pairs):
        length = np.tile(np.array([[int(weight)] for _, weight in pairs], np.int64), (2, 1))
        return both[order], length[order]
    length = np.zeros((len(both), zones.label.size), np.int64)
    for k, (offset, weight) in enumerate(pairs):
        for row, pixels in zip((k + len(pairs), k), pair_slices(offset), strict=True):
            length[row].reshape(zones.padded_shape)[zones.inside][pixels] = weight
    return both[order], np.ascontiguousarray(length[order])
