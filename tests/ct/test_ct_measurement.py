"""From counts to line integrals: noise, the centre of rotation."""

import numpy as np
import pytest

from coarea import ct

HEAD = ct.shepp_logan_ellipses(radius=10.0)


def parallel(angles, **options):
    return ct.ParallelBeam(**{"angles": angles, "n_detectors": 300, "detector_spacing": 0.1, **options})


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


@pytest.mark.parametrize("center", [140.0, 149.5, 155.5, 171.0])
def test_centre_of_rotation_is_found(center):
    angles = np.linspace(0, np.pi, 20)
    geometry = parallel(angles, detector_offset=(299 / 2 - center) * 0.1)
    data = ct.add_poisson_noise(ct.line_integrals_of(HEAD / 4, geometry), 1e4, rng=0)
    assert ct.find_center(data, angles) == center
    assert ct.find_center(data[:, None].repeat(2, 1), angles) == center
    with pytest.raises(ValueError, match="two views must be opposite"):
        ct.find_center(data[:10], angles[:10])
    with pytest.raises(ValueError, match="one for each view"):
        ct.find_center(data, angles[:10])
    assert ct.find_center(data, [*angles[:-1], np.pi + 0.04]) == center
    with pytest.raises(ValueError, match="opposite to 0"):
        ct.find_center(data[[0, -1]], [0, np.pi + 0.06])


@pytest.mark.parametrize("n", [8, 9])
def test_centres_are_found_while_half_of_the_detector_overlaps(n):
    rng = np.random.default_rng(8)
    for shift in range(-(n // 2), n // 2 + 1):
        here = rng.random(2 * n)  # what a longer detector sees
        start = max(0, -shift)
        one, mirrored = here[start : start + n], here[start + shift : start + shift + n]
        data = np.stack([one, mirrored[::-1]])
        assert ct.find_center(data, [0, np.pi]) == (n - 1 + shift) / 2
        assert ct.find_center(data[:, ::-1], [0, np.pi]) == (n - 1 - shift) / 2
