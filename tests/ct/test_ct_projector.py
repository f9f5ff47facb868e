"""Geometries and the projector: definition, exact adjoint, limits between beams."""

import itertools

import numpy as np
import pytest
from beams import cone, fan, parallel
from joseph import Line, joseph
from scipy import ndimage
from scipy.sparse.linalg import lsqr

from coarea.ct import ConeBeam, FanBeam, ParallelBeam, Projector, Vectors, _joseph_cone

ROUNDING = {"rtol": 1e-12, "atol": 1e-12}

CASES = [
    (parallel(), (8, 8), 1.0),
    (parallel(detector_offset=0.37), (5, 9), (1.3, 0.8)),
    (parallel(1), (1, 1), 1.0),
    (parallel(6), (3, 4, 5), (0.4, 1.0, 1.2)),
    (fan(), (8, 8), 1.0),
    (fan(12, detector_offset=-1.1), (9, 4), (0.7, 1.6)),
    (fan(5, detector_spacing=9.0), (3, 3), 1.0),
    (cone(), (5, 8, 8), 1.0),
    (cone((4, 6), detector_offset=(2.3, -1.2)), (6, 5, 7), (1.5, 0.9, 1.1)),
    (cone((1, 1)), (1, 2, 3), 1.0),
]
IDS = [f"{type(geometry).__name__}-{shape}" for geometry, shape, _ in CASES]


# Brute force by definition ---------------------------------------------------------------------------------------


def line_of(geometry, view, v, u) -> Line:
    t = geometry.angles[view]
    along, forward, up = np.array([np.cos(t), np.sin(t), 0]), np.array([-np.sin(t), np.cos(t), 0]), np.array([0, 0, 1])
    if isinstance(geometry, ConeBeam):
        (n_v, n_u), (dv, du), (ov, ou) = geometry.detector_shape, geometry.detector_spacing, geometry.detector_offset
        height = (v - (n_v - 1) / 2) * dv + ov
    else:
        n_u, du, ou, height = geometry.n_detectors, geometry.detector_spacing, geometry.detector_offset, 0
    place = ((u - (n_u - 1) / 2) * du + ou) * along + height * up
    if isinstance(geometry, ParallelBeam):
        return Line(place, forward)
    source = -geometry.source_to_axis * forward
    detector = (geometry.source_to_detector - geometry.source_to_axis) * forward + place
    return Line(source, detector - source)


def by_definition(geometry, image, spacing):
    spacing = np.broadcast_to(spacing, image.ndim)
    if image.ndim == 3 and isinstance(geometry, ParallelBeam):
        return np.stack([by_definition(geometry, plane, spacing[1:]) for plane in image], axis=1)
    volume, spacing = (image[None], (1, *spacing)) if image.ndim == 2 else (image, tuple(spacing))
    shape = (
        geometry.projection_shape if len(geometry.projection_shape) == 3 else (len(geometry), 1, geometry.n_detectors)
    )
    found = np.array([joseph(volume, spacing, line_of(geometry, *index)) for index in np.ndindex(shape)])
    return found.reshape(geometry.projection_shape)


@pytest.mark.parametrize(("geometry", "shape", "spacing"), CASES, ids=IDS)
def test_equals_the_definition(geometry, shape, spacing, rng):
    image = rng.normal(size=shape)
    found = Projector(geometry, shape, spacing=spacing, dtype=np.float64)(image)
    expected = by_definition(geometry, image, spacing)
    diagonal = np.isclose(np.abs(np.sin(geometry.angles)), np.abs(np.cos(geometry.angles)))
    chosen = (
        ~diagonal if isinstance(geometry, ParallelBeam) and len(set(np.atleast_1d(spacing)[-2:])) == 1 else slice(None)
    )
    np.testing.assert_allclose(found[chosen], expected[chosen], rtol=1e-9, atol=1e-9)


@pytest.mark.slow
def test_equals_the_definition_of_random_scans():
    rng = np.random.default_rng(7)
    for _ in range(300):
        angles = rng.uniform(-7, 7, 2)
        shape = tuple(rng.integers(1, 6, 3).tolist())
        spacing = tuple(rng.uniform(0.5, 2, 3).tolist())
        options = {"angles": angles, "source_to_axis": rng.uniform(9, 30), "source_to_detector": rng.uniform(30, 60)}
        geometry = ConeBeam(
            detector_shape=rng.integers(1, 6, 2), detector_spacing=tuple(rng.uniform(0.5, 4, 2)),
            detector_offset=tuple(rng.normal(size=2)), **options,
        )  # fmt: skip
        image = rng.normal(size=shape)
        found = Projector(geometry, shape, spacing=spacing, dtype=np.float64)(image)
        np.testing.assert_allclose(found, by_definition(geometry, image, spacing), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(("geometry", "shape", "spacing"), CASES, ids=IDS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_adjoint_is_exact(geometry, shape, spacing, dtype, rng):
    A = Projector(geometry, shape, spacing=spacing, dtype=dtype)
    x, y = rng.random(A.domain_shape).astype(dtype), rng.random(A.range_shape).astype(dtype)
    forward, back = A(x), A.T(y)
    assert forward.dtype == back.dtype == dtype
    assert forward.shape == A.range_shape
    assert back.shape == A.domain_shape
    left, right = np.vdot(forward.astype(float), y.astype(float)), np.vdot(x.astype(float), back.astype(float))
    assert left == pytest.approx(right, rel=1e-13 if dtype == np.float64 else 2e-6)
    assert left > 0


@pytest.mark.parametrize(("geometry", "shape", "spacing"), CASES, ids=IDS)
def test_threads_do_not_change_a_bit(geometry, shape, spacing, rng, monkeypatch):
    monkeypatch.setattr("coarea.ct.projector.SMALLEST_PART", 1)  # small images are not worth threads
    one, three, nine = (Projector(geometry, shape, spacing=spacing, workers=n) for n in (1, 3, 9))
    x, y = rng.random(one.domain_shape), rng.random(one.range_shape)
    assert np.array_equal(one(x), three(x))
    assert np.array_equal(one(x), nine(x))
    assert np.array_equal(one.T(y), three.T(y))
    assert np.array_equal(one.T(y), nine.T(y))


@pytest.mark.parametrize(("geometry", "shape", "spacing"), CASES, ids=IDS)
def test_subsets_are_parts_of_the_whole(geometry, shape, spacing, rng):
    A = Projector(geometry, shape, spacing=spacing, dtype=np.float64)
    x, y = rng.random(A.domain_shape), rng.random(A.range_shape)
    for views in (slice(None, None, 3), slice(4, 7), [2, 0, 5]):
        part = A.subset(views)
        assert part.geometry == geometry[views]
        assert np.array_equal(part(x), A(x)[views])
        assert part.shape == (part(x).size, x.size)
        masked = np.zeros_like(y)
        masked[views] = y[views]
        np.testing.assert_allclose(part.T(y[views]), A.T(masked), **ROUNDING)
    assert A.subset(slice(1, 4))._rays.start.base is not None


def test_it_is_a_linear_operator(rng):
    A = Projector(parallel(), (6, 7), dtype=np.float64)
    x = rng.random((6, 7))
    assert np.array_equal(A @ x.ravel(), A(x).ravel())
    matrix = A @ np.eye(42)
    np.testing.assert_allclose(A.T @ np.eye(A.shape[0]), matrix.T, **ROUNDING)
    np.testing.assert_allclose(A.H @ A(x).ravel(), A.T(A(x)).ravel(), **ROUNDING)
    np.testing.assert_allclose((2 * A) @ x.ravel(), 2 * A(x).ravel(), **ROUNDING)
    assert A.T.T is A
    solution = lsqr(A, A @ x.ravel(), atol=1e-12, btol=1e-12, iter_lim=500)[0]
    np.testing.assert_allclose(A @ solution, A @ x.ravel(), rtol=1e-6)


# Laws between beams ----------------------------------------------------------------------------------------------


def test_a_fan_from_far_away_is_parallel(rng):
    image = ndimage.gaussian_filter(rng.random((32, 32)), 2)
    expected = Projector(parallel(41), (32, 32), dtype=np.float64)(image)
    errors = []
    for distance in (1e3, 1e4, 1e5):
        geometry = fan(41, detector_spacing=0.9, source_to_axis=distance, source_to_detector=distance)
        errors.append(np.abs(Projector(geometry, (32, 32), dtype=np.float64)(image) - expected).max())
    assert errors[0] > 5 * errors[1] > 25 * errors[2]
    assert errors[2] < 1e-3 * expected.max()


def test_central_slice_of_a_cone_is_a_fan(rng):
    volume = rng.random((5, 12, 13))
    found = Projector(cone((3, 17)), volume.shape, dtype=np.float64)(volume)
    expected = Projector(fan(17), volume.shape[1:], dtype=np.float64)(volume[2])
    np.testing.assert_allclose(found[:, 1], expected, rtol=1e-9, atol=1e-9)


def test_parallel_volumes_are_scanned_slice_by_slice(rng):
    volume = rng.random((4, 9, 8))
    A = Projector(parallel(), volume.shape, dtype=np.float64)
    plane = Projector(parallel(), volume.shape[1:], dtype=np.float64)
    y = A(volume)
    for z in range(4):
        assert np.array_equal(y[:, z], plane(volume[z]))
        assert np.array_equal(A.T(y)[z], plane.T(y[:, z]))


def test_directions_of_the_convention():
    """A bright pixel at large x and one at large y are seen where the conventions say."""
    geometry = ParallelBeam(angles=[0, np.pi / 2, np.pi], n_detectors=9)
    right, top = np.zeros((9, 9)), np.zeros((9, 9))
    right[4, 7] = top[7, 4] = 1
    A = Projector(geometry, (9, 9))
    assert A(right).argmax(1).tolist() == [7, 4, 1]
    assert A(top).argmax(1).tolist() == [4, 7, 4]
    volume = np.zeros((5, 9, 9))
    volume[3, 4, 4] = 1
    seen = Projector(
        ConeBeam(angles=[0.3], detector_shape=(9, 3), source_to_axis=50, source_to_detector=100), (5, 9, 9)
    )
    assert np.unravel_index(seen(volume)[0].argmax(), (9, 3)) == (6, 1)
    near_source = np.zeros((9, 9))  # at angle 0 the source is at small y: what is there is magnified more
    near_source[1, 6] = 1
    geometry = FanBeam(angles=[0.0], n_detectors=101, source_to_axis=20, source_to_detector=40)
    u = Projector(geometry, (9, 9))(near_source)[0] @ (np.arange(101) - 50)
    assert u / Projector(geometry, (9, 9))(near_source).sum() == pytest.approx(2 * 40 / (20 - 3), rel=0.03)


def test_scale_of_lengths(rng):
    """A unit twice as long gives integrals half as large."""
    image = rng.random((9, 11))
    one = Projector(fan(), (9, 11), spacing=0.8, dtype=np.float64)(image)
    geometry = fan(detector_spacing=0.85, source_to_axis=6.5, source_to_detector=14.5)
    np.testing.assert_allclose(Projector(geometry, (9, 11), spacing=0.4, dtype=np.float64)(image), one / 2, **ROUNDING)


# Values ----------------------------------------------------------------------------------------------------------


def test_refusals():
    with pytest.raises(ValueError, match=r"shape must be \(y, x\) for FanBeam"):
        Projector(fan(), (3, 4, 5))
    with pytest.raises(ValueError, match=r"shape must be \(z, y, x\) for ConeBeam"):
        Projector(cone(), (4, 5))
    with pytest.raises(ValueError, match=r"\(y, x\) or \(z, y, x\) for ParallelBeam"):
        Projector(parallel(), (4,))
    with pytest.raises(ValueError, match="shape must be an integer of at least 1 and at most 4194303, got 0"):
        Projector(parallel(), (4, 0))
    with pytest.raises(ValueError, match="shape must be an integer"):
        Projector(parallel(), (4, 2.5))
    with pytest.raises(ValueError, match="source_to_axis must exceed half the image's diagonal"):
        Projector(fan(), (30, 30))
    with pytest.raises(ValueError, match="dtype must be float32 or float64, got int32"):
        Projector(parallel(), (4, 4), dtype=np.int32)
    with pytest.raises(ValueError, match="spacing"):
        Projector(parallel(), (4, 4), spacing=(1, 2, 3))
    A = Projector(cone(), (5, 6, 7))
    with pytest.raises(ValueError, match=r"image must have shape \(5, 6, 7\) \(z, y, x\), got \(7, 6, 5\)"):
        A(np.ones((7, 6, 5)))
    with pytest.raises(ValueError, match=r"projections must have shape \(10, 7, 11\) \(view, v, u\)"):
        A.T(np.ones((7, 10, 11)))
    with pytest.raises(ValueError, match="NaN"):
        A(np.full((5, 6, 7), np.nan))
    with pytest.raises(TypeError, match="real"):
        A(np.full((5, 6, 7), 1j))


def test_layouts(rng):
    A = Projector(parallel(), (6, 7))
    image = rng.integers(0, 9, (6, 7))
    y = A(image)
    frozen = image.astype(float)
    frozen.flags.writeable = False
    for same in (frozen, np.asfortranarray(image), image.astype(">f8"), image.repeat(2, 1)[:, ::2], image.tolist()):
        assert np.array_equal(A(same), y)
    for same in (np.asfortranarray(y), y.astype(">f4"), y.repeat(2, 0)[::2]):
        assert np.array_equal(A.T(same), A.T(y))
    volume = rng.random((3, 6, 7))
    stack = Projector(parallel(), volume.shape)
    assert np.array_equal(stack.T(np.asfortranarray(stack(volume))), stack.T(stack(volume)))


def test_all_crossings_are_inside():
    """No ray leaves the frame of zeros, whatever its angle."""
    for n, offset in itertools.product((1, 2, 7), (0.0, 0.5)):
        angles = np.concatenate([np.linspace(0, np.pi, 241), [1e-17, 1e-9, np.pi / 2 + 1e-9]])
        geometry = ParallelBeam(angles=angles, n_detectors=3 * n, detector_spacing=0.5, detector_offset=offset)
        rays = Projector(geometry, (n, n))._rays
        for row in range(n):
            column = rays.start + rays.slope * row
            crossed = (rays.lo <= row) & (row < rays.hi)
            assert (column[crossed] > -1e-9).all()
            assert (column[crossed] < n + 1 + 1e-9).all()
            assert ((column[~crossed] <= 1e-9) | (column[~crossed] >= n + 1 - 1e-9)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("row_spacing", [0.4, 1.2, 1.9, 3.5])
def test_instruction_sets_do_not_change_a_bit(row_spacing, sign, dtype, rng):
    """Rays of a column meet the voxels of one, less than half a voxel, less than a voxel, or more from each other."""
    vectors = cone((37, 9), detector_spacing=(row_spacing, 1.7)).vectors()
    geometry = Vectors(
        detector_shape=vectors.detector_shape, detector_centers=vectors.detector_centers, u=vectors.u,
        v=sign * vectors.v, sources=vectors.sources,
    )  # fmt: skip
    A = Projector(geometry, (21, 8, 7), dtype=dtype)
    assert A._in_space is None
    volume, data = rng.normal(size=A.domain_shape), rng.normal(size=A.range_shape)
    found = []
    for instruction_set in range(A._instruction_set + 1):
        A._instruction_set = instruction_set
        found.append((A(volume), A.T(data)))
    for forward, back in found[1:]:
        np.testing.assert_array_equal(forward, found[0][0])
        np.testing.assert_array_equal(back, found[0][1])


def test_tiles_of_rows_do_not_change_a_bit(rng, monkeypatch):
    """Rows of the volume are taken some at a time, so that they stay in the cache."""
    A = Projector(cone((7, 21)), (5, 17, 15), dtype=np.float64)
    data, found = rng.normal(size=A.range_shape), []
    for tile in (1 << 40, 0):
        monkeypatch.setattr("coarea.ct.projector.TILE", tile)
        found.append(A.T(data))
    assert np.array_equal(*found)
    assert found[0].any(axis=(0, 2)).all()
    volume = rng.normal(size=A.domain_shape)  # of a projection each tile gives its part
    assert np.vdot(A(volume), data) == pytest.approx(np.vdot(volume, found[0]), rel=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sign", [1, -1])
def test_rows_that_end_at_the_volume_read_and_write_nothing_before_it(dtype, sign):
    """Where row k of a column of rays meets the end of the volume up to rounding, from a row 0 that is far away."""
    n, nz, guard = 4000, 4, 16
    rng = np.random.default_rng(0)
    k = rng.integers(1, 64, n)
    height = -(10 ** rng.uniform(0, 6, n)) * k * rng.uniform(0.5, 1, n)  # larger steps overflow fixed point
    step = -height / k
    if sign < 0:
        height = -height
        step = -height / k
    each = np.ones((n, 1))
    rays = (
        np.ones((n, 1), np.uint8), each, 0 * each, each, np.zeros((n, 1), np.int32), np.ones((n, 1), np.int32), each,
        0 * each, height[:, None], 0 * each, step, 1.0, False,
    )  # fmt: skip
    volume = np.zeros((1, 5, nz + 4), dtype)
    volume[:, 2:3, 2:-2] = 1
    data, last = np.ones((n, 1, 66), dtype), len(_joseph_cone.instruction_sets()) - 1
    for instruction_set in range(last + 1):
        scratch = np.full(guard + 4 * (nz + 4) + 66, np.nan, dtype)
        out = np.empty_like(data)
        _joseph_cone.project(volume, volume, *rays, out, scratch[guard:], 0, n, instruction_set)
        assert np.isfinite(out).all()
        scratch[:guard] = 5
        _joseph_cone.back_project(data, *rays, True, np.zeros_like(volume), scratch[guard:], 0, 0, 1, instruction_set)
        assert (scratch[:guard] == 5).all()
