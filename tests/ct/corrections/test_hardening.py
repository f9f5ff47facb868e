"""Beam hardening: a curve of known paths is found again, and makes thick objects as grey as thin ones."""

import numpy as np
import pytest

from coarea import ct
from coarea.ct.corrections.hardening import covered_arc

DISC = [[1, 20, 20, 3, -2, 0], [-1, 5, 5, 8, 2, 0], [-1, 3, 6, -6, -4, 0.4]]
CURVE = np.array([20.0, 3.0, 1.5])


def fan(n_views=60, arc=2 * np.pi):
    geometry = ct.FanBeam(
        angles=np.arange(n_views) * arc / n_views, n_detectors=96, source_to_axis=90, source_to_detector=90
    )
    return ct.Projector(geometry, (64, 64), workers=1)


def hardened(paths, curve=CURVE):
    """Line integrals whose paths by the curve are these."""
    table = np.linspace(0, 3, 20001)
    return np.interp(paths, np.polynomial.polynomial.polyval(table, [0, *curve]), table)


def cupping(image):
    """Grey value of the solid part in the middle over that near the edge."""
    y, x = np.indices(image.shape) - 31.5
    inside = ct.rasterize(DISC, image.shape) == 1
    radius = np.hypot(x - 3, y + 2)
    return image[inside & (radius < 8)].mean() / image[inside & (radius > 15) & (radius < 19)].mean()


def test_the_curve_of_known_paths_is_found():
    paths = ct.line_integrals_of(DISC, fan().geometry)
    data = hardened(paths)
    curve = ct.beam_hardening_curve(data, paths)
    assert curve.shape == (3,)
    assert curve.dtype == np.float64
    np.testing.assert_allclose(curve, CURVE, rtol=1e-3)
    np.testing.assert_allclose(ct.linearize(data, curve, mu=0.04), 0.04 * paths, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(ct.linearize(data, curve), paths / curve[0], rtol=1e-4, atol=1e-7)
    for factor in (1e-6, 1e6):  # any unit of length
        np.testing.assert_allclose(ct.beam_hardening_curve(data, factor * paths), factor * curve, rtol=1e-6)
    data[3] = np.nan
    np.testing.assert_allclose(ct.beam_hardening_curve(data, paths), CURVE, rtol=1e-3)


def test_curves_grow_and_bend_upwards_whatever_the_data():
    rng = np.random.default_rng(0)
    for _ in range(200):
        paths = rng.random(30) * 50
        data = paths / 30 * rng.uniform(0.5, 1.5, 30)
        degree = int(rng.integers(1, 6))
        curve = ct.beam_hardening_curve(data, paths, degree=degree)
        assert curve.shape == (degree,)
        assert curve[0] > 0
        assert (curve >= 0).all()
        values = np.sort(rng.normal(size=50))
        linear = ct.linearize(values, curve)
        assert (np.diff(linear) > 0).all()
        np.testing.assert_allclose(ct.linearize(-values, curve), -linear)
        used = paths > 0.03 * paths.max()  # no other curve fits better: the conditions of Karush, Kuhn and Tucker
        powers = data[used, None] ** np.arange(1, degree + 1)
        powers /= np.linalg.norm(powers, axis=0)
        slope = powers.T @ (np.polynomial.polynomial.polyval(data[used], [0, *curve]) - paths[used])
        slope /= np.linalg.norm(paths[used])
        assert (slope > -1e-6).all()
        assert (np.abs(slope[curve > 0]) < 1e-6).all()


def test_rays_that_graze_are_left_out():
    paths = np.concatenate([np.linspace(10, 60, 40), np.full(40, 1.0)])
    data = np.where(paths > 5, hardened(paths), 2.5)
    np.testing.assert_allclose(ct.beam_hardening_curve(data, paths), CURVE, rtol=1e-3)


def test_linearized_data_keep_their_dtype_and_what_is_missing():
    data = np.array([0.5, np.nan, -0.5, 0])
    for dtype in (np.float32, np.float64):
        found = ct.linearize(data.astype(dtype), [10, 2], mu=0.1)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, [0.55, np.nan, -0.55, 0], rtol=1e-6)
    assert ct.linearize(np.array([1], np.uint16), [10, 2]).dtype == np.float32


def test_the_curve_of_the_scan_itself_flattens_the_image():
    A = fan()
    data = hardened(ct.line_integrals_of(DISC, A.geometry)).astype(np.float32)
    curve = ct.beam_hardening_of_scan(A, data)
    raw, corrected = (cupping(ct.asd_pocs(A, given, 20).image) for given in (data, ct.linearize(data, curve)))
    assert raw < 0.9
    assert 0.97 < corrected < 1.03
    holed = data.copy()
    holed[:, 50] = np.nan
    np.testing.assert_allclose(ct.beam_hardening_of_scan(A, holed)[0], curve[0], rtol=0.05)
    part = fan(59, np.radians(88.5))
    with pytest.raises(ValueError, match=r"must cover 90 degrees or more, .* got 88\.5: take the curve of a cal"):
        ct.beam_hardening_of_scan(part, part(np.ones((64, 64))))
    vectors = ct.Projector(A.geometry.vectors(), (64, 64))
    with pytest.raises(TypeError, match="must have a geometry with angles, got Vectors: take the curve of a calibr"):
        ct.beam_hardening_of_scan(vectors, data)


def test_arcs():
    def arc(degrees, beam=ct.FanBeam):
        far = {"source_to_axis": 9, "source_to_detector": 9} if beam is ct.FanBeam else {}
        return np.degrees(covered_arc(beam(angles=np.radians(degrees), n_detectors=4, **far)))

    assert arc(np.arange(90)) == pytest.approx(90)
    assert arc(np.arange(0, 360, 18)) == pytest.approx(360)
    assert arc([0]) == 0
    assert arc(np.arange(-45, 45)) == pytest.approx(90)
    assert arc([*range(300, 360), *range(30)]) == pytest.approx(90)
    assert arc(np.arange(180), ct.ParallelBeam) == pytest.approx(180)
    assert arc([*range(45), *range(180, 225)], ct.ParallelBeam) == pytest.approx(45)
    assert arc([*range(45), *range(180, 225)]) == pytest.approx(225)
    assert arc(np.arange(89) * 137.508 % 360) > 350
