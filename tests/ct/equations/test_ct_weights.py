"""What was measured, and how well: weights, noise without end, blocks of data, matrices; and the bounds of pixels."""

import math
import warnings

import numpy as np
import pytest
from few_views import HEAD, ITERATIVE, N, error, fan
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

from coarea import ct
from coarea.ct.equations.operators import MatrixMap
from coarea.ct.equations.system import System

BOUNDED = [method for method in ITERATIVE if method is not ct.cgls]
STEPS = [{"data_step": name} for name in ("sart", "os-sart", "art")]


def with_steps(methods):
    """Each method, and ASD-POCS with each data step."""
    cases = [pytest.param(method, {}, id=method.__name__) for method in methods if method is not ct.asd_pocs]
    return cases + [pytest.param(ct.asd_pocs, step, id=step["data_step"]) for step in STEPS]


every_method = pytest.mark.parametrize(("method", "options"), with_steps(ITERATIVE))
every_bounded = pytest.mark.parametrize(("method", "options"), with_steps(BOUNDED))


def assert_same(one, other):
    """To the last bit."""
    assert np.array_equal(one.image, other.image)
    for name, values in one.history.items():
        assert np.array_equal(values, other.history[name]), name


def spoiled(y, unmeasured):
    """Data with nonsense where nothing was measured."""
    return np.where(unmeasured, np.resize([np.nan, np.inf, -1e30, 7], y.shape), y)


# Weights ---------------------------------------------------------------------------------------------------------


@every_method
@pytest.mark.parametrize("how", ["weights", "NaN", "noise"])
def test_views_of_weight_0_are_as_if_never_given(method, options, how, scan):
    A, y = scan
    kept = np.arange(12) % 5 != 3
    unmeasured = np.broadcast_to(~kept[:, None], y.shape)
    noise = np.full(y.shape, 0.01)
    given = {"noise": noise, "weights": kept.repeat(80).reshape(y.shape).astype(float)}
    if how == "NaN":
        given["weights"][unmeasured] = np.nan
    if how == "noise":
        given = {"noise": np.where(unmeasured, np.inf, noise)}
    found = method(A, spoiled(y, unmeasured), 4, **given, **options)
    assert_same(found, method(A.subset(np.flatnonzero(kept)), y[kept], 4, noise=noise[kept], **options))


@every_method
def test_bins_of_weight_0_are_as_if_there_were_none(method, options, scan):
    A, y = scan
    weights = np.ones_like(y)
    weights[:, :20] = weights[:, -20:] = 0
    narrow = ct.Projector(
        ct.FanBeam(angles=A.geometry.angles, n_detectors=40, detector_spacing=A.geometry.column_spacing,
                   source_to_axis=2 * N, source_to_detector=4 * N),
        (N, N), dtype=np.float64, workers=1,
    )  # fmt: skip
    found = method(A, spoiled(y, weights == 0), 3, weights=weights, **options)
    expected = method(narrow, y[:, 20:-20], 3, **options)
    np.testing.assert_allclose(found.image, expected.image, atol=1e-7)
    np.testing.assert_allclose(found.history["residual"], expected.history["residual"], rtol=1e-7)


@every_method
def test_weights_are_relative(method, options, scan):
    """All the same are none, whatever they are; the residual is that of the weighted equations."""
    A, y = scan
    one, other = method(A, y, 4, **options), method(A, y, 4, weights=np.full(y.shape, 4.0), **options)
    np.testing.assert_allclose(other.image, one.image, atol=1e-7)
    np.testing.assert_allclose(other.history["residual"], 2 * one.history["residual"], rtol=1e-7)
    weights = np.random.default_rng(0).random(y.shape)
    if method is not ct.tv_primal_dual:
        one, other = (method(A, y, 4, weights=factor * weights, **options).image for factor in (1, 2.0**10))
        np.testing.assert_allclose(other, one, atol=1e-6)


@every_method
def test_uneven_weights_change_the_image(method, options, scan):
    A, y = scan
    weights = np.random.default_rng(0).random(y.shape)
    y = ct.add_poisson_noise(y / 20, 1e3, rng=0) * 20
    assert not np.allclose(method(A, y, 4, weights=weights, **options).image, method(A, y, 4, **options).image)


def test_weighted_least_squares():
    A = fan(6, 20, shape=(7, 7))
    rng = np.random.default_rng(2)
    y, weights = A(rng.random((7, 7))) + 0.1 * rng.normal(size=A.range_shape), rng.random(A.range_shape)
    weights[2, 5:9] = weights[4] = 0
    root = np.sqrt(weights).ravel()[:, None]
    matrix = A @ np.eye(49)
    expected = np.linalg.lstsq(root * matrix, root[:, 0] * y.ravel(), rcond=None)[0]
    result = ct.cgls(A, y, 300, weights=weights)
    np.testing.assert_allclose(
        root * (matrix @ result.image.reshape(-1, 1)), root * (matrix @ expected[:, None]), atol=1e-6
    )
    residual = np.linalg.norm(root[:, 0] * (matrix @ result.image.ravel() - y.ravel()))
    assert result.history["residual"][-1] == pytest.approx(residual)


def test_primal_dual_meets_the_weighted_constraint(scan):
    A, y = scan
    rng = np.random.default_rng(0)
    weights, noisy = rng.random(y.shape), y + rng.normal(size=y.shape)
    epsilon = 0.8 * np.sqrt(weights.sum())
    result = ct.tv_primal_dual(A, noisy, 800, weights=weights, epsilon=epsilon)
    residual = np.sqrt((weights * (A(result.image) - noisy) ** 2).sum())
    assert result.history["residual"][-1] == pytest.approx(residual) == pytest.approx(epsilon, rel=0.01)


def test_noise_makes_the_residual_of_what_was_measured(scan):
    A, y = scan
    rng = np.random.default_rng(0)
    deviation = np.where(rng.random(y.shape) < 0.1, np.inf, 0.5 + rng.random(y.shape))
    weights = rng.random(y.shape)
    finite = np.isfinite(deviation)
    for given, limit in (
        ({}, np.sqrt((deviation[finite] ** 2).sum())),
        ({"weights": weights}, np.sqrt((weights * deviation**2)[finite].sum())),
    ):
        noisy = spoiled(y, ~finite)
        found = ct.sart(A, noisy, 30, noise=deviation, **given)
        all_weights = np.where(finite, given.get("weights", 1), 0)
        assert_same(found, ct.sart(A, noisy, 30, weights=all_weights, epsilon=limit))
        assert found.history["residual"][-1] <= limit
        assert System(A, noisy, noise=deviation, **given).epsilon == pytest.approx(limit)


@pytest.mark.parametrize("method", ITERATIVE)
def test_a_dead_bin_with_weight_0_costs_nothing(method, scan):
    """One that always reads 0; with weight it spoils the image."""
    A, y = scan
    dead = y.copy()
    dead[:, 38] = 0
    weights = np.ones_like(y)
    weights[:, 38] = 0
    n_iter = 60
    clean, without, spoilt = (
        error(method(A, data, n_iter, **given).image)
        for data, given in ((y, {}), (dead, {"weights": weights}), (dead, {}))
    )
    assert without < 1.1 * clean < spoilt


def test_slices_may_differ_in_what_was_measured():
    geometry = ct.ParallelBeam(angles=np.arange(7) * np.pi / 7 + 0.1, n_detectors=40)
    A, single = (ct.Projector(geometry, shape, dtype=np.float64) for shape in ((3, 21, 30), (21, 30)))
    volume = np.random.default_rng(3).random(A.domain_shape)
    y, weights = A(volume), np.random.default_rng(4).random(A.range_shape)
    weights[:, 1, 12:17] = weights[3, 2] = 0
    lower = np.broadcast_to(np.array([0.1, 0.2, 0.3])[:, None, None], volume.shape)
    weights[0, :, 0] = 1  # the largest in each slice, to which weights are relative
    found = ct.sart(A, spoiled(y, weights == 0), 3, weights=weights, lower=lower).image
    for z in (0, 1):
        expected = ct.sart(single, y[:, z], 3, weights=weights[:, z], lower=lower[z]).image
        assert np.array_equal(found[z], expected)
    assert found[2].min() == 0.3


# Bounds ----------------------------------------------------------------------------------------------------------


@every_bounded
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bounds_of_each_pixel_that_are_the_same_are_those_of_all(method, options, dtype):
    A = fan(dtype=dtype)
    y = A(HEAD)
    expected = method(A, y, 4, lower=0.1, upper=0.5, **options)
    for lower, upper in (
        (np.full((N, N), 0.1), 0.5),
        (0.1, np.full(N, 0.5)),
        (np.full((N, 1), 0.1), np.full((1, N), 0.5)),
    ):
        assert_same(method(A, y, 4, lower=lower, upper=upper, **options), expected)


@every_bounded
def test_each_pixel_keeps_its_bounds(method, options, scan):
    A, y = scan
    rng = np.random.default_rng(0)
    lower, upper = 0.2 * rng.random((N, N)), 0.2 + 0.5 * rng.random((N, N))
    upper[HEAD == 0] = lower[HEAD == 0] = 0
    image = method(A, y, 6, lower=lower, upper=upper, **options).image
    assert (image >= lower).all()
    assert (image <= upper).all()
    assert (image == lower).any()
    assert (image[HEAD > 0] == upper[HEAD > 0]).any()


def test_the_support_of_an_object_helps(scan):
    A, y = scan
    upper = np.where(HEAD > 0, np.inf, 0)
    assert error(ct.sart(A, y, 40, upper=upper).image) < 0.9 * error(ct.sart(A, y, 40).image)


# Blocks and matrices ---------------------------------------------------------------------------------------------


def test_data_of_blocks_may_be_lists(scan):
    A, y = scan
    halves = [A.subset(slice(None, 5)), A.subset(slice(5, None))]
    rng = np.random.default_rng(0)
    weights, noise = rng.random(y.shape), 0.01 + 0 * y
    weights[6] = 0
    for method in ITERATIVE:
        flat = method(halves, y.ravel(), 3, weights=weights.ravel(), noise=noise.ravel())
        split = method(
            halves, [y[:5], y[5:].ravel()], 3, weights=[weights[:5], weights[5:]], noise=(noise[:5], noise[5:])
        )
        assert_same(split, flat)


def test_operators_of_weight_0_are_as_if_never_given(scan):
    A, y = scan
    views = [A.subset([view]) for view in range(12)]
    weights = np.ones(y.shape)
    weights[[2, 7]] = 0
    found = ct.asd_pocs(views, list(spoiled(y, weights == 0)), 3, weights=list(weights))
    kept = [view for view in range(12) if view not in (2, 7)]
    assert_same(found, ct.asd_pocs([views[view] for view in kept], list(y[kept]), 3))


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
@pytest.mark.parametrize("method", ITERATIVE)
def test_matrices_are_operators(method, kind):
    A = fan(4, 20, shape=(8, 9))
    matrix, truth = A @ np.eye(72), np.random.default_rng(0).random((8, 9))
    y = A(truth)
    start, weights = np.zeros((8, 9)), np.random.default_rng(1).random(80)
    n_iter = 1 if method in (ct.asd_pocs, ct.tv_pocs) else 3  # later rounding decides which way the descent leaves
    expected = method(aslinearoperator(matrix), y.ravel(), n_iter, start=start, weights=weights)
    found = method(kind(matrix), y.ravel(), n_iter, start=start, weights=weights)
    np.testing.assert_allclose(found.image, expected.image, atol=1e-9)
    blocks = method([kind(matrix[:40]), kind(matrix[40:])], [y[:2].ravel(), y[2:].ravel()], n_iter, start=start)
    plain = method([aslinearoperator(matrix[:40]), aslinearoperator(matrix[40:])], y.ravel(), n_iter, start=start)
    np.testing.assert_allclose(blocks.image, plain.image, atol=1e-9)


@pytest.mark.parametrize(("dtype", "computed"), [(np.float32, np.float32), (np.float64, np.float64), (int, np.float64)])
def test_matrices_keep_float32(dtype, computed):
    matrix = np.arange(12).reshape(4, 3).astype(dtype)
    for operator in (matrix, sparse.csr_array(matrix)):
        assert ct.sirt(operator, np.ones(4), 2).image.dtype == computed


def test_both_products_of_a_sparse_matrix_go_by_rows():
    """The transpose of one by rows is one by columns, whose product is slower."""
    kept = MatrixMap(sparse.csc_array(np.eye(3)), np.dtype(np.float32), None)
    assert kept._matrix.format == kept._transposed.format == "csr"
    assert kept._matrix.dtype == kept._transposed.dtype == np.float32


class Doubled:
    """An operator of the user's own: two pixels, each seen twice as large."""

    domain_shape, range_shape, dtype = (1, 2), (2, 1), np.dtype(np.float64)

    def forward(self, x):
        assert x.shape == (1, 2)
        return 2 * x.T

    def adjoint(self, y):
        assert y.shape == (2, 1)
        return 2 * y.T


def test_maps_with_forward_and_adjoint_are_operators():
    for method in ITERATIVE:
        image = method(Doubled(), np.array([[2.0], [6.0]]), 40).image
        assert image.shape == (1, 2)
        if method not in (ct.asd_pocs, ct.tv_pocs):  # their steps are too long for two pixels
            assert image == pytest.approx(np.array([[1, 3]]), abs=0.1)
    with pytest.raises(ValueError, match=r"data must have shape \(2, 1\) \(view, u\), got \(1, 2\): give numpy.transp"):
        ct.sart(Doubled(), np.array([[2.0, 6.0]]))


# Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"data": np.full((12, 80), np.inf)}, r"^data must be finite where measured: give weights=numpy.isfinite"),
        ({"weights": np.ones((80, 12))}, r"^weights must have shape \(12, 80\) \(view, u\), got \(80, 12\): give num"),
        ({"weights": np.ones(80)}, r"^weights must have shape \(12, 80\)"),
        ({"weights": 1.0}, r"^weights must have shape \(12, 80\)"),
        ({"weights": np.full((12, 80), -1.0)}, "^weights must be finite and >= 0: 0, or NaN, where nothing was meas"),
        ({"weights": np.full((12, 80), np.inf)}, "^weights must be finite and >= 0"),
        ({"weights": np.zeros((12, 80))}, "^weights, or finite noise, must be left for some of the data"),
        ({"noise": np.inf}, "^weights, or finite noise, must be left for some of the data"),
        ({"noise": np.full((12, 80), np.nan)}, "^noise must be >= 0: infinite where nothing was measured"),
        ({"lower": np.zeros((N, N + 1))}, r"^lower must be a number or broadcast to the image's shape \(48, 48\), got"),
        ({"upper": np.full((N, N), np.nan)}, "^upper must hold numbers, got NaN"),
        ({"lower": np.full((N, N), 1), "upper": 0.5}, "^upper must be >= lower everywhere"),
        ({"lower": 0.5, "upper": np.eye(N)}, "^upper must be >= lower everywhere"),
    ],
)  # fmt: skip
def test_refusals(options, match):
    options = {"data": np.zeros((12, 80)), **options}
    with pytest.raises(ValueError, match=match):
        ct.sart(fan(), **options)


def test_refused_blocks(scan):
    A, y = scan
    halves = [A.subset(slice(None, 5)), A.subset(slice(5, None))]
    with pytest.raises(ValueError, match=r"^data\[1\] must have shape \(7, 80\) \(view, u\), got \(6, 80\)"):
        ct.sart(halves, [y[:5], y[6:]])
    with pytest.raises(
        ValueError, match=r"^data must have shape \(960,\), or be an array for each operator, got \(3,\)"
    ):
        ct.sart(halves, [1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match=r"^weights\[0\] must have a real dtype, got complex128"):
        ct.sart(halves, [y[:5], y[5:]], weights=[1j * y[:5], y[5:]])
    with pytest.raises(TypeError, match=r"^operator must have a real dtype, got complex128"):
        ct.sart(1j * np.eye(3), np.ones(3))
    with pytest.raises(
        TypeError, match=r"^operator must be a LinearOperator, a matrix, an object .* or a sequence of them, got ndarr"
    ):
        ct.sart(np.ones((2, 2, 2)), np.ones(3))


def test_input_is_left_alone(scan):
    A, y = scan
    weights, lower, upper = np.random.default_rng(0).random(y.shape), np.zeros((N, N)), np.ones((N, N))
    weights[:, :3] = np.nan
    given = spoiled(y, np.isnan(weights))
    copies = [array.copy() for array in (given, weights, lower, upper)]
    for array in (given, weights, lower, upper):
        array.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for method in BOUNDED:
            method(A, given, 2, weights=weights, lower=lower, upper=upper)
    for array, copy in zip((given, weights, lower, upper), copies, strict=True):
        assert np.array_equal(array, copy, equal_nan=True)
    assert math.isnan(weights[0, 0])
