"""Networks split into parts between which nothing can flow, and sums of excess side by side."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import coarea
from coarea.base.threads import thread_map
from coarea.cuts import _planes, flow, planes
from coarea.cuts.terms import Term

NEIGHBORHOODS = ((2, 4), (2, 8), (2, 16), (3, 6), (3, 26))


@pytest.mark.parametrize("least", [1, 5])
@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
def test_nothing_flows_between_parts(least, dtype, rng, monkeypatch):
    monkeypatch.setattr(flow, "PART", least)
    n_networks = 0
    for _ in range(40):
        ndim, neighbors = NEIGHBORHOODS[rng.integers(len(NEIGHBORHOODS))]
        shape = tuple(rng.integers(1, {2: 9, 3: 5}[ndim], ndim))
        layout = planes.Layout.of(shape, coarea.neighbor_offsets(ndim, neighbors), np.dtype(dtype).itemsize)
        offsets = (layout.rows * layout.stride + layout.columns).astype(np.int32)
        block = rng.random((2 + len(offsets), layout.n_rows + 2 * layout.pad, layout.stride)) < 0.6 / len(offsets)
        block = block.astype(dtype)
        inside = np.arange(layout.n_places).reshape(block.shape[1:])
        inside = inside[layout.pad : layout.pad + layout.n_rows, layout.margin : layout.margin + layout.width]
        nodes = inside[rng.random(inside.shape) < 0.8].astype(np.int32)
        if not len(nodes):
            continue
        whole = flow.PlaneNetwork(block, offsets, nodes)
        parts = whole.parts()
        np.testing.assert_array_equal(np.sort(np.concatenate([part.nodes for part in parts])), nodes)
        part_of = np.full(layout.n_places, -1)
        for k, part in enumerate(parts):
            assert (np.diff(part.nodes) > 0).all()
            assert part.planes is block
            part_of[part.nodes] = k
        sizes = [len(part.nodes) for part in parts]
        assert sizes == sorted(sizes, reverse=True)
        arcs = np.concatenate(
            [np.stack([own := nodes[block[2 + k].flat[nodes] > 0], own + offset]) for k, offset in enumerate(offsets)],
            axis=1,
        )
        arcs = arcs[:, part_of[arcs[1]] >= 0]
        np.testing.assert_array_equal(*part_of[arcs])
        if least > 1:
            assert sum(size < least for size in sizes) <= 1  # what is left in the end
        else:
            ends = np.searchsorted(nodes, arcs)
            joined = coo_array((np.ones(ends.shape[1]), ends), (len(nodes), len(nodes)))
            assert len(parts) == connected_components(joined, directed=False)[0]
        n_networks += len(parts)
    assert n_networks > 100


@pytest.mark.parametrize("workers", [1, 3])
def test_only_wide_networks_of_many_nodes_are_taken_apart(workers, monkeypatch):
    block, offsets = np.zeros((6, 3, 12), np.int8), np.array([1, -1, 12, -12], np.int32)
    block[2, 1, 1] = block[2, 1, 6:8] = 1  # of eight pixels in a row, the first two and the last three are connected
    whole = flow.PlaneNetwork(block, offsets, np.array([13, 14, 15, 16, 17, 18, 19, 20], np.int32))
    moved = []
    monkeypatch.setattr(flow, "PART", 1)
    monkeypatch.setattr(flow, "move", lambda network, *, moving: moved.append((*network.nodes.tolist(), moving)))
    apart = [(18, 19, 20, -1), (13, 14, -1), (15, -1), (16, -1), (17, -1)]
    for least, wide, expected in ((7, 7, apart), (8, 7, None), (7, 8, None)):
        moved.clear()
        monkeypatch.setattr(flow, "N_PARTS_MIN", least)
        monkeypatch.setattr(flow, "WIDE", wide)
        with thread_map(workers) as run:
            flow.move_in_parts(whole, run, moving=-1)
        assert sorted(moved) == sorted(expected or [(*whole.nodes.tolist(), -1)])
        if workers == 1 and expected:
            assert moved == expected
    moved.clear()
    flow.move_in_parts(flow.PlaneNetwork(block, offsets, whole.nodes[:0]), map)
    assert moved == []


@pytest.mark.parametrize("workers", [1, 3])
def test_sums_of_excess_are_those_of_all_rows(workers, rng, monkeypatch):
    monkeypatch.setattr(planes, "SUMMED", 3)
    for height in range(1, 12):
        term = Term.of(rng.integers(0, 9, (height, 5)), 1, 1, 1, n_levels=9)
        with thread_map(workers) as run:
            state = planes.Planes(
                term, {(0, 1): np.asarray(1), (1, 0): np.asarray(1)}, run=run, instruction_set="scalar"
            )
            excess = rng.integers(-9, 10, (height, 5))
            state.plane(0)[...] = excess
            assert state.supply() == (excess[excess > 0].sum(), excess[excess < 0].sum())


@pytest.mark.parametrize("workers", [1, 3])
def test_rounds_of_sweeps_know_the_sum_of_the_excess(workers, rng, monkeypatch):
    monkeypatch.setattr(planes, "BLOCK", 0)
    monkeypatch.setattr(planes, "BLOCK_ROWS_MIN", 2)
    monkeypatch.setattr(planes, "CACHED", 0)
    for neighbors, shape in ((4, (11, 9)), (16, (17, 12)), (26, (5, 3, 8))):
        capacities = dict.fromkeys(coarea.neighbor_offsets(len(shape), neighbors), np.asarray(2))
        for height in range(1, shape[0] + 1):
            term = Term.of(rng.integers(0, 2, (height, *shape[1:])), 9, 9, 9, n_levels=2)
            with thread_map(workers) as run:
                state = planes.Planes(term, capacities, run=run, instruction_set=None)
                state.plane(0)[...] = term.gain(1)
                _planes.start_closeness(state.block, state.layout.width)
                for backwards in (False, True):
                    total = sum(state.supply())
                    positive = state.sweep_round(backwards=backwards)
                    assert (positive, total - positive) == state.supply()
                    np.negative(state.block[0], out=state.block[0])
