"""Views held out: which, what is recorded, which image is kept, when it ends."""

import numpy as np
import pytest
from few_views import HEAD, fan

from coarea import ct
from coarea.ct.equations import held_out

METHODS = [
    (ct.sart, {}),
    (ct.os_sart, {"n_subsets": 5}),
    (ct.sirt, {}),
    (ct.asd_pocs, {}),
    (ct.tv_pocs, {}),
    (ct.tv_primal_dual, {}),
    (ct.tv_least_squares, {"strength": 0.05}),
]


@pytest.fixture(scope="module")
def noisy():
    A = fan(20)
    y = A(HEAD)
    return A, y + np.random.default_rng(0).normal(0, 0.02 * y.max(), y.shape)


@pytest.mark.parametrize(("method", "options"), METHODS)
def test_the_image_that_predicts_best_is_kept(method, options, noisy):
    """The same iterations as without the views, which are every fourth from the third on."""
    A, y = noisy
    out = np.arange(2, 20, 4)
    rest = np.setdiff1d(np.arange(20), out)
    images, seen = [], []
    if "strength" in options:
        plain = {"strength": 0.75 * options["strength"]}
    else:
        plain, options = {"epsilon": np.sqrt(0.75) * 3}, {"epsilon": 3}
    method(A.subset(rest), y[rest], n_iter=30, callback=lambda _, image: images.append(image.copy()), **plain)
    result = method(A, y, n_iter=30, hold_out=0.25, callback=lambda _, image: seen.append(image.copy()), **options)
    assert all(np.array_equal(one, other) for one, other in zip(images, seen, strict=False))
    distances = [np.linalg.norm(A(image)[out] - y[out]) for image in seen]
    np.testing.assert_allclose(result.history["held_out"], distances, rtol=1e-9)
    assert np.array_equal(result.image, seen[int(np.argmin(distances))])
    assert len(seen) > 1


@pytest.mark.parametrize(("method", "options"), METHODS)
def test_it_ends_after_some_iterations_without_gain(method, options, noisy, monkeypatch):
    monkeypatch.setattr(held_out, "PATIENCE", 4)
    A, y = noisy
    found = method(A, y, n_iter=400, hold_out=0.2, **options).history["held_out"]
    assert len(found) == 400 or len(found) == np.argmin(found) + 1 + 4
    if method is ct.tv_pocs:
        assert len(found) < 400


def test_which_views(noisy):
    """Of those that were measured; of a list of operators each is one."""
    A, y = noisy
    weights = np.ones_like(y)
    weights[::2] = 0
    kept = held_out.leave_out(A, y, 0.1, start=None, weights=weights, epsilon=2.0, noise=None)
    assert np.flatnonzero(kept.weights.reshape(y.shape).any(1)).tolist() == [1, 3, 5, 7, 9, 13, 15, 17, 19]
    assert kept.share == pytest.approx(0.9)
    assert kept.epsilon == pytest.approx(2 * np.sqrt(0.9))
    views = [A.subset([k]) for k in range(20)]
    blocks = held_out.leave_out(views, y.ravel(), 0.1, start=None, weights=None, epsilon=None, noise=None)
    assert np.flatnonzero(blocks.weights.reshape(y.shape).any(1)).tolist() == [k for k in range(20) if k not in (5, 15)]
    scans = [A.subset(slice(0, 8)), A.subset(slice(8, 20))]  # a list of projectors of many views
    blocks = held_out.leave_out(scans, y, 0.1, start=None, weights=None, epsilon=None, noise=None)
    assert np.flatnonzero(~blocks.weights.reshape(y.shape).any(1)).tolist() == [5, 15]
    one = held_out.leave_out(A.subset([0, 1]), y[:2], 0.01, start=None, weights=None, epsilon=None, noise=None)
    assert one.weights.reshape(2, -1).any(1).tolist() == [True, False]


def test_noise_is_that_of_the_views_that_are_left(noisy):
    A, y = noisy
    noise = np.ones_like(y)
    noise[2::4] = 1000  # held out
    found = ct.tv_primal_dual(A, y, 3, noise=noise, hold_out=0.25)
    same = ct.tv_primal_dual(A, y, 3, epsilon=np.sqrt(y.size), hold_out=0.25)
    np.testing.assert_allclose(found.image, same.image, atol=1e-12)


@pytest.mark.parametrize(("method", "options"), METHODS)
def test_one_warning(method, options, noisy):
    A, y = noisy
    with pytest.warns(UserWarning, match="data look like counts") as found:
        method(A, 1e4 * np.exp(-y / y.max()), n_iter=1, hold_out=0.25, **options)
    assert len(found) == 1
    assert found[0].filename == __file__


def test_refusals(noisy):
    A, y = noisy
    for method, options in METHODS:
        for wrong in (0, 0.6, -1, np.nan, "some"):
            with pytest.raises(ValueError, match=r"hold_out must be a number > 0 and <= 0\.5"):
                method(A, y, hold_out=wrong, **options)
    with pytest.raises(ValueError, match="hold_out needs two views or more that were measured"):
        ct.asd_pocs(A.subset([0]), y[:1], hold_out=0.5)
    with pytest.raises(ValueError, match="give a Projector, or a sequence of operators, one for each view"):
        ct.asd_pocs(np.eye(4), np.ones(4), hold_out=0.5)
    with pytest.raises(ValueError, match="strength must be a finite number >= 0, got -1"):
        ct.tv_least_squares(A, y, -1)
