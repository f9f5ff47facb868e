"""Trees of volumes in slabs are those of the volume in one piece, up to the numbers of their nodes."""

from __future__ import annotations

import numpy as np
import pytest
from same_trees import assert_same, random_image, trees_of
from scipy import ndimage

import coarea
from coarea.trees.strips.layout import first_rows
from coarea.trees.strips.slabs import tree_in_slabs
from coarea.trees.strips.strip import Method

PLANES = (1, 2, 3, 5)  # of slabs


def in_slabs(tree: coarea.Tree, image: np.ndarray, planes: list[int], workers: int = 1) -> tuple[np.ndarray, ...]:
    """The arrays of the same tree, built in slabs."""
    if tree.kind != "tree of shapes":
        method = Method(tree.kind == "min-tree", tree.connectivity)
    else:
        half_area = tree.border == "half-area"
        method = Method(tree.connectivity == "6-26", None, (0, 0, 0) if half_area else tree.border, half_area)
    return tree_in_slabs(image, planes, method, workers)


def check_volumes(rng: np.random.Generator, number: int, longest: int, ndim: int = 3) -> None:
    for _ in range(number):
        image = random_image(rng, longest, ndim)
        layouts = {tuple(first_rows(image.shape, image.dtype, planes)) for planes in PLANES}
        for tree in trees_of(rng, image):
            for planes in layouts:
                if len(planes) > 2:
                    assert_same(tree, in_slabs(tree, image, list(planes)))


def test_small_volumes(rng):
    check_volumes(rng, 40, 6)


def test_four_dimensions(rng):
    check_volumes(rng, 6, 4, ndim=4)


@pytest.mark.slow
def test_many_small_volumes(rng):
    check_volumes(rng, 400, 6)
    check_volumes(rng, 60, 14)
    check_volumes(rng, 60, 5, ndim=4)


def test_equal_halves():
    for axis in range(3):
        image = np.moveaxis(np.kron([[[0]], [[1]]], np.ones((3, 5, 4), np.uint8)), 0, axis)
        for turned in image, 1 - image:
            levels = np.ascontiguousarray(turned).astype(np.uint8)
            tree = coarea.tree_of_shapes(levels)
            assert tree.node_of_pixel[0, 0, 0] == 0
            for planes in (1, 2, 3):
                assert_same(tree, in_slabs(tree, levels, first_rows(levels.shape, levels.dtype, planes)))


def test_each_voxel_has_a_level_of_its_own(rng):
    """Nearly all nodes meet a seam."""
    image = np.arange(343).reshape(7, 7, 7)
    for volume in (image, rng.permutation(image.ravel()).reshape(image.shape)):
        for dtype in (np.uint16, np.float32):
            for tree in trees_of(rng, volume.astype(dtype)):
                assert_same(tree, in_slabs(tree, volume.astype(dtype), [0, 2, 4, 7]))


@pytest.mark.parametrize("zero", [-0.0, 0.0])
def test_zeros_keep_their_sign(zero, rng):
    image = rng.choice(np.array([-np.inf, -1.5, zero, 2.25, np.inf], np.float32), (9, 5, 6))
    for tree in (coarea.max_tree(image), coarea.min_tree(image), coarea.tree_of_shapes(image)):
        arrays = in_slabs(tree, image, [0, 3, 6, 9])
        assert_same(tree, arrays)
        assert arrays[1][arrays[2]].tobytes() == image.tobytes()


def real_volume(shape: tuple[int, ...], dtype: type) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 1, shape)
    smooth = ndimage.gaussian_filter(noise, 2)
    return np.clip(128 + 40 * smooth / smooth.std() + 2 * noise, 0, 255).astype(dtype)


def check_workers(image: np.ndarray, workers: tuple[int, ...]) -> None:
    assert len(first_rows(image.shape, image.dtype)) > 2
    builders = {
        "26-6": lambda workers: coarea.tree_of_shapes(image, workers=workers),
        "6-26 in a ring": lambda workers: coarea.tree_of_shapes(
            image, connectivity="6-26", border="mean", workers=workers
        ),
        "max-tree": lambda workers: coarea.max_tree(image, workers=workers),
        "min-tree": lambda workers: coarea.min_tree(image, connectivity=3, workers=workers),
    }
    for build in builders.values():
        tree = build(1)
        assert np.array_equal(tree.reconstruct(), image)
        for number in workers:
            assert build(number) == tree
