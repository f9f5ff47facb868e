"""Paths on the planes of a grid leave nothing that could still move."""

import numpy as np
import pytest

import coarea
from coarea.base.neighborhoods import pair_slices
from coarea.cuts import planes
from coarea.cuts.terms import Term


@pytest.mark.parametrize(("shape", "neighbors"), [((9, 11), 4), ((9, 11), 8), ((9, 11), 16), ((4, 5, 6), 26)])
@pytest.mark.parametrize("wide", [1, 300, 2**20], ids=["8 bits", "16 bits", "32 bits"])
def test_paths_move_all_that_can_move_at_once(shape, neighbors, wide, rng):
    """Without waves, which would mend what a kernel leaves that has lost sight of open arcs."""
    n_moved = 0
    for _ in range(30):
        term = Term.of(rng.integers(0, 4, shape), *wide * rng.integers(1, 5, (3, *shape)), n_levels=4)
        capacities = {
            offset: wide * rng.integers(0, 3, np.empty(shape)[pair_slices(offset)[0]].shape)
            for offset in coarea.neighbor_offsets(len(shape), neighbors)
        }
        state = planes.Planes(term, capacities, run=map, instruction_set=None)
        state.plane(0)[...] = term.gain(2)
        chosen = state.reach(1) & state.reach(-1)
        if chosen.any():
            network = state.network(chosen)
            assert network.flow(0, network.n_nodes, 2**60)
            assert not (state.reach(1) & state.reach(-1)).any()
            n_moved += 1
    assert n_moved > 20
