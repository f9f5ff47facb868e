"""Rings: gains that are wrong are put right, and data without such errors hardly change."""

import numpy as np
import pytest
from few_views import error

from coarea import ct

N = 128
GAIN = 1 + 0.02 * np.random.default_rng(2).standard_normal(192)


def distance(data, truth):
    return np.linalg.norm(data - truth) / np.linalg.norm(truth)


def head_scan(n_views, scale=0.06, photons=1e5):
    geometry = ct.FanBeam(
        angles=np.arange(n_views) * 2 * np.pi / n_views, n_detectors=192, source_to_axis=2 * N, source_to_detector=2 * N
    )
    data = scale * ct.line_integrals_of(ct.shepp_logan_ellipses(radius=N / 2), geometry)
    return geometry, ct.add_poisson_noise(data, photons, rng=1) if photons else data


@pytest.mark.parametrize("n_views", [20, 60, 180])
@pytest.mark.parametrize("photons", [None, 1e5])
def test_clean_data_hardly_change_and_rings_go(n_views, photons):
    _, clean = head_scan(n_views, photons=photons)
    assert distance(ct.remove_rings(clean), clean) < 0.002
    ringed = clean - np.log(GAIN)
    assert distance(ct.remove_rings(ringed), clean) < 0.6 * distance(ringed, clean)


@pytest.mark.photograph
def test_rings_of_gains_go_from_the_image():
    truth = ct.shepp_logan((N, N))
    A = ct.Projector(head_scan(60)[0], truth.shape, workers=1)
    clean = ct.add_poisson_noise(0.06 * A(truth), 1e5, rng=1)
    ringed = clean - np.log(GAIN)
    errors = [error(ct.asd_pocs(A, data / 0.06, 25).image, truth) for data in (clean, ringed, ct.remove_rings(ringed))]
    assert errors[0] < errors[2] < 0.8 * errors[1]


def test_a_stripe_of_any_sign_goes():
    data = head_scan(60, photons=None)[1]
    for bins, excess in (([50], 0.1), ([90], -0.1), ([100, 101, 102, 103], 0.2)):
        striped = data.copy()
        striped[:, bins] += excess
        assert distance(ct.remove_rings(striped), data) < 0.35 * distance(striped, data)


def test_noise_is_not_taken_for_rings():
    noise = 1 + 0.01 * np.random.default_rng(0).standard_normal((12, 400))
    found = noise - ct.remove_rings(noise)
    assert (found != 0).mean() < 0.1
    assert found.std() < 0.15 * np.median(noise, axis=0).std()


def test_rows_are_corrected_one_by_one_and_what_is_missing_stays():
    data = np.stack([head_scan(20)[1], head_scan(20)[1] - np.log(GAIN)], axis=1)
    found = ct.remove_rings(data)
    for row in range(2):
        assert np.array_equal(found[:, row], ct.remove_rings(data[:, row]))
    data[:, 0, 70] = data[3, 1] = np.nan
    holed = ct.remove_rings(data)
    assert np.array_equal(np.isnan(holed), np.isnan(data))
    rest = np.ones(192, bool)
    rest[60:80] = False
    np.testing.assert_allclose(holed[:, 0, rest], found[:, 0, rest], rtol=1e-14)
    assert np.isnan(ct.remove_rings(np.full((3, 4), np.nan))).all()


def test_dtypes():
    data = head_scan(20)[1]
    assert ct.remove_rings(data.astype(np.float32)).dtype == np.float32
    assert ct.remove_rings(data).dtype == np.float64
    assert ct.remove_rings(np.ones((4, 5), int)).dtype == np.float64
    assert np.array_equal(ct.remove_rings(np.ones((4, 5))), np.ones((4, 5)))
    with pytest.raises(ValueError, match="data must be finite, but for NaN"):
        ct.remove_rings(np.full((4, 5), np.inf))
