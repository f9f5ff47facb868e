"""Operators of many kinds, one or a list: what they state must fit together, and what they return must fit too."""

import numpy as np
import pytest
from few_views import fan
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from coarea import ct

SHAPE = (10, 9)


class Own:
    """An object of a user's, which passes on what `change` makes of its results."""

    def __init__(self, projector, change=lambda values: values, dtype=np.float64):
        self._projector, self._change, self.dtype = projector, change, dtype
        self.domain_shape, self.range_shape = list(projector.domain_shape), list(projector.range_shape)

    def forward(self, x):
        return self._change(self._projector(x))

    def adjoint(self, y):
        return self._change(self._projector.T(y))


@pytest.fixture(scope="module")
def few():
    A = fan(6, 20, shape=SHAPE)
    return A, A(np.random.default_rng(0).random(SHAPE))


@pytest.mark.parametrize("change", [np.asfortranarray, np.ndarray.tolist, np.ravel, np.float32])
def test_results_of_own_operators_may_be_of_any_layout(change, few):
    A, y = few
    for method in (ct.sirt, ct.asd_pocs, ct.tv_primal_dual):
        found = method(Own(A, change), y, 3).image
        assert found.dtype == np.float64
        # of single ones the rounding grows where the gradient of total variation jumps
        np.testing.assert_allclose(found, method(Own(A), y, 3).image, atol=0.02 if change is np.float32 else 0)


def test_results_of_another_shape_are_refused(few):
    """Turned ones have the right number of values, in the wrong order."""
    A, y = few
    for method in (ct.sirt, ct.cgls, ct.asd_pocs):
        with pytest.raises(ValueError, match=r"^Own.forward\(image\) must return an array of shape \(6, 20\), got"):
            method(Own(A, np.transpose), y, 3)
    own = Own(A)
    own.adjoint = lambda y: A.T(y).T
    with pytest.raises(ValueError, match=r"^Own.adjoint\(data\) must return an array of shape \(10, 9\), got \(9, 10"):
        ct.sirt(own, y, 3)
    with pytest.raises(ValueError, match=r"^Own.forward\(image\) must return an array of shape \(6, 20\), got \(\)"):
        ct.sirt(Own(A, lambda _: None), y, 3)


@pytest.mark.parametrize(("dtype", "computed"), [(np.float32, "float32"), ("float32", "float32"), (float, "float64")])
def test_own_operators_may_state_types(dtype, computed, few):
    A, y = few
    assert ct.sirt(Own(A, dtype=dtype), y, 1).image.dtype == computed


def test_complex_operators_are_refused(few):
    A, y = few
    with pytest.raises(TypeError, match=r"^operator must have a real dtype, got complex128"):
        ct.sart(aslinearoperator(1j * (A @ np.eye(90))), y.ravel())


def test_operators_must_take_images_of_one_shape(few):
    """Not only of one size."""
    A, y = few
    turned = fan(6, 20, shape=SHAPE[::-1])
    for other in (turned, Own(turned)):
        with pytest.raises(ValueError, match=r"^all operators must take images of one shape, got \[\(9, 10\), \(10, 9"):
            ct.sart([A, other], [y, y])


def test_the_shape_of_the_image_is_that_of_any_operator_that_states_it(few):
    A, y = few
    halves = A.subset(slice(0, 3)), A.subset(slice(3, 6))
    matrix = halves[0] @ np.eye(90)
    expected = ct.sart(list(map(Own, halves)), y, 3).image
    for flat in (matrix, LinearOperator(halves[0].shape, halves[0].matvec, halves[0].rmatvec, dtype=A.dtype)):
        found = ct.sart([flat, halves[1]], [y[:3].ravel(), y[3:]], 3).image
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_views_of_cones_and_of_slices_may_be_mixed():
    shape = (4, 10, 9)
    cone = ct.ConeBeam(
        angles=[0.3], detector_shape=(6, 8), detector_spacing=2.0, source_to_axis=40, source_to_detector=80
    )
    beams = cone, ct.ParallelBeam(angles=[0.9], n_detectors=12)
    views = [ct.Projector(beam, shape, dtype=np.float64, workers=1) for beam in beams]
    volume = np.random.default_rng(0).random(shape)
    data = [A(volume) for A in views]
    for order in (1, -1):
        found = ct.sart(views[::order], data[::order], 3).image
        assert np.array_equal(found, ct.sart(list(map(Own, views))[::order], data[::order], 3).image)


def test_data_of_many_operators_lie_one_after_another(few):
    """Flat, as one stack, or as the data of all; turned ones have as many values."""
    A, y = few
    views, pairs = ([A.subset(slice(k, k + n)) for k in range(0, 6, n)] for n in (1, 2))
    expected = ct.sart(views, y, 3).image
    for given in (y.ravel(), y[:, None], list(y)):
        assert np.array_equal(ct.sart(views, given, 3).image, expected)
    expected = ct.sart(pairs, y.ravel(), 3).image
    for given in (y, y.reshape(3, 2, 20), y.reshape(3, 40)):
        assert np.array_equal(ct.sart(pairs, given, 3).image, expected)
        assert np.array_equal(ct.sart(pairs, y, 3, weights=np.ones(given.shape)).image, expected)
    for name, options in (("data", {"data": y.T}), ("weights", {"data": y, "weights": np.ones((20, 6))})):
        for operators in (views, pairs):
            with pytest.raises(ValueError, match=rf"^{name} must have shape \(120,\), or be an array for each op"):
                ct.sart(operators, **options)


def test_operators_may_return_what_they_were_given():
    """As scipy's identity does, for denoising."""
    image = np.random.default_rng(0).random((6, 5))
    identity = LinearOperator((30, 30), lambda x: x, lambda y: y, dtype=np.float64)
    for method in (ct.cgls, ct.asd_pocs, ct.tv_pocs, ct.tv_primal_dual):
        options = {"start": np.zeros((6, 5)), "n_iter": 5}
        if method is not ct.cgls:
            options["lower"] = image - 0.05
        found, expected = (method(A, image.ravel(), **options) for A in (identity, np.eye(30)))
        assert np.array_equal(found.image, expected.image)
        for name, values in expected.history.items():
            np.testing.assert_array_equal(found.history[name], values)
