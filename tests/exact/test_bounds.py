"""Bounds that a result may not leave: against all labelings within them, their laws, and wrong calls."""

from __future__ import annotations

import math

import numpy as np
import pytest
from skimage import data

import coarea
import oracles
from coarea import attributes

TREES = {"shapes": coarea.tree_of_shapes, "max_tree": coarea.max_tree, "min_tree": coarea.min_tree}
TIES = ("lower", "upper")
N_LEVELS = 4
each_domain = pytest.mark.parametrize("domain", ["pixels", *TREES])
each_filter = pytest.mark.parametrize("denoise", [coarea.denoise_tv_l1, coarea.denoise_tv_l2])


def ends_within(problem, lower, upper, power):
    """The smallest and the largest labeling of least energy among those within the bounds, and that energy."""
    u = oracles.labelings(len(problem.value), N_LEVELS).astype(np.int64)
    u = u[:, ((u >= lower[:, None]) & (u <= upper[:, None])).all(0)]
    distance = np.abs(u - problem.value[:, None])
    fidelity = problem.mass @ (distance if power == 1 else distance**2 / 2)
    energies = fidelity + problem.beta * (problem.coefficient @ np.abs(u[problem.first] - u[problem.second]))
    best = u[:, energies <= energies.min() + 1e-9]
    return energies.min(), {"lower": best.min(1), "upper": best.max(1)}


def random_bounds(rng, shape):
    """Some that bind, some infinite, and some equal to each other."""
    lower, upper = np.sort(rng.integers(0, N_LEVELS, (2, *shape)), 0).astype(float)
    lower[rng.random(shape) < 0.4], upper[rng.random(shape) < 0.4] = -np.inf, np.inf
    return lower, upper


def calls(power, beta, **options):
    """The filter in both ties."""
    if power == 1:
        return {tie: lambda image, tie=tie, **more: coarea.denoise_tv_l1(
            image, beta, tie=tie, return_info=True, **options, **more) for tie in TIES}  # fmt: skip
    return {tie: lambda image, tie=tie, **more: coarea.denoise_tv_l2(
        image, beta, tie=tie, return_info=True, resolution=1, **options, **more) for tie in TIES}  # fmt: skip


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("solver", ["native", "pymaxflow"])
@pytest.mark.parametrize("neighbors", [4, 8])
def test_pixels_against_all_labelings(power, solver, neighbors, rng):
    for _ in range(60):
        shape = [(2, 3), (1, 5), (2, 2)][rng.integers(3)]
        beta = rng.choice([0, 0.5, 1, 1.7, 30])
        image, weights = rng.integers(0, N_LEVELS, shape), rng.integers(beta == 0, 3, shape)  # else values are free
        lower, upper = random_bounds(rng, shape)
        problem = oracles.pixel_problem(image, beta, neighbors, weights)
        energy, ends = ends_within(problem, lower.ravel(), upper.ravel(), power)
        for tie, filtered in calls(power, beta, neighbors=neighbors, solver=solver, weights=weights).items():
            found, info = filtered(image, lower=lower, upper=upper)
            if neighbors == 4 and (weights > 0).any():  # else minimisers tie up to rounding, or anything will do
                np.testing.assert_array_equal(found.ravel(), ends[tie])
            assert ((found >= lower) & (found <= upper)).all()
            assert info.energy == pytest.approx(energy, abs=1e-5)
            if solver == "native":
                assert info.dual_bound == info.energy
                assert info.certificates[0].verify(found)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("domain", TREES)
def test_trees_against_all_labelings(power, domain, rng):
    """A node has the bounds of all pixels that it owns; where these leave nothing, that is said."""
    refused = 0
    for _ in range(100):
        image = rng.integers(0, N_LEVELS, (2, 3))
        tree = TREES[domain](image)
        lower, upper = random_bounds(rng, image.shape)
        nodes = [tree.node_of_pixel == node for node in range(len(tree))]
        least, most = (np.array([limit(b[own], initial=start) for own in nodes]) for limit, b, start in
                       ((np.max, lower, -np.inf), (np.min, upper, np.inf)))  # fmt: skip
        beta = rng.choice([0, 0.5, 1, 1.7, 30])
        for tie, filtered in calls(power, beta, domain=domain).items():
            if (least > most).any():
                with pytest.raises(ValueError, match=r"^lower and upper must leave the pixels of each node"):
                    filtered(image, lower=lower, upper=upper)
                refused += 1
                continue
            energy, ends = ends_within(oracles.tree_problem(tree, beta), least, most, power)
            found, info = filtered(image, lower=lower, upper=upper)
            np.testing.assert_array_equal(found, ends[tie][tree.node_of_pixel])
            assert info.energy == info.dual_bound == pytest.approx(energy)
            assert info.certificates[0].verify()
            of_tree, _ = filtered(tree, lower=lower, upper=upper)
            np.testing.assert_array_equal(of_tree, found)
    assert 10 < refused < 190


@pytest.mark.parametrize("fidelity", ["l1", "l2"])
def test_graphs_against_all_labelings(fidelity, rng):
    for _ in range(150):
        n = int(rng.integers(2, 6))
        values, weights = rng.integers(0, N_LEVELS, n), rng.integers(1, 4, n)
        edges = np.array([(i, j) for i in range(n) for j in range(i)])
        cost = rng.integers(0, 3, len(edges))
        lower, upper = random_bounds(rng, (n,))
        problem = oracles.Problem(values, weights, *edges.T, cost, 1.0)
        energy, ends = ends_within(problem, lower, upper, 1 if fidelity == "l1" else 2)
        for tie in TIES:
            found = coarea.minimize_tv_graph(
                values, edges, cost, weights=weights, lower=lower, upper=upper, tie=tie, fidelity=fidelity,
                resolution=1 if fidelity == "l2" else None,
            )  # fmt: skip
            np.testing.assert_array_equal(found.values, ends[tie])
            assert found.certificate.verify()
            assert found.certificate.energy() == found.certificate.dual_bound() == pytest.approx(energy)


def test_area_opening_is_the_largest_one_sided_minimiser_with_perimeters_one(rng):
    for _ in range(400):
        image, area = rng.integers(0, 5, (4, 5)), int(rng.integers(1, 8))
        tree = coarea.max_tree(image)
        edges = np.stack([np.arange(1, len(tree)), tree.parent[1:]], 1)
        found = coarea.minimize_tv_graph(
            tree.value, edges, np.ones(len(edges)), beta=area, weights=attributes.own_area(tree), upper=tree.value,
            tie="upper",
        )  # fmt: skip
        np.testing.assert_array_equal(tree.reconstruct(found.values), coarea.area_opening(tree, area))


# Laws -----------------------------------------------------------------------------------------------------------


@pytest.mark.photograph
@each_filter
@each_domain
def test_bounds_on_a_photograph(denoise, domain):
    """The result stays inside, the proof holds, and a pixel whose bounds are equal has that value."""
    image = data.camera()[100:228, 100:228]
    lower, upper = np.maximum(image.astype(float) - 9.25, 3), image + 4.5
    upper[image > 200] = np.inf
    options = {"domain": domain, "return_info": True, "neighbors": 8 if domain == "pixels" else None}
    found, info = denoise(image, 3, lower=lower, upper=upper, **options)
    assert ((found >= lower) & (found <= upper)).all()
    assert info.energy == pytest.approx(info.dual_bound, rel=1e-12)
    assert all(certificate.verify() for certificate in info.certificates)
    free, free_info = denoise(image, 3, **options)
    assert free_info.energy < info.energy < info.initial_energy or math.isinf(info.initial_energy)
    assert (free != found).any()
    pinned = denoise(image, 3, domain=domain, lower=image, upper=image)
    np.testing.assert_array_equal(pinned, image)


@pytest.mark.photograph
@pytest.mark.parametrize("beta", [0.7, 2, 12.5])
def test_solvers_agree_on_a_photograph(beta):
    image = data.coins()[:100, :120]
    for options in ({"upper": image}, {"lower": image - (image > 9) * 9, "upper": image.astype(int) + 3}):
        for denoise in (coarea.denoise_tv_l1, coarea.denoise_tv_l2):
            one, other = (denoise(image, beta, solver=solver, **options) for solver in ("native", "pymaxflow"))
            np.testing.assert_array_equal(one, other)


@each_domain
def test_bounds_that_never_bind_change_nothing(domain):
    image = data.camera()[::8, ::8]
    expected = coarea.denoise_tv_l1(image, 1.5, domain=domain)
    for bounds in ({"lower": 0}, {"lower": -np.inf, "upper": np.inf}, {"lower": -1e9, "upper": 300.5},
                   {"upper": np.full(image.shape, 255, np.uint8)}):  # fmt: skip
        filtered = coarea.denoise_tv_l1(image, 1.5, domain=domain, **bounds)
        np.testing.assert_array_equal(filtered, expected)
        assert filtered.dtype == np.uint8


@each_domain
def test_one_sided_filters_are_dual_and_anti_extensive(domain):
    image = data.coins()[100:140, 100:150]
    negative = {"max_tree": "min_tree", "min_tree": "max_tree"}.get(domain, domain)
    exchanged = {"connectivity": "4-8"} if domain == "shapes" else {}
    below = coarea.denoise_tv_l1(image, 2, domain=domain, upper=image, tie="lower")
    assert (below <= image).all()
    assert (below < image).any()
    above = coarea.denoise_tv_l1(255 - image, 2, domain=negative, lower=255 - image, tie="upper", **exchanged)
    np.testing.assert_array_equal(255 - above, below)


def test_contrast_changes_commute():
    image = data.coins()[100:140, 100:150]
    lower, upper = np.maximum(image, 20) - 20, np.minimum(image, 235) + 20
    change = np.sort(np.random.default_rng(1).choice(np.arange(60000), 256, replace=False))
    filtered = coarea.denoise_tv_l1(image, 1.5, lower=lower, upper=upper)
    of_changed = coarea.denoise_tv_l1(change[image], 1.5, lower=change[lower], upper=change[upper])
    np.testing.assert_array_equal(of_changed, change[filtered])


@each_filter
@each_domain
def test_a_large_beta_gives_the_best_constant_within(denoise, domain):
    image = data.coins()[100:120, 100:120]
    assert np.unique(denoise(image, 1e5, domain=domain, upper=image)).tolist() == [image.min()]
    assert np.unique(denoise(image, 1e5, domain=domain, lower=240)).tolist() == [240]


@each_filter
def test_values_that_the_image_lacks(denoise):
    """Bounds may force values outside of those of the image, of every dtype; the rest goes with them."""
    for dtype in (np.uint8, np.int16, np.int64, np.uint64, np.float32, np.float64, ">i4"):
        image = np.array([[5, 5, 5, 5, 9]], dtype)
        lower = np.array([[0, 0, 7, 0, 0]], np.int8)
        found = denoise(image, 3, lower=lower)
        assert found.tolist() == [[7, 7, 7, 7, 7]] if denoise is coarea.denoise_tv_l1 else (found >= lower).all()
        assert denoise(image, 0, upper=3, lower=3).tolist() == [[3] * 5]
        assert denoise(image, 0, upper=3, lower=3).dtype == denoise(image, 0).dtype
    assert coarea.denoise_tv_l1([[True, False]], 0, upper=[[False, True]]).tolist() == [[False, False]]


def test_what_the_dtype_lacks_is_moved_inwards():
    image = np.array([[10, 10]], np.uint8)
    assert coarea.denoise_tv_l1(image, 0, lower=10.5).tolist() == [[11, 11]]
    assert coarea.denoise_tv_l1(image, 0, upper=[[9.9, 300]]).tolist() == [[9, 10]]
    assert coarea.denoise_tv_l2(image, 0, lower=10.3).tolist() == [[10.3, 10.3]]
    for bound in (9.1, 9.4):  # of these the nearest number of 32 bits is above one and below the other
        single = image.astype(np.float32)
        below, above = coarea.denoise_tv_l1(single, 0, upper=bound), coarea.denoise_tv_l1(single - 9, 0, lower=bound)
        assert below.dtype == above.dtype == np.float32
        assert (below.astype(float) <= bound).all()
        assert (above.astype(float) >= bound).all()
    huge = np.array([[2**62]], np.int64)
    assert coarea.denoise_tv_l1(huge, 0, upper=np.array([[2**63 + 5]], np.uint64), lower=2**62 + 1).tolist() == [
        [2**62 + 1]
    ]


@each_filter
def test_missing_data_channels_volumes_and_fixed_pixels(denoise):
    image = np.array([[[1.0, 5], [np.nan, 6], [3, 7]]])
    lower = np.array([[0, 2.5, 0]])
    found = denoise(image, 0.25, lower=lower, channel_axis=-1, mask=np.isnan(image))
    assert found[0, 1, 0] >= 2.5
    alone = denoise(image[..., 1], 0.25, lower=lower)
    np.testing.assert_allclose(found[..., 1], alone, atol=1e-3)  # of L2 in another resolution
    of_each = denoise(image, 0.25, lower=np.stack([lower, lower + 5], -1), channel_axis=-1, mask=np.isnan(image))
    np.testing.assert_allclose(of_each[..., 1], denoise(image[..., 1], 0.25, lower=lower + 5), atol=1e-3)
    assert (of_each[..., 1] != alone).any()
    volume = np.random.default_rng(2).integers(0, 9, (3, 4, 5))
    for neighbors in (6, 26):
        found, info = denoise(volume, 1, upper=volume, neighbors=neighbors, return_info=True)
        assert (found <= volume).all()
        assert info.certificates[0].verify()
    fixed = volume == 8
    held = denoise(volume, 5, upper=volume, fixed=fixed)
    assert (held[fixed] == 8).all()
    with pytest.raises(ValueError, match=r"^fixed pixels must lie between lower and upper, got one of 8"):
        denoise(volume, 5, upper=7, fixed=fixed)


def test_what_leaves_the_bounds_has_no_finite_energy():
    image = np.array([[1, 5, 1]])
    found, info = coarea.denoise_tv_l1(image, 1, upper=[[9, 4, 9]], return_info=True)
    (certificate,) = info.certificates
    assert info.initial_energy == math.inf == certificate.energy(image)
    assert not certificate.verify(image)
    assert certificate.verify(found)
    assert repr(info)


def test_real_weights_and_workers():
    image = data.camera()[::4, ::4]
    weights = np.random.default_rng(4).random(image.shape)
    options = {"weights": weights, "upper": image, "lower": image // 2, "return_info": True}
    found, info = coarea.denoise_tv_l1(image, 0.7, workers=1, **options)
    assert info.energy == pytest.approx(info.dual_bound, rel=1e-12)
    np.testing.assert_array_equal(coarea.denoise_tv_l1(image, 0.7, workers=2, **options)[0], found)
    np.testing.assert_array_equal(coarea.denoise_tv_l1(image, 0.7, solver="pymaxflow", **options)[0], found)


@each_filter
@pytest.mark.parametrize(
    ("bounds", "error", "message"),
    [
        ({"lower": np.nan}, ValueError, r"^lower contains NaN: where there is no bound give -numpy.inf"),
        ({"upper": [[1, 2, np.nan]]}, ValueError, r"^upper contains NaN: where there is no bound give numpy.inf"),
        ({"lower": [1, 2, 3]}, ValueError, r"^lower must be a number or have shape \(1, 3\), got \(3,\)"),
        ({"lower": 3, "upper": 2}, ValueError, r"^lower must be at most upper.* got 3 and 2 at \(0, 0\)"),
        ({"lower": np.inf}, ValueError, "^lower must leave"),
        ({"upper": -np.inf}, ValueError, "^upper must leave"),
        ({"upper": "5"}, TypeError, "^upper must be an array"),
        ({"upper": 2j}, TypeError, "^upper must have a real dtype"),
        ({"upper": [[True, False, True]]}, TypeError, "^upper must hold grey values of dtype .*, got bool"),
        ({"lower": np.ma.array([[1, 2, 3]], mask=[[1, 0, 0]])}, ValueError, "^lower must not be masked"),
        ({"lower": coarea.max_tree([[1, 2, 3]])}, TypeError, "^lower must be an array, got a tree"),
    ],
)
def test_wrong_bounds(denoise, bounds, error, message):
    with pytest.raises(error, match=message):
        denoise(np.array([[1, 2, 3]], np.uint8), 1, **bounds)


def test_bounds_that_leave_no_value_of_the_dtype():
    image = np.array([[1, 2, 3]], np.uint8)
    with pytest.raises(ValueError, match=r"^lower must leave values of dtype uint8, 0 to 255, got 256"):
        coarea.denoise_tv_l1(image, 1, lower=256)
    with pytest.raises(
        ValueError, match=r"^lower must be at most upper, with a value of dtype uint8 between, got 1.25 and"
    ):
        coarea.denoise_tv_l1(image, 1, lower=1.25, upper=1.75)


def test_bounds_stay_as_they_were():
    image, lower = np.array([[1, 2, 3]]), np.array([[0, 0, 9]])
    lower.flags.writeable = False
    assert coarea.denoise_tv_l1(image, 1, lower=np.asfortranarray(lower)).tolist() == [[1, 2, 9]]
    assert coarea.denoise_tv_l1(image[:, ::-1], 1, lower=lower[:, ::-1]).tolist() == [[9, 2, 1]]
    assert lower.tolist() == [[0, 0, 9]]
