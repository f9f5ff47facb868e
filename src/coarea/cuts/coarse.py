"""A flow to start with: that of the same problem on a coarser grid, which has far less far to go."""

from collections.abc import Mapping, Sequence

import numpy as np

from coarea.base.arrays import Array
from coarea.base.neighborhoods import Offset, axis_offsets
from coarea.base.threads import Map
from coarea.cuts.planes import LIMITS, Start, can_solve, held_at, inflow_along_axes, minimize_planes
from coarea.cuts.terms import Term, Weights

SMALL = 16  # pixels along the longest axis that need no coarser grid
KEPT = 64  # share of each capacity that coarse flows leave for details
FINENESS = 8  # bits by which L1 problems are scaled up, so that their parabolas have room between steep and flat


def coarse_start(term: Term, capacities: Mapping[Offset, Weights], *, run: Map = map) -> Start | None:
    """A flow along the axes near that of the minimum, and levels near it; None where there is no such grid.

    Two pixels become one, along each axis in turn: their data terms and the capacities of edges side by side add up, so
    what the coarse edges carry the fine ones can carry too. The flow between the two makes both want the same level.
    Any flow within the capacities is a legal start, so nothing here needs to be exact.
    """
    shape = term.level.shape
    axes = axis_offsets(len(shape))
    if set(axes) != set(capacities) or max(shape) <= SMALL:
        return None
    own = [np.asarray(capacities[step]) for step in axes]
    pull = 2 * sum(int(capacity.max(initial=0)) for capacity in own)
    depth = (max(shape) // SMALL).bit_length() * (len(shape) - 1)
    room = LIMITS[np.int32].bit_length() - 2 - pull.bit_length() - depth
    shift = min(FINENESS if term.is_steep else 0, room)
    up, down, slope = (_shifted(np.minimum(row, pull + 1), shift) for row in (term.up, term.down, term.slope))
    slope = np.where(np.maximum(up, down) > 0, np.maximum(slope, 1), 0)
    scaled = Term.of(term.level, slope, up, down, n_levels=term.n_levels)
    found = _start(scaled, [_shifted(capacity, shift) for capacity in own], run, rounded=term.is_steep)
    if found is None:
        return None
    return Start([np.sign(part) * _shifted(np.abs(part), -shift) for part in found.flow], found.level)


def _start(term: Term, capacities: Sequence[Weights], run: Map, *, rounded: bool) -> Start | None:
    shape = term.level.shape
    if max(shape) <= SMALL:
        return None
    finer, coarse, wide = [], term, list(capacities)
    for axis, length in enumerate(shape):
        if length > 1:
            wide = [capacity - capacity // KEPT for capacity in wide]
            finer.append((coarse, wide, axis))
            wide = _halved_capacities(wide, coarse.level.shape, axis)
            coarse = _halved_term(coarse, axis, rounded=rounded)
    by_offset = dict(zip(axis_offsets(len(shape)), wide, strict=True))
    bounded = coarse.bounded(2 * sum(int(capacity.max(initial=0)) for capacity in wide))
    if not can_solve(bounded, by_offset):
        return None
    coarser = _start(coarse, wide, run, rounded=rounded)
    low, planes = minimize_planes(bounded, by_offset, tie="lower", run=run, start=coarser)
    level = np.minimum(low, term.n_levels - 1)
    start = Start([edges.flow for edges in planes.prove(level)], level)
    for fine, own, axis in reversed(finer):
        start = _refined(start, fine, own, axis)
    return start


def _halved_term(term: Term, axis: int, *, rounded: bool) -> Term:
    """The data term of pairs of pixels; where `rounded`, a parabola as wide as theirs and as they lie apart."""
    shape = term.level.shape
    first, second = _pairs(len(shape), axis, shape[axis])
    up, down, total = (_paired_rows(row, shape, axis) for row in (term.up, term.down, term.slope))
    if term.slope.ndim:
        weight = term.slope * term.level.astype(np.int64)
        level = ((_paired(weight, axis) + total // 2) // np.maximum(total, 1)).astype(np.int32)
    else:
        level = term.level[_every_other(len(shape), axis)].copy()
        level[_head(len(shape), axis, shape[axis])] = (term.level[first] + term.level[second]) // 2
    if not rounded:
        return Term.of(level, total, up, down, n_levels=term.n_levels)
    bound = np.maximum(up, down)
    width = 0.0 if term.is_steep else np.maximum(term.up, term.down) / np.maximum(term.slope, 1)
    mean = _paired(np.broadcast_to(width, shape), axis) / 2
    mean[_head(len(shape), axis, shape[axis])] += np.abs(term.level[first] - term.level[second])
    slope = np.maximum(np.rint(bound / np.maximum(mean, 1)), 1).astype(np.int64)
    return Term.of(level, np.where(bound > 0, slope, 0), up, down, n_levels=term.n_levels)


def _halved_capacities(capacities: Sequence[Weights], shape: tuple[int, ...], axis: int) -> list[Weights]:
    """Edges between pairs: those along the axis stay, those side by side add up."""
    halved = []
    for along, capacity in enumerate(capacities):
        if along != axis:
            full = tuple(n - (i == along) for i, n in enumerate(shape))
            halved.append(_paired_rows(capacity, full, axis))
        else:
            halved.append(capacity[_every_other(len(shape), axis, 1)] if capacity.ndim else capacity)
    return halved


def _refined(start: Start, term: Term, capacities: Sequence[Weights], axis: int) -> Start:
    """The flow of the pairs on their pixels, with what makes the two of each pair equal."""
    shape, ndim = term.level.shape, term.level.ndim
    flow = []
    for along, (part, capacity) in enumerate(zip(start.flow, capacities, strict=True)):
        full = tuple(n - (i == along) for i, n in enumerate(shape))
        fine = np.zeros(full, np.int64)
        if along == axis:
            fine[_every_other(ndim, axis, 1)] = part
        else:
            first, second = _pairs(ndim, axis, shape[axis])
            both = part[_head(ndim, axis, shape[axis])]
            share = both >> 1
            if capacity.ndim:
                one, other = capacity[first], capacity[second]
                share = np.rint(both * (one / np.maximum(one + other, 1))).astype(np.int64)
            fine[_every_other(ndim, axis)] = part
            fine[first] = share
            fine[second] = both - share
        flow.append(fine)
    level = np.repeat(start.level, 2, axis)[tuple(slice(n) for n in shape)]
    first, second = _pairs(ndim, axis, shape[axis])
    excess = held_at(term, level) + inflow_along_axes(flow, shape)
    inner = (excess[first] - excess[second]) >> 1
    capacity = capacities[axis][_every_other(ndim, axis)] if capacities[axis].ndim else capacities[axis]
    flow[axis][_every_other(ndim, axis)] = np.clip(inner, -capacity, capacity)
    return Start(flow, level)


def _shifted(numbers: Weights, bits: int) -> Weights:
    return numbers << bits if bits >= 0 else numbers >> -bits


def _paired_rows(row: Weights, shape: tuple[int, ...], axis: int) -> Weights:
    """Sums of pairs; of one number for all another one, unless a last one has no other."""
    if row.ndim == 0 and shape[axis] % 2 == 0:
        return np.asarray(2 * row)
    return _paired(np.broadcast_to(row, shape), axis)


def _paired(array: Array, axis: int) -> Array:
    """Sums of pairs along an axis; the last one of an odd number stays as it is."""
    sums: Array = np.add.reduceat(array, np.arange(0, array.shape[axis], 2), axis)
    return sums


def _every_other(ndim: int, axis: int, first: int = 0) -> tuple[slice, ...]:
    return tuple(slice(first, None, 2) if i == axis else slice(None) for i in range(ndim))


def _pairs(ndim: int, axis: int, length: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """The first and the second ones of all whole pairs along an axis."""
    stop = length // 2 * 2
    both = (tuple(slice(k, stop, 2) if i == axis else slice(None) for i in range(ndim)) for k in range(2))
    return next(both), next(both)


def _head(ndim: int, axis: int, length: int) -> tuple[slice, ...]:
    """The whole pairs, among what has half the length."""
    return tuple(slice(length // 2) if i == axis else slice(None) for i in range(ndim))
