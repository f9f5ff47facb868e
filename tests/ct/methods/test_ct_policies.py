"""Policies of the methods: the order of the blocks, the schedules of ASD-POCS, the cosine that ends it."""

import numpy as np
import pytest
from few_views import fan

from coarea import ct, tv_gradient
from coarea.ct.equations import data_steps
from coarea.ct.equations import system as system_module
from coarea.ct.methods import pocs


def order_of_blocks(n):
    """Which view each block is, if every view is one."""
    A = fan(n, 5, shape=(3, 3))
    blocks = system_module.System(A, np.arange(n).repeat(5).reshape(n, 5), n_blocks=n).blocks
    views = [int(block.data[0]) for block in blocks]
    projectors = [block.operator.projector for block in blocks]
    assert all(part.geometry == A.geometry[[view]] for part, view in zip(projectors, views, strict=True))
    return views


@pytest.mark.filterwarnings("ignore:data of rays")
def test_order_of_the_blocks_uses_each_once():
    for n in range(1, 40):
        assert sorted(order_of_blocks(n)) == list(range(n))


@pytest.mark.filterwarnings("ignore:data of rays")
def test_neighbours_among_the_blocks_are_far_apart():
    """On the circle of views; where the number has no divisors, any three in turn are."""
    for n in (5, *range(7, 80)):  # no step but 1 reaches all of 2, 3, 4 or 6
        views = np.array(order_of_blocks(n))
        steps = np.diff(views) % n
        assert np.minimum(steps, n - steps).min() > n / 4
        if all(n % divisor for divisor in (2, 3, 5, 7)):
            steps = np.diff(views[::2]) % n
            assert np.minimum(steps, n - steps).min() > n / 6


def test_relaxation_and_step_of_asd_pocs_follow_their_rules(scan, monkeypatch):
    A, y = scan
    used = []

    def recorded(system, name):
        data_step = data_steps.data_step_of(system, name)

        def record(x, relaxation):
            used.append(relaxation)
            return data_step(x, relaxation)

        return record

    monkeypatch.setattr(pocs, "data_step_of", recorded)
    epsilon = 0.05 * np.linalg.norm(y)
    history = ct.asd_pocs(
        A, y, 40, relaxation=1.2, relaxation_decay=0.97, relaxation_backoff=0.9, tv_step=0.02, tv_step_decay=0.7,
        max_tv_ratio=0.8, epsilon=epsilon, stop_cosine=-1,
    ).history  # fmt: skip
    reached = history["residual"] <= epsilon
    assert 3 < reached.sum() < 37
    np.testing.assert_allclose(used, 1.2 * np.cumprod([1, *np.where(reached, 0.97 * 0.9, 0.97)[:-1]]))
    undone = history["dg"] > 0.8 * history["dp"]
    assert (undone & ~reached).any()
    assert (undone & reached).any()
    factors = np.where(undone & ~reached, 0.7, 1) * np.where(reached, 0.9, 1)
    np.testing.assert_allclose(history["step"], 0.02 * history["dp"][0] * np.cumprod([1, *factors[:-1]]))


@pytest.mark.parametrize("options", [{}, ct.SIDKY_PAN_2008, {"relaxation_backoff": 1.0}])
def test_an_epsilon_that_was_met_is_kept(options, scan):
    """The image after the last data step that met it; the defaults end near it, and others' schedules are theirs."""
    A, y = scan
    noisy = y + np.random.default_rng(0).normal(0, 0.01 * y.max(), y.shape)
    for part in (0.9, 1.2, 1.5):
        epsilon = part * np.linalg.norm(noisy - y)
        images: list[np.ndarray] = []
        result = ct.asd_pocs(
            A, noisy, 60, epsilon=epsilon, callback=lambda _, x, to=images: to.append(x.copy()), **options
        )
        met = np.flatnonzero(result.history["residual"] <= epsilon)
        assert np.array_equal(result.image, images[met[-1] if met.size else -1])
        if met.size:
            assert np.linalg.norm(A(result.image) - noisy) <= epsilon * (1 + 1e-9)
        if not options and part > 1:
            assert met.size
            assert result.history["residual"][met[0] :].max() <= 1.02 * epsilon


@pytest.mark.parametrize("lower", [0.0, 0.1])
def test_cosine_counts_pixels_above_the_bound(lower, scan):
    A, y = scan
    images = []
    history = ct.asd_pocs(A, y, 6, lower=lower, callback=lambda _, image: images.append(image.copy())).history
    assert any((image == lower).sum() > 100 for image in images)
    for image, cosine in zip(images, history["cosine"], strict=True):
        above = image > lower
        one, other = tv_gradient(image)[above], A.T(A(image) - y)[above]
        assert cosine == pytest.approx(one @ other / np.linalg.norm(one) / np.linalg.norm(other), rel=1e-6)


def test_cosine_is_0_where_nothing_can_change(scan):
    A, y = scan
    assert ct.asd_pocs(A, 0 * y, 3).history["cosine"].tolist() == [0, 0, 0]
