"""Laws of denoise_tv_l1: contrast, duality, dtypes, channels, energies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from skimage import data

import coarea
import oracles

TREE_DOMAINS = {"shapes": coarea.tree_of_shapes, "max_tree": coarea.max_tree, "min_tree": coarea.min_tree}
each_domain = pytest.mark.parametrize("domain", ["pixels", *TREE_DOMAINS])
each_tie = pytest.mark.parametrize("tie", ["lower", "upper"])


# Identity and median -------------------------------------------------------------------------------------------


@each_domain
@each_tie
def test_beta_zero_is_the_identity(domain, tie, photograph):
    image = photograph[:128, :128]
    np.testing.assert_array_equal(coarea.denoise_tv_l1(image, 0, domain=domain, tie=tie), image)


@each_domain
@pytest.mark.parametrize("beta", [1e6, 1e30, 1e300])
def test_huge_beta_is_the_median(domain, beta):
    for shape in ((40, 41), (41, 43)):
        image = data.camera()[: shape[0], : shape[1]]
        ordered = np.sort(image, axis=None)
        for tie, median in (("lower", ordered[(image.size - 1) // 2]), ("upper", ordered[image.size // 2])):
            assert np.unique(coarea.denoise_tv_l1(image, beta, domain=domain, tie=tie)).tolist() == [median]


@each_domain
def test_huge_beta_is_the_weighted_median(domain, rng):
    image = data.coins()[60:90, 40:70]
    weights = rng.integers(0, 5, image.shape)
    ordered = np.sort(np.repeat(image.ravel(), weights.ravel()))
    for tie, median in (("lower", ordered[(ordered.size - 1) // 2]), ("upper", ordered[ordered.size // 2])):
        filtered = coarea.denoise_tv_l1(image, 1e9, domain=domain, weights=weights, tie=tie)
        assert np.unique(filtered).tolist() == [median]


@each_domain
@each_tie
@pytest.mark.parametrize("factor", [2.0**-960, 2.0**-60, 0.5, 3, 2.0**40, 2.0**960])
def test_only_the_ratio_of_beta_to_the_weights_matters(domain, tie, factor, rng):
    image = data.coins()[60:80, 40:62]
    weights = rng.integers(0, 5, image.shape)
    expected = coarea.denoise_tv_l1(image, 1.5, domain=domain, weights=weights, tie=tie)
    scaled = coarea.denoise_tv_l1(image, 1.5 * factor, domain=domain, weights=weights * factor, tie=tie)
    np.testing.assert_array_equal(scaled, expected)


@each_domain
@each_tie
@pytest.mark.parametrize("factor", [1, 2.0**-500, 2.0**-70, 2.0**70, 2.0**500])
def test_decimal_fractions_are_exact(domain, tie, factor, rng):
    """0.1 + 0.2 > 0.3 in binary; here the weights 0.1 and 0.2 together do tie with 0.3, and so do 2^k times as much."""
    image = data.coins()[60:80, 40:62]
    weights = rng.integers(0, 5, image.shape)
    expected = coarea.denoise_tv_l1(image, 1.5, domain=domain, weights=weights, tie=tie)
    decimal = factor * np.array([0, 0.1, 0.2, 0.3, 0.4])[weights]
    filtered = coarea.denoise_tv_l1(image, 0.15 * factor, domain=domain, weights=decimal, tie=tie)
    np.testing.assert_array_equal(filtered, expected)


@each_domain
@each_tie
def test_a_tiny_beta_is_the_identity_with_tiny_weights_too(domain, tie):
    image = data.coins()[60:80, 40:62]
    for weight in (1e-300, 1, 1e300):
        weights = np.full(image.shape, weight)
        filtered = coarea.denoise_tv_l1(image, 0.2 * weight, domain=domain, weights=weights, tie=tie)
        np.testing.assert_array_equal(filtered, image)


@pytest.mark.parametrize("beta", [0.01, 0.04, 0.06, 0.1, 1, 30])
def test_no_more_than_60_bits_come_together_at_a_node(beta, rng):
    """Weights without a common denominator: an edge may bring its whole weight, a node may give its own."""
    for n_levels in (2, 3, 9):
        values, edges = rng.integers(0, n_levels, 40), rng.integers(0, 40, (200, 2))
        edges = edges[edges[:, 0] != edges[:, 1]]
        weights = beta * (1 + rng.random(len(edges)))
        minimum = coarea.minimize_tv_graph(values, edges, weights, weights=rng.random(40))
        ((first, second, capacity, _),) = minimum.certificate.edges
        pull, term = np.zeros(40), minimum.certificate.fidelity
        np.add.at(pull, first, capacity)
        np.add.at(pull, second, capacity)
        largest = pull.max() + min(pull.max(), max(term.up.max(), term.down.max()))
        assert 2**50 < largest <= 2**60 * (1 + 1e-9)
        assert minimum.certificate.verify()


def test_a_long_path_of_irrational_weights_is_solved(rng):
    """All its weights together do not fit into 64 bits."""
    edges = np.stack([np.arange(999), np.arange(1, 1000)], axis=1)
    values = rng.integers(0, 9, 1000)
    minimum = coarea.minimize_tv_graph(values, edges, np.full(999, np.pi), weights=np.full(1000, np.pi))
    expected = coarea.minimize_tv_graph(values, edges, np.ones(999))
    np.testing.assert_array_equal(minimum.values, expected.values)
    assert minimum.certificate.verify()
    assert minimum.certificate.energy() == pytest.approx(np.pi * expected.certificate.energy())


# Contrast and duality ------------------------------------------------------------------------------------------

CHANGES = {  # non-decreasing changes of contrast of 8-bit images; the last ones are strictly increasing
    "posterise": lambda v: v // 32 * 32,
    "two levels": lambda v: v >= 100,
    "clip": lambda v: np.clip(v, 60, 180),
    "gamma": lambda v: np.round(255 * (v / 255) ** 2).astype(np.uint8),
    "constant": lambda v: np.full_like(v, 9),
}
STRICT_CHANGES = {
    "uint16": lambda v: v.astype(np.uint16) * 257,
    "int16": lambda v: v.astype(np.int16) * 200 - 30_000,
    "int64": lambda v: v.astype(np.int64) ** 5 - 2**40,
    "float32": lambda v: np.sqrt(v.astype(np.float32)) - 5,
    "float64": lambda v: np.exp(v / 50.0),
}


@each_tie
@pytest.mark.parametrize("change", [*CHANGES.values(), *STRICT_CHANGES.values()], ids=[*CHANGES, *STRICT_CHANGES])
@pytest.mark.parametrize(("beta", "neighbors"), [(1, 4), (1.7, 4), (1.5, 8)])
def test_pixels_commute_with_every_change_of_contrast(tie, change, beta, neighbors, photograph):
    image = photograph[60:120, 100:164]
    options = {"tie": tie, "neighbors": neighbors}
    one = coarea.denoise_tv_l1(change(image), beta, **options)
    np.testing.assert_array_equal(one, change(coarea.denoise_tv_l1(image, beta, **options)))


@each_tie
@pytest.mark.parametrize("change", STRICT_CHANGES.values(), ids=STRICT_CHANGES)
@pytest.mark.parametrize("domain", TREE_DOMAINS)
@pytest.mark.parametrize("beta", [0.5, 2])
def test_trees_commute_with_strict_changes_of_contrast(tie, change, domain, beta, photograph):
    image = photograph[:200, :200]
    one = coarea.denoise_tv_l1(change(image), beta, domain=domain, tie=tie)
    np.testing.assert_array_equal(one, change(coarea.denoise_tv_l1(image, beta, domain=domain, tie=tie)))


DUALS = [
    ({}, {}),
    ({"neighbors": 8}, {"neighbors": 8}),
    ({"domain": "shapes"}, {"domain": "shapes", "connectivity": "4-8"}),
    ({"domain": "max_tree", "connectivity": 2}, {"domain": "min_tree", "connectivity": 2}),
    ({"domain": "min_tree"}, {"domain": "max_tree"}),
]


@pytest.mark.parametrize(("options", "dual"), DUALS)
@pytest.mark.parametrize("beta", [0.5, 1, 3])
def test_lower_is_the_dual_of_upper(options, dual, beta, photograph):
    image = photograph[30:100, 40:110]
    upper = coarea.denoise_tv_l1(image, beta, tie="upper", **options)
    np.testing.assert_array_equal(coarea.denoise_tv_l1(255 - image, beta, tie="lower", **dual), 255 - upper)
    signed = image.astype(np.int16)
    np.testing.assert_array_equal(coarea.denoise_tv_l1(-signed, beta, tie="lower", **dual), -upper.astype(np.int16))
    assert (coarea.denoise_tv_l1(image, beta, tie="lower", **options) <= upper).all()


# Dtypes, channels, memory, threads -----------------------------------------------------------------------------

DTYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]


@each_domain
@pytest.mark.parametrize("code", DTYPES)
def test_dtype_and_values_are_those_of_the_image(domain, code, rng):
    dtype = np.dtype(code)
    limits = None if dtype.kind == "b" else np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    values = np.array([0, 1] if limits is None else [limits.min, 1, 3, 50, limits.max], dtype)
    ranks = rng.integers(0, len(values), (12, 13)).astype(np.uint8)
    filtered = coarea.denoise_tv_l1(values[ranks], 1, domain=domain)
    assert filtered.dtype == dtype
    np.testing.assert_array_equal(filtered, values[coarea.denoise_tv_l1(ranks, 1, domain=domain)])


@each_domain
def test_layout_of_the_memory_does_not_matter(domain, rng):
    image = rng.integers(0, 5, (10, 12)).astype(np.int32)
    weights = rng.integers(0, 3, image.shape)
    expected = coarea.denoise_tv_l1(image, 1, domain=domain, weights=weights)
    wide = np.repeat(image, 2, axis=1)
    for variant in (np.asfortranarray(image), wide[:, ::2], image.astype(">i4"), image.tolist()):
        for factors in (np.asfortranarray(weights), weights.astype(">f8"), weights.tolist()):
            filtered = coarea.denoise_tv_l1(variant, 1, domain=domain, weights=factors)
            np.testing.assert_array_equal(filtered, expected)


@each_domain
def test_inputs_are_not_modified(domain, rng):
    image = rng.integers(0, 200, (20, 20)).astype(np.uint8)
    weights = rng.random(image.shape)
    copies = image.copy(), weights.copy()
    image.flags.writeable = weights.flags.writeable = False
    for beta in (0, 1):
        filtered = coarea.denoise_tv_l1(image, beta, domain=domain, weights=weights)
        assert filtered.flags.writeable
        assert not np.shares_memory(filtered, image)
    np.testing.assert_array_equal(image, copies[0])
    np.testing.assert_array_equal(weights, copies[1])


@each_domain
@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_channels_are_filtered_one_by_one(domain, axis):
    image = np.moveaxis(data.astronaut()[:40, 100:150], -1, axis)
    filtered = coarea.denoise_tv_l1(image, 1.5, domain=domain, channel_axis=axis)
    assert filtered.shape == image.shape
    channels = zip(np.moveaxis(image, axis, 0), np.moveaxis(filtered, axis, 0), strict=True)
    for channel, result in channels:
        np.testing.assert_array_equal(result, coarea.denoise_tv_l1(channel, 1.5, domain=domain))


@each_domain
def test_channels_have_their_weights_and_their_energies(domain, rng):
    image = data.astronaut()[:30, 100:140]
    by_channel = rng.integers(0, 3, image.shape)
    for weights in (by_channel, by_channel[..., 0]):
        every = np.broadcast_to(weights.reshape(30, 40, -1), image.shape)
        filtered, info = coarea.denoise_tv_l1(
            image, 1, domain=domain, weights=weights, channel_axis=-1, return_info=True
        )
        alone = [
            coarea.denoise_tv_l1(image[..., c], 1, domain=domain, weights=every[..., c], return_info=True)
            for c in range(3)
        ]
        np.testing.assert_array_equal(filtered, np.stack([result for result, _ in alone], axis=-1))
        assert info.energy == pytest.approx(sum(one.energy for _, one in alone))
        assert info.initial_energy == pytest.approx(sum(one.initial_energy for _, one in alone))


@each_domain
def test_threads_give_the_serial_results(domain):
    images = [np.roll(data.camera(), 41 * k, axis=0)[:100, :100] for k in range(6)]
    serial = [coarea.denoise_tv_l1(image, 2, domain=domain) for image in images]
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(lambda image: coarea.denoise_tv_l1(image, 2, domain=domain), images))
    np.testing.assert_array_equal(threaded, serial)


# Energies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("neighbors", [4, 8])
@pytest.mark.parametrize("beta", [0, 0.7, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_energy_on_pixels_is_the_definition(neighbors, beta, weighted, rng):
    image = data.coins()[50:90, 60:100]
    weights = rng.random(image.shape) if weighted else None
    filtered, info = coarea.denoise_tv_l1(image, beta, neighbors=neighbors, weights=weights, return_info=True)
    problem = oracles.pixel_problem(image, beta, neighbors, weights)
    assert info.energy == pytest.approx(problem.energy(filtered.ravel().astype(int)))
    assert info.initial_energy == pytest.approx(problem.energy(problem.value))
    assert info.energy <= info.initial_energy


@pytest.mark.parametrize("domain", TREE_DOMAINS)
@pytest.mark.parametrize("beta", [0, 0.7, 2])
def test_energy_on_trees_is_the_definition(domain, beta, rng):
    image = data.coins()[50:80, 60:90]
    weights = rng.integers(1, 4, image.shape)
    filtered, info = coarea.denoise_tv_l1(image, beta, domain=domain, weights=weights, return_info=True)
    tree = TREE_DOMAINS[domain](image)
    problem = oracles.tree_problem(tree, beta, weights)
    on_nodes = np.zeros(len(tree), dtype=int)
    on_nodes[tree.node_of_pixel] = filtered
    np.testing.assert_array_equal(on_nodes[tree.node_of_pixel], filtered)
    assert info.energy == pytest.approx(problem.energy(on_nodes))
    assert info.initial_energy == pytest.approx(problem.energy(problem.value))
    assert info.initial_energy == pytest.approx(beta * oracles.total_variation(image))


@pytest.mark.parametrize("border", ["half-area", "median", "mean", 120, 120.5, 0, 300, (20, 20)])
@pytest.mark.parametrize("beta", [0.5, 2])
def test_initial_energy_is_the_total_variation_for_every_border(border, beta):
    image = data.coins()[50:90, 60:100]
    _, info = coarea.denoise_tv_l1(image, beta, domain="shapes", border=border, return_info=True)
    assert info.initial_energy == pytest.approx(beta * oracles.total_variation(image))


@each_domain
def test_energy_is_in_grey_values_of_the_image(domain):
    image = data.camera()[:50, :50]
    filtered, info = coarea.denoise_tv_l1(image, 1.5, domain=domain, return_info=True)
    quarter, quarter_info = coarea.denoise_tv_l1(image / 4 - 100, 1.5, domain=domain, return_info=True)
    np.testing.assert_array_equal(quarter, filtered / 4 - 100)
    assert quarter_info.energy == pytest.approx(info.energy / 4)
    assert quarter_info.initial_energy == pytest.approx(info.initial_energy / 4)
    assert isinstance(info.energy, float)
    assert isinstance(info.n_cuts, int)


@each_domain
def test_energy_of_extreme_values_does_not_wrap(domain):
    for dtype in ("i1", "u1", "i4", "i8", "u8"):
        limits = np.iinfo(dtype)
        image = np.full((5, 5), limits.min, dtype)
        image[2, 2] = limits.max
        step = float(limits.max) - float(limits.min)
        filtered, info = coarea.denoise_tv_l1(image, 1, domain=domain, return_info=True)
        assert np.unique(filtered).tolist() == [limits.min]
        assert (info.energy, info.initial_energy) == pytest.approx((step, 4 * step))


@each_domain
def test_one_cut_for_each_bit_of_each_channel(domain):
    image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    options = {"domain": domain, "channel_axis": 0, "return_info": True}
    assert coarea.denoise_tv_l1(np.stack([image, image // 2]), 1, **options)[1].n_cuts == 8 + 7
