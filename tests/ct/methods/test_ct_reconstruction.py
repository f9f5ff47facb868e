"""Reconstruction from few views: what the methods reach, their laws, and what they refuse."""

import math

import numpy as np
import pytest
from few_views import HEAD, ITERATIVE, TV, N, error, fan
from peers import peer_or_skip
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from coarea import ct, tv_norm


def test_cgls_solves_least_squares():
    A = fan(6, 20, shape=(7, 7))
    y = np.random.default_rng(2).normal(size=A.range_shape)
    matrix = A @ np.eye(49)
    expected = np.linalg.lstsq(matrix, y.ravel(), rcond=None)[0]
    result = ct.cgls(A, y, 300)
    np.testing.assert_allclose(A @ result.image.ravel(), matrix @ expected, atol=1e-6)
    assert (np.diff(result.history["residual"]) <= 1e-9).all()


def test_primal_dual_solution_is_optimal():
    """No image that meets the data has less total variation: checked against random changes in the null space."""
    A = fan(3, 12, shape=(6, 6))
    truth = np.zeros((6, 6))
    truth[2:5, 1:4] = 1
    result = ct.tv_primal_dual(A, A(truth), 8000, lower=-math.inf)
    assert result.history["residual"][-1] < 1e-4
    matrix = A @ np.eye(36)
    null = np.linalg.svd(matrix)[2][np.linalg.matrix_rank(matrix) :]
    assert len(null) > 0
    rng = np.random.default_rng(0)
    least = tv_norm(result.image)
    assert least <= tv_norm(truth) + 1e-3
    for scale in (1e-3, 1e-2, 0.1, 1):
        for _ in range(50):
            change = (rng.normal(size=len(null)) @ null).reshape(6, 6)
            assert tv_norm(result.image + scale * change) >= least - 1e-3 * scale


# What they reach -------------------------------------------------------------------------------------------------


def test_total_variation_reconstructs_from_few_views():
    A = fan(20)
    y = A(HEAD)
    assert error(ct.sart(A, y, 150).image) > 0.12
    assert error(ct.asd_pocs(A, y, 150).image) < 0.05
    assert error(ct.tv_pocs(A, y, 150, tv_step=0.1).image) < 0.05
    assert error(ct.tv_primal_dual(A, y, 150).image) < 0.05
    assert error(ct.tv_primal_dual(A, y, 2000).image) < 1e-4


@pytest.mark.slow
def test_figures_at_full_size():
    """Modified Shepp-Logan at 256 x 256 from 20 views of a fan, Joseph's projector both ways."""
    head = ct.shepp_logan((256, 256))
    geometry = ct.FanBeam(
        angles=np.arange(20) * np.pi / 10, n_detectors=512, detector_spacing=41.4 / 512, source_to_axis=40,
        source_to_detector=80,
    )  # fmt: skip
    A = ct.Projector(geometry, head.shape, spacing=20 / 256)
    y = A(head)
    reached = {}
    reached["sart"] = error(ct.sart(A, y, 100).image, head)
    reached["paper"] = error(ct.asd_pocs(A, y, 200, **ct.SIDKY_PAN_2008).image, head)
    reached["asd_pocs"] = error(ct.asd_pocs(A, y, 200).image, head)
    reached["tv_pocs"] = error(ct.tv_pocs(A, y, 200, data_step="art", relaxation=1).image, head)
    reached["primal-dual"] = error(ct.tv_primal_dual(A, y, 500).image, head)
    limits = {"sart": 0.226, "paper": 0.128, "asd_pocs": 0.098, "tv_pocs": 0.094, "primal-dual": 0.006}
    assert all(reached[name] < 1.2 * limit for name, limit in limits.items()), reached


def test_residual_comes_to_that_of_the_noise(scan):
    A, y = scan
    noisy = ct.add_poisson_noise(y / 20, 1e4, rng=0) * 20
    deviation = np.sqrt(np.exp(y / 20) / 1e4) * 20
    expected = np.linalg.norm(deviation)
    for method in (ct.asd_pocs, ct.tv_primal_dual):
        result = method(A, noisy, 150, noise=deviation)
        assert result.history["residual"][-1] == pytest.approx(expected, rel=0.05)
        assert result.history["tv"][-1] < 0.9 * method(A, noisy, 150).history["tv"][-1]
        again = method(A, noisy, 150, epsilon=expected)
        np.testing.assert_allclose(again.history["residual"][-1], result.history["residual"][-1], rtol=1e-2)


# Laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ITERATIVE)
@pytest.mark.parametrize("factor", [2.0**10, 2.0**-20])  # exact factors: rounding decides which way 0 / 0 falls
def test_data_in_another_unit_need_no_other_parameters(method, factor, scan):
    A, y = scan
    one, other = method(A, y, 12), method(A, factor * y, 12)
    np.testing.assert_allclose(other.image, factor * one.image, atol=1e-6 * factor)
    for name, values in one.history.items():
        scale = 1 if name == "cosine" else factor
        np.testing.assert_allclose(other.history[name], scale * values, rtol=1e-5, atol=1e-7 * scale)


@pytest.mark.parametrize("method", ITERATIVE)
def test_thousandfold_data_give_the_thousandfold_image(method, scan):
    A, y = scan
    one, other = method(A, y, 30).image, method(A, 1000 * y, 30).image / 1000
    assert error(other, one) < 0.05  # rounding decides which way the descent leaves a flat region
    assert error(other) == pytest.approx(error(one), rel=0.01)


@pytest.mark.parametrize("method", ITERATIVE)
def test_any_linear_operator_will_do(method, scan):
    A, y = scan
    plain = aslinearoperator(A.subset(slice(None)) @ np.eye(A.shape[1]))
    start = np.zeros((N, N))
    found = method(plain, y.ravel(), 5, start=start)
    assert found.image.shape == (N, N)
    options = {} if method in (ct.cgls, ct.sirt, ct.tv_primal_dual) else {"n_subsets": 1}
    if method in (ct.asd_pocs, ct.tv_pocs):
        options["data_step"] = "os-sart"
    same = (ct.sirt if method is ct.sart else method)(A, y, 5, start=start, **({} if method is ct.sart else options))
    if method in (ct.asd_pocs, ct.tv_pocs):  # rounding decides which way the descent leaves a flat region
        assert error(found.image) == pytest.approx(error(same.image), rel=0.05)
    else:
        np.testing.assert_allclose(found.image, same.image, atol=1e-9)


def test_a_sequence_of_operators_is_one_of_blocks(scan):
    A, y = scan
    blocks = [A.subset(slice(k, k + 1)) for k in range(len(A.geometry))]
    for method in (ct.sart, ct.os_sart, ct.cgls, ct.asd_pocs, ct.tv_pocs, ct.tv_primal_dual):
        by_blocks = method(blocks, y.ravel(), 4)
        np.testing.assert_allclose(by_blocks.image, method(A, y, 4, **one_view(method)).image, atol=1e-9)


def one_view(method):
    return {"n_subsets": 12} if method is ct.os_sart else {}


def test_sirt_of_a_sequence_keeps_its_blocks(scan):
    A, y = scan
    halves = [A.subset(slice(None, 6)), A.subset(slice(6, None))]
    assert not np.allclose(ct.sirt(halves, y.ravel(), 3).image, ct.sirt(A, y, 3).image)


def test_history_and_callback(scan):
    A, y = scan
    seen = []

    def callback(iteration, image):
        seen.append((iteration, image.copy()))
        with pytest.raises(ValueError, match="read-only"):
            image[0, 0] = 1
        if iteration == 7:
            raise StopIteration

    result = ct.asd_pocs(A, y, 50, callback=callback)
    assert [iteration for iteration, _ in seen] == list(range(1, 8))
    assert np.array_equal(seen[-1][1], result.image)
    assert set(result.history) == {"residual", "tv", "dp", "dg", "step", "cosine"}
    assert all(len(values) == 7 for values in result.history.values())
    for k in (0, 6):
        assert result.history["tv"][k] == pytest.approx(tv_norm(seen[k][1]))
        assert result.history["residual"][k] == pytest.approx(np.linalg.norm(A(seen[k][1]) - y))
    assert (np.abs(result.history["cosine"]) <= 1 + 1e-12).all()
    result.image[0, 0] = 1  # a result belongs to the caller


@pytest.mark.parametrize("method", [m for m in ITERATIVE if m is not ct.cgls])
def test_bounds_hold(method, scan):
    A, y = scan
    image = method(A, y, 6, lower=0.1, upper=0.5).image
    assert image.min() >= 0.1
    assert image.max() <= 0.5


@pytest.mark.parametrize("data_step", ["sart", "os-sart", "art"])
def test_bounds_hold_after_every_data_step(data_step, scan):
    A, y = scan

    def check(_, image):
        assert image.min() == 0.1
        assert image.max() == 0.5

    ct.asd_pocs(A, y, 4, data_step=data_step, lower=0.1, upper=0.5, callback=check)


@pytest.mark.parametrize("method", ITERATIVE)
def test_start_is_where_it_starts_and_is_left_alone(method, scan):
    A, y = scan
    start = HEAD.copy()
    start.flags.writeable = False
    assert error(method(A, y, 1, start=start).image) < 0.06
    assert np.array_equal(start, HEAD)


def test_steps_end_where_the_noise_is_reached(scan):
    A, y = scan
    for method in (ct.sart, ct.cgls, ct.os_sart, ct.sirt):
        history = method(A, y, 500, epsilon=0.05 * np.linalg.norm(y)).history["residual"]
        assert len(history) < 500
        assert history[-1] <= 0.05 * np.linalg.norm(y) < history[-2]


@pytest.mark.parametrize("method", ITERATIVE)
def test_float32_stays_float32(method, scan):
    A = fan(dtype=np.float32)
    found = method(A, A(HEAD), 10)
    assert found.image.dtype == np.float32
    assert error(found.image) == pytest.approx(error(method(*scan, 10).image), rel=0.05)


def test_volumes():
    n = 24
    geometry = ct.ConeBeam(
        angles=np.arange(15) * 2 * np.pi / 15, detector_shape=(n, n), detector_spacing=3, source_to_axis=2 * n,
        source_to_detector=4 * n,
    )  # fmt: skip
    A = ct.Projector(geometry, (n, n, n))
    disks = ct.rasterize(ct.defrise_disks(3, radius=n / 2), (n, n, n))
    y = A(disks)
    assert error(ct.asd_pocs(A, y, 80).image, disks) < 0.6 * error(ct.sart(A, y, 80).image, disks)
    with pytest.raises(ValueError, match="2-D images; take 'sart'"):
        ct.asd_pocs(A, y, data_step="art")


def test_a_result_is_its_image(scan):
    A, y = scan
    result = ct.sart(A, y, 3)
    assert np.asarray(result) is result.image
    assert np.asarray(result, copy=False) is result.image
    assert not np.shares_memory(np.array(result), result.image)
    assert result.__array__(np.float32).dtype == np.asarray(result, np.float32).dtype == np.float32
    with pytest.raises(ValueError, match="copy"):
        np.asarray(result, np.float32, copy=False)
    np.testing.assert_array_equal(np.subtract(result, HEAD), result.image - HEAD)
    assert (
        repr(result)
        == f"Reconstruction(image 48 x 48, float64, n_iter 3, residual {result.history['residual'][2]:.4g})"
    )
    assert repr(ct.Reconstruction(np.zeros(3), {})) == "Reconstruction(image 3, float64, n_iter 0)"


# Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"data": np.zeros((80, 12))}, r"data must have shape \(12, 80\) \(view, u\), got \(80, 12\)"),
        ({"data": np.full((12, 80), np.nan)}, "data must be finite"),
        ({"start": np.zeros((N, N + 1))}, r"start must have shape \(48, 48\) \(y, x\)"),
        ({"n_iter": 0}, "n_iter must be an integer of at least 1, got 0"),
        ({"epsilon": -1}, "epsilon must be a finite number >= 0, got -1"),
        ({"epsilon": 1, "noise": 1}, "exclude each other"),
        ({"noise": -1}, "noise must be >= 0: infinite where nothing was measured"),
        ({"noise": [1, 2]}, r"noise must have shape \(1,\) or \(960,\), got \(2,\)"),
        ({"relaxation": 0}, "relaxation must be a number > 0 and <= 2, got 0"),
        ({"lower": 1, "upper": 0}, "upper must be a number >= 1, got 0"),
        ({"data_step": "fast"}, "data_step must be one of 'sart', 'os-sart', 'art', got 'fast'"),
        ({"n_subsets": 0}, "n_subsets must be an integer of at least 1, got 0"),
        ({"tv_step": 0}, "tv_step must be a finite number > 0, got 0"),
        ({"tv_steps": 0}, "tv_steps"),
        ({"tv_step_decay": 1.1}, "tv_step_decay must be a number > 0 and <= 1, got 1.1"),
        ({"relaxation_decay": 0}, "relaxation_decay must be a number > 0 and <= 1, got 0"),
        ({"relaxation_backoff": 1.1}, "relaxation_backoff"),
        ({"max_tv_ratio": 0}, "max_tv_ratio"),
        ({"stop_cosine": math.nan}, "stop_cosine"),
        ({"lower": math.nan}, "lower must be a number, got nan"),
        ({"difference": "sideways"}, "difference"),
        ({"smoothing": -1}, "smoothing"),
    ],
)
def test_refusals(options, match):
    A = fan()
    options = {"data": np.zeros((12, 80)), **options}
    with pytest.raises(ValueError, match=match):
        ct.asd_pocs(A, **options)


def test_refused_operators(scan):
    _, y = scan
    with pytest.raises(TypeError, match=r"operator must be a LinearOperator, .* or a sequence of them, got int"):
        ct.sart([1, 2, 3], y)
    with pytest.raises(TypeError, match="real"):
        ct.sart(fan(), 1j * y)
    with pytest.raises(ValueError, match="images of one size"):
        ct.sart([fan(), fan(shape=(8, 8))], y)
    with pytest.raises(ValueError, match=r"data must have shape \(3,\), got \(2,\)"):
        ct.cgls(LinearOperator((3, 4), matvec=lambda x: x[:3], dtype=float), [1.0, 2.0])


def test_astra_operators_are_taken():
    astra = peer_or_skip("astra")
    angles = np.linspace(0, np.pi, 12, endpoint=False)
    volume, rays = astra.create_vol_geom(N, N), astra.create_proj_geom("parallel", 1.0, 70, angles)
    W = astra.OpTomo(astra.create_projector("linear", rays, volume))
    y = W.FP(HEAD.astype(np.float32))
    for method in TV:
        assert method(W, y, 30).image.shape == (N, N)
    assert error(ct.tv_primal_dual(W, y, 300).image) < 0.1
    views = [
        astra.OpTomo(astra.create_projector("linear", {**rays, "ProjectionAngles": angles[[view]]}, volume))
        for view in range(len(angles))
    ]
    by_views = ct.asd_pocs(views, y.ravel(), 100, start=np.zeros((N, N)))
    assert error(by_views.image) < 0.5 * error(ct.sart(W, y, 100).image)
    A = ct.Projector(ct.ParallelBeam(angles=angles, n_detectors=70), (N, N))
    ours = A(HEAD[::-1].copy())  # the rows of ASTRA's images run downwards
    tied = np.isclose(np.abs(np.cos(angles)), np.abs(np.sin(angles)))
    assert np.abs(ours - y)[~tied].max() < 1e-4 * y.max()
