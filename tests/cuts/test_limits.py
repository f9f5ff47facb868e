"""Numbers at the bounds of what planes can hold, and one above."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
from coarea.cuts import _planes, planes, pymaxflow
from coarea.cuts.grid import minimize_grid
from coarea.cuts.terms import Term

BITS = {8: np.int8, 16: np.int16, 32: np.int32}
each_width = pytest.mark.parametrize("bits", BITS)


def drowned(largest: int, *, turned: bool, constant: bool):
    """A pixel whose neighbours flow into it with all that they can, before its own gain turns: its excess is `largest`.

    Turned upside down, it is the opposite.
    """
    capacity = largest // 16
    up, down = largest - 4 * capacity, 4 * capacity
    level = np.full((5, 6), 3)
    level[2, 3] = 1
    if turned:
        level, up, down = 3 - level, down, up
    if not constant:
        up, down = np.full(level.shape, up), np.full(level.shape, down)
        up[0, 0] -= 1  # one number would do for all otherwise
    term = Term.of(level, np.maximum(up, down), up, down, n_levels=4)
    return term, dict.fromkeys(coarea.neighbor_offsets(2, 4), np.asarray(capacity, np.int64))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("constant", [False, True])
@each_width
def test_an_excess_reaches_the_largest_number(bits, turned, constant):
    limit = 2 ** (bits - 1) - 1
    tie = "upper" if turned else "lower"
    for largest in (limit, limit + 1):
        term, capacities = drowned(largest, turned=turned, constant=constant)
        assert planes.largest_number(term, capacities) == largest
        expected = pymaxflow.minimize_grid(term, capacities, tie=tie)
        assert expected[2, 3] == (2 if turned else 1)
        np.testing.assert_array_equal(minimize_grid(term, capacities, tie=tie).level, expected)
        if largest == 2**31:
            assert not planes.can_solve(term, capacities)
            continue
        for instruction_set in _planes.instruction_sets():
            low, state = planes.minimize_planes(term, capacities, tie=tie, instruction_set=instruction_set)
            np.testing.assert_array_equal(low, expected)
            assert (state.block.dtype == BITS[bits]) == (largest == limit)


@each_width
def test_random_problems_at_the_bound_are_solved(bits, rng):
    limit = 2 ** (bits - 1) - 1
    for _ in range(30):
        level = rng.integers(0, 6, rng.integers(3, 9, 2))
        capacities = {}
        for offset in coarea.neighbor_offsets(2, int(rng.choice([4, 8]))):
            shape = planes.pair_slices(offset)[0]
            capacities[offset] = rng.integers(0, 1 + int(limit * rng.choice([0.01, 0.05, 0.1])), level[shape].shape)
        pull = 2 * sum(int(capacity.max()) for capacity in capacities.values())
        up, down = (rng.integers(0, 1 + min(limit - pull, limit // 2), level.shape) for _ in range(2))
        up[0, 0] = down[-1, -1] = 0
        up[-1, 0] += limit - planes.largest_number(Term.of(level, limit, up, down, n_levels=6), capacities)
        up = np.minimum(up, limit - max(pull, int(down.max())))
        for slope in (limit, limit // 50 + 1):
            term = Term.of(level, slope, up, down, n_levels=6)
            assert planes.largest_number(term, capacities) <= limit
            for tie in ("lower", "upper"):
                expected = pymaxflow.minimize_grid(term, capacities, tie=tie)
                found = minimize_grid(term, capacities, tie=tie, flow=True)
                np.testing.assert_array_equal(found.level, expected)
                certificate = coarea.Certificate(term, found.edges, found.level, np.arange(6), 1.0)
                assert certificate.verify()
