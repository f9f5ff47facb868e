"""Filters of the multivariate tree: who gives a removed pixel its colour, and what else cannot change."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

import coarea
from coarea import attributes


def random_colors(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, rng.integers(2, 9), (*rng.integers(1, 9, 2), rng.integers(1, 4))).astype(np.uint8)


def by_definition(tree: coarea.Tree, keep: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Pixel by pixel."""
    keep = keep.copy()
    keep[0] = True
    pixels = {node: np.argwhere(tree.node_of_pixel == node) for node in range(len(tree))}
    out = image.copy()
    for place, node in np.ndenumerate(tree.node_of_pixel):
        if keep[node]:
            continue
        while not (keep[node] and len(pixels[node])):
            node = tree.parent[node]
        colors = np.array([image[tuple(p)] for p in pixels[node]], int)
        distance = abs(len(colors) * colors - colors.sum(0)).sum(1)
        out[place] = colors[np.argmin(distance)]
    return out


def test_a_removed_pixel_takes_the_typical_color_of_the_nearest_kept_node():
    rng = np.random.default_rng(0)
    for _ in range(150):
        image = random_colors(rng)
        tree = coarea.tree_of_shapes(image, channel_axis=-1)
        keep = rng.random(len(tree)) < 0.5
        found = coarea.attribute_filter(tree, keep, image=image)
        np.testing.assert_array_equal(found, by_definition(tree, keep, image))
        np.testing.assert_array_equal(coarea.attribute_filter(tree, keep, image=image.astype(float)), found)
        assert found.dtype == image.dtype


def test_the_rules_choose_nodes_as_on_other_trees():
    rng = np.random.default_rng(1)
    image = random_colors(rng)
    tree = coarea.tree_of_shapes(image, channel_axis=-1)
    keep = rng.random(len(tree)) < 0.5
    grey = coarea.Tree(
        tree.parent, np.arange(len(tree)), tree.node_of_pixel, tree.polarity, "tree of shapes", "self-dual", (0, 0)
    )
    for rule in ("direct", "min", "max", "viterbi"):
        kept = np.isin(np.arange(len(tree)), coarea.attribute_filter(grey, keep, rule=rule))
        kept |= np.bincount(tree.node_of_pixel.ravel(), minlength=len(tree)) == 0  # of these no pixel tells
        found = coarea.attribute_filter(tree, keep, rule=rule, image=image)
        np.testing.assert_array_equal(found, by_definition(tree, kept, image))


def test_equal_channels_give_the_grain_filter_of_one():
    rng = np.random.default_rng(2)
    for image in [random_colors(rng)[..., 0] for _ in range(60)] + [data.coins()[:150, :150]]:
        grey = coarea.grain_filter(image, 5, connectivity="self-dual", border=(0, 0))
        found = coarea.grain_filter(np.stack([image] * 3, 1), 5, channel_axis=1)
        np.testing.assert_array_equal(found, np.stack([grey] * 3, 1))


def test_no_new_colors_and_no_preference():
    rng = np.random.default_rng(3)
    for image in [random_colors(rng) for _ in range(60)] + [data.astronaut()[100:200, 50:170]]:
        found = coarea.grain_filter(image, 6, channel_axis=-1)
        colors = {tuple(color) for color in image.reshape(-1, image.shape[-1]).tolist()}
        assert {tuple(color) for color in found.reshape(-1, image.shape[-1]).tolist()} <= colors
        flip = rng.choice([0, 255], image.shape[-1]).astype(np.uint8)
        np.testing.assert_array_equal(coarea.grain_filter(image ^ flip, 6, channel_axis=-1), found ^ flip)
        order = rng.permutation(image.shape[-1])
        np.testing.assert_array_equal(coarea.grain_filter(image[..., order], 6, channel_axis=-1), found[..., order])
        tree = coarea.tree_of_shapes(image, channel_axis=-1)
        stays = (attributes.area(tree) >= 6)[tree.node_of_pixel]
        np.testing.assert_array_equal(found[stays], image[stays])
        np.testing.assert_array_equal(coarea.grain_filter(image, 1, channel_axis=-1), image)


def test_the_channels_stay_where_they_are():
    image = np.random.default_rng(4).integers(0, 9, (12, 9, 3)).astype(np.int32)
    expected = coarea.grain_filter(image, 4, channel_axis=-1)
    for axis in (0, 1):
        moved = np.moveaxis(image, -1, axis)
        found = coarea.grain_filter(moved, 4, channel_axis=axis)
        np.testing.assert_array_equal(found, np.moveaxis(expected, -1, axis))
        assert found.flags.c_contiguous


def test_infinite_values_have_no_mean():
    image = np.random.default_rng(5).integers(0, 4, (9, 9, 2)).astype(float)
    image[image == 3] = np.inf
    image[image == 2] = -np.inf
    found = coarea.grain_filter(image, 4, channel_axis=-1)
    assert not np.isnan(found).any()


REFUSED = {
    "denoise_tv_l1": lambda tree: coarea.denoise_tv_l1(tree, 2),
    "denoise_tv_l2": lambda tree: coarea.denoise_tv_l2(tree, 2),
    "denoise_tv_l1 on shapes": lambda tree: coarea.denoise_tv_l1(tree, 2, domain="shapes"),
    "scale_space": lambda tree: coarea.scale_space(tree, [1, 2]),
    "beta_for_regions": lambda tree: coarea.beta_for_regions(tree, 3),
    "beta_for_residual": lambda tree: coarea.beta_for_residual(tree, 3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_total_variation_does_not_live_on_it(name):
    tree = coarea.tree_of_shapes(np.random.default_rng(6).integers(0, 9, (9, 9, 3)), channel_axis=-1)
    with pytest.raises(ValueError, match=r'total variation does not live on it.* channel_axis=-1, colors="input"'):
        REFUSED[name](tree)
