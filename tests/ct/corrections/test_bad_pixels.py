"""Pixels that measure nothing: found, left out, or taken from their neighbours."""

import numpy as np
import pytest
from few_views import HEAD, error, fan

from coarea import ct
from coarea.ct.corrections.bad_pixels import bad_pixels, interpolated

RNG = np.random.default_rng(0)


def scan(n_views=40, n_rows=None, n_columns=30):
    """Counts of a head with noise, flat and dark images: (view, [v,] u)."""
    geometry = ct.ParallelBeam(angles=np.linspace(0, np.pi, n_views, endpoint=False), n_detectors=n_columns)
    truth = ct.line_integrals_of(ct.shepp_logan_ellipses(radius=14), geometry) / 10
    if n_rows is not None:
        truth = truth[:, None].repeat(n_rows, 1)
    flat, dark = np.full(truth.shape[1:], 4000.0), np.full(truth.shape[1:], 100.0)
    return dark + RNG.poisson(3900 * np.exp(-truth)), flat, dark


@pytest.mark.parametrize("bad", ["mask", "interpolate", "raise"])
def test_scans_without_bad_pixels_do_not_change(bad):
    for counts, flat, dark in (scan(), scan(12, 5), (np.array([[3.0, 2.0]]), 4.0, 0.0)):
        found = ct.line_integrals(counts, flat, dark, bad=bad)
        assert np.array_equal(found, -np.log((counts - dark) / (flat - dark)))


def test_pixels_that_are_not_lit_are_masked():
    counts, flat, dark = scan(6, 4)
    flat[2, 3], flat[0, 0], dark[1, 7] = 100.0, np.nan, np.inf
    counts[4, 3, 20] = np.nan
    found = ct.line_integrals(counts, flat, dark)
    expected = np.zeros(counts.shape, bool)
    expected[:, [2, 0, 1], [3, 0, 7]] = expected[4, 3, 20] = True
    assert np.array_equal(np.isnan(found), expected)
    with np.errstate(all="ignore"):
        every = -np.log((counts - dark) / (flat - dark))
    assert np.array_equal(found[~expected], every[~expected])
    with pytest.raises(ValueError, match=r"4 of 120 are bad, the first in view 0 at \(0, 0\): say bad='mask' or"):
        ct.line_integrals(counts, flat, dark, bad="raise")


def test_pixels_that_are_dark_in_air_are_found():
    counts, flat, dark = scan(20, 7)
    counts[..., :5] = 3900
    for place in ((3, 2), (0, 0), (6, 29)):
        darkened = counts.copy()
        darkened[:, *place] = 100
        missing = np.isnan(ct.line_integrals(darkened, flat, dark)).all(axis=0)
        assert np.argwhere(missing).tolist() == [list(place)]
    counts[:, :, :5] = 100  # all that is behind a beam stop
    assert not np.isnan(ct.line_integrals(counts, flat, dark)).any()


def test_flat_and_dark_that_were_exchanged_are_no_bad_pixels():
    counts, flat, dark = scan()
    with pytest.raises(ValueError, match="in 30 of 30: were they exchanged"):
        ct.line_integrals(counts, dark, flat)
    flat[:16] = 0
    with pytest.raises(ValueError, match="in 16 of 30"):
        ct.line_integrals(counts, flat, dark)
    flat[15] = 4000
    assert np.isnan(ct.line_integrals(counts, flat, dark)).any(axis=0).sum() == 15


@pytest.mark.parametrize(("place", "value"), [(0, 900), (15, 0), (29, 100), (slice(12, 15), 2500), (14, 4000)])
def test_stuck_pixels_are_found(place, value):
    counts, flat, dark = scan()
    counts[:, place] = value
    expected = np.zeros(30, bool)
    expected[place] = True
    assert np.array_equal(np.isnan(ct.line_integrals(counts, flat, dark)).all(axis=0), expected)
    counts, flat, dark = scan(20, 7)
    counts[:, 3, place] = value
    assert np.array_equal(np.isnan(ct.line_integrals(counts, flat, dark)).all(axis=0)[3], expected)


def test_rows_that_are_stuck_are_found():
    counts, flat, dark = scan(20, 7)
    counts[:, 3] = 300
    missing = np.isnan(ct.line_integrals(counts, flat, dark)).all(axis=0)
    assert missing[3].all()
    assert not np.delete(missing, 3, 0).any()


def test_hot_pixels_are_found():
    counts, flat, dark = scan()
    counts[:, 11] = 3 * counts[:, 11]
    assert np.flatnonzero(np.isnan(ct.line_integrals(counts, flat, dark)).all(axis=0)).tolist() == [11]
    dim = ct.line_integrals(counts[:, :11], flat[:11] / 4, dark[:11])  # the tube was switched up: all are as bright
    assert np.isfinite(dim).all()


def test_what_is_alike_for_good_reason_is_no_bad_pixel():
    geometry = ct.ParallelBeam(angles=np.linspace(0, np.pi, 30, endpoint=False), n_detectors=61)
    cylinder = [1, 20.2, 20.2, 0, 0, 0]
    hole = [-1, 3, 3, 8, 0, 0]
    for table in ([cylinder], [cylinder, hole], [cylinder, [1, 1.4, 1.4, 14, 3, 0]]):
        exact = 1000 * np.exp(-ct.line_integrals_of(table, geometry) / 20)
        assert not bad_pixels(exact / 1000).any()
        assert not bad_pixels(np.round(exact / 10) / 100).any()  # few grey values
    opposite = exact[[0]].repeat(2, 0)
    opposite[1] = opposite[1, ::-1]
    assert not bad_pixels(opposite).any()


def test_values_are_interpolated_linearly():
    data = RNG.random((3, 9))
    holed = data.copy()
    holed[0, 3:5], holed[1, 0], holed[2, -2:] = np.nan, np.nan, np.nan
    filled = interpolated(holed)
    assert np.isnan(holed).sum() == 5
    expected = data.copy()
    expected[0, 3], expected[0, 4] = (2 * data[0, 2] + data[0, 5]) / 3, (data[0, 2] + 2 * data[0, 5]) / 3
    expected[1, 0], expected[2, -2:] = data[1, 1], data[2, -3]
    np.testing.assert_allclose(filled, expected, rtol=1e-14)
    for _ in range(50):
        row = np.where(RNG.random(12) < 0.5, RNG.random(12), np.nan)
        known = ~np.isnan(row)
        if known.any():
            by_numpy = np.interp(np.arange(12), np.flatnonzero(known), row[known])
            np.testing.assert_allclose(interpolated(row[None])[0], by_numpy, rtol=1e-14)
    volume = RNG.random((2, 5, 4))
    volume[0, 2] = np.nan
    np.testing.assert_allclose(interpolated(volume)[0, 2], (volume[0, 1] + volume[0, 3]) / 2)
    volume[1] = np.nan
    assert np.isnan(interpolated(volume)[1]).all()


def test_views_without_a_value_are_not_made_up():
    counts, flat, dark = scan(5)
    counts[2] = np.nan
    assert np.isnan(ct.line_integrals(counts, flat, dark)[2]).all()
    with pytest.raises(ValueError, match="a view in which nothing was measured"):
        ct.line_integrals(counts, flat, dark, bad="interpolate")


def test_dead_pixels_cost_little():
    A = fan(40)
    flat, data = np.full(80, 1e5), A(HEAD) / 20
    counts = np.random.default_rng(1).poisson(flat * np.exp(-data)).astype(float)
    dead = flat.copy()
    dead[37] = 0
    filled = ct.line_integrals(counts, dead, bad="interpolate")
    left_out = ct.line_integrals(counts, dead)
    assert np.isnan(left_out).sum() == 40
    assert np.array_equal(filled[~np.isnan(left_out)], left_out[~np.isnan(left_out)])
    clean, wrong = ct.line_integrals(counts, flat), np.nan_to_num(left_out)
    errors = [error(ct.asd_pocs(A, 20 * data, 40).image) for data in (clean, filled, wrong)]
    assert errors[1] < 1.25 * errors[0] < 0.3 * errors[2]
