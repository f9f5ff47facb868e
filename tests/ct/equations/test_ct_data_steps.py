"""Data steps by their definitions, and rays at the edge of the image."""

import itertools

import numpy as np
import pytest
from few_views import fan
from scipy.sparse.linalg import aslinearoperator

from coarea import ct
from coarea.ct import _art
from coarea.ct import projector as projector_module


@pytest.mark.parametrize("method", [ct.sart, ct.os_sart, ct.sirt])
def test_data_steps_equal_the_definition(method):
    """With dense matrices: x += relaxation C A^T R (y - A x), block after block, in any order of the blocks."""
    A = fan(4, 20, shape=(9, 9))
    x = np.random.default_rng(0).random((9, 9))
    y = A(x)
    options = {"n_subsets": 2} if method is ct.os_sart else {}
    found = method(A, y, 1, relaxation=0.7, **options).image
    n_blocks = {ct.sart: 4, ct.os_sart: 2, ct.sirt: 1}[method]
    parts = [slice(b, None, n_blocks) for b in range(n_blocks)]
    results = [dense_data_step(A, y, [parts[b] for b in order]) for order in itertools.permutations(range(n_blocks))]
    assert min(np.abs(found - result).max() for result in results) < 1e-12


def dense_data_step(A, y, parts):
    x = np.zeros(A.shape[1])
    for part in parts:
        block = A.subset(part)
        matrix = block @ np.eye(A.shape[1])
        rows, columns = matrix.sum(1), matrix.sum(0)
        inverse = [
            np.divide(1, sums, out=np.zeros_like(sums), where=sums > 1e-4 * sums.max()) for sums in (rows, columns)
        ]
        x += 0.7 * inverse[1] * (matrix.T @ (inverse[0] * (y[part].ravel() - matrix @ x)))
        x = np.maximum(x, 0)
    return x.reshape(A.domain_shape)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("beam", ["parallel", "fan", "slices"])
def test_views_correct_like_any_block(beam, workers, monkeypatch):
    """Views of a projector, which stay in a frame, against the same ones as operators of unknown kind."""
    monkeypatch.setattr(projector_module, "SMALLEST_PART", 100)  # or so small an image would have one thread
    angles, shape = np.arange(7) * 2 * np.pi / 7 + 0.1, (21, 30)
    if beam == "fan":  # wide: some views have steep rays and others
        geometry = ct.FanBeam(
            angles=angles, n_detectors=60, detector_spacing=2, source_to_axis=30, source_to_detector=60,
            detector_offset=0.3,
        )  # fmt: skip
    else:
        geometry = ct.ParallelBeam(angles=angles, n_detectors=40, detector_offset=0.3)
    A = ct.Projector(geometry, (2, *shape) if beam == "slices" else shape, dtype=np.float64, workers=workers)
    y = A(np.random.default_rng(3).random(A.domain_shape))
    plain = [aslinearoperator(A.subset([view]) @ np.eye(A.shape[1])) for view in range(7)]
    options = {"relaxation": 1.3, "lower": 0.2, "upper": 0.8}
    flat = np.zeros((A.shape[1] // 30, 30))  # the blocks of a volume would share their C
    found, expected = ct.sart(A, y, 3, **options), ct.sart(plain, y.ravel(), 3, start=flat, **options)
    np.testing.assert_allclose(found.image.ravel(), expected.image.ravel(), atol=1e-12)
    np.testing.assert_allclose(found.history["residual"], expected.history["residual"], rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rays_in_turn_equal_kaczmarz(dtype):
    A = fan(3, 17, dtype=dtype, shape=(8, 9))
    y = A(np.random.default_rng(1).random((8, 9)))
    found = ct.asd_pocs(A, y, 1, data_step="art", relaxation=0.8).image
    matrix, x = fan(3, 17, shape=(8, 9)) @ np.eye(72), np.zeros(72)
    for row, value in zip(matrix, y.ravel(), strict=True):
        if (square := row @ row) > 0:
            x += 0.8 * row * (value - row @ x) / square
    np.testing.assert_allclose(found.ravel(), np.maximum(x, 0), atol=1e-9 if dtype == np.float64 else 1e-5)


def test_rays_along_the_edge_stay_within_the_image():
    """Such a ray is rounded to one column past the image: nothing outside of it may change."""
    n, n_canaries = 48, 100
    geometry = ct.ParallelBeam(angles=np.linspace(0, np.pi, 30, endpoint=False), n_detectors=70)
    A = ct.Projector(geometry, (n, n), dtype=np.float64)
    rays = A._rays
    last = (rays.start + rays.slope * (rays.hi - 1))[rays.hi > rays.lo]
    assert (last.astype(int) == n + 1).any()  # there is such a ray
    y = np.random.default_rng(4).random(A.range_shape)
    buffer = np.full(n * n + 2 * n_canaries, -7.0)
    image = buffer[n_canaries:-n_canaries].reshape(n, n)
    image[:] = x = np.random.default_rng(5).random((n, n))
    square = _art.sweep(image, y, np.empty((0, 0)), *rays.arrays(), 0.9)
    assert (buffer[:n_canaries] == -7).all()
    assert (buffer[-n_canaries:] == -7).all()
    expected, x = 0.0, x.ravel()
    for row, value in zip(A @ np.eye(n * n), y.ravel(), strict=True):
        residual = value - row @ x
        expected += residual**2
        if row @ row > 1e-6:
            x += 0.9 * residual / (row @ row) * row
    np.testing.assert_allclose(image.ravel(), x, atol=1e-8)
    assert square == pytest.approx(expected)


@pytest.mark.parametrize("steep", [1, 0])
def test_a_ray_that_ends_past_the_edge_stays_within_the_image(steep):
    """Its last crossing is at n + 1, where it meets no pixel; the ones before count."""
    n, slope, value, length = 6, 0.5, 3.0, 1.1
    buffer = np.zeros(n * n + 2 * n)
    image = buffer[n:-n].reshape(n, n)
    start = n + 1 - slope * (n - 1)
    rays = [np.array([[number]], dtype) for number, dtype in zip(
        (steep, start, slope, length, 0, n), (np.uint8, *[np.float64] * 3, *[np.int32] * 2), strict=True
    )]  # fmt: skip
    square = _art.sweep(image, np.array([[value]]), np.empty((0, 0)), *rays, 1.0)
    column = start + slope * np.arange(n)[:, None] - 1  # counted from 0
    part = length * np.maximum(0, 1 - np.abs(np.arange(n) - column))
    expected = value * part / (part**2).sum()
    np.testing.assert_allclose(image, expected if steep else expected.T, atol=1e-12)
    assert not buffer[:n].any()
    assert not buffer[-n:].any()
    assert square == value**2


def test_grazing_rays_are_left_out():
    """Those shorter than 1e-4 of the longest one: their data change nothing."""
    A = aslinearoperator(np.array([[1.0, 1, 1], [1e-4, 0, 0], [1e-3, 0, 0]]))
    expected, same, other = (ct.sirt(A, data, 1).image for data in ([3.0, 0, 0], [3.0, 1, 0], [3.0, 0, 1]))
    assert np.array_equal(same, expected)
    assert not np.array_equal(other, expected)
