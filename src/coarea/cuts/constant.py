"""Minima that are one constant, found without a cut: a smooth flow proves them."""

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from coarea.base.arrays import Array
from coarea.base.neighborhoods import Offset, axis_offsets, pair_slices
from coarea.cuts.edges import Edges, Minimum
from coarea.cuts.terms import Term, Weights

WORTH_TRYING = 4  # how many times an edge must outweigh the mean inflow; noise needs about 4
INFLOW_MAX = 2**62  # sums over all sites must stay below


class Candidate(NamedTuple):
    """A constant that may be the minimum, and the inflow that holds every site at it."""

    constant: int
    inflow: Weights


def likely_constant(term: Term, capacities: Mapping[Offset, Weights], *, tie: str) -> Candidate | None:
    """The best constant, unless it is clear that it is not the minimum, or that no smooth flow will prove it."""
    shape, size = term.level.shape, term.level.size
    steps = axis_offsets(len(shape))
    if any(step not in capacities for step in steps) or _largest_gain(term) > INFLOW_MAX // size:
        return None
    lightest = min((int(capacities[step].min()) for step in steps if capacities[step].size), default=0)
    sites, counts = _alike(term)
    constant = _best_constant(sites, counts, tie)
    least, most = _allowed_inflow(sites, constant, INFLOW_MAX // size)
    inflow = np.clip(0, least, most)
    if lightest * size < WORTH_TRYING * int((counts * np.abs(inflow)).sum()):
        return None
    if sites is not term:
        least, most, inflow = (of_level[term.level] for of_level in (least, most, inflow))
    surplus = int(inflow.sum())
    if not _may_pass(inflow - surplus / size, capacities, steps):
        return None
    inflow = inflow - np.sign(surplus) * _share(abs(surplus), inflow - least if surplus > 0 else most - inflow)
    return Candidate(constant, inflow)


def proven_constant(candidate: Candidate, capacities: Mapping[Offset, Weights]) -> Minimum | None:
    """The minimiser of `minimize_grid` if it is the candidate and a smooth flow is enough to prove it, else None.

    Of all constants let c be the best one. It is optimal if some flow brings every site p an inflow between
    -gain_p(c) and -gain_p(c + 1). If this flow fills no edge along an axis, no minimiser changes anywhere, so c is
    the smallest or the largest one as it is among the constants.
    """
    inflow = candidate.inflow
    steps = axis_offsets(inflow.ndim)
    limits = [np.broadcast_to(capacities[step], inflow[pair_slices(step)[0]].shape) for step in steps]
    flow = _fitting_flow(-inflow, limits)
    if flow is None:
        return None
    edges = []
    for offset, capacity in capacities.items():
        first, second = pair_slices(offset)
        wide = np.broadcast_to(capacity, inflow[first].shape)
        edges.append(Edges(first, second, wide, flow[steps.index(offset)] if offset in steps else np.zeros_like(wide)))
    return Minimum(np.full(inflow.shape, candidate.constant, np.int32), edges)


def _may_pass(inflow: Array, capacities: Mapping[Offset, Weights], steps: Sequence[Offset]) -> bool:
    """Whether the edges between two slices can carry what has to pass there, whichever way it takes; not exact."""
    for axis, step in enumerate(steps):
        passing = np.abs(np.cumsum(inflow.sum(axis=tuple(i for i in range(inflow.ndim) if i != axis))))[:-1]
        if passing.size and passing.max() > inflow.size / inflow.shape[axis] * float(capacities[step].max()):
            return False
    return True


def _largest_gain(term: Term) -> int:
    steepest = 2 * int(term.slope.max()) * term.n_levels
    return max(min(max(int(term.up.max()), int(term.down.max())), steepest), term.hold)


def _alike(term: Term) -> tuple[Term, Weights]:
    """One site of each kind, and how many there are: where all have the same weights and it saves some, each level."""
    if term.up.ndim > 0 or term.lower is not None or term.n_levels > term.level.size:
        return term, np.ones(term.level.shape, np.int64)
    counts = np.bincount(term.level.ravel(), minlength=term.n_levels)
    return replace(term, level=np.arange(term.n_levels, dtype=np.int32)), counts


def _best_constant(sites: Term, counts: Weights, tie: str) -> int:
    """The smallest or the largest constant of least cost: how many thresholds bring all sites together a gain."""

    def loses(threshold: int) -> bool:
        gain = int((counts * sites.gain(threshold)).sum())
        return gain < 0 if tie == "upper" else gain <= 0

    return bisect.bisect_left(range(1, sites.n_levels), True, key=loses)


def _allowed_inflow(sites: Term, constant: int, enough: int) -> tuple[Weights, Weights]:
    """The least and the largest inflow that hold a site at the constant."""
    least = -sites.gain(constant) if constant > 0 else np.full(sites.level.shape, -enough)
    most = -sites.gain(constant + 1) if constant < sites.n_levels - 1 else np.full(sites.level.shape, enough)
    return np.asarray(least), np.asarray(most)


def _share(amount: int, room: Weights) -> Weights:
    """Integers that sum to an amount, about in proportion to the room of the sites and never more than it."""
    total = int(room.sum())
    if amount == 0:
        return np.zeros_like(room)
    share: Weights = np.minimum(np.floor(room * (amount / total)).astype(np.int64), room)
    rest = amount - int(share.sum())
    while rest:  # the sites that take what rounding has left lie everywhere
        takers = np.flatnonzero(share < room) if rest > 0 else np.flatnonzero(share > 0)
        count = min(abs(rest), len(takers))
        share.reshape(-1)[takers[np.arange(count) * len(takers) // count]] += np.sign(rest)
        rest -= int(np.sign(rest)) * count
    return share


def _fitting_flow(supply: Weights, limits: Sequence[Weights]) -> list[Weights] | None:
    """A flow along the axes that takes the supply of each site to where it is negative, within limits; or None."""
    flow = _combed(supply)
    if _fits(flow, limits):
        return flow
    smooth = _smoothed(supply)
    rest = supply.copy()
    for step, part in zip(axis_offsets(supply.ndim), smooth, strict=True):
        first, second = pair_slices(step)
        rest[first] -= part
        rest[second] += part
    flow = [one + other for one, other in zip(smooth, _combed(rest), strict=True)]
    return flow if _fits(flow, limits) else None


def _fits(flow: Sequence[Weights], limits: Sequence[Weights]) -> bool:
    """Whether no edge is full."""
    return all(bool((np.abs(part) < limit).all()) for part, limit in zip(flow, limits, strict=True))


def _combed(supply: Weights) -> list[Weights]:
    """The flow that levels whole slices first, each evenly over its sites, then the rows of each, then single sites."""
    left, flow = supply.copy(), []
    for axis, step in enumerate(axis_offsets(supply.ndim)):
        inner = supply.shape[axis + 1 :]
        size = math.prod(inner)
        passed = np.cumsum(left.sum(axis=tuple(range(axis + 1, supply.ndim))), axis=axis)
        each, odd = np.divmod(np.take(passed, range(supply.shape[axis] - 1), axis), size)
        widen = (..., *(np.newaxis,) * len(inner))
        part = each[widen] + (np.arange(size).reshape(inner) < odd[widen])
        first, second = pair_slices(step)
        left[first] -= part
        left[second] += part
        flow.append(part)
    return flow


def _smoothed(supply: Weights) -> list[Weights]:
    """The flow of least squares, rounded: differences of the potential whose Laplacian is the supply.

    What is rounded off along a row adds up to no more than 1/2, or the rows would have to carry it far.
    """
    from scipy import fft  # here: its import takes longer than that of the library

    waves = fft.dctn(supply.astype(np.float64))
    stiffness = np.zeros(supply.shape)
    for axis, length in enumerate(supply.shape):
        own = 2 - 2 * np.cos(np.pi * np.arange(length) / length)
        stiffness += own.reshape([-1 if i == axis else 1 for i in range(supply.ndim)])
    stiffness.flat[0] = 1.0
    waves.flat[0] = 0.0
    potential = fft.idctn(waves / stiffness)
    flow = [-np.diff(potential, axis=axis) for axis in range(supply.ndim)]
    flow[:-1] = [np.diff(np.rint(np.cumsum(part, axis=-1)), axis=-1, prepend=0.0) for part in flow[:-1]]
    return [np.rint(part).astype(np.int64) for part in flow]
