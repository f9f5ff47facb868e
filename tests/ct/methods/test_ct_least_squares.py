"""Least squares with a penalty on the total variation: minimality by definition, limits, weights, norms, scale."""

import numpy as np
import pytest
from few_views import HEAD, error, fan
from scipy.optimize import minimize

from coarea import ct, tv_norm, tv_norm_and_gradient
from coarea.ct.equations.preparation import operator_norm
from coarea.ct.equations.system import System

SHAPE = (5, 6)


def problem(seed, *, weighted=False):
    """A tiny scan, noisy."""
    rng = np.random.default_rng(seed)
    A = fan(4, 12, shape=SHAPE)
    truth = np.kron(rng.integers(0, 3, (2, 2)), np.ones((3, 3)))[: SHAPE[0], : SHAPE[1]]
    y = A(truth) + rng.normal(0, 0.5, A.range_shape)
    weights = rng.choice([0, 0.5, 1, 2], A.range_shape) if weighted else np.ones(A.range_shape)
    return A, y, weights


def objective(x, A, y, weights, strength, **norm):
    return (weights * (A(x) - y) ** 2).sum() / 2 + strength * tv_norm(x, **norm)


def smooth_minimum(A, y, weights, strength, bounds, **norm):
    """Of the objective with smoothed norms, each a start for the next: an upper bound of the least objective."""
    matrix, x = A @ np.eye(A.shape[1]), np.zeros(A.shape[1])
    for smoothing in (0.1, 1e-3, 1e-5):

        def value(x, smoothing=smoothing):
            residual = matrix @ x - y.ravel()
            norm_of_x, gradient, _ = tv_norm_and_gradient(x.reshape(SHAPE), smoothing=smoothing, **norm)
            return (
                (weights.ravel() * residual**2).sum() / 2 + strength * norm_of_x,
                matrix.T @ (weights.ravel() * residual) + strength * gradient.ravel(),
            )

        x = minimize(value, x, jac=True, bounds=[bounds] * x.size, method="L-BFGS-B", options={"maxiter": 300}).x
    return x.reshape(SHAPE)


@pytest.mark.parametrize(
    ("strength", "weighted", "bounds", "norm"),
    [
        (0.01, False, (0, np.inf), {}),
        (0.3, True, (0, np.inf), {}),
        (5.0, False, (-np.inf, np.inf), {}),
        (0.3, False, (0.2, 1.5), {"isotropic": False}),
        (1.0, True, (0.2, 1.5), {"spacing": (1.0, 0.5)}),
    ],
)
def test_no_image_is_better(strength, weighted, bounds, norm):
    options = {"isotropic": norm.get("isotropic", True), "axis_weights": 1 / np.array(norm.get("spacing", (1, 1)))}
    A, y, weights = problem(3, weighted=weighted)
    result = ct.tv_least_squares(A, y, strength, 200, weights=weights, lower=bounds[0], upper=bounds[1], **options)
    found, gap = result.history["objective"][-1], result.history["gap"][-1]
    assert found == pytest.approx(objective(result.image, A, y, weights, strength, **norm), rel=1e-9)
    other = smooth_minimum(A, y, weights, strength, bounds, **norm)
    assert found <= objective(other, A, y, weights, strength, **norm) * (1 + 1e-5)
    assert -1e-9 < gap < 0.01 * found


def test_gap_bounds_the_distance_from_the_least():
    for seed in range(3):
        A, y, _ = problem(seed)
        history = ct.tv_least_squares(A, y, 0.5, 200).history
        assert (history["objective"] - history["objective"][-1] <= history["gap"] + 1e-9).all()
        assert history["gap"][-1] < 1e-3 * history["gap"][0]


def test_without_strength_it_is_least_squares():
    A, y, weights = problem(0, weighted=True)
    root = np.sqrt(weights.ravel())
    matrix = root[:, None] * (A @ np.eye(A.shape[1]))
    least = np.linalg.lstsq(matrix, root * y.ravel())[0]
    found = ct.tv_least_squares(A, y, 0, 2000, weights=weights, lower=-np.inf)
    np.testing.assert_allclose(matrix @ found.image.ravel(), matrix @ least, atol=1e-3)
    assert found.history["objective"][-1] == pytest.approx(((matrix @ least - root * y.ravel()) ** 2).sum() / 2)


def test_great_strength_gives_the_constant_that_fits_best():
    A, y, weights = problem(1, weighted=True)
    one = A(np.ones(SHAPE))
    constant = (weights * one * y).sum() / (weights * one**2).sum()
    np.testing.assert_allclose(ct.tv_least_squares(A, y, 1e4, 60, weights=weights).image, constant, rtol=1e-5)


@pytest.mark.parametrize("isotropic", [True, False])
def test_weights_of_0_are_rays_that_are_not_there(isotropic, scan):
    A, y = scan
    weights, spoilt = np.ones_like(y), y.copy()
    weights[::3], spoilt[::3] = 0, np.nan
    rest = A.subset([k for k in range(12) if k % 3])
    for method, options in ((ct.tv_primal_dual, {}), (ct.tv_least_squares, {"strength": 0.1})):
        one = method(A, spoilt, n_iter=20, weights=weights, isotropic=isotropic, **options)
        other = method(rest, np.delete(y, np.s_[::3], 0), n_iter=20, isotropic=isotropic, **options)
        assert np.array_equal(one.image, other.image)


def test_along_one_axis_the_norms_are_the_same(rng):
    matrix, y = rng.uniform(size=(8, 10)), rng.uniform(size=8)
    for method, options in ((ct.tv_primal_dual, {}), (ct.asd_pocs, {}), (ct.tv_least_squares, {"strength": 0.1})):
        one, other = (method(matrix, y, n_iter=40, isotropic=isotropic, **options) for isotropic in (True, False))
        np.testing.assert_allclose(one.image, other.image, atol=1e-9)


@pytest.mark.parametrize("method", [ct.tv_primal_dual, ct.asd_pocs, ct.tv_pocs, ct.tv_least_squares])
def test_norms_are_those_asked_for(method, scan):
    A, y = scan
    options = {"strength": 1.0} if method is ct.tv_least_squares else {}
    for isotropic, axis_weights in ((True, 1.0), (False, 1.0), (True, (1.0, 0.2)), (False, (0.3, 2.0))):
        result = method(A, y, n_iter=8, isotropic=isotropic, axis_weights=axis_weights, **options)
        spacing = 1 / np.array(axis_weights)
        expected = tv_norm(result.image, isotropic=isotropic, spacing=spacing if spacing.ndim else float(spacing))
        assert result.history["tv"][-1] == pytest.approx(expected, rel=1e-9)
    with pytest.raises(ValueError, match="axis_weights must be a positive number or one for each of 2 axes"):
        method(A, y, axis_weights=(1, 2, 3), **options)


def test_weights_of_the_axes_and_the_strength_are_one_scale(scan):
    A, y = scan
    one, other = ct.tv_least_squares(A, y, 0.4, 30), ct.tv_least_squares(A, y, 0.1, 30, axis_weights=4.0)
    np.testing.assert_allclose(one.image, other.image, atol=1e-9)


@pytest.mark.parametrize("factor", [2.0**20, 2.0**-70])
def test_data_in_another_unit(factor, scan):
    _, y = scan
    for dtype in (np.float64, np.float32):
        B = fan(dtype=dtype)
        one, other = ct.tv_least_squares(B, y, 0.3, 12), ct.tv_least_squares(B, factor * y, 0.3 * factor, 12)
        np.testing.assert_allclose(other.image, factor * one.image, atol=1e-5 * factor)
        assert other.image.dtype == dtype


def test_operator_norm_is_a_little_above_the_largest_singular_value(rng):
    parallel = ct.ParallelBeam(angles=[0.0, 0.02], n_detectors=9)
    for A in (fan(1, 9, shape=(9, 9)), fan(7, 9, shape=(9, 9)), ct.Projector(parallel, (9, 9), dtype=np.float64)):
        largest = np.linalg.norm(A @ np.eye(81), 2)
        assert largest <= operator_norm(System(A, np.zeros(A.range_shape))) < 1.03 * largest
    signs = rng.normal(size=(20, 30))
    assert operator_norm(System(signs, np.zeros(20))) == pytest.approx(np.linalg.norm(signs, 2), rel=0.1)


def test_starts(scan):
    A, y = scan
    for method, options in ((ct.tv_primal_dual, {}), (ct.tv_least_squares, {"strength": 1e-3})):
        found = [method(A, y, n_iter=5, start=start, **options) for start in ("sart", ct.sart(A, y, 1).image, None)]
        assert np.array_equal(found[0].image, found[1].image)
        assert error(found[0].image) < error(found[2].image)
        with pytest.raises(TypeError, match="start must be an array, got 'SART': give 'sart' for a sweep"):
            method(A, y, start="SART", **options)


def test_it_reconstructs_from_few_views():
    A = fan(20)
    assert error(ct.tv_least_squares(A, A(HEAD), 0.01, 300).image) < 0.03
