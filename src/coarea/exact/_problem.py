"""From levels, a model and real weights to a problem in integers."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from coarea.base.arrays import Array
from coarea.cuts.terms import Term, Weights
from coarea.exact._integers import Scale, integer_scale
from coarea.exact._model import Labels, Model

Edge = tuple[float, Array]  # a base and factors: a kind of edges, which weigh base * factor each


class Problem(NamedTuple):
    """A data term and weights of edges in integers: their energies are those of the model divided by `unit`."""

    term: Term
    capacities: list[Weights]  # of each kind of edges
    pull: int  # at least the sum of the capacities around any site
    unit: float


class Sites(NamedTuple):
    """What is known of the sites.

    A site may stand for several pixels: `gathered` makes the weight of each site of the weights of the pixels, as
    integers, and `heaviest` is at least the largest of them.
    """

    weights: Array  # of each pixel, or one for all
    total: float  # their sum over the pixels
    heaviest: float
    fixed: Array | None = None  # bool
    gathered: Callable[[Weights], Weights] = np.asarray
    distinct: Array | None = None  # the weights that occur, where they are known already


def problem_of(
    model: Model,
    labels: Labels,
    sites: Sites,
    edges: Sequence[Edge],
    *,
    pull_of: Callable[[Sequence[Array]], float | int],
    narrow: bool,
) -> Problem:
    """Scale a problem to integers.

    Parameters
    ----------
    pull_of : callable
        A bound of the sum of the weights around any site, from the weights of all edges by kind.
    narrow : bool
        Whether the solver is faster in 32 bits.
    """
    up, down = largest_gains(model, labels)
    uncut = uncut_weight(model, labels, sites)
    with np.errstate(over="ignore"):
        pull = float(pull_of([np.minimum(base * factors, uncut) for base, factors in edges]))
    scale = scale_of(model, labels, sites, edges, pull=pull, narrow=narrow)
    capacities = [scale.multiply(base, factors, scale.edges, highest=uncut) for base, factors in edges]
    whole_pull = int(pull_of(capacities))
    slopes, *bounds = _rows(sites, scale, (model.slope, up, down))
    # what weighs too little for a slope has no data
    rows = [slopes, *(row if row is slopes else np.where(slopes > 0, row, 0) for row in bounds)]
    if sites.fixed is not None:  # held with more than their edges can pull
        rows = [np.where(sites.fixed, whole_pull + 1, row) for row in rows]
    term = Term.of(labels.level, *rows, n_levels=len(labels.values))
    if labels.lower is not None and labels.upper is not None:
        term = term.within(labels.lower, labels.upper, whole_pull + 1)
    return Problem(term, capacities, whole_pull, model.unit / float(scale.all))


def _rows(sites: Sites, scale: Scale, bases: Sequence[float]) -> list[Weights]:
    """Weights of the sites times numbers, in integers; for equal numbers, which L1 has, one array."""
    rows = {base: sites.gathered(scale.multiply(base, sites.weights, scale.sites)) for base in set(bases)}
    return [rows[base] for base in bases]


def scale_of(
    model: Model,
    labels: Labels,
    sites: Sites,
    edges: Sequence[Edge],
    *,
    pull: float,
    narrow: bool,
) -> Scale:
    """What makes integers of a problem whose edges around any site weigh at most `pull`."""
    up, down = largest_gains(model, labels)
    span = float(len(labels.values))
    if labels.table is not None and labels.table.dtype.kind == "i":
        span = max(span, float(labels.table[-1]) - float(labels.table[0]))
    steepest = sites.heaviest * max(up, down)
    return integer_scale(
        ([model.slope, up, down], sites.weights if sites.distinct is None else sites.distinct),
        edges,
        largest=max(pull + (min(pull, steepest) if labels.lower is None else pull), sites.heaviest),
        largest_term=max(model.term(sites.heaviest, span), pull * span, steepest),
        narrow=narrow,
    )


def uncut_weight(model: Model, labels: Labels, sites: Sites) -> float:
    """A weight of an edge that no minimiser cuts."""
    if sites.fixed is not None or labels.lower is not None:
        return math.inf
    return max(largest_gains(model, labels)) * sites.total + 1


def sum_of_weights(weights: Array, size: int) -> float:
    """Of one weight per pixel, or of one for all."""
    return float(weights) * size if weights.ndim == 0 else float(weights.sum())


def largest_gains(model: Model, labels: Labels) -> tuple[float, float]:
    """Largest gains up and down between two of the levels."""
    top = 2 * model.slope * len(labels.values)
    return min(model.up, top), min(model.down, top)
