"""Contour maps: the largest line along each side, and partitions at every threshold."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

import coarea
import oracles

BUILDERS = [
    coarea.tree_of_shapes,
    partial(coarea.tree_of_shapes, connectivity="4-8", border="median"),
    partial(coarea.tree_of_shapes, connectivity="self-dual"),
    partial(coarea.tree_of_shapes, border=300),
    coarea.max_tree,
    partial(coarea.max_tree, connectivity=2),
    coarea.min_tree,
]


def by_definition(tree, values):
    """On each side the largest value of the nodes that hold one of its pixels."""
    masks = oracles.node_masks(tree.parent, tree.node_of_pixel)
    values = np.where(np.arange(len(tree)) == 0, 0, values)[:, None, None]
    below = (values * (masks[:, 1:] != masks[:, :-1])).max(axis=0)
    right = (values * (masks[:, :, 1:] != masks[:, :, :-1])).max(axis=0)
    return below, right


def regions_of(below, right):
    """Regions of pixels that are joined across sides where nothing runs."""
    fine = np.zeros((2 * len(right) - 1, 2 * below.shape[1] - 1), bool)
    fine[::2, ::2] = True
    fine[1::2, ::2], fine[::2, 1::2] = ~below, ~right
    return ndimage.label(fine)[0][::2, ::2]


def assert_partition(below, right):
    """Both sides of a line belong to different regions: no line ends inside one."""
    regions = regions_of(below, right)
    assert ((regions[1:] != regions[:-1]) == below).all()
    assert ((regions[:, 1:] != regions[:, :-1]) == right).all()


@pytest.mark.parametrize("build", BUILDERS)
def test_against_the_definition(build, rng):
    for number in range(25):
        tree = build(rng.integers(0, rng.integers(2, 9), rng.integers(1, 9, 2)))
        dtype = [np.uint8, np.int16, np.int64, np.float32, np.float64, bool][number % 6]
        values = rng.integers(0, 2 if dtype is bool else 9, len(tree)).astype(dtype)
        found = coarea.saliency(tree, values)
        for one, expected in zip(found, by_definition(tree, values), strict=True):
            assert one.dtype == dtype
            assert one.tolist() == expected.tolist()


@pytest.mark.parametrize("build", BUILDERS)
def test_every_threshold_is_a_partition(build, rng):
    for _ in range(25):
        tree = build(rng.integers(0, rng.integers(2, 9), rng.integers(1, 12, 2)))
        below, right = coarea.saliency(tree, rng.integers(0, 5, len(tree)))
        for threshold in range(1, 5):
            assert_partition(below >= threshold, right >= threshold)


def test_thresholds_at_kept_nodes_are_the_zones_of_the_simplified_tree(rng):
    for build in BUILDERS:
        tree = build(rng.integers(0, 9, (9, 8)))
        keep = rng.random(len(tree)) < 0.4
        below, right = coarea.saliency(tree, keep)
        kept = tree.simplify(keep).node_of_pixel
        assert ((kept[1:] != kept[:-1]) == below).all()
        assert ((kept[:, 1:] != kept[:, :-1]) == right).all()


@pytest.mark.parametrize("tie", ["lower", "upper"])
def test_disappearance_holds_the_lines_of_every_beta(tie, rng):
    betas = np.arange(1, 30) / 8
    for number in range(30):
        image = rng.integers(0, 9, rng.integers(1, 12, 2)) if number else data.camera()[100:148, 200:248]
        build = BUILDERS[number % len(BUILDERS)]
        space = coarea.scale_space(build(image), betas, tie=tie)
        below, right = coarea.saliency(space.tree, space.disappearance)
        for k, beta in enumerate(betas):
            filtered = space.image(k)
            for map_, lines in ((below, filtered[1:] != filtered[:-1]), (right, filtered[:, 1:] != filtered[:, :-1])):
                assert (map_[lines] >= beta).all()
            assert_partition(below >= beta, right >= beta)


def test_orders_and_infinity():
    tree = coarea.tree_of_shapes([[0, 5, 9], [0, 0, 0]])
    assert coarea.saliency(tree, [0, 7, 4])[0].tolist() == [[0, 7, 7]]
    assert coarea.saliency(tree, [99, 7, 4])[0].tolist() == [[0, 7, 7]]  # the root has no line
    assert coarea.saliency(tree, np.array([-5, 7, 4], np.int8))[1].tolist() == [[7, 4], [0, 0]]
    assert coarea.saliency(tree, [np.nan, np.inf, 4])[1].tolist() == [[np.inf, 4], [0, 0]]
    assert coarea.saliency(tree, np.array([1, 7, 4], ">i4")[::1])[1].dtype == np.dtype(np.int32)
    below, right = coarea.saliency(coarea.max_tree([[3]]), [1])
    assert (below.shape, right.shape) == ((0, 1), (1, 0))


TREE = coarea.max_tree([[0, 5, 5, 7]])


@pytest.mark.parametrize(
    ("tree", "values", "message"),
    [
        ([[1, 2]], [1], "tree must be a Tree, got list"),
        (coarea.max_tree(np.zeros((2, 2, 2))), [1], "tree must be of a plane image, got 3-D"),
        (coarea.max_tree([1, 2]), [1, 2], "tree must be of a plane image, got 1-D"),
        (TREE, [1, 2], r"node_values must have shape \(3,\), one entry per node, got \(2,\)"),
        (TREE, 1, r"node_values must have shape \(3,\), one entry per node, got \(\)"),
        (TREE, [0, -1, 2], "node_values must be numbers >= 0"),
        (TREE, [0, np.nan, 2], "node_values must be numbers >= 0"),
        (TREE, [0, 1j, 2], "node_values must have a real dtype"),
        (TREE, None, "node_values must be given"),
        (TREE, "height", "node_values must be an array"),
    ],
)
def test_what_is_refused(tree, values, message):
    with pytest.raises((ValueError, TypeError), match=message):
        coarea.saliency(tree, values)


# --- the picture ------------------------------------------------------------------------------------------------------


def test_the_picture_is_white_without_lines_and_black_where_they_are_strongest():
    below, right = np.array([[0, 7, 7]]), np.array([[7, 4], [0, 0]])
    picture = coarea.plot.draw_saliency(below, right, scale=2)
    assert picture.dtype == np.uint8
    assert picture.tolist() == [
        [255, 255, 0, 255, 128, 255],
        [255, 255, 0, 255, 128, 255],
        [255, 255, 0, 0, 0, 0],
        [255, 255, 255, 255, 255, 255],
    ]
    ends = coarea.plot.draw_saliency([[7, 0]], [[3], [0]], scale=2)
    assert ends[:, 2].tolist() == [128, 128, 0, 255]  # the corner belongs to the strongest of the sides that meet there
    assert ends[2].tolist() == [0, 0, 0, 255]
    assert (coarea.plot.draw_saliency(np.zeros((0, 3)), np.zeros((1, 2))) == 255).all()
    steep = coarea.plot.draw_saliency(below**3, right**3.0, scale=2)
    assert (steep == picture).all()  # only the order counts


@pytest.mark.parametrize(
    ("below", "right", "message"),
    [
        ([[1, 2]], [[1], [2], [3]], r"must have shapes \(h - 1, w\) and \(h, w - 1\), got \(1, 2\) and \(3, 1\)"),
        ([1, 2], [[1], [2]], "must have shapes"),
        ([[1, -2]], [[1], [2]], "must be numbers >= 0"),
        ([[1, np.nan]], [[1], [2]], "must be numbers >= 0"),
    ],
)
def test_pictures_that_are_refused(below, right, message):
    with pytest.raises(ValueError, match=message):
        coarea.plot.draw_saliency(below, right)
