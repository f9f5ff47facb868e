"""Phantoms, filtered back projection, and what scanners measure."""

from typing import get_args

import numpy as np
import pytest
from scipy import fft, integrate, ndimage
from skimage.transform import iradon

from coarea import ct
from coarea.base.types import Filter
from coarea.ct import _pixel_driven
from coarea.ct.methods import analytic

RADIUS = 10.0
HEAD = ct.shepp_logan_ellipses(radius=RADIUS)
N = 128
PICTURE = ct.rasterize(HEAD, (N, N), spacing=2 * RADIUS / N, subsamples=4)


def parallel(angles, **options):
    return ct.ParallelBeam(**{"angles": angles, "n_detectors": 300, "detector_spacing": 0.1, **options})


def fan(angles, **options):
    defaults = {"n_detectors": 320, "detector_spacing": 0.13, "source_to_axis": 40, "source_to_detector": 80}
    return ct.FanBeam(**{"angles": angles, **defaults, **options})


def cone(angles, **options):
    defaults = {
        "detector_shape": (60, 64),
        "detector_spacing": (2.1, 2.0),
        "source_to_axis": 120,
        "source_to_detector": 240,
    }
    return ct.ConeBeam(**{"angles": angles, **defaults, **options})


def error(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


# Phantoms --------------------------------------------------------------------------------------------------------


def test_the_head_of_the_literature():
    """32 668 pixels of the original phantom are not 0 [SidkyKaoPan2006]; the ventricles of the modified one are."""
    original, modified = (ct.shepp_logan((256, 256), contrast=contrast) for contrast in ("original", "modified"))
    assert (original > 0).sum() == 32668
    assert original[128, 128] == pytest.approx(1.02)
    assert modified[128, 128] == pytest.approx(0.2)
    assert abs(modified[128, 100]) < 1e-12
    assert original.max() == 2
    assert modified.max() == 1
    assert modified[200].sum() != modified[55].sum()  # the large bright ellipse is at y > 0, in later rows
    assert modified[128 + 45, 128] == pytest.approx(0.3)


def test_values_at_pixel_centres_and_means_over_pixels():
    ellipse = [[2.0, 3.0, 1.0, 0.5, -0.25, 0.3]]
    picture = ct.rasterize(ellipse, (20, 24), spacing=(0.4, 0.5))
    y, x = (np.arange(20) - 9.5) * 0.4 + 0.25, (np.arange(24) - 11.5) * 0.5 - 0.5
    along, across = x * np.cos(0.3) + y[:, None] * np.sin(0.3), y[:, None] * np.cos(0.3) - x * np.sin(0.3)
    assert np.array_equal(picture, 2.0 * ((along / 3) ** 2 + across**2 <= 1))
    fine = ct.rasterize(ellipse, (60, 72), spacing=(0.4 / 3, 0.5 / 3))
    means = fine.reshape(20, 3, 24, 3).mean((1, 3))
    np.testing.assert_allclose(ct.rasterize(ellipse, (20, 24), spacing=(0.4, 0.5), subsamples=3), means)
    assert means.sum() * 0.2 == pytest.approx(2 * np.pi * 3, rel=0.02)


def test_line_integrals_equal_quadrature():
    """Exact integrals against sums of the phantom's values along the rays."""
    t = np.linspace(-1, 1, 40001)
    table = [[1.0, 4.0, 2.0, 1.0, -0.5, 0.4], [-0.5, 1.0, 2.0, 0.0, 0.3, -1.0]]
    for geometry in (
        parallel([0.3, 2.0], n_detectors=7, detector_spacing=1.0),
        fan([0.3, 4.0], n_detectors=7, detector_spacing=2.5),
    ):
        points, ways = geometry.rays()
        middle = points + ways * (-(points * ways).sum(-1) / (ways**2).sum(-1))[..., None]
        unit = ways / np.linalg.norm(ways, axis=-1)[..., None]
        places = middle[..., None, :] + 12 * t[:, None] * unit[..., None, :]
        values = sum(value_at(row, places) for row in np.array(table))
        expected = integrate.trapezoid(values, 12 * t, axis=-1)
        np.testing.assert_allclose(ct.line_integrals_of(table, geometry), expected, atol=2e-3)


def value_at(row, places):
    x, y = places[..., 0] - row[3], places[..., 1] - row[4]
    along, across = x * np.cos(row[5]) + y * np.sin(row[5]), y * np.cos(row[5]) - x * np.sin(row[5])
    return row[0] * ((along / row[1]) ** 2 + (across / row[2]) ** 2 <= 1)


@pytest.mark.parametrize("make", [parallel, fan])
def test_projections_of_the_picture_approach_the_integrals(make):
    geometry = make(np.linspace(0, 6, 7), detector_offset=0.033)
    errors = []
    for n in (64, 256):
        picture = ct.rasterize(HEAD, (n, n), spacing=2 * RADIUS / n, subsamples=4)
        A = ct.Projector(geometry, (n, n), spacing=2 * RADIUS / n, dtype=np.float64)
        errors.append(error(A(picture), ct.line_integrals_of(HEAD, geometry)))
    assert errors[1] < 0.02
    assert errors[1] < 0.5 * errors[0]


def test_projections_of_balls_are_chords():
    ball = [[1.0, 18, 18, 18, 3, 4, 5, 0]]
    geometry = cone(np.linspace(0, 6, 5), detector_offset=(1.3, -0.4))
    volume = ct.rasterize(ball, (64, 64, 64), subsamples=3)
    found = ct.Projector(geometry, volume.shape, dtype=np.float64)(volume)
    assert error(found, ct.line_integrals_of(ball, geometry)) < 0.03
    heights = np.arange(64) - 31.5
    beam = ct.ParallelBeam(angles=np.linspace(0, 3, 5), n_detectors=80)
    found = ct.Projector(beam, volume.shape, dtype=np.float64)(volume)
    expected = ct.line_integrals_of(ball, beam, heights=heights)
    assert expected.shape == (5, 64, 80)
    assert error(found, expected) < 0.03


def test_disks_lie_above_each_other():
    disks = ct.rasterize(ct.defrise_disks(5, radius=32), (64, 64, 64))
    filled = disks[:, 32, 32] > 0
    assert np.count_nonzero(np.diff(filled.astype(int)) == 1) == 5
    assert np.array_equal(filled, filled[::-1])
    assert ct.shepp_logan((20, 24, 24)).shape == (20, 24, 24)


def test_refused_phantoms():
    with pytest.raises(ValueError, match=r"ellipses must have shape \(n, 6\)"):
        ct.rasterize([[1, 2, 3]], (4, 4))
    with pytest.raises(ValueError, match="shape must have 2 axes"):
        ct.rasterize(HEAD, (4, 4, 4))
    with pytest.raises(ValueError, match="a ConeBeam needs ellipsoids, got ellipses"):
        ct.line_integrals_of(HEAD, cone([0.0]))
    with pytest.raises(ValueError, match="ellipsoids need"):
        ct.line_integrals_of(ct.defrise_disks(), fan([0.0]))
    with pytest.raises(ValueError, match="contrast"):
        ct.shepp_logan((4, 4), contrast="high")


# Filtered back projection ----------------------------------------------------------------------------------------

ARC = np.pi + 2 * np.arctan(0.13 * 160 / 80)
SCANS = {
    "parallel": parallel(np.arange(300) * np.pi / 300, detector_offset=0.033),
    "parallel, clockwise, whole turn": parallel(1 - np.arange(500) * np.pi / 250),
    "fan": fan(np.arange(500) * np.pi / 250, detector_offset=-0.05),
    "fan, clockwise": fan(2 - np.arange(500) * np.pi / 250, detector_offset=0.05),
    "fan, two turns": fan(np.arange(1000) * np.pi / 250),
    "short scan": fan(np.linspace(0, ARC, 350)),
    "short scan, clockwise": fan(7 - np.linspace(0, ARC, 350)),
    "longer short scan": fan(np.linspace(0, 5.5, 450)),
}


@pytest.mark.parametrize("name", SCANS)
def test_filtered_back_projection_of_exact_data(name):
    geometry = SCANS[name]
    found = ct.fbp(ct.line_integrals_of(HEAD, geometry), geometry, (N, N), spacing=2 * RADIUS / N, filter="hann")
    assert error(found, PICTURE) < 0.22
    inside = (slice(60, 70), slice(60, 70))
    assert found[inside].mean() == pytest.approx(PICTURE[inside].mean(), abs=0.003)


def test_short_scan_agrees_with_the_full_one():
    picture, y = ndimage.gaussian_filter(PICTURE, 2), (np.arange(N) - (N - 1) / 2) * 2 * RADIUS / N
    seen = np.hypot(y, y[:, None]) < RADIUS  # by all views
    found = []
    for name in ("fan", "short scan"):
        A = ct.Projector(SCANS[name], (N, N), spacing=2 * RADIUS / N, dtype=np.float64)
        found.append(ct.fbp(A(picture), A.geometry, (N, N), spacing=A.spacing)[seen])
        assert error(found[-1], picture[seen]) < 0.02
    assert error(*found) < 0.01


def test_equals_that_of_scikit_image():
    picture = ndimage.gaussian_filter(PICTURE, 2)
    angles = np.arange(180) * np.pi / 180
    geometry = ct.ParallelBeam(angles=angles, n_detectors=185)
    data = ct.Projector(geometry, (N, N), dtype=np.float64)(picture)
    found = ct.fbp(data, geometry, (N, N))
    # its detector runs the other way and its rotation axis is at pixel N // 2: compare the errors, not the pixels
    theirs = iradon(data.T[::-1], np.degrees(angles), filter_name="ramp", output_size=N, circle=False)
    assert error(found, picture) < 0.02
    assert error(found, picture) < error(theirs, picture) + 0.02


def test_a_volume_in_a_parallel_beam_is_done_slice_by_slice():
    geometry = parallel(np.arange(60) * np.pi / 60)
    data = np.random.default_rng(0).random((60, 3, 300)).astype(np.float32)
    found = ct.fbp(data, geometry, (3, 40, 50), spacing=0.3)
    assert found.dtype == np.float32
    for z in range(3):
        np.testing.assert_allclose(found[z], ct.fbp(data[:, z], geometry, (40, 50), spacing=0.3), atol=1e-5)


def test_fdk():
    ball = [[1.0, 18, 18, 18, 3, 4, 5, 0]]
    geometry = cone(np.arange(120) * np.pi / 60, detector_offset=(1.3, -0.4))
    volume = ct.rasterize(ball, (64, 64, 64), subsamples=2)
    found = ct.fdk(ct.line_integrals_of(ball, geometry), geometry, volume.shape)
    assert error(found, volume) < 0.12
    assert found[30:42, 30:42, 30:42].mean() == pytest.approx(1, abs=0.01)
    plane = cone(np.arange(120) * np.pi / 60, detector_shape=(1, 64))
    flat = fan(
        np.arange(120) * np.pi / 60, n_detectors=64, detector_spacing=2.0, source_to_axis=120, source_to_detector=240
    )
    data = np.random.default_rng(0).random((120, 64))
    np.testing.assert_allclose(
        ct.fdk(data[:, None], plane, (1, 40, 40))[0], ct.fbp(data, flat, (40, 40)), rtol=1e-9, atol=1e-12
    )


def weighted_back_projection(data, numbers, power, shape):
    """By definition: each voxel looks up where the detector sees it, up to and with the last bins."""
    z, y, x = np.indices(shape)
    found = np.zeros(shape)
    for view, (a, b, c, d, e, f, g, h, i) in zip(data, numbers, strict=True):
        w = f + g * x + h * y
        places = [(d + e * z) / w + i, (a + b * x + c * y) / w]
        found += ndimage.map_coordinates(view, places, order=1, mode="constant") / w**power
    return found


def views_of(rng, n):
    """Numbers that lead many pixels to the detector, and some beside it."""
    u, v = rng.uniform([-1, 0.3, 0.3], [1, 0.7, 0.7], (n, 3)), rng.uniform([-1, 0.4], [0, 0.9], (n, 2))
    w, shift = rng.uniform([0.8, -0.002, -0.02], [1.2, 0.02, 0.02], (n, 3)), rng.uniform(-0.5, 0.5, (n, 1))
    u[::2, 1] *= -1  # from the last bin to the first
    u[::2, 0] += 20
    return np.concatenate([u, v, w, shift], 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("instruction_set", range(len(_pixel_driven.instruction_sets())))
def test_pixels_look_up_the_bins_that_see_them(dtype, instruction_set):
    rng = np.random.default_rng(6)
    shape, n_views, n_v, n_u = (7, 6, 150), 5, 4, 80  # more pixels in a row than are done at once
    data, numbers = rng.normal(size=(n_views, n_v, n_u)).astype(dtype), views_of(rng, n_views)
    # one view from bin to bin in halves, from before the first to after the last
    numbers[0] = (-0.5, 0.5, 0, -0.5, 0.75, 1, 0, 0, 0)
    numbers[1] = (0, 0.25, 0.5, 0, 0.5, 1, 0, 0, 0)
    tolerance = {"atol": 1e-11 if dtype is np.float64 else 2e-4}

    columns, found = np.zeros((n_views, n_u + 1, n_v + 1), dtype), np.zeros((6, 150, 7), dtype)
    columns[:, :-1, :-1] = data.transpose(0, 2, 1)
    for rows in ((0, 2), (2, 6)):
        _pixel_driven.back_project_cone(columns, numbers, found, np.zeros(n_v + 1, dtype), *rows, instruction_set)
    np.testing.assert_allclose(found.transpose(2, 0, 1), weighted_back_projection(data, numbers, 2, shape), **tolerance)

    slices = np.concatenate([data, np.zeros((n_views, n_v, 1), dtype)], 2)
    numbers[:, 3:5], numbers[:, 8] = (0, 1), 0
    for divergent in (True, False):
        if not divergent:
            numbers[:, 5:8] = (1, 0, 0)
        expected = np.concatenate(
            [weighted_back_projection(data[:, z : z + 1], numbers, 2 * divergent, (1, *shape[1:])) for z in range(n_v)]
        )
        found = np.zeros((n_v, *shape[1:]), dtype)
        for rows in ((0, 2), (2, 6)):
            _pixel_driven.back_project(slices, numbers, divergent, found, *rows, instruction_set)
        np.testing.assert_allclose(found, expected, **tolerance)


SOME = {
    "parallel": (parallel(np.arange(60) * np.pi / 60), (50, 51)),
    "slices": (parallel(np.arange(40) * np.pi / 40), (3, 50, 51)),
    "fan": (fan(np.arange(90) * np.pi / 45, detector_offset=3), (50, 51)),
    "cone": (cone(np.arange(20) * np.pi / 10, detector_offset=(1.3, -30)), (9, 10, 70)),
}


def filtered_back_projection(name, data, **options):
    geometry, shape = SOME[name]
    return (ct.fdk if name == "cone" else ct.fbp)(data, geometry, shape, spacing=0.4, **options)


def noise(name, dtype):
    geometry, shape = SOME[name]
    return np.random.default_rng(0).random(ct.Projector(geometry, shape, spacing=0.4).range_shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", SOME)
def test_neither_threads_nor_instruction_sets_change_a_bit(name, dtype, monkeypatch):
    data = noise(name, dtype)
    monkeypatch.setattr(analytic, "AT_ONCE", 1500)  # many parts for the filter
    one = filtered_back_projection(name, data, workers=1)
    assert one.dtype == dtype
    for workers in (2, 7):
        assert np.array_equal(one, filtered_back_projection(name, data, workers=workers))
    for instruction_set in range(len(_pixel_driven.instruction_sets())):
        monkeypatch.setattr(analytic, "INSTRUCTION_SET", instruction_set)
        assert np.array_equal(one, filtered_back_projection(name, data))


@pytest.mark.parametrize("name", SOME)
def test_float32_and_arrays_that_lie_otherwise_in_memory(name):
    data = noise(name, np.float64)
    expected = filtered_back_projection(name, data)
    assert error(filtered_back_projection(name, data.astype(np.float32)), expected) < 5e-5
    turned = np.ascontiguousarray(data.T).T[::-1][::-1]
    assert not turned.flags.c_contiguous
    for other in (turned, data.astype(">f8"), np.repeat(data, 2, -1)[..., ::2]):
        assert np.array_equal(filtered_back_projection(name, other), expected)
    broken = data.copy()
    for value in (np.inf, np.nan):
        broken[3] = value
        with pytest.raises(ValueError, match=r"data must be finite: give rays .* the values of their neighbours"):
            filtered_back_projection(name, broken)


@pytest.mark.parametrize("name", get_args(Filter))
@pytest.mark.parametrize("frequency", [0.08, 0.25, 0.4])
def test_windows_multiply_the_ramp(name, frequency):
    """A long wave comes out as itself, times its frequency and the window there [KakSlaney1988]_."""
    expected = {
        "ramp": 1.0,
        "shepp-logan": np.sin(np.pi * frequency) / (np.pi * frequency),
        "cosine": np.cos(np.pi * frequency),
        "hamming": 0.54 + 0.46 * np.cos(2 * np.pi * frequency),
        "hann": np.cos(np.pi * frequency) ** 2,
    }[name]
    wave, step = np.cos(2 * np.pi * frequency * np.arange(4001)), 0.3
    middle = slice(1900, 2100)
    length, response = analytic._ramp(len(wave), step, name)
    found = fft.irfft(fft.rfft(wave, length) * response, length)[middle]
    np.testing.assert_allclose(found, frequency / step * expected * wave[middle], atol=1e-4)


def test_filters_tell_noise_from_the_object():
    """From the ramp to the Hann window the noise falls, and the head stays."""
    geometry = parallel(np.arange(200) * np.pi / 200)
    noisy = np.random.default_rng(0).normal(size=(200, 300))
    deviations = [ct.fbp(noisy, geometry, (N, N), spacing=0.2, filter=name).std() for name in get_args(Filter)]
    assert deviations == sorted(deviations, reverse=True)
    assert deviations[-1] < 0.5 * deviations[0]


def test_refused_scans():
    with pytest.raises(ValueError, match=r"data must have shape \(10, 300\) \(view, u\), got \(300, 10\)"):
        ct.fbp(np.zeros((300, 10)), parallel(np.arange(10) * 0.31), (8, 8))
    with pytest.raises(ValueError, match="filter must be one of"):
        ct.fbp(np.zeros((10, 300)), parallel(np.arange(10) * 0.31), (8, 8), filter="boxcar")
    with pytest.raises(ValueError, match="geometry must be a ParallelBeam or a FanBeam for fbp, got ConeBeam: use fdk"):
        ct.fbp(np.zeros((10, 60, 64)), cone(np.arange(10) * 0.6), (8, 8, 8))
    with pytest.raises(ValueError, match="geometry must be a ConeBeam for fdk, got FanBeam: use fbp"):
        ct.fdk(np.zeros((10, 320)), fan(np.arange(10) * 0.6), (8, 8))
