"""Edge strength against its definition by one filter after the other, and its laws."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
from coarea.base.neighborhoods import axis_offsets, pair_slices

BETAS = (0.25, 0.5, 0.75, 1, 2)  # much more would leave nothing of noise
SELF_DUAL = {"connectivity": "self-dual"}


def by_definition(filtered: list[list[np.ndarray]], power: float) -> np.ndarray:
    """Of the filtered channels for each beta."""
    shape = filtered[0][0].shape
    total = np.zeros((len(shape), *shape))
    for channels in filtered:
        values = np.stack(channels).astype(np.float64)
        for own, offset in zip(total, axis_offsets(len(shape)), strict=True):
            first, second = pair_slices(offset)
            jumps = np.linalg.norm(values[(slice(None), *first)] - values[(slice(None), *second)], axis=0)
            own[first] += jumps**power
    return total / len(filtered)


def image_of(rng: np.random.Generator, shape: tuple[int, ...], dtype: type) -> np.ndarray:
    levels = rng.integers(0, 12, shape)
    if dtype == bool:
        return levels > 5
    return (
        (levels * 3.7).astype(dtype)
        if np.dtype(dtype).kind == "f"
        else (levels * 100 - 7 * (dtype == np.int16)).astype(dtype)
    )


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.uint16, np.int64, np.float16, np.float32, np.float64])
@pytest.mark.parametrize("power", [0.5, 1, 2, 0.3])
def test_it_is_the_mean_over_the_filters(dtype, power, rng):
    for shape, axis in (((9, 11), None), ((7, 8, 3), -1), ((2, 6, 9), 0), ((3, 4, 5), None)):
        image = image_of(rng, shape, dtype)
        channels = [image] if axis is None else list(np.moveaxis(image, axis, 0))
        filtered = [[coarea.denoise_tv_l1(part, beta, domain="shapes", channel_axis=None) for part in channels]
                    for beta in BETAS]  # fmt: skip
        found = coarea.edge_strength(image, BETAS, power=power, channel_axis=axis)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, by_definition(filtered, power), rtol=2e-6)


@pytest.mark.parametrize("conventions", [{}, {"connectivity": "4-8", "border": "median"}, {"border": (3, 4)},
                                         {**SELF_DUAL, "tie": "upper"}])  # fmt: skip
def test_options_are_those_of_the_filter(conventions, rng):
    image = rng.integers(0, 9, (13, 12)).astype(np.uint8)
    for beta in BETAS:
        filtered = coarea.denoise_tv_l1(image, beta, domain="shapes", **conventions).astype(float)
        found = coarea.edge_strength(image, [beta], power=1, **conventions)
        np.testing.assert_array_equal(found, by_definition([[filtered]], 1))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
def test_jumps_of_one_filter_are_exact(dtype, rng):
    image = rng.integers(0, 65536, (30, 31)).astype(dtype) * dtype(1 if dtype == np.uint16 else 1e-4)
    expected = by_definition([[coarea.denoise_tv_l1(image, 0.3, domain="shapes")]], 1)
    np.testing.assert_array_equal(coarea.edge_strength(image, [0.3], power=1), expected.astype(np.float32))


def test_betas_come_in_any_order_and_number(rng):
    image = rng.integers(0, 50, (15, 16, 3)).astype(np.uint8)
    betas = np.concatenate([rng.uniform(0, 0.7, 18), [0, 0.25, 0.25, 0.25, 0.5, 0.5]])
    filtered = [[coarea.denoise_tv_l1(image[..., k], beta, domain="shapes") for k in range(3)] for beta in betas]
    found = coarea.edge_strength(image, betas, channel_axis=-1)
    np.testing.assert_allclose(found, by_definition(filtered, 0.5), rtol=2e-6)
    for order in (np.sort(betas), rng.permutation(betas)):
        np.testing.assert_array_equal(coarea.edge_strength(image, order, channel_axis=-1), found)


def test_trees_stand_for_their_images(rng):
    image = rng.integers(0, 9, (12, 11, 3)).astype(np.uint8)
    channels = list(np.moveaxis(image, -1, 0))
    expected = coarea.edge_strength(image, BETAS, channel_axis=-1, **SELF_DUAL)
    shapes = [coarea.tree_of_shapes(channel, **SELF_DUAL) for channel in channels]
    for trees in (shapes, tuple(shapes)):
        for options in ({}, SELF_DUAL, {"channel_axis": None}):
            np.testing.assert_array_equal(coarea.edge_strength(trees, BETAS, **options), expected)
    np.testing.assert_array_equal(
        coarea.edge_strength(shapes[0], BETAS), coarea.edge_strength(channels[0], BETAS, **SELF_DUAL)
    )
    mixed = [coarea.max_tree(channels[0]), coarea.min_tree(channels[1] * 1000.5, connectivity=2), shapes[2]]
    filtered = [[coarea.denoise_tv_l1(tree, beta) for tree in mixed] for beta in BETAS]
    np.testing.assert_allclose(coarea.edge_strength(mixed, BETAS), by_definition(filtered, 0.5), rtol=2e-6)
    line = coarea.max_tree(channels[0][0])
    filtered = [[coarea.denoise_tv_l1(line, beta)] for beta in BETAS]
    np.testing.assert_allclose(coarea.edge_strength(line, BETAS), by_definition(filtered, 0.5), rtol=2e-6)


def test_flat_zones_have_no_edges_and_large_betas_leave_none(rng):
    image = np.kron(rng.integers(0, 4, (6, 7)), np.ones((3, 3))).astype(np.uint8)
    below, right = coarea.edge_strength(image)
    assert not below[:-1][image[1:] == image[:-1]].any()
    assert not right[:, :-1][image[:, 1:] == image[:, :-1]].any()
    assert below.any()
    assert not below[-1].any()
    assert not right[:, -1].any()
    assert not coarea.edge_strength(image, [1000]).any()


@pytest.mark.parametrize("power", [0.5, 1])
def test_it_commutes_with_the_negative(power, rng):
    for _ in range(20):
        image = rng.integers(-9, 9, (10, 9, 2)).astype(np.int8)
        for connectivity, dual in (("self-dual", "self-dual"), ("8-4", "4-8")):
            options = {"power": power, "channel_axis": -1}
            lower = coarea.edge_strength(image, BETAS, tie="lower", connectivity=connectivity, **options)
            np.testing.assert_array_equal(
                coarea.edge_strength(-image, BETAS, tie="upper", connectivity=dual, **options), lower
            )


def test_where_it_is_positive_depends_on_the_order_of_the_grey_values(rng):
    for _ in range(10):
        image = rng.integers(0, 20, (11, 12))
        expected = coarea.edge_strength(image.astype(np.uint8), BETAS[1:]) > 0
        assert 0 < expected.mean() < 1
        for dtype, highest in ((np.uint16, 65535), (np.float32, 1e-30), (np.float64, 1e9), (np.int64, 2**62)):
            changed = (np.sort(rng.choice(2**16, 20, replace=False)) / 2**16 * highest).astype(dtype)[image]
            np.testing.assert_array_equal(coarea.edge_strength(changed, BETAS[1:]) > 0, expected)


def test_ranks_are_shares_of_the_sides(rng):
    for shape in ((6, 7), (2, 3, 4), (1, 1), (1, 5)):
        image = rng.integers(0, 4, shape).astype(np.uint8)
        strength, ranks = (
            coarea.edge_strength(image, [0, 0.5], channel_axis=None, rank=rank) for rank in (False, True)
        )
        inside = np.ones(strength.shape, bool)
        for axis, own in enumerate(inside):
            np.moveaxis(own, axis, 0)[-1] = False
        sides = strength[inside]
        expected = [np.mean(sides <= value) if value > 0 else 0 for value in strength.flat]
        np.testing.assert_array_equal(ranks.ravel(), np.array(expected, np.float32))
        assert ranks.dtype == np.float32
        assert ranks.flags.c_contiguous


def test_ranks_do_not_change_with_the_contrast(rng):
    image = rng.integers(0, 60, (20, 21)).astype(np.uint8)
    expected = coarea.edge_strength(image, [1], rank=True)
    for changed, power in ((image * np.uint16(1000), 0.5), (image * 1e-3, 1), (image + 4.0, 3)):
        np.testing.assert_array_equal(coarea.edge_strength(changed, [1], rank=True, power=power), expected)


def test_the_number_of_threads_does_not_matter(rng):
    image = rng.integers(0, 60, (20, 21, 4)).astype(np.uint8)
    one, many = (coarea.edge_strength(image, BETAS, channel_axis=-1, workers=workers) for workers in (1, 3))
    np.testing.assert_array_equal(one, many)


def test_values_far_from_each_other_and_from_zero():
    step = np.array([[0, 0, 1], [0, 0, 1]])
    far = np.array([[[1e300, 1e300, -1e300]], [[0, 3e299, 0]]])
    with np.errstate(over="ignore"):
        jump = float(coarea.edge_strength(far, [0], power=0.1, channel_axis=0)[1, 0, 1])
    assert jump == pytest.approx((np.hypot(2, 0.3) * 1e300**1) ** 0.1, rel=1e-6)
    largest = np.finfo(float).max
    assert coarea.edge_strength([[largest], [-largest]], [0], power=0.1)[0, 0, 0] == pytest.approx(
        2**0.1 * largest**0.1, rel=1e-6
    )
    with pytest.raises(ValueError, match="image must have smaller differences or power be less"):
        coarea.edge_strength(step * 1e300, [0], power=1)
    assert coarea.edge_strength(2**62 + step, [0], power=1)[1, 0, 1] == 1
    assert coarea.edge_strength((2**64 - 1 - step.astype(np.uint64)), [0], power=1)[1, 0, 1] == 1
    assert coarea.edge_strength(step * 1e-30, [0], power=1)[1, 0, 1] == np.float32(1e-30)
    assert coarea.edge_strength(1e9 + step * 1e-3, [0], power=1)[1, 0, 1] == pytest.approx(1e-3, rel=1e-4)


def test_more_nodes_than_the_indices_count_are_refused(monkeypatch):
    monkeypatch.setattr("coarea.regions.edge_strength.INDEX_MAX", 7)
    image = np.stack([np.arange(4)[None]] * 2, axis=-1)
    assert coarea.edge_strength(image[..., 0], [0]).any()
    with pytest.raises(ValueError, match="image must have trees of at most 7 nodes in all, got 8: divide"):
        coarea.edge_strength(image, [0], channel_axis=-1)
