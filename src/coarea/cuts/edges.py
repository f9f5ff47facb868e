"""Edges with a flow: what holds every site at its level."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from coarea.cuts.terms import Levels, Term, Weights


class Edges(NamedTuple):
    """Some edges: indices (or slices) of their ends, their weight, and the flow from the first to the second ends."""

    first: Any
    second: Any
    capacity: Weights
    flow: Weights


def total_inflow(edges: Sequence[Edges], shape: tuple[int, ...]) -> Weights:
    """What flows into each site."""
    inflow = np.zeros(shape, np.int64)
    for first, second, _, flow in edges:
        if isinstance(first, np.ndarray):
            np.add.at(inflow, second, flow)
            np.subtract.at(inflow, first, flow)
        else:
            inflow[second] += flow
            inflow[first] -= flow
    return inflow


def unmet(term: Term, level: Levels, inflow: Weights, sign: int) -> Weights:
    """What a site has too much (sign 1: positive) or too little (sign -1: negative) to stay at its level.

    Other numbers say how much it could take or give. At the ends of the levels that is any amount, but nobody asks: the
    flow only changes between sites of one level.
    """
    if sign > 0:
        return np.where(level < term.top, term.gain(level.astype(np.int64) + 1) + inflow, 0)
    return np.where(level > 0, term.gain(level) + inflow, 0)


class Minimum(NamedTuple):
    """A minimiser and the flow that proves it, if wanted."""

    level: Levels
    edges: Sequence[Edges]
