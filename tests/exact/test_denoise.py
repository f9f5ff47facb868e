"""denoise_tv_l1 against brute force over all labelings, and against one minimum cut per grey level."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

import coarea
import oracles

TIES = ("lower", "upper")
BETAS = (0, 0.3, 0.5, 1, 1.7, 2, 3, 1e6, 1e30)
each_beta = pytest.mark.parametrize("beta", BETAS)

TINY = [((1, 1), 2), ((1, 2), 4), ((3, 1), 4), ((1, 7), 3), ((2, 3), 4), ((2, 4), 3), ((3, 3), 3)]  # shape, levels


def tiny_images(rng: np.random.Generator, repeats: int):
    for shape, n_levels in TINY * repeats:
        levels = np.sort(rng.choice(np.arange(12), n_levels, replace=False)).astype(np.uint8)
        yield rng.choice(levels, shape)


def some_weights(kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray | None:
    if kind == "none":
        return None
    if kind == "zeros":
        return np.zeros(shape)
    if kind == "random":  # no common denominator
        return rng.random(shape)
    if kind == "integers":
        return rng.choice([0, 0, 1, 2, 5], shape)
    return rng.choice([0, 0.25, 0.1, 0.7, 1, 3.5], shape)


def assert_both_ends(image: np.ndarray, beta: float, minimum: oracles.Minimum, index: np.ndarray, **options) -> None:
    """The two ties give the ends of the lattice of minimisers, and the energy of both is the minimum."""
    for tie, expected in zip(TIES, (minimum.lower, minimum.upper), strict=True):
        filtered, info = coarea.denoise_tv_l1(image, beta, tie=tie, return_info=True, **options)
        message = f"{image.tolist()} beta={beta} tie={tie} {options}"
        np.testing.assert_array_equal(filtered, expected[index], err_msg=message)
        (certificate,) = info.certificates
        assert info.energy == pytest.approx(minimum.energy, rel=1e-9, abs=rounding_bound(certificate)), message
        assert info.energy == info.dual_bound, message
        assert certificate.verify(), message


def rounding_bound(certificate) -> float:
    """What the rounding of the weights may change of the energy."""
    level, own = certificate.level.astype(int), certificate.fidelity.level
    variation = sum(np.abs(level[e.first] - level[e.second]).sum() for e in certificate.edges)
    return 1e-9 + certificate.unit / 2 * (np.abs(level - own).sum() + variation)


def check_pixels(rng, beta, neighbors, kind, repeats):
    for image in tiny_images(rng, repeats):
        weights = some_weights(kind, image.shape, rng)
        problem = oracles.pixel_problem(image, beta, neighbors, weights)
        minimum = oracles.minimum_over_labelings(problem, np.unique(image))
        index = np.arange(image.size).reshape(image.shape)
        assert_both_ends(image, beta, minimum, index, neighbors=neighbors, weights=weights)


@each_beta
@pytest.mark.parametrize("neighbors", [4, 8])
@pytest.mark.parametrize("kind", ["none", "integers", "reals", "random", "zeros"])
def test_pixels_are_brute_force(beta, neighbors, kind, rng):
    check_pixels(rng, beta, neighbors, kind, 1)


@each_beta
@pytest.mark.parametrize(("shape", "neighbors"), [((1,), 2), ((8,), 2), ((2, 2, 2), 6), ((1, 3, 2), 6)])
def test_signals_and_volumes_are_brute_force(beta, shape, neighbors, rng):
    for kind in ("none", "integers"):
        image = rng.integers(3, 6, shape).astype(np.int16)
        weights = some_weights(kind, shape, rng)
        minimum = oracles.minimum_over_labelings(oracles.pixel_problem(image, beta, weights=weights), np.unique(image))
        index = np.arange(image.size).reshape(shape)
        assert_both_ends(image, beta, minimum, index, weights=weights)
        assert_both_ends(image, beta, minimum, index, weights=weights, neighbors=neighbors)


@pytest.mark.slow
@pytest.mark.parametrize("neighbors", [4, 8])
@pytest.mark.parametrize("kind", ["none", "integers", "reals", "random"])
@pytest.mark.parametrize("seed", range(5))
def test_pixels_are_brute_force_at_any_beta(neighbors, kind, seed):
    rng = np.random.default_rng([2, seed])
    for beta in (*BETAS, *np.round(rng.uniform(0, 4, 6), 2)):
        check_pixels(rng, beta, neighbors, kind, 4)


DOMAINS = [  # domain, its options, the tree with the same options
    ("shapes", {}, coarea.tree_of_shapes),
    ("shapes", {"connectivity": "4-8"}, coarea.tree_of_shapes),
    ("shapes", {"border": "median"}, coarea.tree_of_shapes),
    ("shapes", {"border": 3.5, "connectivity": "4-8"}, coarea.tree_of_shapes),
    ("shapes", {"border": (0, 1)}, coarea.tree_of_shapes),
    ("max_tree", {}, coarea.max_tree),
    ("max_tree", {"connectivity": 2}, coarea.max_tree),
    ("min_tree", {}, coarea.min_tree),
    ("min_tree", {"connectivity": 2}, coarea.min_tree),
]
each_domain = pytest.mark.parametrize("domain_and_tree", DOMAINS, ids=lambda case: f"{case[0]} {case[1]}")


def small_trees(rng, build, options, number):
    """Images whose tree has few enough nodes to try all labelings."""
    while number:
        shape, n_levels = rng.integers(2, 6, 2), rng.integers(2, 5)
        image = rng.choice(np.arange(9, dtype=np.uint8), n_levels)[rng.integers(0, n_levels, shape)]
        tree = build(image, **options)
        if len(np.unique(image)) ** len(tree) <= 20_000:
            number -= 1
            yield image, tree


def check_trees(rng, beta, domain_and_tree, *, kinds, number):
    domain, options, build = domain_and_tree
    for kind in kinds:
        for image, tree in small_trees(rng, build, options, number):
            weights = some_weights(kind, image.shape, rng)
            minimum = oracles.minimum_over_labelings(oracles.tree_problem(tree, beta, weights), np.unique(image))
            assert_both_ends(image, beta, minimum, tree.node_of_pixel, domain=domain, weights=weights, **options)


@each_beta
@each_domain
def test_trees_are_brute_force(beta, domain_and_tree, rng):
    check_trees(rng, beta, domain_and_tree, kinds=("none", "integers", "reals", "random", "zeros"), number=3)


@pytest.mark.slow
@each_domain
@pytest.mark.parametrize("seed", range(4))
def test_trees_are_brute_force_at_any_beta(domain_and_tree, seed):
    rng = np.random.default_rng([3, seed])
    for beta in (*BETAS, *np.round(rng.uniform(0, 4, 6), 2)):
        check_trees(rng, beta, domain_and_tree, kinds=("none", "integers", "reals", "random", "zeros"), number=12)


# One minimum cut per level -------------------------------------------------------------------------------------


def test_the_two_oracles_agree(rng):
    """All labelings, and one cut per level by another library: they share no step but the energy."""
    for image in tiny_images(rng, 2):
        for beta in (1, 2, 3):
            problem = oracles.pixel_problem(image, beta, weights=rng.integers(1, 4, image.shape))
            labeled = oracles.minimum_over_labelings(problem, np.unique(image))
            cut = oracles.independent_cuts(problem)
            assert cut.energy == labeled.energy == problem.energy(cut.upper)
            np.testing.assert_array_equal((cut.lower, cut.upper), (labeled.lower, labeled.upper))


def check_independent_cuts(image, beta, weights=None, scale=1):
    """`scale` makes integers of beta and of the weights: the minimisers stay."""
    mass = scale * (np.ones(image.shape, dtype=int) if weights is None else weights)
    minimum = oracles.independent_cuts(oracles.pixel_problem(image, scale * beta, 4, mass))
    scaled = minimum._replace(energy=minimum.energy / scale)
    assert_both_ends(image, beta, scaled, np.arange(image.size).reshape(image.shape), weights=weights)


@pytest.mark.parametrize(("beta", "scale"), [(0.5, 2), (1, 1), (3, 1)])
def test_photograph_equals_one_cut_per_level(beta, scale):
    check_independent_cuts(data.camera()[200:264, 200:264], beta, scale=scale)


def test_photograph_with_holes_equals_one_cut_per_level(rng):
    image = data.camera()[100:148, 220:268]
    check_independent_cuts(image, 2, weights=rng.integers(0, 4, image.shape))


@pytest.mark.slow
@pytest.mark.parametrize(("beta", "scale"), [(0.25, 4), (0.3, 10), (0.5, 2), (1, 1), (1.5, 2), (2, 1), (5, 1), (20, 1)])
def test_photographs_equal_one_cut_per_level(photograph, beta, scale, rng):
    image = photograph[40:104, 60:124]
    check_independent_cuts(image, beta, scale=scale)
    check_independent_cuts(image, beta, weights=rng.integers(0, 4, image.shape), scale=scale)


def test_images_of_many_levels_equal_one_cut_per_level(rng):
    """16-bit, and 32-bit by ranks."""
    for dtype in (np.uint16, np.int32):
        image = rng.integers(0, 60_000, (12, 13)).astype(dtype)
        check_independent_cuts(image, 1)
