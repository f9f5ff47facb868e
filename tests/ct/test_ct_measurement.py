"""From counts to line integrals, and noise."""

import numpy as np
import pytest

from coarea import ct


def test_counts_become_line_integrals():
    rng = np.random.default_rng(0)
    truth = rng.random((6, 4, 5)) * 3
    dark, flat = 100 + rng.random((4, 5)), 5000 + 500 * rng.random((4, 5))
    counts = dark + (flat - dark) * np.exp(-truth)
    stacked = np.stack([flat - 1, flat + 1]), np.stack([dark + 1, dark - 1])
    found = ct.line_integrals(counts, *stacked)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, truth, atol=1e-12)
    counts[0, 0, 0] = 50
    found = ct.line_integrals(counts, flat, dark)
    assert found[0, 0, 0] == found.ravel()[1:].max()  # nothing is left: the smallest transmission of the scan
    assert ct.line_integrals(counts.astype(np.uint16), 6000).dtype == np.float32
    with pytest.raises(ValueError, match="flat must exceed dark"):
        ct.line_integrals(counts, dark, flat)
    with pytest.raises(ValueError, match=r"flat must hold images of shape \(4, 5\)"):
        ct.line_integrals(counts, np.ones((3, 3, 3)))
    with pytest.raises(ValueError, match="some of them must exceed dark"):
        ct.line_integrals(np.zeros((2, 3)), 2.0, 1.0)


def test_noise_has_the_variance_of_counts():
    exact = np.full((400, 500), 1.5, np.float32)
    noisy = ct.add_poisson_noise(exact, 1e4, rng=1)
    assert noisy.dtype == np.float32
    assert noisy.std() == pytest.approx(np.sqrt(np.exp(1.5) / 1e4), rel=0.02)
    assert noisy.mean() == pytest.approx(1.5, abs=1e-3)
    assert np.array_equal(noisy, ct.add_poisson_noise(exact, 1e4, rng=1))
    np.testing.assert_allclose(ct.add_poisson_noise(np.full(9, 99.0), 8.0), np.log(16))  # half a photon
    with pytest.raises(ValueError, match="photons must be a finite number > 0, got 0"):
        ct.add_poisson_noise(exact, 0)
