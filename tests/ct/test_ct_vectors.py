"""Geometries whose views have their own sources, rays and detectors."""

import numpy as np
import pytest
from beams import ANGLES, cone, fan, parallel
from joseph import Line, joseph
from peers import peer_or_skip
from scipy.spatial.transform import Rotation

from coarea import ct

BALLS = np.array([[1, 4.8, 4, 3.2, 0.8, -1.6, 1.2, 0.3], [0.5, 2.4, 2.4, 2.4, -2.4, 1.6, -0.8, 0]])
FLAT = {"detector_shape": (5, 6), "u": [0, 1.3, 0.2], "v": [0, 0, 1.1]}
TILT = Rotation.random(3, random_state=1).as_matrix()


def in_the_plane(n_views=4, seed=0):
    """Sources and detectors at random, [x, y]."""
    rng = np.random.default_rng(seed)
    turn = Rotation.from_euler("z", rng.uniform(0, 7, (n_views, 1))).as_matrix()[:, :2, :2]
    return ct.Vectors(
        detector_shape=9, sources=[-14.0, 1.0], detector_centers=rng.normal((9, 0), 1, (n_views, 2)),
        u=rng.normal((0, 1.7), 0.3, (n_views, 2)),
    ).rotated(turn)  # fmt: skip


def in_space(n_views=4, seed=0):
    """Sources and detectors at random, [x, y, z], seen from all sides."""
    rng = np.random.default_rng(seed)
    vectors = ct.Vectors(
        detector_shape=(5, 6), sources=[-14.0, 1.0, 0.5], detector_centers=rng.normal((9, 0, 0), 1, (n_views, 3)),
        u=rng.normal((0, 1.7, 0), 0.2, (n_views, 3)), v=rng.normal((0, 0, 1.9), 0.2, (n_views, 3)),
    )  # fmt: skip
    return vectors.rotated(Rotation.random(n_views, random_state=seed).as_matrix())


CASES = {
    "fan": (in_the_plane(), (6, 7)),
    "parallel": (ct.Vectors(detector_shape=9, directions=[0.6, 0.8], detector_centers=[1, 0.4], u=[0.8, -0.7]), (5, 8)),
    "slices": (parallel(7).vectors().shifted([0.4, -0.8]), (3, 6, 5)),
    "any": (in_space(), (5, 6, 7)),
    "any parallel": (
        ct.Vectors(directions=[1, 0, 0], detector_centers=[0, 0.3, 0], **{**FLAT, "v": [0, 0.4, 1]}).rotated(TILT),
        (5, 6, 7),
    ),
    "helix": (cone((5, 6)).vectors().shifted([[0, 0, z / 3] for z in range(-5, 5)]), (7, 6, 5)),
    "upright": (
        ct.Vectors(sources=[[-13, 3, 2], [12, -5, -4]], detector_centers=[[9, 1, 0.4], [-9, 1, 1]],
                   **{**FLAT, "v": [[0, 0, 1.1], [0, 0, 0.8]]}),
        (6, 5, 7),
    ),
    "steep": (ct.Vectors(directions=[0.6, 0, 0.8], detector_centers=[0, 0, 0.2], **FLAT), (6, 5, 7)),
    "downwards": (
        ct.Vectors(sources=[[-13, 3, 2], [2, -15, 0]], detector_centers=[[9, 1, 0], [0, 9, 0]],
                   **{**FLAT, "u": [[0, 1, 0], [1, 0, 0.1]], "v": [0, 0, -1.1]}),
        (6, 5, 7),
    ),
    "upright parallel": (
        ct.Vectors(directions=[[0.8, 0, 0.6], [1, 0, 0]], detector_centers=[0, 0.3, 0.2], **FLAT),
        (6, 5, 7),
    ),
    "downwards parallel": (
        ct.Vectors(directions=[0.8, 0, 0.6], detector_centers=[0, 0, 1], **{**FLAT, "v": [0, 0, -1]}),
        (6, 5, 7),
    ),
    "curved": (cone((5, 6), curved=True).vectors().rotated(Rotation.random(10, random_state=3).as_matrix()), (5, 6, 5)),
}  # fmt: skip
IN_SPACE = ("any", "any parallel", "curved", "steep")  # rows do not follow each other along z, or rays lead up
cases = pytest.mark.parametrize("name", CASES)


def projector_of(name, **options):
    geometry, shape = CASES[name]
    return ct.Projector(geometry, shape, spacing=(1.1, 0.8, 1.3)[-len(shape) :], **options)


# By definition ---------------------------------------------------------------------------------------------------


def line_of(geometry, view, v, u) -> Line:
    """From the vectors as their documentation says."""
    rows, columns = (1, *geometry.detector_shape)[-2:]
    row = 0 if geometry.v is None else (v - (rows - 1) / 2) * geometry.v[view]
    column, center = (u - (columns - 1) / 2) * geometry.u[view], geometry.detector_centers[view]
    if geometry.directions is not None:
        point, way = center + row + column, geometry.directions[view]
    else:
        point = geometry.sources[view]
        way = center + row + column - point
        if geometry.curved:
            up = geometry.v[view] / np.linalg.norm(geometry.v[view])
            middle = center - point
            height, middle = middle @ up, middle - middle @ up * up
            radius, side = np.linalg.norm(middle), geometry.u[view] / np.linalg.norm(geometry.u[view])
            angle = np.linalg.norm(geometry.u[view]) / radius * (u - (columns - 1) / 2)
            way = np.cos(angle) * middle + np.sin(angle) * radius * side + height * up + row
    return Line(np.pad(point, (0, 3 - len(point))), np.pad(way, (0, 3 - len(way))))


def by_definition(A, image, *, upwards):
    volume, spacing = (image[None], (1, *A.spacing)) if image.ndim == 2 else (image, A.spacing)
    views, *rest = A.geometry.projection_shape
    index = np.ndindex(views, *(1, *rest)[-2:])
    sums = [joseph(volume, spacing, line_of(A.geometry, *ray), upwards=upwards) for ray in index]
    return np.reshape(sums, A.geometry.projection_shape)


@pytest.mark.parametrize("name", [name for name in CASES if name != "slices"])
def test_equals_the_definition(name, rng):
    A = projector_of(name, dtype=np.float64)
    image = rng.normal(size=A.domain_shape)
    assert (A._in_space is not None) == (name in IN_SPACE)
    expected = by_definition(A, image, upwards=name in IN_SPACE)
    assert np.ptp(expected) > 1
    np.testing.assert_allclose(A(image), expected, rtol=1e-8, atol=1e-8)


@pytest.mark.slow
def test_equals_the_definition_of_random_scans():
    for seed in range(150):
        for geometry, shape in ((in_the_plane(2, seed), (4, 3)), (in_space(2, seed), (3, 4, 5))):
            A = ct.Projector(geometry, shape, dtype=np.float64)
            image = np.random.default_rng(seed).normal(size=shape)
            np.testing.assert_allclose(A(image), by_definition(A, image, upwards=True), rtol=1e-8, atol=1e-8)


@cases
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_adjoint_is_exact(name, dtype, rng):
    A = projector_of(name, dtype=dtype)
    x, y = rng.random(A.domain_shape).astype(dtype), rng.random(A.range_shape).astype(dtype)
    left, right = np.vdot(A(x).astype(float), y.astype(float)), np.vdot(x.astype(float), A.T(y).astype(float))
    assert left == pytest.approx(right, rel=1e-13 if dtype == np.float64 else 2e-6)
    assert left > 0


@cases
def test_threads_and_instruction_sets_do_not_change_a_bit(name, rng, monkeypatch):
    monkeypatch.setattr("coarea.ct.projector.SMALLEST_PART", 1)  # small images are not worth threads
    one, three = (projector_of(name, workers=n) for n in (1, 3))
    x, y = rng.random(one.domain_shape), rng.random(one.range_shape)
    assert np.array_equal(one(x), three(x))
    assert np.array_equal(one.T(y), three.T(y))
    three._instruction_set = 0
    assert np.array_equal(one(x), three(x))
    assert np.array_equal(one.T(y), three.T(y))


@cases
def test_subsets_are_parts_of_the_whole(name, rng):
    A = projector_of(name, dtype=np.float64)
    x, y = rng.random(A.domain_shape), rng.random(A.range_shape)
    for views in (slice(None, None, 3), [len(A.geometry) - 1, 0]):
        part = A.subset(views)
        assert part.geometry == A.geometry[views]
        assert np.array_equal(part(x), A(x)[views])
        masked = np.zeros_like(y)
        masked[[0]] = y[[0]]
        np.testing.assert_allclose(A.subset([0]).T(y[[0]]), A.T(masked), rtol=1e-12, atol=1e-12)


def test_both_kernels_agree_where_rows_follow_each_other_along_z(rng, monkeypatch):
    for name in ("helix", "upright", "downwards", "upright parallel", "downwards parallel"):
        A = projector_of(name, dtype=np.float64)
        with monkeypatch.context() as context:
            context.setattr(ct.Vectors, "rises", lambda _: None)
            B = projector_of(name, dtype=np.float64)
        x, y = rng.random(A.domain_shape), rng.random(A.range_shape)
        assert A._heights is not None
        assert B._heights is None
        np.testing.assert_allclose(B(x), A(x), rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(B.T(y), A.T(y), rtol=1e-8, atol=1e-8)


# Laws ------------------------------------------------------------------------------------------------------------

BEAMS = [
    (parallel(detector_offset=0.37), (5, 9)), (parallel(6), (3, 4, 5)), (fan(12, detector_offset=-1.1), (9, 4)),
    (fan(9, detector_offset=-1.1, curved=True), (9, 4)), (cone((4, 6), detector_offset=(2.3, -1.2)), (6, 5, 7)),
    (cone((4, 6), detector_offset=(2.3, -1.2), curved=True), (6, 5, 7)),
]  # fmt: skip


@pytest.mark.parametrize(("beam", "shape"), BEAMS)
def test_vectors_of_a_beam_are_its_rays(beam, shape, rng):
    A, B = (ct.Projector(geometry, shape, spacing=0.9, dtype=np.float64) for geometry in (beam, beam.vectors()))
    x, y = rng.random(A.domain_shape), rng.random(A.range_shape)
    np.testing.assert_allclose(B(x), A(x), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(B.T(y), A.T(y), rtol=1e-12, atol=1e-12)
    vectors = beam.vectors()
    assert vectors.vectors() is vectors
    assert vectors.projection_shape == beam.projection_shape
    for question in (
        "column_spacing",
        "row_spacing",
        "magnification",
        "bin_size",
        "is_divergent",
        "has_rows",
        "curved",
    ):
        assert getattr(vectors, question) == pytest.approx(getattr(beam, question)), question
    phantom = BALLS if beam.has_rows else ct.shepp_logan_ellipses(radius=4)
    found, expected = (ct.line_integrals_of(phantom, geometry) for geometry in (vectors, beam))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_bins_of_a_curved_detector_are_at_equal_angles_and_distances():
    points, ways = fan(7, curved=True, detector_offset=0.3).rays()
    np.testing.assert_allclose(np.linalg.norm(ways, axis=-1), 29)
    angles = np.unwrap(np.arctan2(ways[..., 1], ways[..., 0]))
    np.testing.assert_allclose(np.diff(angles), -1.7 / 29)
    np.testing.assert_allclose(np.linalg.norm(points, axis=-1), 13)
    np.testing.assert_allclose(angles[0, 3] - np.pi / 2, -0.3 / 29)


@pytest.mark.parametrize("geometry", [in_space(), CASES["any parallel"][0], CASES["helix"][0], CASES["curved"][0]])
def test_line_integrals_of_a_ball_are_chords(geometry):
    center, radius = np.array([1.0, -2, 1.5]), 3.0
    found = ct.line_integrals_of([[2, *[radius] * 3, *center, 0]], geometry)
    lines = [line_of(geometry, *ray) for ray in np.ndindex(geometry.projection_shape)]
    distances = np.array([
        np.linalg.norm(np.cross(line.way, center - line.point)) / np.linalg.norm(line.way) for line in lines
    ]).reshape(found.shape)  # fmt: skip
    np.testing.assert_allclose(found, 4 * np.sqrt(np.maximum(radius**2 - distances**2, 0)), rtol=1e-7, atol=1e-7)
    assert (found > 0).any()


def test_projections_tend_to_the_line_integrals():
    errors = []
    for n in (16, 32):
        geometry = in_space()
        A = ct.Projector(geometry, (n, n, n), spacing=14 / n)
        exact = ct.line_integrals_of(BALLS, geometry)
        found = A(ct.rasterize(BALLS, A.domain_shape, spacing=14 / n, subsamples=3))
        errors.append(np.linalg.norm(found - exact) / np.linalg.norm(exact))
    assert errors[1] < 0.6 * errors[0] < 0.04


def test_a_shifted_scanner_sees_a_shifted_image(rng):
    image = np.zeros((12, 14))
    image[3:8, 4:9] = rng.random((5, 5))
    A, B = (ct.Projector(g, image.shape, dtype=np.float64) for g in (in_the_plane(), in_the_plane().shifted([-2, 3])))
    np.testing.assert_allclose(B(np.roll(image, (3, -2), (0, 1))), A(image), rtol=1e-8, atol=1e-8)
    volume = np.zeros((9, 9, 9))
    volume[3:6, 3:6, 3:6] = rng.random((3, 3, 3))
    for geometry in (in_space(), cone((5, 6)).vectors()):
        A, B = (ct.Projector(g, volume.shape, dtype=np.float64) for g in (geometry, geometry.shifted([-2, 1, 2])))
        np.testing.assert_allclose(B(np.roll(volume, (2, 1, -2), (0, 1, 2))), A(volume), rtol=1e-8, atol=1e-8)


def test_a_rotated_scanner_sees_a_rotated_image(rng):
    volume, geometry = rng.random((7, 7, 7)), in_space()
    expected = ct.Projector(geometry, volume.shape, dtype=np.float64)(volume)
    for axis, (i, j) in {"z": (2, 1), "x": (1, 0), "y": (0, 2)}.items():  # axes of the array: z, y, x
        turn = Rotation.from_euler(axis, 90, degrees=True).as_matrix()
        A = ct.Projector(geometry.rotated(turn), volume.shape, dtype=np.float64)
        np.testing.assert_allclose(A(np.rot90(volume, axes=(i, j))), expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(("geometry", "shape"), [(in_the_plane(), (6, 8)), (in_space(), (5, 6, 8))])
def test_images_of_both_sides_add_up(geometry, shape, rng):
    """What is interpolated between them belongs to both; their centres lie off the origin."""
    image, parts = rng.random(shape), []
    for part, center in ((slice(0, 3), -2.5), (slice(3, 8), 1.5)):
        shift = [-center, *[0] * (len(shape) - 1)]
        A = ct.Projector(geometry.shifted(shift), (*shape[:-1], len(range(8)[part])), dtype=np.float64)
        parts.append(A(image[..., part]))
    np.testing.assert_allclose(sum(parts), ct.Projector(geometry, shape, dtype=np.float64)(image), rtol=1e-8, atol=1e-8)


def test_one_view_becomes_many():
    """Laminography: the object turns around an axis that is not perpendicular to the rays."""
    turns = Rotation.from_euler("z", ANGLES[:, None]).as_matrix()
    still = ct.Vectors(
        directions=[0, 1, 0], detector_centers=[0, 0, 0], u=[1, 0, 0], v=[0, 0, 1], detector_shape=(4, 5)
    )
    tilted = still.rotated(Rotation.from_euler("x", 30, degrees=True).as_matrix()).rotated(turns)
    assert len(tilted) == len(ANGLES)
    np.testing.assert_allclose(tilted.directions[:, 2], 0.5)
    np.testing.assert_allclose(tilted.u @ [0, 0, 1], 0, atol=1e-15)
    assert len(still.shifted(np.zeros((7, 3)))) == 7
    assert in_the_plane(1).rotated(turns[:, :2, :2]).projection_shape == (10, 9)


def test_sources_lie_outside_of_the_image():
    """Seen across the detector, which may be inclined: then corners count."""
    for u, reach in (([0, 2], 4.0), ([3, 3], 10 / np.sqrt(2))):  # of 8 by 12 pixels
        across = np.array([u[1], -u[0]]) / np.hypot(*u)
        outside, inside = (-distance * reach * across for distance in (1.001, 0.999))
        geometry = ct.Vectors(detector_shape=5, sources=[outside, inside], detector_centers=20 * across, u=u)
        ct.Projector(geometry[:1], (12, 8))
        with pytest.raises(ValueError, match=r"which reaches to 4, 6, on the side .* in view 1: sources are plac"):
            ct.Projector(geometry, (12, 8))


# Reconstruction --------------------------------------------------------------------------------------------------


def test_methods_run_on_vectors():
    n = 16
    angles = np.arange(60) * 2 * np.pi / 20
    circle = ct.ConeBeam(
        angles=angles % (2 * np.pi),
        detector_shape=(12, 20),
        detector_spacing=2,
        source_to_axis=2 * n,
        source_to_detector=4 * n,
    ).vectors()
    climb = np.stack([0 * angles, 0 * angles, np.linspace(-6, 6, 60)], -1)
    tilt = Rotation.from_euler("x", 20, degrees=True).as_matrix()
    flat = fan(40, angles=angles[:20], source_to_axis=32, source_to_detector=64).vectors().shifted([3, -2])
    for geometry, ndim in ((circle.shifted(climb), 3), (circle.rotated(tilt), 3), (flat, 2)):
        truth = ct.rasterize(ct.shepp_logan_ellipses(ndim, radius=n / 2), (n,) * ndim, subsamples=2)
        A = ct.Projector(geometry, truth.shape)
        data = A(truth)
        for method, bound in ((ct.asd_pocs, 0.2), (ct.sart, 0.3), (ct.tv_primal_dual, 0.35), (ct.cgls, 0.35)):
            image = method(A, data, 15).image
            assert np.linalg.norm(image - truth) < bound * np.linalg.norm(truth), method.__name__


def test_filtered_back_projection_is_refused():
    remedy = r"geometry must be a beam on a circle with a flat detector for {}, got {}: iterate, ct.sart\("
    for method, geometry in ((ct.fbp, fan(curved=True)), (ct.fdk, cone(curved=True))):
        for kind in (geometry, geometry.vectors()):
            name = "Vectors" if kind is not geometry else f"a curved {type(kind).__name__}"
            with pytest.raises(ValueError, match=remedy.format(method.__name__, name)):
                method(np.zeros(kind.projection_shape), kind, (6,) * len(kind.projection_shape))


@pytest.mark.parametrize(("kind", "projector"), [("fanflat", "line_fanflat"), ("parallel", "linear")])
def test_vectors_are_those_of_astra(kind, projector):
    astra = peer_or_skip("astra")
    geometry = in_the_plane(6, 5).shifted([0.2, -0.6])
    if kind == "parallel":
        ways = geometry.detector_centers - geometry.sources
        geometry = ct.Vectors(
            detector_shape=9, directions=ways / np.linalg.norm(ways, axis=1, keepdims=True), u=geometry.u,
            detector_centers=geometry.detector_centers,
        )  # fmt: skip
    first = geometry.sources if kind == "fanflat" else geometry.directions
    vectors = np.hstack([first, geometry.detector_centers, geometry.u])
    rays = astra.create_proj_geom(f"{kind}_vec", 9, vectors)
    image = ct.rasterize([[1, 4, 3, 0.5, -1, 0.4]], (96, 96), spacing=0.125, subsamples=2)
    grid = astra.create_vol_geom(96, 96, -6, 6, -6, 6)
    theirs = astra.OpTomo(astra.create_projector(projector, rays, grid)).FP(image[::-1].copy())
    ours = ct.Projector(geometry, image.shape, spacing=0.125)(image)
    assert np.linalg.norm(ours - theirs) < 0.02 * np.linalg.norm(theirs)
