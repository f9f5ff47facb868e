"""Constant minima are found without cuts where a smooth flow proves them, and only there."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
from coarea.base.neighborhoods import pair_slices
from coarea.cuts import constant
from coarea.cuts.constant import likely_constant, proven_constant
from coarea.cuts.graph import minimize_grid_as_graph
from coarea.cuts.terms import Term


def constant_minimum(term, weights, tie):
    candidate = likely_constant(term, weights, tie=tie)
    return None if candidate is None else proven_constant(candidate, weights)


def random_problem(rng, heaviest):
    """A data term of any kind, and edges that outweigh it more or less."""
    ndim = int(rng.integers(1, 4))
    shape = tuple(rng.integers(1, (0, 30, 9, 5)[ndim], ndim))
    n_levels = int(rng.integers(1, 20))
    level = rng.integers(0, n_levels, shape)
    slope, up, down = (rng.integers(low, 5, shape if rng.random() < 0.4 else ()) for low in (1, 0, 0))
    term = Term.of(level, slope, up, down, n_levels=n_levels)
    neighbors = {1: 2, 2: (4, 8, 16)[rng.integers(3)], 3: (6, 26)[rng.integers(2)]}[ndim]
    varying = rng.random() < 0.3
    weights = {}
    for offset in coarea.neighbor_offsets(ndim, neighbors):
        size = np.empty(shape)[pair_slices(offset)[0]].shape if varying else ()
        weights[offset] = np.asarray(rng.integers(heaviest // 2, heaviest + 1, size), np.int64)
    return term, weights


@pytest.mark.parametrize("heaviest", [0, 2, 5, 12, 40, 1000])
@pytest.mark.parametrize("tie", ["lower", "upper"])
def test_constants_are_the_minima_and_are_proven(heaviest, tie):
    rng = np.random.default_rng([heaviest, tie == "lower"])
    n_found = 0
    for _ in range(150):
        term, weights = random_problem(rng, heaviest)
        found = constant_minimum(term, weights, tie=tie)
        if found is None:
            continue
        n_found += 1
        expected, _ = minimize_grid_as_graph(term, weights, tie=tie)
        np.testing.assert_array_equal(found.level, expected)
        certificate = coarea.Certificate(term, found.edges, found.level, np.arange(term.n_levels), 1.0)
        assert certificate.verify()
        assert certificate.energy() == certificate.dual_bound()
    assert n_found >= {0: 0, 2: 1, 5: 5, 12: 30, 40: 80, 1000: 120}[heaviest]


def test_a_full_edge_is_no_proof_of_the_smallest_minimum():
    """Two halves that the edge between them just balances: constants are minimal, but not alone."""
    term = Term.of(np.array([[0, 1]]), 1, 1, 1, n_levels=2)
    assert constant_minimum(term, {(0, 1): np.asarray(1), (1, 0): np.asarray(9)}, tie="lower") is None
    found = constant_minimum(term, {(0, 1): np.asarray(2), (1, 0): np.asarray(9)}, tie="lower")
    assert found is None or not found.level.any()


def test_noise_needs_the_smooth_flow_only():
    """Rows that are levelled one by one carry more noise than edges of weight 10 can; the potential's flow does not."""
    image = np.random.default_rng(1).integers(0, 2, (128, 128))
    term = Term.of(image, 1, 1, 1, n_levels=2)
    weights = {(0, 1): np.asarray(10), (1, 0): np.asarray(10)}
    found = constant_minimum(term, weights, tie="lower")
    assert found is not None
    assert max(int(np.abs(edges.flow).max()) for edges in found.edges) < 10
    combed = constant._combed(1 - 2 * image)
    assert max(int(np.abs(part).max()) for part in combed) >= 10


def test_what_cannot_be_constant_costs_no_flow(monkeypatch):
    """The policy: no flow is tried unless the edges outweigh the inflow four times, nor where it cannot pass."""
    calls = []
    monkeypatch.setattr(constant, "_fitting_flow", lambda supply, limits: calls.append("flow"))
    halves = np.repeat([0, 1], 32)[:, None].repeat(64, 1)
    term = Term.of(halves, 1, 1, 1, n_levels=2)
    assert constant_minimum(term, {(0, 1): np.asarray(1), (1, 0): np.asarray(1)}, tie="lower") is None
    assert calls == []
    assert constant_minimum(term, {(0, 1): np.asarray(9), (1, 0): np.asarray(9)}, tie="lower") is None
    assert calls == []
    assert constant_minimum(term, {(0, 1): np.asarray(20), (1, 0): np.asarray(20)}, tie="lower") is None
    assert calls == ["flow"]


def test_photograph_under_a_huge_beta_is_its_median_and_its_mean():
    image = np.random.default_rng(0).integers(0, 256, (64, 80)).astype(np.uint8)
    median, info = coarea.denoise_tv_l1(image, 1e5, return_info=True)
    assert (median == np.sort(image, axis=None)[image.size // 2 - 1]).all()
    assert info.energy == info.dual_bound
    assert info.certificates[0].verify()
    mean, info = coarea.denoise_tv_l2(image, 1e5, return_info=True)
    assert abs(mean - image.mean()).max() <= 1 / 128
    assert info.certificates[0].verify()
