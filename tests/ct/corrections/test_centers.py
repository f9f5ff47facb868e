"""The rotation axis: found to parts of a bin wherever it is, or refused."""

import numpy as np
import pytest

from coarea import ct

HEAD = ct.shepp_logan_ellipses(radius=10.0)


def head(angles, center, photons):
    """Data of a head in bins as wide as they are apart, with noise."""
    offset = (299 / 2 - center) * 0.1
    fine = ct.ParallelBeam(angles=angles, n_detectors=1200, detector_spacing=0.025, detector_offset=offset)
    data = ct.line_integrals_of(HEAD / 4, fine).reshape(len(angles), 300, 4).mean(axis=-1)
    return ct.add_poisson_noise(data, photons, rng=0)


@pytest.mark.parametrize("center", [140.0, 149.5, 155.5, 171.0, 160.2, 147.87])
def test_centre_of_rotation_is_found(center):
    angles = np.linspace(0, np.pi, 20)
    data = head(angles, center, 1e4)
    near = pytest.approx(center, abs=0.1)
    assert ct.find_center(data, angles) == near
    assert type(ct.find_center(data, angles)) is float
    assert ct.find_center(data[:, None].repeat(2, 1), angles) == near
    with pytest.raises(ValueError, match="two views must be opposite"):
        ct.find_center(data[:10], angles[:10])
    with pytest.raises(ValueError, match="one for each view"):
        ct.find_center(data, angles[:10])
    assert ct.find_center(data, [*angles[:-1], np.pi + 0.04]) == near
    with pytest.raises(ValueError, match="opposite to 0"):
        ct.find_center(data[[0, -1]], [0, np.pi + 0.06])
    holed = data.copy()
    holed[:, 130:132] = np.nan
    assert ct.find_center(holed, angles) == pytest.approx(center, abs=0.1)


@pytest.mark.parametrize("n", [8, 9, 40])
def test_centres_are_found_wherever_views_overlap(n):
    rng = np.random.default_rng(8)
    least = max(3, n // 10)
    for shift in range(least - n + 1, n - least):
        here = rng.random(2 * n)  # what a longer detector sees
        start = max(0, -shift)
        one, mirrored = here[start : start + n], here[start + shift : start + shift + n]
        data = np.stack([one, mirrored[::-1]])
        assert ct.find_center(data, [0, np.pi]) == (n - 1 + shift) / 2
        assert ct.find_center(data[:, ::-1], [0, np.pi]) == (n - 1 - shift) / 2


def test_many_pairs_of_views_are_better_than_one():
    angles = np.arange(60) * 2 * np.pi / 60
    for center in (30.3, 149.5, 260.8):  # of a scan that sees the object on one side only
        assert ct.find_center(head(angles, center, 1e3), angles) == pytest.approx(center, abs=0.1)


def test_an_axis_at_the_end_of_the_detector_is_refused_not_guessed():
    angles, found = np.linspace(0, np.pi, 9), []
    for center in range(97):
        geometry = ct.ParallelBeam(angles=angles, n_detectors=97, detector_offset=48 - center)
        data = ct.line_integrals_of([[1, 30, 30, 1, 2, 0]], geometry)
        try:
            assert ct.find_center(data, angles) == pytest.approx(center, abs=0.25)
            found.append(center)
        except ValueError as error:
            assert "find_offset" in str(error)  # noqa: PT017
    assert found == list(range(5, 92))


def test_views_that_are_no_mirror_images_are_refused():
    rng = np.random.default_rng(1)
    for data in (rng.random((2, 200)), np.zeros((2, 50)), np.ones((2, 50)), [[0.0], [1.0]]):
        with pytest.raises(ValueError, match=r"projections at opposite angles must be mirror images, .* See find_"):
            ct.find_center(data, [0, np.pi])
    ramp = np.stack([np.arange(50.0)] * 2)  # a slope fits best where least of it overlaps
    with pytest.raises(ValueError, match="find_offset"):
        ct.find_center(ramp, [0, np.pi])


def scan(kind, offset, n_views=60, n=120):
    """A projector with an offset of 0, the data of a head with another in bins as wide as they are apart."""
    turn, fine = np.arange(n_views) * 2 * np.pi / n_views, 4
    row, far = {"angles": turn, "n_detectors": n}, {"source_to_axis": 120, "source_to_detector": 180}
    if kind == "cone":
        row = {"angles": turn, "detector_shape": (6, n), "detector_spacing": 1.5, **far}
        many = row | {"detector_shape": (6, fine * n), "detector_spacing": (1.5, 1.5 / fine)}
        beam = ct.ConeBeam(**many, detector_offset=(0, offset * 1.5))
        data = ct.line_integrals_of(ct.shepp_logan_ellipses(3, radius=40), beam)
        return ct.Projector(ct.ConeBeam(**row), (6, 80, 80), workers=1), data.reshape(n_views, 6, n, fine).mean(-1), 1.5
    make, width = (ct.FanBeam, 1.5) if kind == "fan" else (ct.ParallelBeam, 1.0)
    row |= {"angles": turn, "detector_spacing": width, **far} if kind == "fan" else {"angles": turn / 2}
    beam = make(**row | {"n_detectors": n * fine, "detector_spacing": width / fine}, detector_offset=offset * width)
    data = ct.line_integrals_of(ct.shepp_logan_ellipses(radius=40), beam).reshape(n_views, n, fine).mean(-1)
    return ct.Projector(make(**row), (80, 80), workers=1), data, width


@pytest.mark.parametrize("kind", ["parallel", "fan", "cone"])
@pytest.mark.parametrize(("n", "offset"), [(120, 0.35), (121, -2.6)])
def test_offsets_of_every_beam_are_found(kind, n, offset):
    A, data, width = scan(kind, offset, n=n)
    assert ct.find_offset(A, data) / width == pytest.approx(offset, abs=0.1)


def test_offsets_of_a_curved_cone_are_those_of_the_fan_in_its_middle():
    row = {"angles": np.arange(24) * np.pi / 12, "source_to_axis": 60, "source_to_detector": 90, "curved": True}
    fan, cone = ct.FanBeam(**row, n_detectors=80), ct.ConeBeam(**row, detector_shape=(1, 80))
    data = ct.Projector(ct.FanBeam(**row, n_detectors=80, detector_offset=2.2), (40, 40))(ct.shepp_logan((40, 40)))
    found = ct.find_offset(ct.Projector(fan, (40, 40)), data)
    assert found == pytest.approx(2.2, abs=0.2)
    assert ct.find_offset(ct.Projector(cone, (1, 40, 40)), data[:, None]) == found


def test_offsets_are_found_in_noise_in_rows_and_with_pixels_that_are_missing():
    A, data, width = scan("fan", 1.3)
    noisy = 20 * ct.add_poisson_noise(data / 20, 1e4, rng=0)
    noisy[:, 30] = np.nan
    assert ct.find_offset(A, noisy) / width == pytest.approx(1.3, abs=0.1)
    A, data, _ = scan("parallel", 1.3)
    volume = ct.Projector(A.geometry, (9, 80, 80), workers=1)
    slices = data[:, None] * np.linspace(0, 1, 9)[:, None]
    assert ct.find_offset(volume, slices) == pytest.approx(1.3, abs=0.1)


def test_offsets_that_the_data_do_not_tell_are_refused():
    A, data, _ = scan("fan", 1.0)
    with pytest.raises(ValueError, match=r"data must tell the offset, .* small arc"):
        ct.find_offset(A.subset(slice(0, 9)), data[:9])
    A, data, width = scan("fan", 12.0)
    with pytest.raises(ValueError, match="within must be larger: the residual is least at the end"):
        ct.find_offset(A, data)
    assert ct.find_offset(A, data, within=14 * width) / width == pytest.approx(12, abs=0.1)
    cone = ct.ConeBeam(
        angles=[0, 1, 2], detector_shape=(4, 8), source_to_axis=20, source_to_detector=20, detector_offset=(9, 0)
    )
    with pytest.raises(ValueError, match="projector must see the plane of the source"):
        ct.find_offset(ct.Projector(cone, (4, 8, 8)), np.ones((3, 4, 8)))
    with pytest.raises(ValueError, match="data must be finite, but for NaN"):
        ct.find_offset(A, np.full(data.shape, np.inf))
