"""Attributes and lines of the multivariate tree, whose shapes may touch each other, against sets of pixels."""

from __future__ import annotations

import numpy as np
import pytest

import coarea
import oracles
from coarea import attributes


def trees():
    """With their images and the pixels of their nodes; simplified ones too."""
    rng = np.random.default_rng(0)
    for k in range(60):
        image = rng.integers(0, rng.integers(2, 6), (*rng.integers(1, 8, 2), rng.integers(1, 4))).astype(np.uint8)
        tree = coarea.tree_of_shapes(image, channel_axis=-1)
        if k % 3 == 0:
            tree = tree.simplify(rng.random(len(tree)) < 0.6)
        yield image, tree, oracles.node_masks(tree.parent, tree.node_of_pixel)


def test_sizes_are_those_of_the_sets():
    n_touching = 0
    for _, tree, masks in trees():
        assert attributes.area(tree).tolist() == masks.sum((1, 2)).tolist()
        lengths = [oracles.perimeter(mask) for mask in masks]
        assert attributes.perimeter(tree).tolist() == lengths
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = np.where(np.array(lengths) > 0, 4 * np.pi * masks.sum((1, 2)) / np.array(lengths) ** 2, 0)
        np.testing.assert_allclose(attributes.compactness(tree), expected)
        pairs = tree.node_of_pixel[1:].ravel(), tree.node_of_pixel[:-1].ravel()
        n_touching += (tree.lowest_common_ancestor(*pairs) < np.minimum(*pairs)).sum()
    assert n_touching > 20  # what the other trees do not have


def test_lines_are_those_of_the_sets():
    for _, tree, masks in trees():
        lines = coarea.contours(tree)
        n_rings = np.bincount(lines.node, minlength=len(tree))
        for node, mask in enumerate(masks):
            labels, n_holes = oracles.ndimage.label(np.pad(~mask, 1, constant_values=True), oracles.SQUARE)
            assert labels[0, 0] == 1
            assert n_rings[node] == n_holes
            own = lines.node == node
            signs = np.where(lines.is_hole[own], -1, 1)
            assert (lines.area[own] * signs).sum() == mask.sum()
        lines = coarea.contours(tree, frame=False)
        lengths = np.bincount(lines.node, lines.length, len(tree))
        np.testing.assert_array_equal(lengths, attributes.perimeter(tree))


def test_saliency_is_the_largest_value_of_the_lines_on_a_side():
    rng = np.random.default_rng(1)
    for _, tree, masks in trees():
        values = rng.integers(0, 9, len(tree))
        below, right = coarea.saliency(tree, values)
        for found, (first, second) in (
            (below, (masks[:, 1:], masks[:, :-1])),
            (right, (masks[:, :, 1:], masks[:, :, :-1])),
        ):
            np.testing.assert_array_equal(found, (values[:, None, None] * (first != second)).max(0))


def test_channels_are_accumulated_and_reconstructed_together():
    for image, tree, _ in trees():
        for how in ("sum", "min", "max"):
            together = tree.accumulate(image, how)
            for k in range(image.shape[-1]):
                np.testing.assert_array_equal(together[:, k], tree.accumulate(image[..., k], how))
            colors = tree.reconstruct(together)
            assert colors.shape == image.shape
            np.testing.assert_array_equal(colors[..., 0], tree.reconstruct(together[:, 0]))
            assert colors.dtype == together.dtype


def test_its_values_are_no_grey_values():
    _, tree, _ = next(trees())
    for name in ("height", "volume", "mean", "variance", "mean_contrast", "total_variation", "dynamics"):
        with pytest.raises(ValueError, match=r"tree must be one of grey values.* tree.accumulate\(image\)"):
            getattr(attributes, name)(tree)
        with pytest.raises(ValueError, match="tree must be one of grey values"):
            attributes.table(tree, [name])


def test_the_table_holds_the_rest():
    _, tree, _ = next(trees())
    columns = {name.split("-")[0] for name in attributes.table(tree)}
    grey = coarea.tree_of_shapes(np.zeros((3, 3)))
    assert {name.split("-")[0] for name in attributes.table(grey)} - columns == {
        "height", "volume", "mean", "variance", "mean_contrast", "total_variation", "dynamics"
    }  # fmt: skip
