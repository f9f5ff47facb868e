"""Filters of the multivariate tree: who gives a removed grain its colour, and what else cannot change."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

import coarea
from coarea import attributes


def random_colors(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, rng.integers(2, 9), (*rng.integers(1, 9, 2), rng.integers(1, 4))).astype(np.uint8)


def by_definition(tree: coarea.Tree, keep: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Grain by grain, in rounds."""
    keep = keep.copy()
    keep[0] = True
    nodes, parent = tree.node_of_pixel, tree.parent

    def first(node: int, holds) -> int:
        while not holds(node):
            node = parent[node]
        return node

    stays = {place: first(node, lambda i: keep[i]) for place, node in np.ndenumerate(nodes)}
    top = {place: first(node, lambda i: keep[i] or keep[parent[i]]) for place, node in np.ndenumerate(nodes)}
    colors = {place: image[place].astype(int) for place, node in np.ndenumerate(nodes) if keep[node]}
    for everywhere in (False, True):
        while True:
            chosen = {}
            for grain in {top[place] for place in stays if place not in colors}:
                pixels = [place for place in stays if top[place] == grain and place not in colors]
                beside = sorted(
                    beyond
                    for y, x in pixels
                    for beyond in ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x))
                    if beyond in colors and (everywhere or stays[beyond] == stays[y, x])
                )
                if beside:
                    found = np.array([colors[beyond] for beyond in beside])
                    distance = abs(len(found) * found - found.sum(0)).sum(1)
                    chosen |= dict.fromkeys(pixels, found[np.argmin(distance)])
            if not chosen:
                break
            colors |= chosen
    out = image.copy()
    for place, color in colors.items():
        out[place] = color
    return out


def test_a_grain_takes_the_typical_color_of_what_is_around_it():
    rng = np.random.default_rng(0)
    for _ in range(250):
        image = random_colors(rng)
        tree = coarea.tree_of_shapes(image, channel_axis=-1)
        keep = rng.random(len(tree)) < 0.5
        found = coarea.attribute_filter(tree, keep, image=image)
        np.testing.assert_array_equal(found, by_definition(tree, keep, image))
        np.testing.assert_array_equal(coarea.attribute_filter(tree, keep, image=image.astype(float)), found)
        assert found.dtype == image.dtype


def test_the_rules_choose_nodes_as_on_other_trees():
    rng = np.random.default_rng(1)
    image = rng.integers(0, 3, (9, 9, 2)).astype(np.uint8)
    tree = coarea.tree_of_shapes(image, channel_axis=-1)
    tree = tree.simplify(attributes.own_area(tree) > 0)  # of nodes without pixels nothing would tell
    keep = rng.random(len(tree)) < 0.5
    grey = coarea.Tree(
        tree.parent, np.arange(len(tree)), tree.node_of_pixel, tree.polarity, "tree of shapes", "self-dual", (0, 0)
    )
    for rule in ("direct", "min", "max", "viterbi"):
        kept = np.isin(np.arange(len(tree)), coarea.attribute_filter(grey, keep, rule=rule))
        found = coarea.attribute_filter(tree, keep, rule=rule, image=image)
        np.testing.assert_array_equal(found, by_definition(tree, kept, image))


def test_equal_channels_give_the_grain_filter_of_one_where_grains_lie_apart():
    image = np.full((40, 50), 9, np.uint8)
    for k, (y, x) in enumerate(np.ndindex(8, 10)):
        image[5 * y + 1 : 5 * y + 2 + k % 3, 5 * x + 1 : 5 * x + 2 + k % 4] = k
        image[5 * y + 1, 5 * x + 1] = 200 - k
    for size in (2, 4, 9):
        grey = coarea.grain_filter(image, size, connectivity="self-dual", border=(0, 0))
        found = coarea.grain_filter(np.stack([image] * 3, 1), size, channel_axis=1)
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
