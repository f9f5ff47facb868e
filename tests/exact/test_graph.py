"""minimize_tv_graph: its weight of the total variation and its two fidelities."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import coarea
from coarea.base.neighborhoods import pair_slices


def brute_force(values, edges, costs, *, weights, term, levels):
    """The smallest and the largest of all minimisers."""
    best, minimisers = np.inf, []
    for u in product(levels, repeat=len(values)):
        u = np.array(u)
        energy = (weights * term(u - values)).sum() + (costs * np.abs(u[edges[:, 0]] - u[edges[:, 1]])).sum()
        if energy < best - 1e-9:
            best, minimisers = energy, []
        if energy <= best + 1e-9:
            minimisers.append(u)
    return np.min(minimisers, axis=0), np.max(minimisers, axis=0), best


def huber(delta):
    return lambda x: np.where(np.abs(x) <= delta, x**2 / 2, delta * (np.abs(x) - delta / 2))


@pytest.mark.parametrize(
    ("options", "term"),
    [
        ({}, np.abs),
        ({"quantile": 0.25}, lambda x: np.where(x > 0, 1.5 * x, -0.5 * x)),
        ({"fidelity": "l2", "resolution": 1}, lambda x: x**2 / 2),
        ({"fidelity": "l2", "resolution": 1, "huber_delta": 2}, huber(2)),
    ],
)
@pytest.mark.parametrize("beta", [0, 0.1, 0.5, 1.5])
def test_graphs_are_brute_force(options, term, beta, rng):
    for _ in range(6):
        values, edges = rng.integers(0, 5, 5), rng.integers(0, 5, (7, 2))
        factors, weights = rng.integers(0, 4, 7), rng.integers(0, 3, 5)
        levels = np.arange(values.min(), values.max() + 1)
        lower, upper, energy = brute_force(values, edges, beta * factors, weights=weights, term=term, levels=levels)
        for tie, expected in (("lower", lower), ("upper", upper)):
            found = coarea.minimize_tv_graph(values, edges, factors, beta=beta, weights=weights, tie=tie, **options)
            np.testing.assert_array_equal(found.values, expected)
            assert found.certificate.verify()
            assert found.certificate.energy() == pytest.approx(energy)


@pytest.mark.parametrize("beta", [0.3, 1, 2.5])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_grids_are_images(beta, dtype, rng):
    image = rng.integers(0, 40, (7, 6)).astype(dtype)
    sites = np.arange(image.size).reshape(image.shape)
    pairs = [pair_slices(offset) for offset in coarea.neighbor_offsets(2)]
    edges = np.concatenate([np.stack([sites[first].ravel(), sites[second].ravel()], 1) for first, second in pairs])
    ones = np.ones(len(edges))
    found = coarea.minimize_tv_graph(image.ravel(), edges, ones, beta=beta)
    np.testing.assert_array_equal(found.values.reshape(image.shape), coarea.denoise_tv_l1(image, beta))
    for options in ({}, {"resolution": 0.5}, {"huber_delta": 3}):
        expected = coarea.denoise_tv_l2(image, beta, **options)
        found = coarea.minimize_tv_graph(image.ravel(), edges, ones, beta=beta, fidelity="l2", **options)
        assert found.values.dtype == expected.dtype
        np.testing.assert_array_equal(found.values.reshape(image.shape), expected)


def test_ties_stay_ties_whatever_beta_is():
    # 0.7 times 3 pulls as hard as 2.1; the product of the doubles is less
    call = {"values": [0, 1], "edges": [[0, 1]], "edge_weights": [3], "beta": 0.7, "weights": [2.1, 2.1]}
    assert coarea.minimize_tv_graph(**call).values.tolist() == [0, 0]
    assert coarea.minimize_tv_graph(**call, tie="upper").values.tolist() == [1, 1]
    sums = {
        "values": [0, 1],
        "edges": [[0, 1]] * 3,
        "edge_weights": [1, 1, 1],
        "beta": np.pi,
        "weights": [np.pi, np.pi],
    }
    assert coarea.minimize_tv_graph(**sums).values.tolist() == [0, 0]
    assert coarea.minimize_tv_graph(**sums, tie="upper").values.tolist() == [1, 1]


@pytest.mark.parametrize("weight", [1.0, np.pi])
@pytest.mark.parametrize("n", [5, 1000, 20_000])
def test_long_paths_with_real_weights(n, weight, rng):
    edges = np.stack([np.arange(n - 1), np.arange(1, n)], 1)
    for fidelity in ("l1", "l2"):
        found = coarea.minimize_tv_graph(rng.integers(0, 255, n), edges, np.full(n - 1, weight), fidelity=fidelity)
        assert found.certificate.verify()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resolution": 1}, "resolution does not apply to fidelity='l1', got 1"),
        ({"huber_delta": 1}, "huber_delta does not apply to fidelity='l1', got 1"),
        ({"fidelity": "l2", "quantile": 0.9}, "quantile does not apply to fidelity='l2', got 0.9"),
        ({"fidelity": "L2"}, "fidelity must be one of 'l1', 'l2', got 'L2'"),
        ({"fidelity": "l2", "resolution": 1e-9}, "resolution must be at least 2\\^-24 of the range"),
        ({"values": [[1, 2]]}, r"values must be 1-D, .* got shape \(1, 2\): give values.ravel\(\)"),
        ({"edges": [[0, 1, 0], [1, 0, 1]], "edge_weights": [1, 1, 1]}, r"edges must have shape .*: give edges.T"),
    ],
)
def test_options_that_do_not_fit(options, message):
    call = {"values": [1, 2], "edges": [[0, 1]], "edge_weights": [1]}
    with pytest.raises(ValueError, match=message):
        coarea.minimize_tv_graph(**{**call, **options})
