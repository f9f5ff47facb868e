"""Cuts that start from the flow of a coarser grid find the same minima, and prove them."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
from coarea.base.neighborhoods import axis_offsets, pair_slices
from coarea.cuts import coarse, grid
from coarea.cuts.coarse import coarse_start
from coarea.cuts.graph import minimize_grid_as_graph
from coarea.cuts.planes import minimize_planes
from coarea.cuts.terms import Term


def random_problem(rng):
    ndim = int(rng.integers(2, 4))
    shape = tuple(rng.integers(1, (0, 0, 14, 7)[ndim], ndim))
    n_levels = int(rng.integers(2, 40))
    level = rng.integers(0, n_levels, shape)
    kind = rng.integers(3)  # L1, L2, Huber
    up, down = (rng.integers(0, 9, shape if rng.random() < 0.4 else ()) for _ in range(2))
    slope = np.maximum(up, down) if kind == 0 else rng.integers(1, 4, shape if rng.random() < 0.4 else ())
    if kind == 1:
        up = down = 2 * slope * n_levels
    capacities = {}
    for step in axis_offsets(ndim):
        size = np.empty(shape)[pair_slices(step)[0]].shape if rng.random() < 0.3 else ()
        capacities[step] = np.asarray(rng.integers(0, int(rng.choice([3, 30, 300])) + 1, size), np.int64)
    term = Term.of(level, slope, up, down, n_levels=n_levels)
    if rng.random() < 0.4:
        ends = np.sort(rng.integers(0, n_levels, (2, *shape)), axis=0)
        term = term.within(*ends, 2 * sum(int(capacity.max(initial=0)) for capacity in capacities.values()) + 1)
    return term, capacities


@pytest.mark.parametrize("tie", ["lower", "upper"])
def test_the_start_is_legal_and_changes_no_minimum(tie, monkeypatch):
    monkeypatch.setattr(coarse, "SMALL", 2)
    rng = np.random.default_rng(tie == "lower")
    n_started = 0
    for _ in range(120):
        term, capacities = random_problem(rng)
        start = coarse_start(term, capacities)
        if start is None:
            continue
        n_started += any(part.any() for part in start.flow)
        for step, part in zip(axis_offsets(term.level.ndim), start.flow, strict=True):
            assert (np.abs(part) <= capacities[step]).all()
        low, planes = minimize_planes(term, capacities, tie=tie, start=start)
        level = np.minimum(low, term.n_levels - 1)
        expected, _ = minimize_grid_as_graph(term, capacities, tie=tie)
        np.testing.assert_array_equal(level, expected)
        certificate = coarea.Certificate(term, planes.prove(level), level, np.arange(term.n_levels), 1.0)
        assert certificate.verify()
    assert n_started >= 70


def test_a_constant_that_is_won_narrowly_needs_no_long_ways(monkeypatch):
    """Far from each other lie the halves: the start has levelled them already, up to what rounding leaves."""
    ramp = np.add.outer(np.arange(64), np.random.default_rng(0).integers(0, 9, 64)).astype(np.uint8)
    term = Term.of(ramp, 1, 1000, 1000, n_levels=int(ramp.max()) + 1)
    capacities = {step: np.asarray(1100) for step in axis_offsets(2)}
    start = coarse_start(term, capacities)
    assert start is not None
    assert np.ptp(start.level) == 0
    inflow = np.zeros(ramp.shape, np.int64)
    for step, part in zip(axis_offsets(2), start.flow, strict=True):
        first, second = pair_slices(step)
        inflow[first] -= part
        inflow[second] += part
    alone = np.abs(term.gain(int(start.level[0, 0]))).mean()
    assert np.abs(term.gain(int(start.level[0, 0])) + inflow).mean() < alone / 10


def test_only_what_may_be_constant_starts_on_a_coarser_grid(monkeypatch):
    """The policy: elsewhere little goes far, and the coarser grids would cost more than they save."""
    betas = []
    monkeypatch.setattr(grid, "coarse_start", lambda term, capacities, run: betas.append(beta))
    monkeypatch.setattr(grid, "proven_constant", lambda candidate, capacities: None)
    image = np.add.outer(np.arange(40), np.arange(40)).astype(np.uint8)
    for beta in (1, 3, 10, 2000):
        coarea.denoise_tv_l2(image, beta)
    assert betas == [2000]
