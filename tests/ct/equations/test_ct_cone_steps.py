"""Data steps of volumes: one factor for the columns of all views, by definition; where it converges; its memory."""

import math
import tracemalloc

import numpy as np
import pytest
from few_views import error
from scipy.sparse.linalg import LinearOperator

from coarea import ct
from coarea.ct import projector as projector_module
from coarea.ct.equations import framed_volume

SHAPE = (7, 9, 8)


def cone(n_views=5, shape=SHAPE, dtype=np.float64, arc=2 * np.pi, workers=1, **changes):
    """Wide: some views have rays that cross the rows of the volume, and others."""
    size = max(shape)
    options = {"detector_shape": (size, size + 2), "detector_spacing": 2.5, "source_to_axis": 2 * size}
    geometry = ct.ConeBeam(
        angles=0.2 + np.arange(n_views) * arc / n_views, source_to_detector=4 * size, **(options | changes)
    )
    return ct.Projector(geometry, shape, dtype=dtype, workers=workers)


def definition(A, y, x, blocks, *, relaxation, weights, lower, upper):
    """A sweep with dense matrices, and the residual that it met."""
    matrix, y, x = A @ np.eye(A.shape[1]), y.ravel(), x.ravel().copy()
    rays = np.arange(len(y)).reshape(A.range_shape)
    parts = [rays[block].ravel() for block in blocks]
    known = weights.ravel()
    sums = np.array([(known[part] > 0) @ matrix[part] for part in parts])
    shared = np.where(sums.sum(0) > 1e-4 * sums.sum(0).max(), sums.sum(0) / np.maximum((sums**2).sum(0), 1e-30), 0)
    square = 0
    for part in parts:
        rows = matrix[part].sum(1)
        inverse = np.where(rows > 1e-4 * rows.max(), 1 / np.maximum(rows, 1e-30), 0) * known[part] / known.max()
        residual = np.where(known[part] > 0, y[part] - matrix[part] @ x, 0)
        square += (known[part] * residual**2).sum()
        x += relaxation * shared * (matrix[part].T @ (inverse * residual))
        x = np.clip(x, lower.ravel(), upper.ravel())
    return x.reshape(A.domain_shape), math.sqrt(square)


@pytest.mark.parametrize("tile", [2, 8])
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("beam", ["flat", "curved", "shifted", "vectors", "subsets"])
def test_data_steps_of_volumes_equal_the_definition(beam, workers, tile, monkeypatch):
    monkeypatch.setattr(projector_module, "SMALLEST_PART", 100)  # or so small a volume would have one thread
    monkeypatch.setattr(framed_volume, "TILE", tile)
    changes = {"curved": {"curved": True}, "shifted": {"detector_offset": (1.5, -2.2)}}
    A = cone(workers=workers, **changes.get(beam, {}))
    if beam == "vectors":
        A = ct.Projector(A.geometry.vectors(), SHAPE, dtype=np.float64, workers=workers)
    steep = A._rays.steep
    assert (steep.any(1) & ~steep.all(1)).any()
    rng = np.random.default_rng(0)
    y, start = A(rng.random(SHAPE)), rng.random(SHAPE)
    y += 5 * rng.normal(size=y.shape)  # so that rays which cross rows and others disagree, and meet the bounds
    weights = rng.random(y.shape)
    weights[1, 2:5, 3:6] = 0
    options = {
        "relaxation": 1.3,
        "weights": weights,
        "lower": 0.4 * rng.random(SHAPE),
        "upper": 0.4 + 0.05 * rng.random(SHAPE),
    }
    if beam == "subsets":
        found = ct.os_sart(A, y, 1, start=start, n_subsets=2, **options)
        orders = [[slice(0, None, 2), slice(1, None, 2)], [slice(1, None, 2), slice(0, None, 2)]]
    else:
        found = ct.sart(A, y, 1, start=start, **options)
        orders = [[slice(view, view + 1) for view in (0, 2, 4, 1, 3)]]
    results = [definition(A, y, start, order, **options) for order in orders]
    image, residual = min(results, key=lambda result: np.abs(result[0] - found.image).max())
    np.testing.assert_allclose(found.image, image, atol=1e-6)  # of positions in fixed point
    assert found.history["residual"][0] == pytest.approx(residual, rel=1e-6)


@pytest.mark.parametrize("turn", [0, np.pi / 2])
def test_rays_of_both_kinds_are_added_before_the_bounds_are_kept(turn):
    """A voxel between them, which one kind would move to a bound and the other back."""
    geometry = ct.ConeBeam(
        angles=[np.pi / 4 + turn], detector_shape=(9, 31), detector_spacing=1.2, source_to_axis=18,
        source_to_detector=36,
    )  # fmt: skip
    A = ct.Projector(geometry, SHAPE, dtype=np.float64, workers=1)
    steep = A._rays.steep[0]
    assert np.logical_and(*(A.T(kind * np.ones(A.range_shape)) > 0 for kind in (steep, ~steep))).any()
    start = np.full(SHAPE, 0.5)
    options = {"relaxation": 1.0, "weights": np.ones(A.range_shape), "lower": start - 0.02, "upper": start + 0.02}
    for sign in (1, -1):
        y = A(start) + sign * np.where(steep, 1.0, -1.05) * A(np.ones(SHAPE))
        image, residual = definition(A, y, start, [slice(0, 1)], **options)
        found = ct.sart(A, y, 1, start=start, **options)
        np.testing.assert_allclose(found.image, image, atol=1e-6)
        assert found.history["residual"][0] == pytest.approx(residual, rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_neither_threads_nor_tiles_change_a_bit(dtype, monkeypatch):
    monkeypatch.setattr(projector_module, "SMALLEST_PART", 100)
    y = cone(dtype=dtype)(np.random.default_rng(0).random(SHAPE))
    expected = ct.sart(cone(dtype=dtype), y, 3).image
    for workers, tile in ((2, 8), (3, 3), (1, 1)):
        monkeypatch.setattr(framed_volume, "TILE", tile)
        assert np.array_equal(ct.sart(cone(dtype=dtype, workers=workers), y, 3).image, expected)


def test_bounds_of_each_voxel_that_are_the_same_are_those_of_all():
    A = cone(dtype=np.float32)
    y = A(np.random.default_rng(0).random(SHAPE))
    for method in (ct.sart, ct.os_sart, ct.asd_pocs):
        expected = method(A, y, 3, lower=0.1, upper=0.5).image
        assert np.array_equal(method(A, y, 3, lower=np.full(SHAPE[1:], 0.1), upper=np.full(SHAPE, 0.5)).image, expected)


def test_views_of_weight_0_are_as_if_never_given():
    A = cone()
    y = A(np.random.default_rng(0).random(SHAPE))
    weights = np.ones_like(y)
    weights[[1, 3]] = 0
    for method in (ct.sart, ct.os_sart, ct.asd_pocs):
        kept = method(A.subset([0, 2, 4]), y[[0, 2, 4]], 3)
        assert np.array_equal(method(A, np.where(weights > 0, y, np.nan), 3, weights=weights).image, kept.image)


def test_slices_of_a_volume_keep_their_own_factors():
    """They share those of an image, which are no volume for each view."""
    geometry = ct.ParallelBeam(angles=np.arange(6) * np.pi / 6, n_detectors=14)
    volume = np.random.default_rng(0).random((3, 9, 10))
    A, single = (ct.Projector(geometry, shape, dtype=np.float64) for shape in (volume.shape, volume.shape[1:]))
    found = ct.sart(A, A(volume), 3).image
    for image, truth in zip(found, volume, strict=True):
        assert np.array_equal(image, ct.sart(single, single(truth), 3).image)


SCANS = {
    "whole": {},
    "limited": {"arc": np.pi / 2},
    "few rows": {"detector_shape": (6, 24)},
    "few columns": {"detector_shape": (24, 8)},
    "few of both": {"detector_shape": (7, 7)},
    "limited, few of both": {"detector_shape": (7, 7), "arc": np.pi / 3},
}


@pytest.mark.parametrize("relaxation", [1.0, 1.5])
@pytest.mark.parametrize("scan", SCANS)
def test_one_factor_for_all_views_is_no_worse_than_own_ones(scan, relaxation):
    """Also where few views see a voxel, and where sources are near: there one over the mean of the sums diverges."""
    n = 16
    A = cone(16, (n, n, n), np.float32, **({"detector_shape": (24, 24), "detector_spacing": 2.0} | SCANS[scan]))
    head = ct.rasterize(ct.shepp_logan_ellipses(3, radius=n / 2), (n, n, n))
    y = A(head)
    parts = [A.subset([view]) for view in range(16)]
    views = [LinearOperator(a.shape, a.matvec, a.rmatvec, dtype=a.dtype) for a in parts]  # of no stated shape
    flat = np.zeros((n * n, n))  # no volume: blocks of an image have own factors
    own = ct.sart(views, y.ravel(), 15, start=flat, relaxation=relaxation)
    found = ct.sart(A, y, 15, relaxation=relaxation)
    assert error(found.image, head) < 1.02 * error(own.image.reshape(head.shape), head)
    assert found.history["residual"][-1] < 1.05 * own.history["residual"][-1]
    assert found.history["residual"][-1] < 0.2 * found.history["residual"][0]


def test_the_memory_of_a_volume_does_not_grow_with_the_views():
    n = 40
    volume = np.zeros((n, n, n), np.float32)
    volume[10:30, 12:28, 8:30] = 1
    peaks = {}
    for n_views in (12, 40):  # os_sart has ten blocks of both
        A = cone(n_views, volume.shape, np.float32, detector_shape=(10, 10), detector_spacing=15.0)
        y = A(volume)
        for method in (ct.sart, ct.os_sart, ct.asd_pocs):
            tracemalloc.start()
            method(A, y, 2)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            peaks[method, n_views] = (peak - 4 * y.nbytes) / volume.nbytes
    assert all(peaks[method, 40] < peaks[method, 12] + 1 for method in (ct.sart, ct.os_sart, ct.asd_pocs)), peaks
    assert peaks[ct.asd_pocs, 40] < 7.5, peaks  # 2-wide frames make 1.2 volumes of one so small
